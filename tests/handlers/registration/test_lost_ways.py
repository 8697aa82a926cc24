"""Nobody is stuck with an application: a lost code, a wrong address, a mistyped number, a change of mind (4, 6, 41)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.images.handler import handler as images
from functions.registration.handler import handler
from lending.aws import suppression
from lending.aws.access_codes import access_code, link_code
from lending.aws.table import Table
from lending.aws.table.mail import addresses, contacts, mails, sent_messages
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import applications
from lending.domain.mail.bounce_table import BounceCause, Diagnosis
from lending.domain.mail.contact import contact_about
from lending.domain.mail.kinds.applications import ImageAgainMail, RefusalMail
from lending.domain.mail.mail import MailState
from lending.domain.registration.kinds import BarcodeMatch, SlotStatus
from tests.handlers.applications import KIT, POLICY, RECEIPT, applied, decide, keys, kit, register, submitted
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.mails import Post, mail_of
from tests.handlers.registration.test_review_applications import call as at_the_desk
from tests.handlers.registration.test_review_applications import crash, everything, existing, get, known_patron, points

ADDRESS = "hanako@example.jp"
RECEIPT_MAIL = (f"APPLICATION#{RECEIPT}", f"MAIL#receipt#{RECEIPT}")


@pytest.fixture(autouse=True)
def forgiven(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that SES was told to try again."""
    told: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", told.append)
    return told


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch, NOON)


def ask(method: str, path: str = "", shown: str = "", receipt: str = RECEIPT) -> tuple[int, dict[str, Any]]:
    event = request(method, f"/api/applications/{receipt}{path}", headers={"x-access-code": shown})
    answered = handler(event, context())
    return answered["statusCode"], json.loads(answered["body"])


def link_in(text: str) -> tuple[str, str]:
    """Receipt number and code in the link of a mail, as the status page takes them apart."""
    receipt, code = text.split("https://lending.example.jp/status.html#")[1].split("\n")[0].split(".", 1)
    return receipt, code


def correct(**wanted: str) -> tuple[int, dict[str, Any]]:
    event = request("PATCH", f"/api/desk/applications/{RECEIPT}", body=wanted, group="desk", user="staff-1")
    return at_the_desk(event)


def bounced(library: Table, address: str = ADDRESS) -> None:
    """The receipt mail came back: staff have a task, and the address is marked."""
    waits = mail_of(library, RECEIPT_MAIL)
    mail = replace(waits, state=MailState.BOUNCED, to_address=address, message_id="ses-1")
    found = contact_about(Diagnosis(BounceCause.WRONG_ADDRESS, permanent=True), address, NOON, mail)
    library.transact(
        mails.change(waits, mail),
        sent_messages.addition("ses-1", RECEIPT_MAIL, mail, POLICY),
        contacts.record(None, replace(found, receipt_number=RECEIPT), POLICY),
        addresses.mark_addition(address, NOON, "wrong_address"),
    )


# A lost access code


def test_the_receipt_mail_opens_the_application_without_the_code(library: Table, post: Post) -> None:
    # GIVEN somebody who lost what was shown WHEN the mail comes, also to an address that failed others
    library.write(addresses.mark_addition(ADDRESS, NOON, "mailbox_full"))
    applied(library)
    assert post.bring(RECEIPT_MAIL) == []
    assert post.taken[0]["Destination"] == {"ToAddresses": [ADDRESS]}
    # THEN its link shows the application, and gets tickets for the photos (RULES 4)
    receipt, code = link_in(post.text)
    status, body = ask("GET", shown=code, receipt=receipt)
    assert (status, body["status"]) == (200, "awaiting_images")
    assert ask("POST", "/uploads", code)[0] == 201
    # AND neither code nor link is anywhere in the table, nor the access code in the mail
    assert access_code(RECEIPT) not in post.text
    assert not [item for item in everything("") if code in str(item) or access_code(RECEIPT) in str(item)]


def test_nobody_can_have_a_stranger_written_to_as_often_as_they_like(library: Table) -> None:
    # GIVEN applications that all name one address, in whatever letters
    for n in range(POLICY.receipt_mails_a_day + 2):
        applied(library, f"500000000{n}", f"p-{n}", email=ADDRESS.replace("h", "H", 1) if n % 2 else ADDRESS)
    # THEN all are taken in, and five mails go on that day
    sent = [item for item in everything("MAIL#") if item["kind"]["S"] == "receipt"]
    assert len(sent) == POLICY.receipt_mails_a_day
    assert len(everything("APPLICATION")) == POLICY.receipt_mails_a_day + 2
    # AND what counts them holds no address
    (counted,) = everything(NOON.date().isoformat())
    assert "hanako" not in str(counted).lower()


def test_a_link_opens_its_own_application_only(library: Table) -> None:
    applied(library), applied(library, "5000000005", "p-2")
    for shown in ("", "x", link_code("5000000005", 0), link_code(RECEIPT, 1), link_code(RECEIPT, 0)[:-2]):
        assert ask("GET", shown=shown)[1]["code"] == "not_found"
    assert ask("GET", shown=link_code(RECEIPT, 0))[0] == 200


def test_the_mail_that_asks_again_has_the_link_too(library: Table, post: Post) -> None:
    submitted(library)
    decide(decision="image_again", slots=["card"], reason="番号が読めません。")
    (key,) = [mails.key(mail) for mail in mails.of_application(library, RECEIPT) if mail.kind == ImageAgainMail.name]
    assert post.bring(key) == []
    assert ask("GET", shown=link_in(post.text)[1])[1]["status"] == "image_again"


def test_the_link_still_tells_the_end(given: Given, library: Table) -> None:
    kit(library), submitted(library)
    register()
    assert ask("GET", shown=link_code(RECEIPT, 0))[1]["status"] == "registered"
    # AND of the mails to the applicant nothing is left
    assert mails.of_application(library, RECEIPT) == []


def test_the_sample_sends_the_numbers_again_once_for_two_clicks(library: Table, post: Post) -> None:
    applied(library)
    for _twice in range(2):
        assert at_the_desk(sample("review/application_numbers"))[0] == 202
    _first, again = mails.of_application(library, RECEIPT)
    post.bring(mails.key(again))
    assert ask("GET", shown=link_in(post.text)[1])[0] == 200
    assert len(everything("TRACE#", f"APPLICATION#{RECEIPT}")) == 1


def test_numbers_go_to_the_registered_address_if_the_form_names_none(given: Given, library: Table, post: Post) -> None:
    # GIVEN a renewal without an address: nobody was written to because of it
    known_patron(given, library)
    existing(library, "renewal", postal_code=None, address=None, phone=None, email=None)
    assert mails.of_application(library, RECEIPT) == []
    # WHEN staff send the numbers THEN the holder of the card gets them
    assert at_the_desk(sample("review/application_numbers"))[0] == 202
    post.bring(*(mails.key(mail) for mail in mails.of_application(library, RECEIPT)))
    assert post.taken[0]["Destination"] == {"ToAddresses": ["p-1@example.jp"]}


def test_numbers_cannot_be_sent_nowhere_nor_after_the_end(library: Table) -> None:
    existing(library, "renewal", postal_code=None, address=None, phone=None, email=None)
    assert at_the_desk(sample("review/application_numbers"))[1]["code"] == "no_mail_address"
    decide(decision="refuse", reason="理由")
    assert at_the_desk(sample("review/application_numbers"))[1]["code"] == "already_decided"
    assert at_the_desk(request("POST", "/api/desk/applications/1/numbers", group="desk"))[0] == 404


# What was mistyped


def test_the_sample_corrects_number_and_address_with_a_trace(library: Table, post: Post, forgiven: list[str]) -> None:
    # GIVEN an application with a wrong address, whose mail has come back
    applied(library)
    bounced(library)
    # WHEN staff correct it, twice
    event = sample("review/application_correct")
    answers = [at_the_desk(event) for _twice in range(2)]
    assert [status for status, _ in answers] == [200, 200]
    found = applications.find(library, RECEIPT)
    assert found is not None
    assert (found.card_number, found.email) == ("20100002", "hanako.mihon@example.jp")
    # THEN the new address has a mail with a link, the old link is void, and nobody needs to be called
    (again,) = [mail for mail in mails.of_application(library, RECEIPT) if mails.key(mail) != RECEIPT_MAIL]
    post.bring(mails.key(again))
    assert post.taken[0]["Destination"] == {"ToAddresses": ["hanako.mihon@example.jp"]}
    assert ask("GET", shown=link_in(post.text)[1])[0] == 200
    assert ask("GET", shown=link_code(RECEIPT, 0))[0] == 404
    assert ask("GET", shown=access_code(RECEIPT))[0] == 200
    assert [task.done_by for task in contacts.of_application(library, RECEIPT)] == ["address_changed"]
    assert post.forgiven[0] == "hanako.mihon@example.jp"
    # AND who did it is known, not what was there
    (trace,) = everything("TRACE#", f"APPLICATION#{RECEIPT}")
    assert (trace["by"]["S"], trace["what"]["S"], trace["note"]["S"]) == (
        "staff-1", "correct_application", "card_number, email",
    )  # fmt: skip


@pytest.mark.parametrize(("number", "after"), points(1))
def test_a_correction_survives_a_crash(library: Table, number: int, after: bool) -> None:
    applied(library)
    with crash(number, after=after):
        assert at_the_desk(sample("review/application_correct"))[0] == 500
    assert at_the_desk(sample("review/application_correct"))[0] == 200
    assert len(mails.of_application(library, RECEIPT)) == 2
    assert len(everything("TRACE#")) == 1


def test_a_mistyped_kit_number_is_corrected_and_registered(library: Table) -> None:
    # GIVEN a number that is no kit's, beside a picture that shows another
    kit(library), submitted(library, card_number="29999999")
    assert register()[1]["code"] == "card_not_usable"
    assert correct(card_number=KIT)[0] == 200
    assert register()[0] == 200
    patron = patrons.find(library, "p-new")
    assert patron
    assert patron.card_number == KIT
    # AND nothing can be corrected after the end
    assert correct(card_number="29999999")[1]["code"] == "already_decided"


def test_a_wrong_correction_names_all_faults(library: Table) -> None:
    applied(library)
    status, body = correct(card_number="x", email="x")
    assert (status, [reason["field"] for reason in body["reasons"]]) == (422, ["card_number", "email"])
    assert correct()[0] == 200


def test_the_applicant_hears_of_another_number_at_once(library: Table) -> None:
    # GIVEN a picture of a card with another number than was typed (RULES 5)
    before = submitted(library)
    slots = {**before.slots, "card": replace(before.slots["card"], barcode=BarcodeMatch.MISMATCH, code="20100002")}
    library.write(applications.change(before, replace(before, slots=slots)))
    # WHEN the applicant looks THEN slot and message say so, and nothing is held up
    _, body = ask("GET", shown=access_code(RECEIPT))
    (card,) = [slot for slot in body["slots"] if slot["slot"] == "card"]
    assert "20100002" in card["warning"]
    assert card["warning"] in body["message"]
    assert (body["status"], card["status"], body["missing_slots"]) == ("submitted", SlotStatus.ACCEPTED, [])
    # AND it is over when staff have corrected it
    correct(card_number="20100002")
    assert all(not slot["warning"] for slot in ask("GET", shown=access_code(RECEIPT))[1]["slots"])


# A change of mind


def left_of_it(library: Table) -> list[dict[str, Any]]:
    return [item for item in everything("") if RECEIPT in str(item) or ADDRESS in str(item)]


@pytest.mark.parametrize("shown", [access_code, lambda receipt: link_code(receipt, 0)])
def test_a_withdrawn_application_leaves_nothing(library: Table, shown: Any) -> None:
    # GIVEN an application with photos, a mail that came back, and its task
    submitted(library)
    bounced(library)
    # WHEN its applicant withdraws it, twice
    answers = [ask("POST", "/withdrawal", shown(RECEIPT)) for _twice in range(2)]
    # THEN both are told the same, and nothing is left in table and bucket (RULES 41)
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["status"]) == (200, "withdrawn")
    assert (left_of_it(library), keys()) == ([], [])
    assert ask("GET", shown=shown(RECEIPT))[0] == 404
    assert get("/applications")[1]["items"] == []


def test_the_sample_withdraws(library: Table) -> None:
    applied(library)
    assert handler(sample("registration/withdraw"), context())["statusCode"] == 200
    assert left_of_it(library) == []


@pytest.mark.parametrize(("number", "after"), points(3))
def test_a_withdrawal_survives_a_crash(library: Table, number: int, after: bool) -> None:
    submitted(library)
    with crash(number, after=after) as made:
        assert ask("POST", "/withdrawal", access_code(RECEIPT))[0] == 500
    assert len(made) == number
    # WHEN it is asked for again, and the stream has told that the application is gone THEN nothing is left
    assert ask("POST", "/withdrawal", access_code(RECEIPT))[0] == 200
    images(sample("images/application_changed"), context())
    assert (left_of_it(library), keys()) == ([], [])


def test_a_mark_on_an_address_that_others_use_stays(given: Given, library: Table) -> None:
    # GIVEN a patron at the same address, which nothing reaches
    library.transact(*addresses.user_changes(None, given.patron(email=ADDRESS)))
    applied(library)
    bounced(library)
    ask("POST", "/withdrawal", access_code(RECEIPT))
    assert addresses.unreachable(library, [ADDRESS]) == {ADDRESS}


def test_who_may_not_withdraw(given: Given, library: Table) -> None:
    kit(library), submitted(library)
    for shown in ("", "000000000000", link_code(RECEIPT, 1), link_code("5000000005", 0)):
        assert ask("POST", "/withdrawal", shown)[0] == 404
    assert ask("POST", "/withdrawal", "000000000000", "5000000005")[0] == 404
    register()
    assert ask("POST", "/withdrawal", access_code(RECEIPT))[1]["code"] == "already_decided"
    assert patrons.find(library, "p-new") is not None


def test_staff_who_decide_at_the_same_moment_are_first_or_late(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN staff who refuse while the applicant withdraws
    submitted(library)
    transact = Table.transact

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        assert decide(decision="refuse", reason="理由")[0] == 200
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    # THEN the refusal stands, with its mail
    assert ask("POST", "/withdrawal", access_code(RECEIPT))[1]["code"] == "already_decided"
    assert RefusalMail.name in [mail.kind for mail in mails.of_application(library, RECEIPT)]
