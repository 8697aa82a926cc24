"""What SES tells of mails, RULES 38, 39: whatever order and number it comes in, the end is the same."""

import json
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from functions.bounces.handler import handler
from lending.aws import suppression
from lending.aws.clients import client
from lending.aws.ses_events import from_sns
from lending.aws.table import Table
from lending.aws.table.mail import addresses, contacts
from lending.aws.table.writes import Key
from lending.domain.mail.bounce_table import BounceCause, Fault
from lending.domain.mail.bounces import classify
from lending.domain.mail.contact import Contact
from lending.domain.mail.kinds.applications import RefusalMail
from lending.domain.mail.kinds.lending import LendingMail
from lending.domain.mail.mail import MailState
from tests.handlers.conftest import ROOT, Given, context, sample
from tests.handlers.mails import POLICY, SATURDAY, mail_of, put, sent
from tests.handlers.metrics import counts_in

HANAKO = "hanako@example.jp"
SAMPLES = sorted(path.stem for path in Path(ROOT / "events" / "bounces").glob("*.json"))


@pytest.fixture(autouse=True)
def forgiven(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses taken off SES's suppression list, which moto does not have."""
    found: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", found.append)
    return found


def hear(event: dict[str, Any], received: int = 1) -> list[str]:
    """The queue brings what SES tells; answers which messages come again."""
    for record in event["Records"]:
        record["attributes"]["ApproximateReceiveCount"] = str(received)
    return [failure["itemIdentifier"] for failure in handler(event, context())["batchItemFailures"]]


def told(kind: str, message_id: str, minutes: int = 0, to: str = HANAKO, **part: Any) -> dict[str, Any]:
    """An event of SES, so many minutes after nine, made from the sample of its kind."""
    name, recipients = {
        "Bounce": ("bounce", [{"emailAddress": to, "status": "5.1.1"}]),
        "Delivery": ("delivery", [to]),
        "Complaint": ("complaint", [{"emailAddress": to}]),
        "DeliveryDelay": ("deliveryDelay", [{"emailAddress": to}]),
    }[kind]
    field = {"Bounce": "bouncedRecipients", "Delivery": "recipients", "Complaint": "complainedRecipients"}
    at = (SATURDAY + timedelta(minutes=minutes)).isoformat()
    event = {
        "eventType": kind,
        "mail": {"messageId": message_id, "timestamp": at, "destination": [to]},
        name: {"timestamp": at, field.get(kind, "delayedRecipients"): recipients} | part,
    }
    envelope = sample("bounces/delivery")
    envelope["Records"][0]["body"] = json.dumps({"Type": "Notification", "Message": json.dumps(event)})
    return envelope


def bounce(message_id: str, minutes: int = 0, to: str = HANAKO, kind: str = "Permanent") -> dict[str, Any]:
    return told("Bounce", message_id, minutes, to, bounceType=kind, bounceSubType="General")


def everything() -> list[dict[str, Any]]:
    items = client("dynamodb").scan(TableName="lending")["Items"]
    return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def forget_all() -> None:
    dynamodb = client("dynamodb")
    for item in everything():
        dynamodb.delete_item(TableName="lending", Key={name: item[name] for name in ("PK", "SK")})


def open_tasks(library: Table, patron_id: str = "p-1") -> list[Contact]:
    return [contact for contact in contacts.of_patron(library, patron_id) if contact.done_at is None]


def test_every_sample_is_taken_in_once_however_often_it_comes(given: Given, library: Table) -> None:
    for name in SAMPLES:
        if name.startswith("malformed") or name == "batch_with_malformed":
            continue
        # GIVEN a patron whose mail the sample is about
        forget_all()
        given.patron(email=HANAKO)
        event = from_sns(sample(f"bounces/{name}")["Records"][0]["body"])
        key = sent(library, event.message_id or "none", HANAKO)
        # WHEN SES tells of it, and again, and a third time
        assert hear(sample(f"bounces/{name}")) == [], name
        once = everything()
        assert hear(sample(f"bounces/{name}"), 2) == [], name
        assert hear(sample(f"bounces/{name}"), 3) == [], name
        # THEN the mail has moved once, and staff know whom to call and why, RULES 39
        assert everything() == once, name
        assert mail_of(library, key).state is (event.moves_to or MailState.SENT), name
        diagnoses = [classify(event, recipient) for recipient in event.recipients] if event.asks_for_contact else []
        tasks = open_tasks(library)
        assert {task.cause for task in tasks} == {diagnosis.cause for diagnosis in diagnoses}, name
        assert {task.mail_kind for task in tasks} <= {LendingMail.name}, name
        marked = HANAKO in addresses.unreachable(library, {HANAKO})
        expected = any(
            diagnosis.permanent
            for diagnosis, recipient in zip(diagnoses, event.recipients, strict=False)
            if recipient.address == HANAKO or recipient.address not in event.addressed_to
        )
        assert marked == expected, name


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.startswith("malformed")])
def test_a_malformed_message_comes_again_and_hurts_nothing(library: Table, name: str) -> None:
    event = sample(f"bounces/{name}")
    assert hear(event) == [record["messageId"] for record in event["Records"]]
    assert everything() == []


def test_one_malformed_message_hurts_no_other(given: Given, library: Table) -> None:
    # GIVEN a batch of a delivery, a malformed one and a bounce
    given.patron(email=HANAKO)
    event = sample("bounces/batch_with_malformed")
    delivery, _, bounced = event["Records"]
    keys = [
        sent(library, from_sns(record["body"]).message_id, HANAKO, n) for n, record in enumerate((delivery, bounced))
    ]
    # WHEN it comes THEN only the malformed one comes again
    assert hear(event) == [event["Records"][1]["messageId"]]
    assert [mail_of(library, key).state for key in keys] == [MailState.DELIVERED, MailState.BOUNCED]


def test_an_event_that_is_faster_than_the_note_comes_again(given: Given, library: Table) -> None:
    # GIVEN an event without tags of a mail that its sender has not noted yet
    given.patron(email=HANAKO)
    event = bounce("m-1")
    assert hear(event) == [event["Records"][0]["messageId"]]
    assert everything() == everything()
    assert open_tasks(library) == []
    # WHEN it comes again after the note THEN the mail is found
    key = sent(library, "m-1", HANAKO)
    assert hear(event, 2) == []
    assert mail_of(library, key).state is MailState.BOUNCED


def test_a_mail_nobody_knows_is_told_of_by_its_address(given: Given, library: Table) -> None:
    # GIVEN two patrons who share an address, and one who does not
    for patron_id, email in (("p-1", HANAKO), ("p-2", HANAKO), ("p-3", "p-3@example.jp")):
        given.patron(patron_id, email=email)
        library.write(addresses.user_addition(email, patron_id))
    # WHEN a bounce of a mail that stays unknown comes the third time
    assert [bool(hear(bounce("gone"), received)) for received in (1, 2, 3)] == [True, True, False]
    # THEN both are to be called, without a mail to name
    tasks = [open_tasks(library, patron_id) for patron_id in ("p-1", "p-2", "p-3")]
    assert [len(found) for found in tasks] == [1, 1, 0]
    assert tasks[0][0].mail_kind is None
    assert addresses.unreachable(library, {HANAKO}) == {HANAKO}


def test_one_task_per_patron_address_and_cause_not_per_mail(given: Given, library: Table) -> None:
    # GIVEN three mails of one patron
    given.patron(email=HANAKO)
    for n in (1, 2, 3):
        sent(library, f"m-{n}", HANAKO, n)
    # WHEN two come back for one cause and one for another, RULES 39
    hear(bounce("m-1")), hear(bounce("m-2", 5))
    hear(told("Bounce", "m-3", 6, bounceType="Transient", bounceSubType="MailboxFull",
              bouncedRecipients=[{"emailAddress": HANAKO}]))  # fmt: skip
    # THEN there are two tasks; the first counts two mails, since the first of them
    tasks = {task.cause: task for task in open_tasks(library)}
    assert set(tasks) == {BounceCause.WRONG_ADDRESS, BounceCause.MAILBOX_FULL}
    wrong = tasks[BounceCause.WRONG_ADDRESS]
    assert (wrong.mails, wrong.since, wrong.last_at) == (2, SATURDAY, SATURDAY + timedelta(minutes=5))


def test_in_any_order_the_end_is_the_same(given: Given, library: Table) -> None:
    # GIVEN what SES tells of one mail: delayed, delivered, then sent back after all, and a complaint
    events = [
        told("DeliveryDelay", "m-1", 1), told("Delivery", "m-1", 2), bounce("m-1", 3), told("Complaint", "m-1", 4),
    ]  # fmt: skip
    ends = []
    for order in permutations(events):
        forget_all()
        given.patron(email=HANAKO)
        key = sent(library, "m-1", HANAKO)
        # WHEN it comes in any order, and all of it twice
        for event in (*order, *order):
            assert hear(event) == []
        # THEN the mail is what the strongest says, and the tasks are the same
        ends.append((mail_of(library, key).state, sorted((t.cause, t.since, t.mails) for t in open_tasks(library))))
    assert len(ends) == 24
    assert all(end == ends[0] for end in ends)
    assert ends[0][0] is MailState.COMPLAINED
    assert [task[0] for task in ends[0][1]] == [BounceCause.DOMAIN_REFUSED, BounceCause.WRONG_ADDRESS]


@pytest.mark.parametrize("bounce_first", [True, False])
def test_a_later_delivery_settles_what_came_before_it(given: Given, library: Table, bounce_first: bool) -> None:
    # GIVEN two patrons who share an address that mails came back from, and a later mail to it
    for patron_id in ("p-1", "p-2"):
        given.patron(patron_id, email=HANAKO)
        library.write(addresses.user_addition(HANAKO, patron_id))
    sent(library, "m-1", HANAKO, 1), sent(library, "m-2", HANAKO, 2)
    sent(library, "m-3", HANAKO, 3, owner="p-2")
    events = [bounce("m-1", 1), told("Delivery", "m-2", 60)]
    # WHEN SES tells of both, in either order
    for event in events if bounce_first else reversed(events):
        assert hear(event) == []
    # THEN nobody has to call, and the address may be written to, RULES 39
    assert open_tasks(library) == []
    assert addresses.unreachable(library, {HANAKO}) == set()
    # and an older delivery would have settled nothing
    hear(bounce("m-3", 70)), hear(told("Delivery", "m-2", 60))
    assert len(open_tasks(library, "p-2")) == 1
    assert addresses.unreachable(library, {HANAKO}) == {HANAKO}


@pytest.mark.parametrize("bounce_first", [True, False])
def test_an_older_bounce_of_another_marks_no_address_that_was_reached_since(
    given: Given, library: Table, bounce_first: bool
) -> None:
    # GIVEN a family that shares an address: an older mail to one came back, a later one to another has arrived
    for patron_id in ("p-1", "p-2"):
        given.patron(patron_id, email=HANAKO)
        library.write(addresses.user_addition(HANAKO, patron_id))
    sent(library, "m-1", HANAKO, 1), sent(library, "m-2", HANAKO, 2, owner="p-2")
    events = [bounce("m-1", 1), told("Delivery", "m-2", 60)]
    # WHEN SES tells of both, in either order
    for event in events if bounce_first else reversed(events):
        assert hear(event) == []
    # THEN nobody has to call, and the address may be written to, RULES 39
    assert open_tasks(library, "p-1") + open_tasks(library, "p-2") == []
    assert addresses.unreachable(library, {HANAKO}) == set()


def test_an_old_bounce_of_a_mail_nobody_knows_is_old_news(given: Given, library: Table) -> None:
    # GIVEN an address that a mail has reached
    given.patron(email=HANAKO)
    library.write(addresses.user_addition(HANAKO, "p-1"))
    sent(library, "m-1", HANAKO)
    hear(told("Delivery", "m-1", 60))
    # WHEN an older bounce comes of a mail that has vanished THEN nobody has to call, RULES 39
    assert hear(bounce("gone", 5), 3) == []
    assert open_tasks(library) == []
    assert addresses.unreachable(library, {HANAKO}) == set()


@pytest.mark.parametrize("reply_first", [True, False])
def test_an_answer_of_somebody_on_holiday_is_no_bounce(given: Given, library: Table, reply_first: bool) -> None:
    # GIVEN a mail that arrives, and that somebody's mail program answers
    given.patron(email=HANAKO)
    key = sent(library, "m-1", HANAKO)
    reply = told("Bounce", "m-1", 3, bounceType="Transient", bounceSubType="General",
                 bouncedRecipients=[{"emailAddress": HANAKO}])  # fmt: skip
    events = [reply, told("Delivery", "m-1", 2)]
    # WHEN SES tells of both, in either order
    for event in events if reply_first else reversed(events):
        assert hear(event) == []
    # THEN it has arrived, and nobody has to call, RULES 39
    assert mail_of(library, key).state is MailState.DELIVERED
    assert open_tasks(library) == []


def test_a_refusal_of_the_sender_rings_and_marks_nobody(
    given: Given, library: Table, forgiven: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    # GIVEN a mail that comes back for good because the library's DMARC record is wrong
    given.patron(email=HANAKO)
    key = sent(library, "m-1", HANAKO)
    words = "smtp; 550-5.7.26 Unauthenticated email from plib.example.jp is not accepted due to domain's DMARC policy."
    refused = [{"emailAddress": HANAKO, "status": "5.7.26", "diagnosticCode": words}]
    event = told("Bounce", "m-1", 1, bounceType="Permanent", bounceSubType="General", bouncedRecipients=refused)
    # WHEN SES tells of it THEN it rings
    assert hear(event) == []
    assert counts_in(capsys.readouterr().out) == {"SenderRefused": [1]}
    # and the mail is a task, but the address is not marked, and SES goes on writing to it, RULES 39
    assert mail_of(library, key).state is MailState.BOUNCED
    (task,) = open_tasks(library)
    assert (task.fault, task.permanent) == (Fault.SENDER, False)
    assert addresses.unreachable(library, {HANAKO}) == set()
    assert forgiven == [HANAKO]
    # and a wrong address rings for nobody, and stays on SES's list until it is put right
    sent(library, "m-2", HANAKO, 2)
    hear(bounce("m-2", 5))
    assert "SenderRefused" not in capsys.readouterr().out
    assert forgiven == [HANAKO]


def test_an_address_in_quotes_is_the_one_the_patron_gave(given: Given, library: Table) -> None:
    # GIVEN an address with odd dots, which is written to in quotes, RULES 7
    odd = "a..b.@docomo.ne.jp"
    given.patron(email=odd)
    key = sent(library, "m-1", odd)
    # WHEN SES tells of it as it was written to THEN it is not taken for one it was forwarded to
    assert hear(bounce("m-1", to='"a..b."@docomo.ne.jp')) == []
    (task,) = open_tasks(library)
    assert (task.address, task.cause) == (odd, BounceCause.WRONG_ADDRESS)
    assert addresses.unreachable(library, {odd}) == {odd}
    sent(library, "m-2", odd, 2)
    hear(told("Delivery", "m-2", 60, to='"a..b."@docomo.ne.jp'))
    assert open_tasks(library) == []
    assert mail_of(library, key).state is MailState.BOUNCED


@pytest.mark.parametrize("bounce_first", [True, False])
def test_a_mail_that_came_back_settles_nothing(given: Given, library: Table, bounce_first: bool) -> None:
    # GIVEN a server that sends a mail back and another, behind it, that takes it a little later
    given.patron(email=HANAKO)
    sent(library, "m-1", HANAKO)
    events = [bounce("m-1", 1), told("Delivery", "m-1", 2)]
    # WHEN SES tells of both, in either order THEN the mail came back, and staff call
    for event in events if bounce_first else reversed(events):
        assert hear(event) == []
    assert len(open_tasks(library)) == 1
    assert addresses.unreachable(library, {HANAKO}) == {HANAKO}


def test_a_delivery_settles_the_tasks_of_all_who_share_the_address(given: Given, library: Table) -> None:
    for patron_id in ("p-1", "p-2"):
        given.patron(patron_id, email=HANAKO)
        sent(library, f"m-{patron_id}", HANAKO, owner=patron_id)
        hear(bounce(f"m-{patron_id}", 1))
    assert [len(open_tasks(library, patron_id)) for patron_id in ("p-1", "p-2")] == [1, 1]
    sent(library, "m-9", HANAKO, 9)
    hear(told("Delivery", "m-9", 60))
    assert open_tasks(library, "p-1") + open_tasks(library, "p-2") == []


def test_a_task_that_was_done_opens_again_for_a_new_bounce_only(given: Given, library: Table) -> None:
    # GIVEN a task that staff have done
    given.patron(email=HANAKO)
    sent(library, "m-1", HANAKO, 1), sent(library, "m-2", HANAKO, 2)
    hear(bounce("m-1", 1))
    (task,) = open_tasks(library)
    library.write(contacts.end(task, SATURDAY + timedelta(hours=1), "staff", POLICY))
    # WHEN the same event comes once more THEN it stays done
    hear(bounce("m-1", 1))
    assert open_tasks(library) == []
    # and WHEN another mail comes back THEN it is to be done again, since then
    hear(bounce("m-2", 90))
    (again,) = open_tasks(library)
    assert (again.since, again.mails) == (SATURDAY + timedelta(minutes=90), 1)


def test_a_forwarding_is_told_of_with_the_address_the_patron_gave(given: Given, library: Table) -> None:
    given.patron(email=HANAKO)
    event = from_sns(sample("bounces/bounce_forwarding")["Records"][0]["body"])
    sent(library, event.message_id, HANAKO)
    hear(sample("bounces/bounce_forwarding"))
    (task,) = open_tasks(library)
    assert (task.cause, task.address) == (BounceCause.FORWARDING, HANAKO)


def test_an_address_keeps_its_letters(given: Given, library: Table) -> None:
    # GIVEN an address with capitals, of which SES tells as it likes
    given.patron(email="Hanako@example.jp")
    sent(library, "m-1", "Hanako@example.jp")
    hear(bounce("m-1", to="HANAKO@example.jp"))
    assert addresses.unreachable(library, {"Hanako@example.jp"}) == {"Hanako@example.jp"}


def test_an_application_without_a_patron_has_its_task_and_it_vanishes(library: Table) -> None:
    key: Key = put(library, RefusalMail, "2606-0001", owner="2606-0001")
    event = bounce("m-1")
    envelope = json.loads(event["Records"][0]["body"])
    message = json.loads(envelope["Message"])
    message["mail"]["tags"] = {"owner": [_tag(key[0])], "mail": [_tag(key[1])]}
    event["Records"][0]["body"] = json.dumps(envelope | {"Message": json.dumps(message)})
    assert hear(event) == []
    (task,) = contacts.page(library, 10)[0]
    assert (task.receipt_number, task.patron_id) == ("2606-0001", "")
    (item,) = [item for item in everything() if item["PK"]["S"].startswith("APPLICATION") and "cause" in item]
    assert datetime.fromtimestamp(int(item["expires_at"]["N"]), SATURDAY.tzinfo) == SATURDAY + timedelta(days=30)


def _tag(text: str) -> str:
    from lending.aws import mailer

    return mailer._tag(text)
