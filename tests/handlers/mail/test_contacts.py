"""Contact tasks at the desk, RULES 39: whom to call, and why."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.review.handler import handler
from lending.actions.library import Library
from lending.actions.mail.contact_tasks import address_changed
from lending.aws import suppression
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.mail import addresses, contacts
from lending.aws.table.registration import applications
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.contact import Contact
from lending.domain.registration.application import record_of
from tests.handlers.applications import applied
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.mail.test_bounces import HANAKO, bounce, everything, hear, told
from tests.handlers.mails import POLICY, SATURDAY, sent


def call(method: str, path: str, group: str = "desk", **how: Any) -> dict[str, Any]:
    return handler(request(method, path, group=group, user="staff-1", now=SATURDAY, **how), context())


def listed(**how: Any) -> list[dict[str, Any]]:
    answered = call("GET", "/api/desk/contacts", **how)
    assert answered["statusCode"] == 200, answered
    items: list[dict[str, Any]] = json.loads(answered["body"])["items"]
    return items


@pytest.fixture
def bounced(given: Given, library: Table) -> None:
    """A patron whose mail came back for good."""
    given.patron(email=HANAKO, phone="0172-00-0000")
    library.write(addresses.user_addition(HANAKO, "p-1"))
    sent(library, "m-1", HANAKO)
    hear(bounce("m-1", 5))


@pytest.mark.usefixtures("bounced")
def test_staff_see_whom_to_call_and_what_to_say(library: Table) -> None:
    # WHEN the sample asks for the list
    answered = handler(sample("review/contacts_list"), context())
    # THEN it says patron, phone, which mail, and the likely cause in the FAQ's words
    (task,) = json.loads(answered["body"])["items"]
    assert (task["patron"], task["name"], task["phone"]) == ("10000001", "見本 花子", "0172-00-0000")
    assert (task["cause"], task["cause_label"]) == ("wrong_address", "メールアドレスが間違っている")
    assert "スペルの間違い" in task["explanation"]
    assert task["mail"] == {
        "kind": "lending", "label": "オンライン貸出メール", "sent_at": "2026-06-06T09:00:00+09:00",
    }  # fmt: skip
    assert (task["address"], task["unreachable"], task["since"]) == (HANAKO, True, "2026-06-06T09:05:00+09:00")
    # and that somebody looked leaves a trace, RULES 41
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert trace["by"] == "staff-1"


@pytest.mark.usefixtures("bounced")
def test_done_is_done_said_once_or_twice(library: Table) -> None:
    (task,) = listed()
    path = f"/api/desk/contacts/{task['id']}/done"
    assert call("POST", path)["statusCode"] == 204
    after = [item for item in everything() if "TRACE" not in item["SK"]["S"]]
    assert call("POST", path)["statusCode"] == 204
    assert [item for item in everything() if "TRACE" not in item["SK"]["S"]] == after
    assert listed() == []
    (contact,) = contacts.of_patron(library, "p-1")
    assert (contact.done_by, contact.done_at) == ("staff-1", SATURDAY)
    # The address is unreachable all the same: the call alone changes nothing.
    assert addresses.unreachable(library, {HANAKO}) == {HANAKO}


@pytest.mark.usefixtures("bounced")
def test_the_sample_says_done() -> None:
    (task,) = listed()
    event = sample("review/contact_done")
    assert event["rawPath"] == f"/api/desk/contacts/{task['id']}/done"
    assert handler(event, context())["statusCode"] == 204


@pytest.mark.parametrize("contact_id", ["x", "patron.p-1.0000", "facility.1.0", "patron..", "application.1.2"])
def test_an_unknown_task_is_not_found(contact_id: str) -> None:
    assert call("POST", f"/api/desk/contacts/{contact_id}/done")["statusCode"] == 404


@pytest.mark.parametrize("group", ["patron", "facility-01"])
def test_only_the_desk(group: str) -> None:
    assert call("GET", "/api/desk/contacts", group)["statusCode"] == 403
    assert call("POST", "/api/desk/contacts/patron.p-1.1/done", group)["statusCode"] == 403


def test_the_longest_waiting_come_first_page_by_page(given: Given, library: Table) -> None:
    for n in (3, 1, 2):
        given.patron(f"p-{n}", email=f"p-{n}@example.jp")
        sent(library, f"m-{n}", f"p-{n}@example.jp", owner=f"p-{n}")
        hear(bounce(f"m-{n}", n, f"p-{n}@example.jp"))
    first = json.loads(call("GET", "/api/desk/contacts", query={"limit": "2"})["body"])
    rest = json.loads(call("GET", "/api/desk/contacts", query={"limit": "2", "cursor": first["cursor"]})["body"])
    assert [task["patron"] for task in first["items"] + rest["items"]] == ["10000001", "10000002", "10000003"]


@pytest.mark.usefixtures("bounced")
def test_a_changed_address_settles_the_tasks_of_the_old_one(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN another patron who shares the address, a task of theirs, and SES's list with both addresses
    given.patron("p-2", email=HANAKO)
    sent(library, "m-2", HANAKO, owner="p-2")
    hear(bounce("m-2", 6))
    forgiven: list[str] = []

    def forgive(EmailAddress: str) -> None:  # noqa: N803 - as boto3 calls it
        forgiven.append(EmailAddress)
        if EmailAddress == "new@example.jp":
            raise ClientError({"Error": {"Code": "NotFoundException", "Message": ""}}, "DeleteSuppressedDestination")

    monkeypatch.setattr(client("sesv2"), "delete_suppressed_destination", forgive)
    # WHEN the first changes their address, and that is told twice
    for _ in range(2):
        address_changed(Library(library, POLICY, NOON + timedelta(days=7)), "p-1", HANAKO, "new@example.jp")
    # THEN their task is settled, the other's is not, and both addresses may be tried again, RULES 39
    assert [task["patron"] for task in listed()] == ["10000002"]
    assert addresses.unreachable(library, {HANAKO, "new@example.jp"}) == set()
    assert forgiven == [HANAKO, "new@example.jp"] * 2


@pytest.mark.usefixtures("bounced")
def test_a_delivery_takes_the_task_off_the_list(library: Table) -> None:
    sent(library, "m-2", HANAKO, 2)
    hear(told("Delivery", "m-2", 30))
    assert listed() == []


def test_whom_an_applicants_task_is_about_is_known_after_registration(given: Given, library: Table) -> None:
    # GIVEN an applicant whose mail came back, and who was registered since: the application keeps no name, RULES 39, 41
    patron = given.patron(phone="0172-00-0000")
    application = applied(library, "2606-0001")
    task = Contact(
        receipt_number="2606-0001", address=HANAKO, cause=BounceCause.UNKNOWN, since=SATURDAY, last_at=SATURDAY
    )
    library.write(contacts.record(None, task, POLICY))
    (shown,) = listed()
    assert (shown["name"], shown["patron"], shown["receipt_number"]) == (application.name, "", "2606-0001")
    library.write(applications.change(application, replace(record_of(application), patron_id="p-1")))
    # WHEN staff look whom to call THEN it is the patron
    (shown,) = listed()
    assert (shown["name"], shown["patron"], shown["phone"]) == (patron.name, patron.card_number, "0172-00-0000")


@pytest.mark.usefixtures("bounced")
def test_what_the_library_did_is_a_task_beside_the_address_that_refuses_it(
    library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto has no suppression list
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)
    # GIVEN an address that refuses the library, and a mail that came back for the library's own fault
    words = "smtp; 550 5.7.1 Access denied"
    recipient = {"emailAddress": HANAKO, "status": "5.7.1", "diagnosticCode": words}
    for n, said in ((2, words), (3, "smtp; 550 5.7.26 rejected by DMARC policy")):
        sent(library, f"m-{n}", HANAKO, n)
        refused = [recipient | {"diagnosticCode": said}]
        part: dict[str, Any] = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": refused}
        assert hear(told("Bounce", f"m-{n}", 10 + n, **part)) == []
    # THEN neither hides the other, RULES 39
    found = {(each["cause"], each["fault"]): each for each in listed()}
    assert {("domain_refused", "address"), ("domain_refused", "sender")} <= set(found)
    assert found["domain_refused", "address"]["unreachable"]
    assert not found["domain_refused", "sender"]["unreachable"]
    assert "図書館側の送信の設定" in found["domain_refused", "sender"]["explanation"]
