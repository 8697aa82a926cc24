"""Alarms about what the functions count: each listens to a number that a function really tells."""

import json
from datetime import datetime
from typing import Any

import pytest

from infra.library import as_parameter
from lending.aws import metrics, settings
from lending.domain.week import TOKYO
from tests.library import AOMORI
from tests.template.conftest import ROOT, OfType

OF_OURS = {
    "RunUndoneAlarm": "RunUndone",
    "BooksUndoneAlarm": "BooksUndone",
    "BrokenItemsAlarm": "BrokenItems",
    "MailHeldBackAlarm": "MailHeldBack",
    "AccountsLeftAlarm": "AccountsLeft",
    "ApplicationsLateAlarm": "ApplicationsLate",
    "ErasuresLeftAlarm": "ErasuresLeft",
    "CopiesRefusedAlarm": "CopiesRefused",
    "SenderRefusedAlarm": "SenderRefused",
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """A number told as a function tells it."""
    settings.settings.cache_clear()
    monkeypatch.setenv("POLICY", as_parameter(AOMORI.policy))
    monkeypatch.setenv("TABLE_NAME", "lending")
    # An alarm hears whichever function counts.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "notices")
    metrics.emit_counts(RunUndone=1)
    settings.settings.cache_clear()
    number: dict[str, Any] = json.loads(capsys.readouterr().out)
    return number


@pytest.mark.parametrize(("alarm", "metric"), OF_OURS.items())
def test_one_such_number_is_enough(of_type: OfType, alarm: str, metric: str) -> None:
    found = of_type("AWS::CloudWatch::Alarm")[alarm]
    assert (found["MetricName"], found["Statistic"], found["Threshold"]) == (metric, "Maximum", 0)
    assert found["ComparisonOperator"] == "GreaterThanThreshold"
    # Told once a day or once a run: silence in between is no all-clear to wait for, and no alarm.
    assert (found["EvaluationPeriods"], found["TreatMissingData"]) == (1, "notBreaching")


def test_silence_is_heard_after_more_than_a_day(of_type: OfType) -> None:
    # GIVEN the alarm about the look that is taken every morning
    alarm = of_type("AWS::CloudWatch::Alarm")["RunNotWatchedAlarm"]
    # THEN nothing told is what breaches, after a day and some slack, within what CloudWatch allows
    assert (alarm["Statistic"], alarm["ComparisonOperator"]) == ("SampleCount", "LessThanThreshold")
    assert (alarm["MetricName"], alarm["Threshold"]) == ("RunUndone", 1)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]
    hours = alarm["Period"] * alarm["EvaluationPeriods"] / 3600
    assert 25 <= hours <= 48
    assert alarm["Period"] >= 3600  # what looks back over more than a day must count in hours


@pytest.mark.parametrize("alarm", [*OF_OURS, "RunNotWatchedAlarm"])
def test_an_alarm_listens_where_the_functions_speak(of_type: OfType, told: dict[str, Any], alarm: str) -> None:
    # GIVEN an alarm, and the form in which functions tell numbers
    found = of_type("AWS::CloudWatch::Alarm")[alarm]
    (directive,) = told["_aws"]["CloudWatchMetrics"]
    # THEN namespace and dimensions are the same, or it would wait for ever
    assert found["Namespace"] == directive["Namespace"]
    assert [[each["Name"] for each in found["Dimensions"]]] == directive["Dimensions"]
    assert found["Dimensions"] == [{"Name": "Table", "Value": {"Fn::GetAtt": ["TableName", "Value"]}}]
    assert found["AlarmActions"] == [{"Ref": "AlarmTopic"}]


def test_a_number_is_told_as_cloudwatch_reads_it(told: dict[str, Any]) -> None:
    assert (told["Table"], told["RunUndone"]) == ("lending", [1])
    assert told["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "RunUndone", "Unit": "Count"}]
    assert told["_aws"]["Timestamp"] > datetime(2024, 1, 1, tzinfo=TOKYO).timestamp() * 1000


def test_every_alarm_is_in_the_handbook(of_type: OfType) -> None:
    """What to do is written down for each of them."""
    handbook = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert [name for name in of_type("AWS::CloudWatch::Alarm") if f"`{name}`" not in handbook] == []


@pytest.mark.parametrize("alarm", [
    "ApiFailsAlarm", "ApiSlowAlarm", "FunctionsThrottledAlarm", "TableThrottledAlarm", "MailQueueLateAlarm",
    "ImagesQueueLateAlarm", "MailEventsQueueLateAlarm", "OutboxStreamLateAlarm", "ImagesStreamLateAlarm",
    "MailsRejectedAlarm", "BouncesManyAlarm", "ComplaintsManyAlarm",
])  # fmt: skip
def test_what_people_feel_and_what_loses_mail_is_heard(of_type: OfType, alarm: str) -> None:
    found = of_type("AWS::CloudWatch::Alarm")[alarm]
    assert found["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    # A quiet night is no alarm.
    assert (found["ComparisonOperator"], found["TreatMissingData"]) == ("GreaterThanThreshold", "notBreaching")


def test_ses_is_not_the_first_to_notice(of_type: OfType) -> None:
    """It looks into an account from 5 % of bounces and 0.1 % of complaints on."""
    alarms = of_type("AWS::CloudWatch::Alarm")
    assert alarms["BouncesManyAlarm"]["Threshold"] < 0.05
    assert alarms["ComplaintsManyAlarm"]["Threshold"] < 0.001


def test_the_dashboard_shows_run_mails_api_queues_table_and_money(of_type: OfType) -> None:
    # GIVEN the dashboard as it is written
    (dashboard,) = of_type("AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]
    # THEN it shows each, every queue, and every number that the functions count of the run
    assert [widget["properties"]["title"].split()[0] for widget in widgets] == [
        "The", "Mails", "API", "Queues", "Table", "Money:",
    ]  # fmt: skip
    said = json.dumps(widgets)
    assert not [queue for queue in of_type("AWS::SQS::Queue") if f"${{{queue}.QueueName}}" not in said]
    # and no widget lies on another
    places = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(places) == len(widgets)
