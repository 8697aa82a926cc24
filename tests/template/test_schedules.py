"""The schedules of the week, as API.md's table promises them, and the policy that goes with them."""

import json
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from infra.local.translate import Template, load_template
from infra.schedules import faults, schedules_of
from lending.domain.operations import jobs_of_week
from lending.domain.policy import Policy
from tests.template.conftest import ROOT, OfType, Resources
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
}


@pytest.fixture(scope="session")
def schedules(of_type: OfType) -> Resources:
    """Each schedule by the job it asks for."""
    found = of_type("AWS::Scheduler::Schedule").values()
    return {json.loads(schedule["Target"]["Input"])["job"]: schedule for schedule in found}


@pytest.fixture(scope="session")
def loaded() -> Template:
    """The template as it is written, its loops carried out."""
    return load_template(ROOT / "infra" / "template.yaml")


def test_the_jobs_are_those_of_the_week(schedules: Resources) -> None:
    assert set(schedules) == set(WEEK)


@pytest.mark.parametrize("job", WEEK)
def test_a_job_runs_when_the_library_means_it(schedules: Resources, job: str) -> None:
    # GIVEN a job's schedule
    function, expression = WEEK[job]
    schedule = schedules[job]
    # THEN it is at the library's hour, not at Greenwich's, and to the minute
    assert schedule["ScheduleExpression"] == expression
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == {"Ref": f"{function}Aliaslive"}


def test_what_is_looked_for_is_what_is_scheduled() -> None:
    # GIVEN the jobs of a week whose record the desk looks for
    found: dict[str, set[tuple[str, int]]] = {}
    for due in jobs_of_week(date(2026, 6, 1), Policy()):
        found.setdefault(due.job, set()).add((due.due_at.strftime("%a").upper(), due.due_at.hour))
    # THEN each is due in the hour, and on the days, that its schedule says
    assert found == {job: _scheduled(WEEK[job][1]) for job in found}


def _scheduled(expression: str) -> set[tuple[str, int]]:
    _, hours, _, _, day, _ = expression.removeprefix("cron(").split()
    days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] if day in "*?" else [day]
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


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"run_at": time(9)}, {"weekday of runs and run_at say THU 09:00": "thursday_run at THU 08:31"}),
        (
            {"runs": runs_of_week({"weekday": 2})},
            {
                "weekday of runs and run_at say WED 08:31": "thursday_run at THU 08:31",
                "the last of pickup_days and release_at say SAT 22:00": "sunday_release at SUN 22:00",
                "mail_days_after and mail_at say FRI 09:00": "lending_mail at SAT 09:00",
            },
        ),
        (
            {"pull_times": (time(9), time(15, 30))},
            {"pull_times say 09:00, 15:30 every day": "prefectural_pull at 09:00, 14:00 every day"},
        ),
        (
            {"release_at": time(21)},
            {
                "the last of pickup_days and release_at say SUN 21:00": "sunday_release at SUN 22:00",
                "release_at says 21:00 every day": "prefectural_release at 22:00 every day",
            },
        ),
        (
            {"runs": runs_of_week({"pickup_days": 7})},
            {"the last of pickup_days and release_at say SAT 22:00": "sunday_release at SUN 22:00"},
        ),
        (
            {"runs": runs_of_week({"mail_days_after": 1})},
            {"mail_days_after and mail_at say FRI 09:00": "lending_mail at SAT 09:00"},
        ),
        ({"mail_at": time(9, 30)}, {"mail_days_after and mail_at say SAT 09:30": "lending_mail at SAT 09:00"}),
        ({"runs": runs_of_week({"pickup_days_after": 3}), "loan_cap": 8}, {}),
    ],
)
def test_a_policy_that_the_schedules_do_not_know_is_told(
    loaded: Template, changed: dict[str, Any], told: dict[str, str]
) -> None:
    # GIVEN a policy with other days or times than the template WHEN they are compared THEN each difference is told
    found = list(faults(Policy(**changed), schedules_of(loaded)))
    assert found == [f"{wanted}, but infra/template.yaml has {found}" for wanted, found in told.items()]


def test_a_schedule_of_another_form_is_told(loaded: Template) -> None:
    schedules = schedules_of(loaded)
    schedules["lending_mail"] = replace(schedules["lending_mail"], expression="rate(7 days)")
    assert list(faults(Policy(), schedules)) == ["lending_mail: rate(7 days) cannot be read"]
