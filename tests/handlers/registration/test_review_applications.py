"""Applications and cards at the desk, RULES 1-6 and 41, as the function answers them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from PIL import Image

from functions.notices.handler import handler as notices
from functions.registration.handler import handler as registration
from lending.aws import accounts, suppression
from lending.aws import image_bucket as bucket
from lending.aws.access_codes import access_code
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.aws.table.mail import addresses, contacts, mails
from lending.aws.table.patrons import patrons, people
from lending.aws.table.registration import applications, cards
from lending.domain.calendar.facility import Facility
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.contact import Contact
from lending.domain.mail.kinds.accounts import AcceptanceMail
from lending.domain.mail.kinds.applications import ReceiptMail
from lending.domain.mail.mail import Mail
from lending.domain.patrons.mail_address import PendingAddress
from lending.domain.patrons.patron import Patron
from lending.domain.registration.application import Application
from lending.domain.registration.card import Card, CardState
from lending.domain.registration.kinds import ApplicationStatus, SlotStatus
from tests.handlers.applications import (
    KIT,
    RECEIPT,
    TICKET,
    applied,
    decide,
    keys,
    kit,
    look,
    register,
    send,
    submitted,
)
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.desk import function_of
from tests.handlers.metrics import counts_in
from tests.library import aomori

LATER = NOON + timedelta(hours=1)
OLD_CARD = "10000001"


def call(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answered = function_of(event)(event, context())
    return answered["statusCode"], json.loads(answered["body"] or "{}")


def get(path: str, **how: Any) -> tuple[int, dict[str, Any]]:
    return call(request("GET", f"/api/desk{path}", group="desk", user="staff-1", **how))


def post(path: str, body: Any) -> tuple[int, dict[str, Any]]:
    return call(request("POST", f"/api/desk{path}", body=body, group="desk", user="staff-1"))


def codes(body: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in body["reasons"]]


def everything(sk: str, pk: str = "") -> list[dict[str, Any]]:
    """All items whose keys begin so."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName="lending")
    found = [item for page in pages for item in page["Items"]]
    return [item for item in found if item["SK"]["S"].startswith(sk) and item["PK"]["S"].startswith(pk)]


def sent(library: Table, owner: str) -> list[Mail]:
    """What was answered, after the mail that had brought the receipt number."""
    found = [mails.mail_of(item) for item in library.query(owner, "MAIL#")]
    return [mail for mail in found if mail.kind != ReceiptMail.name]


def known_patron(given: Given, library: Table, **changes: Any) -> Patron:
    """A patron with a card, an account and all that goes with it."""
    patron = given.patron("p-1", **changes)
    library.transact(
        cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id="p-1")),
        *addresses.user_changes(None, patron),
        *people.name_changes(None, patron),
    )
    accounts.ensure_account("p-1", patron.card_number)
    return patron


def existing(library: Table, kind: str, **changes: Any) -> Application:
    """An application of somebody who has a card, as the sample's person, at the desk."""
    number = KIT if kind in ("reissue", "name_change") else OLD_CARD
    values: dict[str, Any] = {"kind": kind, "card_number": number, "online_lending": False} | changes
    return submitted(library, **values)


def patron_of(library: Table, patron_id: str) -> Patron:
    patron = patrons.find(library, patron_id)
    assert patron is not None
    return patron


def known_by(patron: Patron, before: Patron) -> Patron:
    """The patron with what is remembered for the day they leave: the application, and the card it has replaced (41)."""
    cards = (before.card_number,) if patron.card_number != before.card_number else ()
    return replace(patron, receipts=(RECEIPT,), former_cards=cards)


def alias(patron_id: str) -> str:
    pool = client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    user = client("cognito-idp").admin_get_user(UserPoolId=pool, Username=patron_id)
    return str(next(each["Value"] for each in user["UserAttributes"] if each["Name"] == "preferred_username"))


def accounts_made() -> int:
    pool = client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    users = client("cognito-idp").list_users(UserPoolId=pool)["Users"]
    in_group = client("cognito-idp").list_users_in_group(UserPoolId=pool, GroupName="patron")["Users"]
    assert {user["Username"] for user in users} == {user["Username"] for user in in_group}
    return len(users)


# Looking


def test_the_cursor_of_another_status_is_no_cursor_of_this_list(library: Table) -> None:
    # GIVEN the first page of the applications that wait for images
    for receipt in ("1000000001", "2000000002"):
        applied(library, receipt, f"p-{receipt}")
    event = sample("review/applications_list")
    event["queryStringParameters"] = {"status": "awaiting_images", "limit": "1"}
    _, first = call(event)
    # WHEN it is used to go on with those at the desk THEN it is refused as any that is not of this list
    event["queryStringParameters"] = {"status": "submitted", "limit": "1", "cursor": first["cursor"]}
    status, problem = call(event)
    assert (status, problem["code"]) == (400, "bad_cursor")


def test_the_list_is_the_oldest_first_and_pages(library: Table) -> None:
    # GIVEN three applications that reached the desk in another order than their numbers, and one that has not
    for minutes, receipt in enumerate(("3000000003", "1000000001", "2000000002")):
        application = applied(library, receipt, f"p-{receipt}")
        at_the_desk = replace(
            application, status=ApplicationStatus.SUBMITTED, submitted_at=NOON + timedelta(minutes=minutes)
        )
        library.write(applications.change(application, at_the_desk))
    applied(library, "4000000004")
    # WHEN the list is read in pages of two
    event = sample("review/applications_list")
    event["queryStringParameters"]["limit"] = "2"
    _, first = call(event)
    event["queryStringParameters"]["cursor"] = first["cursor"]
    _, second = call(event)
    # THEN the one that waits longest is first, and that people were named leaves a trace each time
    assert [item["receipt_number"] for item in first["items"]] == ["3000000003", "1000000001"]
    assert [item["receipt_number"] for item in second["items"]] == ["2000000002"]
    assert second["cursor"] is None
    assert {(item["name"], item["age_days"]) for item in first["items"]} == {("見本 花子", 0)}
    assert {trace["what"]["S"] for trace in everything("TRACE#", "LIST#applications")} == {"look"}


@pytest.mark.parametrize(("days", "late"), [(3, 0), (4, 2)])
def test_who_waits_longer_than_promised_is_counted(
    library: Table, capsys: pytest.CaptureFixture[str], days: int, late: int
) -> None:
    # GIVEN two applications at the desk, one that is not, and the promise of 1 to 3 days (RULES 4)
    submitted(library), submitted(library, "5000000005", "p-2"), applied(library, "6000000006", "p-3")
    morning = (NOON + timedelta(days=days)).replace(hour=1)
    # WHEN staff look, and when the day comes
    _, body = get("/applications", now=morning)
    event = sample("notices/daily_notices") | {"scheduled_time": morning.isoformat()}
    notices(event, context())
    # THEN they see for how long each has waited and how many are late, and an alarm hears it
    assert {item["age_days"] for item in body["items"]} == {days}
    assert body["late"] == late
    # and the day with which the desk opens says so (RULES 55)
    (waiting,) = [each for each in get("/today", now=morning)[1]["open_work"] if each["name"] == "applications"]
    assert (waiting["left"], waiting["late"]) == (2, late)
    assert counts_in(capsys.readouterr().out)["ApplicationsLate"] == [late]
    # AND nothing of it counts where it has been decided, or is not at the desk yet
    assert get("/applications", now=morning, query={"status": "awaiting_images"})[1]["items"][0]["age_days"] is None


def test_an_unknown_status_is_refused() -> None:
    assert get("/applications", query={"status": "all"})[0] == 422


def test_the_sample_shows_an_application_with_images_and_records_it(library: Table) -> None:
    kit(library), submitted(library)
    status, body = call(sample("review/application_show"))
    assert status == 200, body
    assert (body["name"], body["birth_date"], body["card_state"]) == ("見本 花子", "1990-04-01", "blank")
    assert [image["slot"] for image in body["images"]] == ["card", "driving_licence_front", "driving_licence_back"]
    assert all("X-Amz-Expires=60" in image["url"] and "/clean/" in image["url"] for image in body["images"])
    (trace,) = everything("TRACE#", f"APPLICATION#{RECEIPT}")
    assert (trace["by"]["S"], trace["at"]["S"], trace["note"]["S"]) == (
        "staff-1",
        "2026-06-01T12:00:00+09:00",
        "review",
    )


@pytest.mark.parametrize("state", [None, CardState.ACTIVE, CardState.RETIRED])
def test_staff_see_the_state_of_the_card(library: Table, state: CardState | None) -> None:
    if state:
        library.write(cards.addition(Card(KIT, state)))
    submitted(library)
    assert get(f"/applications/{RECEIPT}")[1]["card_state"] == (state or "unknown")


def test_possible_duplicates_are_shown_and_that_they_were_seen_is_recorded(given: Given, library: Table) -> None:
    # GIVEN a patron with the same reading, otherwise spaced, and birthday
    known_patron(given, library, kana="ミホンハナコ")
    kit(library), submitted(library)
    _, body = get(f"/applications/{RECEIPT}")
    assert [person["card_number"] for person in body["duplicates"]] == [OLD_CARD]
    assert len(everything("TRACE#", "PATRON#p-1")) == 1


def test_staff_see_where_form_and_record_differ(given: Given, library: Table) -> None:
    known_patron(given, library, name="見本花子", birth_date=date(1990, 4, 2))
    existing(library, "renewal")
    _, body = get(f"/applications/{RECEIPT}")
    assert body["differences"] == ["birth_date"]
    assert (body["patron"]["card_number"], body["duplicates"]) == (OLD_CARD, [])


def test_an_unknown_application_is_not_found() -> None:
    assert get("/applications/1")[0] == 404
    assert decide("1", decision="refuse", reason="理由")[0] == 404


# Registering


def test_the_sample_registers_a_new_patron(library: Table) -> None:
    kit(library), submitted(library)
    status, body = call(sample("review/application_register"))
    assert (status, body["status"]) == (200, "registered"), body
    # THEN patron, card, account and mail are there (RULES 1, 4, 5, 8)
    patron = patron_of(library, "p-new")
    assert (patron.card_number, patron.name, patron.email) == (KIT, "見本 花子", "hanako@example.jp")
    assert (patron.expires_on, patron.online_lending) == (date(2029, 6, 1), True)
    assert cards.find(library, KIT) == Card(KIT, CardState.ACTIVE, "1", "p-new")
    assert (accounts_made(), alias("p-new")) == (1, KIT)
    (mail,) = sent(library, "PATRON#p-new")
    assert mail.kind == AcceptanceMail.name
    assert mail.facts == {
        "application_kind": "new", "card_number": KIT, "expires_on": "2029-06-01", "online_lending": True,
        "to": "hanako@example.jp",
    }  # fmt: skip
    assert addresses.users(library, "hanako@example.jp") == ["p-new"]
    # THEN images and personal data are gone from the application, what was seen by whom is not (RULES 3, 41)
    assert keys() == []
    record = library.get(applications.key(RECEIPT))
    assert record is not None
    assert not {"name", "kana", "email", "phone", "address", "slots", "expires_at"} & record.keys()
    assert (record["checked_document"], record["decided_by"]) == ("driving_licence", "staff-1")


def test_not_joining_online_lending(library: Table) -> None:
    kit(library), submitted(library, online_lending=False)
    register(expires_on="2027-01-31")
    patron = patron_of(library, "p-new")
    assert (patron.online_lending, patron.expires_on) == (False, date(2027, 1, 31))


def test_two_applications_for_one_kit_number(library: Table) -> None:
    # GIVEN two applications with the same number, RULES 5
    kit(library), submitted(library), submitted(library, "5000000005", "p-other", email="other@example.jp")
    assert register()[0] == 200
    # WHEN the second is registered THEN a sentence says what to do, and nothing has changed
    status, body = register("5000000005")
    assert (status, body["code"], body["reasons"][0]["card_state"]) == (409, "card_not_usable", "active")
    assert "別のカードで" in body["detail"]
    assert patrons.find(library, "p-other") is None
    assert len(keys()) == 3


def test_two_who_register_the_same_number_at_the_same_moment(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    kit(library), submitted(library), submitted(library, "5000000005", "p-other", email="other@example.jp")
    answers, transact = [], Table.transact

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        answers.append(register("5000000005"))
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    answers.append(register())
    assert [(status, body.get("code")) for status, body in answers] == [(200, None), (409, "card_not_usable")]
    assert cards.find(library, KIT) == Card(KIT, CardState.ACTIVE, "1", "p-other")
    assert patrons.find(library, "p-new") is None


@pytest.mark.parametrize("kind", ["new", "reissue"])
def test_two_who_register_the_same_application_at_the_same_moment(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    # GIVEN another click that registers all, between reading the application and its card
    known_patron(given, library)
    kit(library), submitted(library, kind=kind)
    answers, find = [], cards.find

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(cards, "find", find)
        answers.append(register())
        return find(*args)

    monkeypatch.setattr(cards, "find", meanwhile)
    answers.append(register())
    # THEN both are told the same, and it was done once
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert len(everything("MAIL#")) == 1


@pytest.mark.parametrize("state", [None, CardState.ACTIVE, CardState.RETIRED])
def test_a_number_that_is_no_blank_kits_is_refused(library: Table, state: CardState | None) -> None:
    if state:
        library.write(cards.addition(Card(KIT, state, patron_id="p-9")))
    submitted(library)
    status, body = register()
    assert (status, body["reasons"][0]["card_state"]) == (409, state or "unknown")
    assert patrons.find(library, "p-new") is None


def test_a_reissue_moves_the_number_and_nothing_else(given: Given, library: Table) -> None:
    before = known_patron(given, library, open_holds=3)
    kit(library), existing(library, "reissue", old_card_number=OLD_CARD, email="elsewhere@example.jp")
    assert register()[0] == 200
    # THEN the patron has the new number, also to sign in with, and the old card is retired
    assert patron_of(library, "p-1") == known_by(replace(before, card_number=KIT), before)
    old, new = cards.find(library, OLD_CARD), cards.find(library, KIT)
    assert old
    assert new
    assert (old.state, new.patron_id) == (CardState.RETIRED, "p-1")
    assert (accounts_made(), alias("p-1")) == (1, KIT)
    assert patrons.find(library, "p-new") is None


def test_a_reissue_finds_the_patron_by_name_and_birthday(given: Given, library: Table) -> None:
    known_patron(given, library)
    kit(library), existing(library, "reissue")
    assert register()[0] == 200
    assert patron_of(library, "p-1").card_number == KIT


def test_a_reissue_of_nobody_known_asks_staff_for_the_number(given: Given, library: Table) -> None:
    known_patron(given, library, kana="ベツジン")
    kit(library), existing(library, "reissue")
    assert register()[1]["code"] == "patron_unknown"
    assert register(old_card_number=OLD_CARD)[0] == 200
    assert patron_of(library, "p-1").card_number == KIT


def test_a_change_of_name(given: Given, library: Table) -> None:
    before = known_patron(given, library)
    kit(library)
    changes = {"old_card_number": OLD_CARD, "name": "例示 花子", "kana": "レイジ ハナコ"}
    existing(library, "name_change", **changes)
    assert register()[0] == 200
    assert patron_of(library, "p-1") == known_by(
        replace(before, card_number=KIT, name="例示 花子", kana="レイジ ハナコ"), before
    )
    assert people.namesakes(library, "レイジ ハナコ", before.birth_date) == ["p-1"]
    assert people.namesakes(library, "ミホン ハナコ", before.birth_date) == []


def test_a_change_of_address(given: Given, library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a patron whose address is marked as unreachable, RULES 39
    before = known_patron(given, library)
    for address in ("p-1@example.jp", "new@example.jp"):
        library.write(addresses.mark_addition(address, NOON, "wrong_address"))
    forgiven: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", forgiven.append)
    task = Contact(patron_id="p-1", address="p-1@example.jp", cause=BounceCause.WRONG_ADDRESS, since=NOON, last_at=NOON)
    library.write(contacts.record(None, task, aomori()))
    existing(library, "change", postal_code=None, address=None, phone="090-0000-0000", email="new@example.jp")
    assert register()[0] == 200
    # THEN nobody has to call any more
    assert contacts.page(library, 10)[0] == []
    assert patron_of(library, "p-1") == known_by(replace(before, phone="090-0000-0000", email="new@example.jp"), before)
    assert (addresses.users(library, "new@example.jp"), addresses.users(library, "p-1@example.jp")) == (["p-1"], [])
    # and neither mark is left, and SES may try both again: others may share the old one
    assert addresses.unreachable(library, ["p-1@example.jp", "new@example.jp"]) == set()
    assert set(forgiven) == {"p-1@example.jp", "new@example.jp"}


def test_an_earlier_wish_for_another_address_does_not_undo_what_is_registered(given: Given, library: Table) -> None:
    # GIVEN a link the patron asked for and has not followed yet
    known_patron(given, library)
    wish = PendingAddress("p-1", "email", "old-wish@example.jp", "wish-1", NOON, LATER)
    library.write(addresses.wish_addition(wish))
    existing(library, "change", email="new@example.jp")
    register()
    assert addresses.pending(library, "p-1") == []


def test_a_renewal_sets_the_last_day(given: Given, library: Table) -> None:
    before = known_patron(given, library, expires_on=date(2026, 5, 31))
    existing(library, "renewal", postal_code=None, address=None, phone=None, email=None)
    assert register()[0] == 200
    assert patron_of(library, "p-1") == known_by(replace(before, expires_on=date(2029, 6, 1)), before)
    item = library.get(patrons.key("p-1"))
    assert item is not None
    assert item["work_order"] == "2029-06-01#p-1"


def test_a_password_changes_nothing_and_sends_a_mail(given: Given, library: Table) -> None:
    before = known_patron(given, library)
    existing(library, "password")
    assert register()[0] == 200
    assert patron_of(library, "p-1") == known_by(before, before)
    (mail,) = sent(library, "PATRON#p-1")
    assert mail.facts == {"application_kind": "password", "card_number": OLD_CARD, "to": "hanako@example.jp"}


@pytest.mark.parametrize("kind", ["reissue", "name_change", "change", "renewal", "password"])
def test_an_answer_goes_to_the_address_on_the_form(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    # GIVEN a patron with another address than the form, which once failed somebody
    forgiven: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", forgiven.append)
    known_patron(given, library)
    library.write(addresses.mark_addition("here@example.jp", NOON, "wrong_address"))
    kit(library), existing(library, kind, email="here@example.jp", old_card_number=OLD_CARD)
    # WHEN it is registered THEN the answer goes where it was asked for, and the address is tried (RULES 6, 39)
    assert register()[0] == 200
    (mail,) = sent(library, "PATRON#p-1")
    assert (mail.facts["to"], forgiven) == ("here@example.jp", ["here@example.jp"])
    assert addresses.unreachable(library, ["here@example.jp"]) == set()


@pytest.mark.parametrize("kind", ["renewal", "password"])
def test_a_patron_of_whom_little_is_known_is_known_by_what_they_apply_for(
    given: Given, library: Table, kind: str
) -> None:
    # GIVEN somebody who had a card before there was this service (RULES 42)
    known_patron(given, library, email="", phone="", kana="", address="", postal_code="")
    existing(library, kind)
    # WHEN their application is registered THEN what it says is theirs, and mails reach them
    assert register()[0] == 200
    patron = patron_of(library, "p-1")
    assert (patron.email, patron.kana) == ("hanako@example.jp", "ミホン ハナコ")
    assert addresses.users(library, "hanako@example.jp") == ["p-1"]
    assert people.namesakes(library, "ミホン ハナコ", patron.birth_date) == ["p-1"]


def test_joining_goes_with_any_kind(given: Given, library: Table) -> None:
    known_patron(given, library, online_lending=False)
    existing(library, "renewal", online_lending=True)
    register()
    assert patron_of(library, "p-1").online_lending is True


def test_an_unknown_card_of_an_existing_patron_is_refused(library: Table) -> None:
    existing(library, "renewal")
    assert register()[1]["code"] == "patron_unknown"


def test_masking_must_be_answered(library: Table) -> None:
    kit(library), submitted(library, documents=["insurance_certificate"])
    status, body = register(document="insurance_certificate")
    assert (status, codes(body)) == (422, ["masked_unanswered"])
    checked = {"document": "insurance_certificate", "masked": True}
    assert decide(decision="register", checked=checked)[0] == 200


def test_nobody_registers_without_images(library: Table) -> None:
    kit(library), applied(library)
    status, body = register()
    assert (status, body["code"]) == (409, "images_missing")


def test_unknown_answers_are_refused(library: Table) -> None:
    submitted(library)
    assert decide(decision="maybe")[0] == 422
    assert decide(decision="register", checked={"document": "driving_licence", "seen": True})[0] == 422


# Again, and refused


def test_the_sample_asks_for_an_image_again(library: Table) -> None:
    submitted(library)
    for _twice in range(2):
        status, body = call(sample("review/application_image_again"))
        assert (status, body["status"]) == (200, "image_again"), body
    # THEN the slot is missing with its reason, and there is one mail (RULES 4)
    application = applications.find(library, RECEIPT)
    assert application is not None
    assert application.slots["card"].status is SlotStatus.AGAIN
    (mail,) = sent(library, f"APPLICATION#{RECEIPT}")
    assert mail.facts == {
        "receipt_number": RECEIPT, "slots": ["card"], "reason": "お名前がぼやけて読めません。",
        "resume_until": "2026-07-01",
    }  # fmt: skip


def test_the_image_sent_again_brings_the_application_back(library: Table) -> None:
    kit(library), submitted(library)
    call(sample("review/application_image_again"))
    before = applications.find(library, RECEIPT)
    assert before is not None
    slots = {**before.slots, "card": replace(before.slots["card"], ticket_id="second")}
    library.write(applications.change(before, replace(before, slots=slots)))
    send(RECEIPT, "card", ticket="second")
    look("card", ticket="second")
    assert get("/applications")[1]["items"][0]["receipt_number"] == RECEIPT
    # WHEN staff ask once more THEN that is another mail; WHEN they register, all images are gone
    call(sample("review/application_image_again"))
    assert len(sent(library, f"APPLICATION#{RECEIPT}")) == 2
    library.write(applications.change(replace(before, revision=_revision(library)), replace(before, slots=slots)))
    send(RECEIPT, "card", ticket="second")
    look("card", ticket="second")
    assert register()[0] == 200
    assert keys() == []


def _revision(library: Table) -> int:
    application = applications.find(library, RECEIPT)
    assert application is not None
    return application.revision


def test_the_sample_refuses(library: Table) -> None:
    submitted(library)
    status, body = call(sample("review/application_refuse"))
    assert (status, body["status"]) == (200, "refused"), body
    (mail,) = sent(library, f"APPLICATION#{RECEIPT}")
    assert mail.facts == {
        "receipt_number": RECEIPT, "reason": "ご住所が確認できませんでした。", "erased_on": "2026-07-01",
    }  # fmt: skip
    # THEN the images are gone, and the rest after the policy's days (RULES 3, 41)
    assert keys() == []
    item = library.get(applications.key(RECEIPT))
    assert item is not None
    erased = int((NOON + timedelta(days=30)).timestamp())
    rows = [row for row in library.query(f"APPLICATION#{RECEIPT}") if not row["SK"].startswith("TRACE#")]
    assert [row["expires_at"] for row in rows] == [erased] * 3


def test_an_answer_goes_to_the_registered_address_if_the_form_names_none(given: Given, library: Table) -> None:
    known_patron(given, library)
    existing(library, "renewal", postal_code=None, address=None, phone=None, email=None)
    assert decide(decision="refuse", reason="理由")[0] == 200
    (mail,) = sent(library, f"APPLICATION#{RECEIPT}")
    assert mail.facts["to"] == "p-1@example.jp"


def test_another_decision_on_a_decided_application(library: Table) -> None:
    kit(library), submitted(library)
    register()
    for other in ("refuse", "register"):
        status, body = decide(decision=other, reason="理由")
        assert (status, body["code"]) == (409, "already_decided")


def test_a_decision_is_made_once_by_whoever_is_first(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN staff who refuse while another registers
    kit(library), submitted(library)
    transact = Table.transact

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        assert decide(decision="refuse", reason="理由")[0] == 200
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    assert register()[1]["code"] == "already_decided"
    assert patrons.find(library, "p-new") is None


# Crashes


WRITES = {
    "TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "AdminCreateUser", "AdminUpdateUserAttributes",
    "AdminAddUserToGroup", "AdminSetUserPassword", "DeleteObjects", "DeleteObject", "PutObject",
}  # fmt: skip


@contextmanager
def crash(number: int, *, after: bool) -> Iterator[list[str]]:
    """The connection breaks before or after the nth write to any service; the writes so far are in the list."""
    made: list[str] = []
    real: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]  # a private one

    def call_or_crash(client: Any, operation: str, parameters: Any) -> Any:
        if operation not in WRITES:
            return real(client, operation, parameters)
        made.append(operation)
        broken = ConnectionError if len(made) == number else None
        if broken and not after:
            raise broken
        try:
            return real(client, operation, parameters)
        finally:
            if broken:
                raise broken

    with patch.object(BaseClient, "_make_api_call", call_or_crash):
        yield made


def points(writes: int) -> list[tuple[int, bool]]:
    return [(number, after) for number in range(1, writes + 1) for after in (False, True)]


@pytest.mark.parametrize(("number", "after"), points(5))
def test_a_new_card_survives_a_crash_anywhere(library: Table, number: int, after: bool) -> None:
    # GIVEN a crash before or after a write of the decision
    kit(library), submitted(library)
    with crash(number, after=after) as made:
        assert register()[0] == 500
    assert len(made) == number
    # WHEN the decision is made again
    assert register()[0] == 200
    # THEN there is one patron, one card, one account, one mail, and no image
    assert len(everything("PATRON", "PATRON#")) == 1
    assert cards.find(library, KIT) == Card(KIT, CardState.ACTIVE, "1", "p-new")
    assert (accounts_made(), alias("p-new")) == (1, KIT)
    assert len(everything("MAIL#")) == 1
    assert keys() == []


@pytest.mark.parametrize(("number", "after"), points(6))
def test_a_reissue_survives_a_crash_anywhere(given: Given, library: Table, number: int, after: bool) -> None:
    known_patron(given, library)
    kit(library), existing(library, "reissue")
    with crash(number, after=after) as made:
        first, _ = register()
    assert (first, len(made)) == (500, number)
    assert register()[0] == 200
    assert (accounts_made(), alias("p-1"), patron_of(library, "p-1").card_number) == (1, KIT, KIT)
    assert [card["state"]["S"] for card in everything("CARD")] == ["retired", "active"]
    assert (len(everything("MAIL#")), keys()) == (1, [])


@pytest.mark.parametrize(("number", "after"), points(2))
def test_a_refusal_survives_a_crash_anywhere(library: Table, number: int, after: bool) -> None:
    submitted(library)
    with crash(number, after=after) as made:
        assert call(sample("review/application_refuse"))[0] == 500
    assert len(made) == number
    assert call(sample("review/application_refuse"))[0] == 200
    assert (len(sent(library, f"APPLICATION#{RECEIPT}")), keys()) == (1, [])


def test_the_crash_points_are_all_there_are(given: Given, library: Table) -> None:
    """The tests above break every write there is: this fails when another one comes."""
    kit(library), submitted(library)
    with crash(0, after=False) as made:
        register()
    assert made == [
        "TransactWriteItems",
        "AdminCreateUser",
        "AdminAddUserToGroup",
        "TransactWriteItems",
        "DeleteObjects",
    ]
    known_patron(given, library, kana="ベツジン")
    (
        kit(library, "20100002"),
        submitted(library, "5000000005", kind="reissue", card_number="20100002", old_card_number=OLD_CARD),
    )
    with crash(0, after=False) as made:
        register("5000000005")
    assert made[1:-1] == ["AdminCreateUser", "AdminUpdateUserAttributes", "AdminAddUserToGroup", "TransactWriteItems"]
    applied(library, "6000000006")
    with crash(0, after=False) as made:
        decide("6000000006", decision="refuse", reason="理由")
    assert made == ["TransactWriteItems"]


def test_a_decision_that_comes_late_again_does_not_bring_an_old_number_back(library: Table) -> None:
    # GIVEN a patron who was registered, and has had a re-issue since
    kit(library), submitted(library)
    register()
    kit(library, "20100002")
    submitted(library, "5000000005", kind="reissue", card_number="20100002", old_card_number=KIT)
    assert register("5000000005")[0] == 200
    # WHEN the first decision comes again THEN the new number still signs in
    assert register()[0] == 200
    assert alias("p-new") == "20100002"


# Blacking out


def pixels(slot: str) -> Image.Image:
    data = client("s3").get_object(Bucket="images", Key=f"clean/{RECEIPT}/{slot}-{TICKET}.jpg")["Body"].read()
    return Image.open(BytesIO(data))


def colours(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return found


def test_the_sample_blacks_out_a_part_for_good(library: Table) -> None:
    submitted(library)
    assert call(sample("review/application_blackout"))[0] == 204
    picture = pixels("driving_licence_front")
    assert max(colours(picture, (30, 20))) < 20
    assert min(colours(picture, (75, 55))) > 235
    assert len(keys()) == 3
    assert len(everything("TRACE#", f"APPLICATION#{RECEIPT}")) == 1


def test_two_who_black_out_at_the_same_moment_both_do(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(library)
    replace_clean, path = bucket.replace_clean, f"/applications/{RECEIPT}/images/card/blackout"

    def meanwhile(*args: Any) -> None:
        monkeypatch.setattr(bucket, "replace_clean", replace_clean)
        assert post(path, {"rectangles": [{"left": 40, "top": 30, "right": 80, "bottom": 60}]})[0] == 204
        replace_clean(*args)

    monkeypatch.setattr(bucket, "replace_clean", meanwhile)
    assert post(path, {"rectangles": [{"left": 0, "top": 0, "right": 40, "bottom": 30}]})[0] == 204
    assert max(colours(pixels("card"), (20, 15))) < 20
    assert max(colours(pixels("card"), (60, 45))) < 20


def test_what_cannot_be_blacked_out(library: Table) -> None:
    kit(library), submitted(library)
    path = f"/applications/{RECEIPT}/images/card/blackout"
    outside = {"rectangles": [{"left": 500, "top": 0, "right": 600, "bottom": 30}]}
    assert codes(post(path, outside)[1]) == ["covers_nothing"]
    assert post(path, {"rectangles": []})[0] == 422
    register()
    assert post(path, {"rectangles": [{"left": 0, "top": 0, "right": 9, "bottom": 9}]})[1]["code"] == "no_picture"
    assert keys() == []


# Cards


def test_the_sample_makes_kit_numbers_known_once(library: Table) -> None:
    library.write(facilities.facility_record(Facility(1, "東青", "青森市", "見本館", True)))
    assert [call(sample("desk/cards"))[1]["added"] for _twice in range(2)] == [2, 0]
    assert cards.find(library, "20100002") == Card("20100002", CardState.BLANK, "1")
    # WHEN one of them is used by now THEN it stays used
    library.write(cards.activation(Card("20100001", facility="1"), "p-1", NOON))
    assert call(sample("desk/cards"))[0] == 201
    assert cards.find(library, "20100001") == Card("20100001", CardState.ACTIVE, "1", "p-1")


def test_kits_belong_to_one_facility_that_hands_them_out(library: Table) -> None:
    # GIVEN one that hands out none by the list
    for number in (1, 2, 3):
        library.write(facilities.facility_record(Facility(number, "西北", "見本町", "見本館", number != 3)))
    post("/cards", {"facility": 1, "numbers": ["20100001"]})
    status, body = post("/cards", {"facility": "2", "numbers": ["20100001", "20200001"]})
    assert (status, body["code"], body["reasons"][0]["numbers"]) == (409, "cards_known", ["20100001"])
    assert cards.find(library, "20200001") is None
    assert codes(post("/cards", {"facility": "3", "numbers": ["20300001"]})[1]) == ["facility_without_kits"]
    assert codes(post("/cards", {"facility": "60", "numbers": ["26000001"]})[1]) == ["unknown_facility"]
    status, body = post("/cards", {"facility": "1", "numbers": ["x", "20100003", "y"]})
    assert [reason["field"] for reason in body["reasons"]] == ["numbers.0", "numbers.2"]


# Passwords


def test_the_sample_sends_a_temporary_password_once_for_two_clicks(given: Given, library: Table) -> None:
    known_patron(given, library)
    event = sample("review/patron_temporary_password")
    assert call(event)[0] == 202
    event["requestContext"]["timeEpoch"] += 5000
    assert call(event)[0] == 202
    (mail,) = sent(library, "PATRON#p-1")
    assert mail.facts == {"card_number": OLD_CARD}
    assert post("/patrons/19999999/temporary-password", {})[0] == 404


def test_every_route_is_the_desks_alone() -> None:
    for method, path in (
        ("GET", "/applications"), ("GET", "/applications/1"), ("POST", "/applications/1/decision"),
        ("POST", "/applications/1/images/card/blackout"), ("POST", "/cards"),
        ("POST", "/patrons/10000001/temporary-password"),
    ):  # fmt: skip
        event = request(method, f"/api/desk{path}", body={}, group="patron", user="p-1")
        assert call(event)[0] == 403


def test_the_account_follows_the_table(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """No account is made for a registration that did not happen."""
    kit(library), submitted(library)
    monkeypatch.setattr(cards, "find", lambda *_: None)
    assert register()[0] == 409
    assert accounts_made() == 0


def test_an_abandoned_application_is_nowhere_after_the_policys_days(library: Table) -> None:
    """TTL may take two days more (RULES 41)."""
    # GIVEN an application whose pictures have not come
    applied(library)
    over, code = NOON + timedelta(days=30), {"x-access-code": access_code(RECEIPT)}

    def of_applicant(method: str, path: str, now: datetime) -> int:
        event = request(method, f"/api/applications/{RECEIPT}{path}", body={}, now=now, headers=code)
        return int(registration(event, context())["statusCode"])

    def of_staff(method: str, path: str, now: datetime, **how: Any) -> tuple[int, dict[str, Any]]:
        return call(request(method, f"/api/desk/applications{path}", now=now, group="desk", user="staff-1", **how))

    # WHEN anybody asks for it up to the end of its time THEN it is there, AND afterwards to nobody
    for now, there, status in ((over - timedelta(seconds=1), 1, 200), (over, 0, 404)):
        assert of_applicant("GET", "", now) == status
        assert of_applicant("POST", "/uploads", now) == (201 if there else 404)
        assert of_staff("GET", f"/{RECEIPT}", now)[0] == status
        assert of_staff("PATCH", f"/{RECEIPT}", now, body={"card_number": KIT})[0] == status
        assert len(of_staff("GET", "", now, query={"status": "awaiting_images"})[1]["items"]) == there
    assert decide(now=over, decision="refuse", reason="画像が届かないため")[0] == 404
