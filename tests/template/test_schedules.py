"""The schedules of the week, as API.md's table promises them."""

import json

import pytest

from tests.template.conftest import OfType, Resources

WEEK = {
    "thursday_run": ("AllocatorFunction", "cron(31 8 ? * THU *)"),
    "prefectural_pull": ("AllocatorFunction", "cron(0 9,14 * * ? *)"),
    "sunday_release": ("ReleaseFunction", "cron(0 22 ? * SUN *)"),
    "prefectural_release": ("ReleaseFunction", "cron(0 22 * * ? *)"),
    "lending_mail": ("NoticesFunction", "cron(0 9 ? * SAT *)"),
    "daily_notices": ("NoticesFunction", "cron(0 10 * * ? *)"),
    "erasure": ("NoticesFunction", "cron(45 * * * ? *)"),
    "mails_again": ("NoticesFunction", "cron(30 * * * ? *)"),
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
    assert schedule["ScheduleExpression"] == expression
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == {"Ref": f"{function}Aliaslive"}


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
