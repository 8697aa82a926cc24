"""The line that whoever hears the alarms gets each morning, if they want it."""

import json
from typing import Any

import pytest

from functions.notices import handler as notices
from lending.aws import settings
from lending.aws.clients import client
from tests.handlers.conftest import Given, context, sample


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    """All lines that have come to the topic since it was asked last."""
    topic = client("sns").create_topic(Name="alarms")["TopicArn"]
    url = client("sqs").create_queue(QueueName="it-person")["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("DAILY_TOPIC", topic)
    settings.settings.cache_clear()

    def lines() -> list[str]:
        got = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in got:  # what stays would come again after half a minute
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"])["Message"] for message in got]

    return lines


def test_each_morning_it_is_told_what_was_found(given: Given, inbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a morning on which something is not as it should be WHEN the notices are put
    found = {"RunUndone": 1, "AccountsLeft": 0, "ApplicationsLate": 2}
    monkeypatch.setattr(notices, "emit_morning_check", lambda library: found)
    notices.handler(sample("notices/daily_notices"), context())
    # THEN one line names it, and nothing of anybody
    (line,) = inbox()
    assert line.partition(": ")[2] == "RunUndone 1, ApplicationsLate 2"
    # AND on a morning without, that it is well
    monkeypatch.setattr(notices, "emit_morning_check", lambda library: dict.fromkeys(found, 0))
    notices.handler(sample("notices/daily_notices"), context())
    (line,) = inbox()
    assert line.partition(": ")[2] == "all is as it should be"


def test_who_does_not_want_it_gets_nothing(given: Given, inbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILY_TOPIC", "")
    settings.settings.cache_clear()
    notices.handler(sample("notices/daily_notices"), context())
    assert inbox() == []
