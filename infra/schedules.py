"""The schedules of a library's policy, for the parameters of the template, and which function does which job."""

import json
from collections.abc import Iterable, Sequence
from datetime import time

from infra.local.translate import Template
from lending.domain.policy import Policy
from lending.domain.week import DAYS_OF_WEEK

PARAMETERS = (
    "RunSchedule",
    "MailSchedule",
    "ReleaseSchedule",
    "PullSchedule",
    "CounterReleaseSchedule",
    "CandidatesSchedule",
)
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def schedules_for(policy: Policy) -> dict[str, str]:
    """Each schedule that follows from the policy, by the parameter of the template that takes it.

    One is for the days of all runs of a week.
    """
    runs = policy.runs
    crons = (
        _cron([policy.run_at], (run.weekday for run in runs)),
        _cron([policy.mail_at], (run.weekday + run.mail_days_after for run in runs)),
        _cron([policy.release_at], (run.weekday + run.last_pickup_days_after for run in runs)),
        _cron(policy.pull_times),
        _cron([policy.release_at]),
        _cron([policy.candidates_at], (run.weekday for run in runs)),
    )
    return dict(zip(PARAMETERS, crons, strict=True))


def functions_of(template: Template) -> dict[str, str]:
    """Which function does each scheduled job, as the template calls it."""
    return {
        json.loads(event["Properties"]["Input"])["job"]: name
        for name, resource in template["Resources"].items()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "ScheduleV2"
    }


def _cron(times: Sequence[time], weekdays: Iterable[int] = ()) -> str:
    """On these days of the week, or every day. All times are at the same minute of their hours."""
    hours = ",".join(str(hour) for hour in sorted({each.hour for each in times}))
    days = ",".join(_DAYS[day] for day in sorted({weekday % DAYS_OF_WEEK for weekday in weekdays}))
    return f"cron({times[0].minute} {hours} {f'? * {days}' if days else '* * ?'} *)"
