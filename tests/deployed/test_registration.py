"""Each kind of application over HTTP, from the form to the decision and to the sign-in after it (RULES 1-6, 41)."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError
from PIL import Image

from infra.local.people import Caller, sign_in, until
from infra.local.stack import Stack
from lending.aws.table import Table
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import applications, cards
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import CardState
from tests.deployed.applicants import DECIDED, Applicant, Counter
from tests.deployed.conftest import NOON, PASSWORD, Given
from tests.deployed.racing import at_once

NEW_PASSWORD = "Another-Tests-2026"
IN_THREE_YEARS = DECIDED.date().replace(year=DECIDED.year + 3)


@pytest.fixture(scope="module")
def counter(given: Given) -> Counter:
    """Where people apply and staff decide."""
    return Counter(given)


def registered(counter: Counter, applicant: Applicant, **more: Any) -> None:
    """The photos are sent, staff register, and of all pictures none is left (RULES 3)."""
    applicant.send_photos()
    assert applicant.look()["status"] == "submitted"
    answer = counter.register(applicant, **more)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == applicant.look()["status"] == "registered"
    assert applicant.kept() == []


def temporary_password(counter: Counter, address: str) -> str:
    return str(re.findall(r"仮パスワード: (\S+)", counter.mail_to(address, "仮パスワード: "))[0])


def does_not_sign_in(stack: Stack, number: str, password: str) -> None:
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        sign_in(stack, number, password)


def must_change(stack: Stack, number: str, password: str) -> bool:
    """Whether a password gets no tokens, but a demand for one of the person's own."""
    pair = {"USERNAME": number, "PASSWORD": password}
    answer = stack.client("cognito-idp").initiate_auth(
        ClientId=stack.outputs["UserPoolClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=pair
    )
    return answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED" and "AuthenticationResult" not in answer


def kept_of(library: Table, patron: Patron) -> Patron:
    """The record, but for what says where else something of the patron is kept."""
    found = patrons.find(library, patron.patron_id)
    assert found
    return replace(found, former_cards=(), receipts=())


def state_of(library: Table, number: str) -> CardState:
    found = cards.find(library, number)
    assert found
    return found.state


# The six kinds (RULES 1)


def test_a_new_card(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN somebody with a kit, who types its number the way Japanese keyboards do
    number = counter.kit()
    wide = number.translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    form = counter.form("new", number, "driving_licence", online_lending=True)
    applicant = counter.applied(form | {"card_number": wide})
    assert list(applicant.uploads) == ["card", "driving_licence_front", "driving_licence_back"]
    # WHEN the photos are sent, with the printed number on the card's THEN staff see that it is the number typed
    applicant.form = form
    applicant.send_photos()
    seen = counter.desk.get(f"/desk/applications/{applicant.receipt}?purpose=first+look", NOON)
    assert [slot["barcode"] for slot in seen["slots"] if slot["slot"] == "card"] == ["match"]
    assert (seen["card_number"], seen["card_state"], len(seen["images"])) == (number, "blank", 3)
    # WHEN they register THEN the 受理メール has a temporary password, which must be changed at the first sign-in
    assert counter.register(applicant).status_code == 200
    temporary = temporary_password(counter, form["email"])
    assert must_change(stack, number, temporary)
    me = sign_in(stack, number, temporary, PASSWORD).get("/me", DECIDED)
    assert (me["card_number"], me["email"]) == (number, form["email"])
    assert me["expires_on"] == IN_THREE_YEARS.isoformat()
    does_not_sign_in(stack, number, temporary)
    # AND no picture is left, nor anything personal of the application: only who saw what, and when (RULES 3, 41)
    assert applicant.kept() == []
    rows = list(library.query(applications.partition(applicant.receipt)))
    assert not [value for value in (form["name"], form["address"], form["phone"], form["email"]) if value in str(rows)]
    traces = [row for row in rows if row["SK"].startswith("TRACE#")]
    assert [(trace["by"], trace["what"]) for trace in traces] == [("desk", "look"), ("desk", "register")]
    decided = counter.desk.get(f"/desk/applications/{applicant.receipt}", DECIDED)
    assert (decided["decided_by"], decided["checked"]["document"]) == ("desk", "driving_licence")


def test_a_card_again(counter: Counter, stack: Stack, library: Table, given: Given) -> None:
    # GIVEN a patron with a hold, who has lost the card and has a kit; the form comes as multipart
    patron, _ = counter.member()
    given.hold(patron, given.title())
    before = kept_of(library, patron)
    others_before = [row for row in library.query(f"PATRON#{patron.patron_id}") if row["SK"] != "PATRON"]
    form = counter.form_of(patron, "reissue", "insurance_certificate", old_card_number=patron.card_number)
    applicant = counter.applied(form | {"card_number": (kit := counter.kit())}, "multipart")
    applicant.form["card_number"] = kit
    applicant.send_photos()
    # WHEN staff have not said whether the numbers are masked THEN they cannot register (RULES 3)
    unanswered = counter.decide(applicant, "register", checked={"document": "insurance_certificate"})
    assert unanswered.status_code == 422
    assert {reason["code"] for reason in unanswered.json()["reasons"]} == {"masked_unanswered"}
    # WHEN they have THEN the new number signs in with the password of before, and the old one does not any more
    assert counter.register(applicant).status_code == 200
    assert sign_in(stack, kit, PASSWORD).get("/me", DECIDED)["card_number"] == kit
    does_not_sign_in(stack, patron.card_number, PASSWORD)
    # AND nothing else has moved: the same patron, the same hold
    assert (state_of(library, patron.card_number), state_of(library, kit)) == (CardState.RETIRED, CardState.ACTIVE)
    assert kept_of(library, patron) == replace(before, card_number=kit)
    rows = [row for row in library.query(f"PATRON#{patron.patron_id}") if row["SK"] != "PATRON"]
    assert [row for row in rows if not row["SK"].startswith(("MAIL#", "TRACE#"))] == others_before
    # AND the mail says which number and which password
    told = counter.mail_to(patron.email, "「利用者カードの再発行」の\n申請を受理しました")
    assert "新しい利用者番号で" in told
    assert "仮パスワード: " not in told
    assert applicant.kept() == []


def test_another_name(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN a patron with another name now, whose form does not say which card they have
    patron, _ = counter.member()
    kit = counter.kit()
    form = counter.form_of(patron, "name_change", "residence_record", name="例示 花子", kana="レイジ ハナコ")
    applicant = counter.applied(form | {"card_number": kit})
    applicant.send_photos()  # the back of a sheet of paper is nobody's to wait for
    assert applicant.look()["status"] == "submitted"
    # WHEN staff register THEN they are asked whose it is; WHEN they say THEN it is done
    unknown = counter.register(applicant)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "patron_unknown")
    assert counter.register(applicant, old_card_number=patron.card_number).status_code == 200
    found = kept_of(library, patron)
    assert (found.name, found.kana, found.card_number) == ("例示 花子", "レイジ ハナコ", kit)
    assert found.address == patron.address
    # AND the person signs in with the number of the new card, and is told so
    assert sign_in(stack, kit, PASSWORD).get("/me", DECIDED)["name"] == "例示 花子"
    does_not_sign_in(stack, patron.card_number, PASSWORD)
    assert state_of(library, patron.card_number) is CardState.RETIRED
    assert "新しい利用者番号で" in counter.mail_to(patron.email, "「氏名の変更」の\n申請を受理しました")
    assert applicant.kept() == []


def test_another_address(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN a patron who has moved; the form comes urlencoded, without a kit
    patron, _ = counter.member(online_lending=False)
    form = counter.form_of(patron, "change", "my_number_card", email=f"moved.{patron.email}", online_lending="on")
    form |= {"postal_code": "０３６８２０７", "address": "青森県弘前市上白銀町1-1", "phone": "090-0000-0000"}
    applicant = counter.applied(form, "urlencoded")
    # THEN the My-Number card has one slot, which says what not to send (RULES 3)
    assert list(applicant.uploads) == ["my_number_card_front"]
    assert "裏は、送らないでください" in applicant.uploads["my_number_card_front"]["note"]
    # WHEN staff register
    registered(counter, applicant)
    # THEN the record has the new address, and nothing else is new but the online lending service
    changed = {"postal_code": "036-8207", "address": form["address"], "phone": form["phone"], "email": form["email"]}
    assert kept_of(library, patron) == replace(patron, **changed, online_lending=True)
    assert state_of(library, patron.card_number) is CardState.ACTIVE
    # AND the mail goes to the new address; card and password sign in as before
    told = counter.mail_to(form["email"], "「登録内容の変更」の\n申請を受理しました")
    assert "ログインのしかたは今までと同じ" in told
    assert sign_in(stack, patron.card_number, PASSWORD).get("/me", DECIDED)["email"] == form["email"]


def test_a_renewal(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN a patron whose card has run out
    patron, me = counter.member(expires_on=NOON.date() - timedelta(days=1))
    applicant = counter.applied(counter.form_of(patron, "renewal", "other"))
    # WHEN staff register THEN it is good for the policy's three years from that day (RULES 8)
    registered(counter, applicant)
    assert me.get("/me", DECIDED)["expires_on"] == IN_THREE_YEARS.isoformat()
    assert kept_of(library, patron) == replace(patron, expires_on=IN_THREE_YEARS)
    assert sign_in(stack, patron.card_number, PASSWORD).token
    assert "有効期限" in counter.mail_to(patron.email, "「利用者カードの更新」の\n申請を受理しました")


def test_a_temporary_password_for_a_card_one_has(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN a patron who has forgotten the password
    patron, _ = counter.member()
    applicant = counter.applied(counter.form_of(patron, "password", "my_number_card"))
    # WHEN staff register
    registered(counter, applicant)
    # THEN the mail's password signs in, must be changed, and the forgotten one is void (RULES 6)
    temporary = temporary_password(counter, patron.email)
    does_not_sign_in(stack, patron.card_number, PASSWORD)
    assert must_change(stack, patron.card_number, temporary)
    assert sign_in(stack, patron.card_number, temporary, NEW_PASSWORD).get("/me", DECIDED)["name"] == patron.name
    assert sign_in(stack, patron.card_number, NEW_PASSWORD).token
    assert kept_of(library, patron) == patron


# Asked again, refused (RULES 4, 41)


def test_an_image_again(counter: Counter, library: Table) -> None:
    # GIVEN an application that staff look at WHEN they cannot read the card
    applicant = counter.new_applicant()
    applicant.send_photos()
    before, old_ticket = applicant.look(), applicant.uploads["card"]
    asked = counter.decide(applicant, "image_again", slots=["card"], reason="番号が光って読めません")
    assert (asked.status_code, asked.json()["status"]) == (200, "image_again")
    # THEN a mail says which and why, under the same receipt number, and so does the page
    told = counter.mail_to(applicant.form["email"], "番号が光って読めません")
    assert applicant.receipt in told
    now = applicant.look()
    assert (now["status"], now["missing_slots"], now["receipt_number"]) == (
        "image_again", ["card"], before["receipt_number"],
    )  # fmt: skip
    assert "番号が光って読めません" in now["message"]
    # WHEN a new photo comes with a new ticket THEN staff have the whole again, and no mail was needed for it
    assert applicant.ask_for_tickets() == ["card"]
    assert applicant.uploads["card"]["fields"]["key"] != old_ticket["fields"]["key"]
    applicant.send_photos(["card"])
    assert applicant.look()["status"] == "submitted"
    # AND a photo that comes with the ticket of before is nobody's any more
    fields = old_ticket["fields"]
    applicant.uploads["card"] = old_ticket
    assert applicant.send("card", b"anything").status_code == 204
    until(lambda: fields["key"] not in applicant.kept(), "the late photo to be deleted")
    assert applicant.slot("card")["status"] == "accepted"
    # WHEN they register THEN no picture of either round is left
    assert counter.register(applicant).status_code == 200
    assert applicant.kept() == []
    assert state_of(library, applicant.form["card_number"]) is CardState.ACTIVE


def test_a_refusal(counter: Counter, stack: Stack, library: Table) -> None:
    # GIVEN an application WHEN staff refuse it, with a reason
    applicant = counter.new_applicant()
    applicant.send_photos()
    assert len(applicant.kept()) == 2
    nameless = counter.decide(applicant, "refuse")
    assert nameless.status_code == 422
    assert counter.decide(applicant, "refuse", reason="住所を確認できませんでした").status_code == 200
    # THEN the pictures are gone, a mail and the page say why
    assert applicant.kept() == []
    assert applicant.receipt in counter.mail_to(applicant.form["email"], "住所を確認できませんでした")
    now = applicant.look()
    assert (now["status"], now["missing_slots"]) == ("refused", [])
    assert "住所を確認できませんでした" in now["message"]
    # AND it is erased in 30 days (RULES 41), the kit is nobody's, and nothing can be registered after it
    row = library.get(applications.key(applicant.receipt))
    assert row
    assert row["expires_at"] == (DECIDED + timedelta(days=30)).timestamp()
    number = applicant.form["card_number"]
    assert state_of(library, number) is CardState.BLANK
    does_not_sign_in(stack, number, PASSWORD)
    late = counter.register(applicant)
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert state_of(library, number) is CardState.BLANK


# Who may look, and who is first


def test_a_wrong_code_and_an_unknown_receipt_are_told_alike(counter: Counter, stack: Stack) -> None:
    # GIVEN an application WHEN somebody guesses
    applicant = counter.new_applicant()
    wrong = f"{(int(applicant.code) + 1) % 10**12:012}"
    unknown = str(int(applicant.receipt) % (9 * 10**9) + 10**9)
    guesses = [
        (applicant.receipt, {"X-Access-Code": wrong}),
        (applicant.receipt, {}),
        (unknown, {"X-Access-Code": applicant.code}),
        (unknown, {}),
    ]
    for method, path, body in (("GET", "", None), ("POST", "/uploads", {})):
        answers = [
            Caller(stack).call(method, f"/applications/{receipt}{path}", NOON, body, headers)
            for receipt, headers in guesses
        ]
        # THEN no answer tells whether there is such an application
        told = [{k: v for k, v in answer.json().items() if k != "request_id"} for answer in answers]
        assert told == [told[0]] * len(guesses)
        assert {answer.status_code for answer in answers} == {404}
    # AND the real pair still opens it
    assert applicant.look()["status"] == "awaiting_images"


@pytest.mark.parametrize("start", [0.0, 0.005, -0.005])
def test_two_applications_for_one_kit(counter: Counter, stack: Stack, library: Table, start: float) -> None:
    # GIVEN two people who have typed the same number
    number = counter.kit()
    both = [counter.applied(counter.form("new", number, "my_number_card")) for _ in range(2)]
    for applicant in both:
        applicant.send_photos()
    ids = [_patron_id(library, applicant) for applicant in both]
    # WHEN two of the staff register one each at the same moment, and both in a hurry click twice
    answers = at_once(*(partial(counter.register, applicant) for applicant in both * 2), start=start)
    # THEN one of the two has the card, however often that was said (RULES 5)
    told = [{answer.status_code for answer in answers[n::2]} for n in range(2)]
    assert sorted(map(sorted, told)) == [[200], [409]], [answer.text for answer in answers]
    won = told.index({200})
    winner, loser = both[won], both[1 - won]
    found = cards.find(library, number)
    assert found
    assert (found.state, found.patron_id) == (CardState.ACTIVE, ids[won])
    assert sign_in(stack, number, temporary_password(counter, winner.form["email"]), PASSWORD).token
    # AND the other is no patron, has no account, and is as before
    assert patrons.find(library, ids[1 - won]) is None
    with pytest.raises(ClientError, match="UserNotFoundException"):
        stack.client("cognito-idp").admin_get_user(UserPoolId=stack.outputs["UserPoolId"], Username=ids[1 - won])
    assert (loser.look()["status"], len(loser.kept()), winner.kept()) == ("submitted", 2, [])
    # AND staff are told what to do; WHEN they do it THEN the person knows, too
    refused = answers[1 - won].json()
    assert refused["code"] == "card_not_usable"
    assert "別のカードで申請し直して" in refused["reasons"][0]["message"]
    assert counter.decide(loser, "refuse", reason="別のカードで申請してください").status_code == 200
    assert "別のカードで申請してください" in counter.mail_to(loser.form["email"], "登録できませんでした")
    assert loser.kept() == []
    # AND each of the two has had one answer, beside the mail with the receipt number
    for applicant in both:
        mails = counter.mails_to(applicant.form["email"])
        assert len([text for text in mails if "申請をお預かりしました" not in text]) == 1


def test_two_who_black_out_at_once_both_do(counter: Counter) -> None:
    # GIVEN a document WHEN four of the staff hide a part of it each at the same moment (RULES 3)
    applicant = counter.new_applicant()
    applicant.send_photos()
    path = f"/desk/applications/{applicant.receipt}"

    def hide(left: int) -> int:
        part = {"left": left, "top": 0, "right": left + 20, "bottom": 20}
        body = {"rectangles": [part]}
        return counter.desk.call("POST", f"{path}/images/my_number_card_front/blackout", DECIDED, body).status_code

    lefts = range(0, 80, 20)
    assert at_once(*(partial(hide, left) for left in lefts)) == [204] * 4
    # THEN all four parts are black, and there is one picture of it
    images = {image["slot"]: image["url"] for image in counter.desk.get(path, DECIDED)["images"]}
    picture = Image.open(BytesIO(requests.get(images["my_number_card_front"], timeout=60).content))
    parts = [picture.crop((left + 2, 2, left + 18, 18)) for left in lefts]
    assert max(brightest for part in parts for brightest in part.tobytes()) < 20
    assert len(applicant.kept()) == 2


def _patron_id(library: Table, applicant: Applicant) -> str:
    found = applications.find(library, applicant.receipt)
    assert found
    return found.patron_id
