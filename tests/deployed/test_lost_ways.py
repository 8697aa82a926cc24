"""Each way in that was a dead end, over HTTP, to its end: signed in, or gone without a trace (RULES 4, 6, 39, 41)."""

import re
from datetime import date, datetime, timedelta

import pytest

from infra.local.people import Caller, run_job, sign_in, until
from infra.local.stack import Stack
from lending.aws.table import Table
from lending.aws.table.patrons import account_work, patrons, people
from lending.aws.table.registration import applications, cards
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from lending.domain.week import TOKYO
from tests.deployed.applicants import DECIDED, Applicant, Counter
from tests.deployed.conftest import NOON, PASSWORD, Given, table_rows

# Before anything that other tests are about.
LONG_AGO = datetime(2026, 4, 1, 10, tzinfo=TOKYO)


@pytest.fixture(scope="module")
def counter(given: Given) -> Counter:
    """Where people apply and staff decide."""
    return Counter(given)


def code_in(text: str, applicant: Applicant) -> str:
    """What opens the application in the link of a mail, taken out of it as the status page does."""
    receipt, code = re.findall(r"/status\.html#([0-9]+)\.(\S+)", text)[0]
    assert receipt == applicant.receipt
    return str(code)


def temporary_password(counter: Counter, address: str) -> str:
    return str(re.findall(r"仮パスワード: (\S+)", counter.mail_to(address, "仮パスワード: "))[0])


def test_a_lost_access_code(counter: Counter, stack: Stack) -> None:
    # GIVEN somebody who has lost the access code at once, and has the receipt mail
    applicant = counter.new_applicant("residence_record")
    address = applicant.form["email"]
    applicant.code = code_in(counter.mail_to(address, "申請をお預かりしました"), applicant)
    # WHEN they go on by its link THEN the photos are taken in
    assert applicant.look()["status"] == "awaiting_images"
    applicant.send_photos()
    # WHEN staff ask for one again THEN the picture is gone at once, and the link of that mail leads back as well
    before = applicant.kept()
    asked = counter.decide(applicant, "image_again", slots=["residence_record_front"], reason="住所が読めません")
    assert asked.status_code == 200
    assert [key for key in before if key not in applicant.kept()] == [
        key for key in before if "residence_record_front" in key
    ]
    applicant.code = code_in(counter.mail_to(address, "住所が読めません"), applicant)
    assert applicant.ask_for_tickets() == ["residence_record_front"]
    applicant.send_photos(["residence_record_front"])
    # WHEN they register THEN the way ends signed in, and the link says so
    assert counter.register(applicant).status_code == 200
    me = sign_in(stack, applicant.form["card_number"], temporary_password(counter, address), PASSWORD)
    assert me.get("/me", DECIDED)["email"] == address
    assert applicant.look()["status"] == "registered"


def test_numbers_from_the_desk_to_a_corrected_address(counter: Counter) -> None:
    # GIVEN an applicant whose address was mistyped, who calls
    applicant = counter.new_applicant()
    first = code_in(counter.mail_to(applicant.form["email"], "申請をお預かりしました"), applicant)
    right = f"right.{applicant.form['email']}"
    path = f"/desk/applications/{applicant.receipt}"
    # WHEN staff put it right THEN the link comes there, and the one that went astray opens nothing
    assert counter.desk.call("PATCH", path, NOON, {"email": right}).status_code == 200
    astray, applicant.code = first, code_in(counter.mail_to(right, "申請をお預かりしました"), applicant)
    assert applicant.look()["status"] == "awaiting_images"
    headers = {"X-Access-Code": astray}
    assert (
        Caller(counter.stack).call("GET", f"/applications/{applicant.receipt}", NOON, None, headers).status_code == 404
    )
    # WHEN they are asked for once more THEN there is another mail
    counter.desk.post(f"{path}/numbers", NOON + timedelta(hours=1), {}, 202)
    until(lambda: len(counter.mails_to(right)) == 2, "the second mail")


def test_an_application_that_is_withdrawn(counter: Counter, stack: Stack) -> None:
    # GIVEN an application with its photos and its mail
    applicant = counter.new_applicant()
    counter.mail_to(applicant.form["email"], "申請をお預かりしました")
    applicant.send_photos()
    assert applicant.kept()
    # WHEN its applicant withdraws it, twice
    path, headers = f"/applications/{applicant.receipt}/withdrawal", {"X-Access-Code": applicant.code}
    answers = [Caller(stack).expect(200, "POST", path, NOON, {}, headers) for _twice in range(2)]
    # THEN nothing of it is anywhere, and staff have nothing to decide
    assert answers[0] == answers[1]
    assert applicant.kept() == []
    of_it = [row for row in table_rows(stack) if applicant.receipt in str(row) or applicant.form["email"] in str(row)]
    assert of_it == []
    assert counter.register(applicant).status_code == 404


def test_an_application_that_time_has_erased(counter: Counter, library: Table) -> None:
    # GIVEN an application with photos WHEN the table erases it by itself
    applicant = counter.new_applicant()
    applicant.send_photos()
    found = applications.find(library, applicant.receipt)
    assert found
    library.write(applications.erasure(found))
    # THEN its photos go as well, by the stream
    until(lambda: not applicant.kept(), "the photos to be deleted")


def test_a_patron_from_before_this_service(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN somebody of whom little more is known than the card, and who has no account (RULES 42)
    counter.given.made += 1
    number, born = f"6{counter.given.made:07}", date(1931, 2, 3)
    patron = Patron(f"before{number}", number, born, expires_on=date(2030, 3, 31), online_lending=False)
    library.transact(
        patrons.addition(patron),
        cards.addition(Card(number, CardState.ACTIVE, patron_id=patron.patron_id)),
        *people.name_changes(None, patron),
    )
    # WHEN they apply for a password and for the service, and staff register
    own = {"birth_date": born.isoformat(), "kana": "ミホン ハナコ", "online_lending": True}
    applicant = counter.applied(counter.form("password", number, "my_number_card", **own))
    applicant.send_photos()
    assert counter.register(applicant).status_code == 200
    # THEN they get in, mails reach them, and they hold a book like everybody
    address = applicant.form["email"]
    me = sign_in(stack, number, temporary_password(counter, address), PASSWORD)
    seen = me.get("/me", DECIDED)
    assert (seen["email"], seen["name"], seen["online_lending"]) == (address, "見本 花子", True)
    title = counter.given.title()
    me.post("/me/holds", DECIDED, {"title_id": title.title_id, "pickup_place": "prefectural"}, 201)


def test_an_account_that_was_left_half_made(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN a patron who was registered by a function that died before the account was made
    counter.given.made += 1
    number = f"5{counter.given.made:07}"
    patron = Patron(f"half{number}", number, date(1932, 3, 4), expires_on=date(2030, 3, 31), email="half@example.jp")
    library.transact(
        patrons.addition(patron),
        cards.addition(Card(number, CardState.ACTIVE, patron_id=patron.patron_id)),
        account_work.addition(patron.patron_id, LONG_AGO),
    )
    # WHEN the day comes, with the rights of its own function THEN the account is there, and nothing is left to be done
    run_job(stack, "NoticesFunction", "daily_notices", LONG_AGO)
    assert account_work.find(library, patron.patron_id) is None
    pool = stack.outputs["UserPoolId"]
    found = stack.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=patron.patron_id)
    assert {"Name": "preferred_username", "Value": number} in found["UserAttributes"]
    # AND its owner gets in by card number and birthday
    Caller(stack).expect(202, "POST", "/passwords", NOON, {"card_number": number, "birth_date": "1932-03-04"})
    assert sign_in(stack, number, temporary_password(counter, patron.email), PASSWORD).token


def test_an_old_address_on_record(counter: Counter, stack: Stack) -> None:
    # GIVEN a patron whose registered address is no longer theirs, and who has forgotten the password
    patron, _ = counter.member()
    here = f"here.{patron.email}"
    applicant = counter.applied(counter.form_of(patron, "password", "my_number_card", email=here))
    applicant.send_photos()
    # WHEN staff register THEN the password comes where it was asked for, and only there
    assert counter.register(applicant).status_code == 200
    temporary = temporary_password(counter, here)
    assert (
        sign_in(stack, patron.card_number, temporary, "Another-Tests-2026").get("/me", DECIDED)["name"] == patron.name
    )
    assert not [text for text in counter.mails_to(patron.email) if "仮パスワード: " in text]
