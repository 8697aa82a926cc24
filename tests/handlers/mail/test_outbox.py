"""From the table's stream to the queue, and what is stuck once more: nothing that was put is lost, RULES 38."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.outbox.handler import handler
from lending.actions.mail.outbox import send_again_what_is_stuck
from lending.aws.clients import client
from lending.aws.queue import NotCarried
from lending.aws.settings import settings
from lending.aws.table import Table
from lending.aws.table.mail import mails
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.mail import MailState, claimed
from tests.handlers.conftest import Given, context, sample
from tests.handlers.mails import SATURDAY, mail_of, put, sent


def queued() -> list[tuple[str, str]]:
    """The keys that wait in the queue, which is empty then."""
    sqs, url = client("sqs"), settings().mail_queue_url
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            body = json.loads(message["Body"])
            found.append((body["PK"], body["SK"]))
    return sorted(found)


def test_a_new_mail_is_handed_on() -> None:
    handler(sample("outbox/new_mail"), context())
    assert queued() == [("PATRON#p-1", "MAIL#lending#2026-06-07#12")]


def test_more_than_the_queue_takes_at_once() -> None:
    handler(sample("outbox/twelve_new_mails"), context())
    assert queued() == sorted((f"PATRON#p-{n}", "MAIL#lending#2026-06-07#12") for n in range(1, 13))


def test_other_changes_are_none_of_its_business() -> None:
    handler(sample("outbox/other_changes"), context())
    assert queued() == []


def test_what_the_queue_refuses_raises_so_that_the_stream_brings_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a queue that takes one message of a batch and not the other
    def refuses(**request: Any) -> Any:
        return {"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "Code": "InternalError"}]}

    monkeypatch.setattr(client("sqs"), "send_message_batch", refuses)
    # WHEN mails are handed on THEN it says so: an answer would be taken for all of them (DESIGN)
    with pytest.raises(NotCarried):
        handler(sample("outbox/twelve_new_mails"), context())


def test_a_queue_that_is_away_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/123456789012/gone")
    settings.cache_clear()
    with pytest.raises(ClientError):
        handler(sample("outbox/new_mail"), context())


def test_what_is_stuck_is_handed_on_again(given: Given, library: Table) -> None:
    # GIVEN mails put at nine: one pending, one whose sender died, one sent, and one put just now
    given.patron()
    pending, died = put(library, ArrivalTestMail, 1), put(library, ArrivalTestMail, 2)
    mail = mail_of(library, died)
    library.write(mails.change(mail, claimed(mail, SATURDAY)))
    sent(library, "m-1", "p-1@example.jp")
    # WHEN the daily job comes an hour later THEN the two are handed on, and each time it comes again
    later = SATURDAY.replace(hour=10, minute=1)
    assert [send_again_what_is_stuck(library, later) for _ in range(2)] == [2, 2]
    assert queued() == sorted([pending, died] * 2)
    # and within the hour none is: the queue still has them
    assert send_again_what_is_stuck(library, SATURDAY.replace(minute=59)) == 0
    assert mail_of(library, pending).state is MailState.PENDING
