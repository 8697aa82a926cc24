"""The schedules of the template: which function does a job, when, and whether that goes with the library's policy."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from infra.local.translate import Template
from lending.domain.policy import Policy
from lending.domain.week import DAYS_OF_WEEK

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# Minute, hours, and days of the week; the day of the month, month and year are any.
_CRON = re.compile(r"cron\((\d+) (\*|[\d,]+) [*?] \* ([*?]|[A-Z,]+) \*\)", re.ASCII)
# Within this a run comes after its cut-off.
_SOON = timedelta(hours=1)

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
            fits = _fits(job, schedule.times, wanted)
        except ValueError as error:
            yield f"{job}: {error}"
            continue
        if not fits:
            yield f"{why}, but infra/template.yaml has {job} at {_in_words(schedule.times)}"


def _wanted(policy: Policy) -> dict[str, tuple[Times, str]]:
    """For each job that the policy has a say in: when, and the values that say so."""
    run, every_day = policy.run_weekday, range(DAYS_OF_WEEK)
    last_day = run + policy.pickup_days_after_run + policy.pickup_days - 1
    cut_off, release = _on([run], [policy.cut_off]), _on([last_day], [policy.release_at])
    pulls, ends = _on(every_day, policy.pull_times), _on(every_day, [policy.release_at])
    mail = _on([run + policy.mail_days_after_run], [time()])
    return {
        "thursday_run": (cut_off, f"run_weekday and cut_off say within the hour from {_in_words(cut_off)} on"),
        "prefectural_pull": (pulls, f"pull_times say {_in_words(pulls)}"),
        "sunday_release": (release, f"the last of pickup_days and release_at say {_in_words(release)}"),
        "prefectural_release": (ends, f"release_at says {_in_words(ends)}"),
        "lending_mail": (mail, f"mail_days_after_run says on {_DAYS[next(iter(mail))[0]]}"),
    }


def _fits(job: str, times: Times, wanted: Times) -> bool:
    """A run comes soon after its cut-off, the mail at some time of its day, all else as the policy says."""
    if job == "thursday_run":
        return len(times) == 1 and (_in_week(times) - _in_week(wanted)) % timedelta(days=DAYS_OF_WEEK) <= _SOON
    if job == "lending_mail":
        return len(times) == 1 and {day for day, _ in times} == {day for day, _ in wanted}
    return times == wanted


def _in_week(times: Times) -> timedelta:
    ((day, at),) = times
    return timedelta(days=day, hours=at.hour, minutes=at.minute, seconds=at.second)


def _on(days: Iterable[int], at: Iterable[time]) -> Times:
    return frozenset((day % DAYS_OF_WEEK, each) for day in days for each in at)


def _in_words(times: Times) -> str:
    """Such as `THU 08:31`, or `09:00, 14:00 every day`."""
    days, at = sorted({day for day, _ in times}), sorted({f"{each:%H:%M}" for _, each in times})
    if len(days) == DAYS_OF_WEEK:
        return f"{', '.join(at)} every day"
    return f"{', '.join(_DAYS[day] for day in days)} {', '.join(at)}"
