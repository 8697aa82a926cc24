"""The schedules of the week, as API.md's table promises them, and how they follow from the policy."""

import json
import re
from datetime import date, time
from typing import Any

import pytest

from infra.local.translate import Template
from infra.schedules import schedules_for
from lending.domain.operations import jobs_of_week
from lending.domain.policy import Policy
from tests.library import aomori
from tests.template.conftest import OfType, Resources
from tests.weeks import runs_of_week

WEEK = {
    "thursday_run": ("AllocatorFunction", "cron(31 8 ? * THU *)"),
    "prefectural_pull": ("AllocatorFunction", "cron(0 9,14 * * ? *)"),
    "sunday_release": ("ReleaseFunction", "cron(0 22 ? * SUN *)"),
    "prefectural_release": ("ReleaseFunction", "cron(0 22 * * ? *)"),
    "lending_mail": ("NoticesFunction", "cron(0 9 ? * SAT *)"),
    "daily_notices": ("NoticesFunction", "cron(0 10 * * ? *)"),
    "weekly_counts": ("NoticesFunction", "cron(0 23 * * ? *)"),
    "erasure": ("NoticesFunction", "cron(45 * * * ? *)"),
    "mails_again": ("NoticesFunction", "cron(30 * * * ? *)"),
    "renew_search": ("CatalogueFunction", "cron(0 3 * * ? *)"),
    "movements_out": ("ExchangeFunction", "cron(15 * * * ? *)"),
    "candidates_out": ("ExchangeFunction", "cron(30 7 ? * THU *)"),
}


@pytest.fixture(scope="session")
def schedules(of_type: OfType) -> Resources:
    """Each schedule by the job it asks for."""
    found = of_type("AWS::Scheduler::Schedule").values()
    return {json.loads(schedule["Target"]["Input"])["job"]: schedule for schedule in found}


def test_the_jobs_are_those_of_the_week(schedules: Resources) -> None:
    assert set(schedules) == set(WEEK)


@pytest.mark.parametrize("job", WEEK)
def test_a_job_runs_when_the_library_means_it(schedules: Resources, job: str) -> None:
    # GIVEN a job's schedule
    function, expression = WEEK[job]
    schedule = schedules[job]
    # THEN it is at the library's hour, not at Greenwich's, and to the minute
    assert _expression(schedule, aomori()) == expression
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == {"Ref": f"{function}Aliaslive"}


@pytest.mark.parametrize("policy", [aomori(), aomori(runs=runs_of_week({"weekday": 1}, {"weekday": 3}))])
def test_what_is_looked_for_is_what_is_scheduled(schedules: Resources, policy: Policy) -> None:
    # GIVEN the jobs of a week whose record the desk looks for, with one run and with two (RULES 57)
    found: dict[str, set[tuple[str, int]]] = {}
    for due in jobs_of_week(date(2026, 6, 1), policy):
        found.setdefault(due.job, set()).add((due.due_at.strftime("%a").upper(), due.due_at.hour))
    # THEN each is due in the hour, and on the days, that its schedule says
    assert found == {job: _scheduled(_expression(schedules[job], policy)) for job in found}


def _expression(schedule: dict[str, Any], policy: Policy) -> str:
    """A schedule as it is deployed, with what the policy gives."""
    written = schedule["ScheduleExpression"]
    return schedules_for(policy)[written["Ref"]] if isinstance(written, dict) else str(written)


def _scheduled(expression: str) -> set[tuple[str, int]]:
    _, hours, _, _, day, _ = expression.removeprefix("cron(").split()
    days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] if day in "*?" else day.split(",")
    return {(each, int(hour)) for each in days for hour in hours.split(",")}


@pytest.mark.parametrize("job", WEEK)
def test_a_job_is_told_its_time(schedules: Resources, job: str) -> None:
    assert json.loads(schedules[job]["Target"]["Input"]) == {
        "job": job,
        "scheduled_time": "<aws.scheduler.scheduled-time>",
    }


@pytest.mark.parametrize("job", WEEK)
def test_a_job_that_could_not_be_started_is_not_lost(schedules: Resources, job: str) -> None:
    target = schedules[job]["Target"]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["ScheduleDeadLetters", "Arn"]}}
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0


def test_two_stacks_of_one_account_have_schedules_of_their_own(schedules: Resources) -> None:
    # GIVEN the schedules THEN none has a name that a second stack would want as well
    assert not [job for job, schedule in schedules.items() if "Name" in schedule]
    # and all of them stop by one parameter
    assert all(schedule["State"] == {"Ref": "Schedules"} for schedule in schedules.values())


def test_the_schedules_follow_the_policy() -> None:
    # GIVEN a library with runs on Tuesday and Thursday, and other times (RULES 57)
    runs = runs_of_week({"weekday": 1}, {"weekday": 3})
    policy = aomori(runs=runs, run_at=time(9), mail_at=time(8, 15), release_at=time(20, 30), pull_times=(time(10, 30),))
    # THEN a job is scheduled on the days of all runs, at the policy's times
    assert schedules_for(policy) == {
        "RunSchedule": "cron(0 9 ? * TUE,THU *)",
        "MailSchedule": "cron(15 8 ? * THU,SAT *)",
        "ReleaseSchedule": "cron(30 20 ? * FRI,SUN *)",
        "PullSchedule": "cron(30 10 * * ? *)",
        "CounterReleaseSchedule": "cron(30 20 * * ? *)",
        "CandidatesSchedule": "cron(30 7 ? * TUE,THU *)",
    }


def test_the_template_knows_no_day_of_the_week(template: Template) -> None:
    assert not re.search(r"\b(MON|TUE|WED|THU|FRI|SAT|SUN)\b", json.dumps(template))
    # AND what it takes from the policy has no value of its own, which could go in its place
    assert [name for name in schedules_for(aomori()) if "Default" in template["Parameters"][name]] == []
