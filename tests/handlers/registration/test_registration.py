"""Applying and passwords, RULES 1-3, 6, 7 and 41, as the function answers them."""

import base64
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from functions.mail.handler import handler as mail_function
from functions.registration.handler import handler
from lending.aws.access_codes import access_code
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.mail import mails
from lending.aws.table.registration import applications, cards
from lending.domain.mail.kinds.accounts import TemporaryPasswordMail
from lending.domain.registration.card import Card, CardState
from lending.domain.registration.kinds import ApplicationStatus, SlotStatus
from tests.handlers.applications import KIT, RECEIPT, applied, look, send
from tests.handlers.conftest import NOON, Given, context, request, sample


def call(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answered = handler(event, context())
    return answered["statusCode"], json.loads(answered["body"])


def show(receipt: str, code: str) -> tuple[int, dict[str, Any]]:
    return call(request("GET", f"/api/applications/{receipt}", headers={"x-access-code": code}))


def uploads(receipt: str = RECEIPT, body: Any = None) -> tuple[int, dict[str, Any]]:
    headers = {"x-access-code": access_code(receipt)}
    return call(request("POST", f"/api/applications/{receipt}/uploads", body=body or {}, headers=headers))


def policy_of(fields: dict[str, str]) -> list[Any]:
    conditions: list[Any] = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    return conditions


@pytest.mark.parametrize("name", ["apply", "apply_form", "apply_multipart"])
def test_a_form_of_each_type_is_taken_in(library: Table, name: str) -> None:
    # WHEN the form comes as JSON, as a form post with full-width digits, or as multipart
    status, body = call(sample(f"registration/{name}"))
    # THEN it waits for its images under a receipt number, with the same regular values
    assert status == 201, body
    assert [upload["slot"] for upload in body["uploads"]] == ["card", "driving_licence_front", "driving_licence_back"]
    assert body["expires_at"] == "2026-06-01T13:00:00+09:00"
    application = applications.find(library, body["receipt_number"])
    assert application is not None
    assert (application.card_number, application.postal_code) == (KIT, "030-0184")
    assert application.online_lending is True
    assert application.status is ApplicationStatus.AWAITING_IMAGES
    assert application.expires_at == NOON + timedelta(days=30)


def test_receipt_and_code_are_digits_and_only_a_hash_is_kept(library: Table) -> None:
    _, body = call(sample("registration/apply"))
    assert re.fullmatch(r"[1-9][0-9]{9}", body["receipt_number"])
    assert re.fullmatch(r"[0-9]{12}", body["access_code"])
    assert body["access_code"] not in str(library.get(applications.key(body["receipt_number"])))
    assert call(sample("registration/apply"))[1]["receipt_number"] != body["receipt_number"]


def test_an_upload_ticket_allows_one_key_and_a_length_whatever_the_picture_is(library: Table) -> None:
    # RULES 2: the ticket's conditions are exact
    _, body = call(sample("registration/apply"))
    (upload, *_others) = body["uploads"]
    application = applications.find(library, body["receipt_number"])
    assert application is not None
    assert upload["accepts"] == ["image/jpeg", "image/png"]
    fields, conditions = upload["fields"], policy_of(upload["fields"])
    key = f"intake/{body['receipt_number']}/card/{application.slots['card'].ticket_id}"
    assert (fields["key"], fields["Content-Type"]) == (key, "application/octet-stream")
    for exact in ({"key": key}, {"Content-Type": "application/octet-stream"}, {"bucket": "images"}):
        assert exact in conditions
    assert ["content-length-range", 1, 10 * 1024 * 1024] in conditions
    assert {"x-amz-server-side-encryption": "AES256"} in conditions


def test_all_faults_come_in_one_answer() -> None:
    status, body = call(sample("registration/apply_faults"))
    assert (status, body["code"]) == (422, "invalid_fields")
    found = {reason["field"]: reason["code"] for reason in body["reasons"]}
    assert found == {
        "nickname": "unknown_field", "kana": "kana", "birth_date": "in_future", "email": "full_width",
        "documents": "missing_field",
    }  # fmt: skip
    email = next(reason for reason in body["reasons"] if reason["field"] == "email")
    assert "「＠」" in email["message"]


@pytest.mark.parametrize("state", [None, CardState.BLANK, CardState.ACTIVE])
def test_no_answer_tells_whether_a_card_exists(library: Table, state: CardState | None) -> None:
    if state:
        library.write(cards.addition(Card(KIT, state)))
    status, body = call(sample("registration/apply"))
    assert status == 201
    assert KIT not in json.dumps(body)


def test_same_idempotency_key_gives_the_same_receipt_and_code_though_the_code_is_not_kept(library: Table) -> None:
    event = sample("registration/apply")
    event["headers"]["idempotency-key"] = "k"
    first, second = handler(event, context()), handler(event, context())
    assert (first["statusCode"], first["body"]) == (second["statusCode"], second["body"])
    code = json.loads(first["body"])["access_code"]
    everything = client("dynamodb").scan(TableName="lending")["Items"]
    assert code
    assert code not in json.dumps(everything, default=str)


def test_only_the_right_number_and_code_open_an_application(library: Table) -> None:
    applied(library)
    answers = [show(RECEIPT, "0" * 12), show(RECEIPT, ""), show("4821773018", access_code("4821773018"))]
    plain = [(status, {k: v for k, v in body.items() if k != "request_id"}) for status, body in answers]
    assert [status for status, _ in plain] == [404, 404, 404]
    assert plain[0] == plain[1] == plain[2]


def test_the_sample_shows_where_an_application_is(library: Table) -> None:
    # GIVEN an application, and its access code typed in groups of four
    applied(library)
    status, body = call(sample("registration/show"))
    assert status == 200, body
    assert body["status"] == "awaiting_images"
    assert body["missing_slots"] == ["card", "driving_licence_front", "driving_licence_back"]
    assert "利用者カード(名前を書いた面)" in body["message"]


def test_new_tickets_come_for_missing_images_only_and_void_the_old_ones(library: Table) -> None:
    # GIVEN one image accepted, one unusable, one not sent
    applied(library)
    send(RECEIPT, "card")
    send(RECEIPT, "driving_licence_front", b"not a picture")
    look("card", "driving_licence_front")
    # WHEN new tickets are asked for
    status, body = call(sample("registration/uploads"))
    # THEN only the two missing have one, and an image with an old ticket does not count
    assert status == 201, body
    assert [upload["slot"] for upload in body["uploads"]] == ["driving_licence_front", "driving_licence_back"]
    send(RECEIPT, "driving_licence_back")
    look("driving_licence_back")
    found = applications.find(library, RECEIPT)
    assert found is not None
    assert found.slots["driving_licence_back"].status is SlotStatus.AWAITING


def test_tickets_for_named_images(library: Table) -> None:
    applied(library, documents=["residence_record"])
    status, body = uploads(body={"slots": ["residence_record_back"]})
    assert (status, [upload["optional"] for upload in body["uploads"]]) == (201, [True])
    send(RECEIPT, "card")
    look("card")
    status, body = uploads(body={"slots": ["card", "my_number_card_back"]})
    assert (status, [reason["code"] for reason in body["reasons"]]) == (422, ["not_that_image"] * 2)


def test_no_tickets_when_nothing_is_missing(library: Table) -> None:
    applied(library, kind="change", card_number="10000001", documents=["my_number_card"], kana=None)
    send(RECEIPT, "my_number_card_front")
    look("my_number_card_front")
    assert uploads()[1]["code"] == "no_image_missing"


# Passwords


def password_mails(library: Table) -> list[Any]:
    return [mail for mail in mails.of_patron(library, "p-1") if mail.kind == TemporaryPasswordMail.name]


def holder(given: Given, library: Table) -> None:
    given.patron()
    library.write(cards.addition(Card("10000001", CardState.ACTIVE, patron_id="p-1")))


def ask(number: str = "10000001", born: str = "1990-04-01", minutes: int = 0) -> tuple[int, dict[str, Any]]:
    body = {"card_number": number, "birth_date": born}
    answered = call(request("POST", "/api/passwords", body=body, now=NOON + timedelta(minutes=minutes)))
    see_to_wishes()
    return answered


def wishes() -> list[dict[str, str]]:
    found = client("dynamodb").scan(TableName="lending")["Items"]
    return [{name: item[name]["S"] for name in ("PK", "SK")} for item in found if item["SK"]["S"].startswith("WISH#")]


def see_to_wishes() -> None:
    """What the stream tells of comes to the function of mails, twice as it may."""
    for key in wishes() * 2:
        record = {"messageId": "m", "body": json.dumps(key), "attributes": {}, "eventSource": "aws:sqs"}
        assert mail_function({"Records": [record]}, context()) == {"batchItemFailures": []}
    assert wishes() == []


def test_an_expired_temporary_password_is_sent_anew(given: Given, library: Table) -> None:
    holder(given, library)
    assert call(sample("registration/password"))[0] == 202
    see_to_wishes()
    (mail,) = password_mails(library)
    assert mail.facts == {"card_number": "10000001"}


def test_whoever_asks_for_a_password_gets_the_same_answer(given: Given, library: Table) -> None:
    holder(given, library)
    library.write(cards.addition(Card(KIT)))
    answers = [ask(born="1991-04-01"), ask("10000002"), ask(KIT)]
    assert password_mails(library) == []
    answers += [ask(), ask(minutes=1)]
    assert all(each == answers[0] for each in answers)
    assert len(password_mails(library)) == 1


def test_asking_for_a_password_takes_the_same_whatever_the_card(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a patron, a blank card and a number that is no card
    holder(given, library)
    library.write(cards.addition(Card(KIT)))
    asked: list[tuple[str, int]] = []
    once = Table._ask_once

    def noting(table: Table, operation: str, **request: Any) -> Any:
        asked.append((operation, len(str(request.get("TransactItems")))))
        return once(table, operation, **request)

    monkeypatch.setattr(Table, "_ask_once", noting)
    # WHEN each is asked for, with the right birthday and with a wrong one
    for number, born in (
        ("10000001", "1990-04-01"),
        ("10000001", "1991-04-01"),
        (KIT, "1990-04-01"),
        ("10000002", "1990-04-01"),
    ):
        body = {"card_number": number, "birth_date": born}
        assert call(request("POST", "/api/passwords", body=body))[0] == 202
    # THEN the table is asked the same, and nothing of it is looked at
    assert {operation for operation, _ in asked} == {"transact_write_items"}
    assert len(asked) == 4
    assert len(set(asked)) == 1


def test_birthdays_are_not_tried_out(given: Given, library: Table) -> None:
    # GIVEN somebody who tries birthdays for a card, until the policy's number of a day is used up
    holder(given, library)
    answers = [ask(born=f"1990-03-0{day}") for day in range(1, 6)]
    # WHEN they come to the right one THEN it is answered alike, and nothing is sent
    assert ask() == answers[0]
    assert password_mails(library) == []
    # AND the next day it is
    ask(minutes=24 * 60)
    assert len(password_mails(library)) == 1


def test_a_password_is_sent_once_within_the_policys_minutes(given: Given, library: Table) -> None:
    holder(given, library)
    for minutes in (0, 14, 16):
        ask(minutes=minutes)
    assert [mail.created_at for mail in password_mails(library)] == [NOON + timedelta(minutes=16), NOON]


def test_a_malformed_question_for_a_password_names_its_fields() -> None:
    status, body = ask("abc", f"{date(2090, 1, 1)}")
    assert (status, [reason["field"] for reason in body["reasons"]]) == (422, ["card_number", "birth_date"])


def test_the_key_of_a_request_is_of_no_use_without_the_access_code(library: Table) -> None:
    # GIVEN an applicant who asked for upload tickets with a key of their own
    applied(library)
    key = {"idempotency-key": "known"}
    path, right = f"/api/applications/{RECEIPT}/uploads", {"x-access-code": access_code(RECEIPT)}
    status, tickets = call(request("POST", path, body={}, headers=key | right))
    assert status == 201
    # WHEN somebody comes with the key and another code THEN they get nothing
    for wrong in ({}, {"x-access-code": "000000000000"}):
        status, body = call(request("POST", path, body={}, headers=key | wrong))
        assert (status, body["code"]) == (404, "not_found")
    # AND the applicant gets the same tickets again
    assert call(request("POST", path, body={}, headers=key | right)) == (201, tickets)
