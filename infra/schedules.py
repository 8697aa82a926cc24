"""The schedules of the template: which function does a job, when, and whether that goes with the library's policy."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time

from infra.local.translate import Template
from lending.domain.policy import Policy
from lending.domain.week import DAYS_OF_WEEK

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# Minute, hours, and days of the week; the day of the month, month and year are any.
_CRON = re.compile(r"cron\((\d+) (\*|[\d,]+) [*?] \* ([*?]|[A-Z,]+) \*\)", re.ASCII)

# Moments of the week: day from Monday = 0, and time.
Times = frozenset[tuple[int, time]]


@dataclass(frozen=True)
class Schedule:
    """When the template has a job done, and by which function, as the template calls it."""

    job: str
    function: str
    expression: str

    @property
    def times(self) -> Times:
        """The moments of the week at which it is due.

        Raises:
            ValueError: the expression is of another form than those of this template.
        """
        found = _CRON.fullmatch(self.expression)
        if found is None:
            raise ValueError(f"{self.expression} cannot be read")
        minute, hours, days = found.groups()
        at = [time(int(hour), int(minute)) for hour in (range(24) if hours == "*" else hours.split(","))]
        return _on([*range(DAYS_OF_WEEK)] if days in ("*", "?") else [_DAYS.index(day) for day in days.split(",")], at)


def schedules_of(template: Template) -> dict[str, Schedule]:
    """Each schedule by its job."""
    found = [
        Schedule(json.loads(event["Properties"]["Input"])["job"], name, event["Properties"]["ScheduleExpression"])
        for name, resource in template["Resources"].items()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "ScheduleV2"
    ]
    return {schedule.job: schedule for schedule in found}


def faults(policy: Policy, schedules: dict[str, Schedule]) -> Iterator[str]:
    """What in the policy does not go together with the schedules, in words: one of them is to be changed."""
    for job, (wanted, why) in _wanted(policy).items():
        schedule = schedules[job]
        try:
            fits = schedule.times == wanted
        except ValueError as error:
            yield f"{job}: {error}"
            continue
        if not fits:
            yield f"{why}, but infra/template.yaml has {job} at {_in_words(schedule.times)}"


def _wanted(policy: Policy) -> dict[str, tuple[Times, str]]:
    """For each job that the policy has a say in: when, and the values that say so."""
    every_day = range(DAYS_OF_WEEK)
    run = _on([each.weekday for each in policy.runs], [policy.run_at])
    release = _on([each.weekday + each.last_pickup_days_after for each in policy.runs], [policy.release_at])
    pulls, ends = _on(every_day, policy.pull_times), _on(every_day, [policy.release_at])
    mail = _on([each.weekday + each.mail_days_after for each in policy.runs], [policy.mail_at])
    return {
        "thursday_run": (run, f"weekday of runs and run_at say {_in_words(run)}"),
        "prefectural_pull": (pulls, f"pull_times say {_in_words(pulls)}"),
        "sunday_release": (release, f"the last of pickup_days and release_at say {_in_words(release)}"),
        "prefectural_release": (ends, f"release_at says {_in_words(ends)}"),
        "lending_mail": (mail, f"mail_days_after and mail_at say {_in_words(mail)}"),
    }


def _on(days: Iterable[int], at: Iterable[time]) -> Times:
    return frozenset((day % DAYS_OF_WEEK, each) for day in days for each in at)


def _in_words(times: Times) -> str:
    """Such as `THU 08:31`, or `09:00, 14:00 every day`."""
    days, at = sorted({day for day, _ in times}), sorted({f"{each:%H:%M}" for _, each in times})
    if len(days) == DAYS_OF_WEEK:
        return f"{', '.join(at)} every day"
    return f"{', '.join(_DAYS[day] for day in days)} {', '.join(at)}"
