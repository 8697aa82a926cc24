"""What is wrong with a week as a library has set it, in words (RULES "The week", 57)."""

from collections.abc import Iterator, Sequence
from datetime import time, timedelta
from itertools import pairwise

from lending.domain.run_of_week import RunOfWeek

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = timedelta(weeks=1)


def faults_of_week(runs: Sequence[RunOfWeek], run_at: time, mail_at: time) -> list[str]:
    """Each thing that does not go together in a week."""
    rising = sorted(runs, key=lambda run: run.weekday)
    twice = [run for before, run in pairwise(rising) if before.weekday == run.weekday]
    if twice:
        return [f"there are two runs on {_name(run)}" for run in twice]
    faults = [fault for run in rising for fault in _of_run(run, run_at, mail_at)]
    following = [*rising[1:], rising[0]]
    return faults + [fault for one, next_one in zip(rising, following, strict=True) for fault in _of_two(one, next_one)]


def _of_run(run: RunOfWeek, run_at: time, mail_at: time) -> Iterator[str]:
    name, starts = _name(run), _at(0, run_at)
    if _cut_off(run) >= starts:
        yield f"run_at {run_at:%H:%M} is not after the cut-off of the run of {name} ({run.cut_off:%H:%M})"
    if _at(-run.place_change_days_before, run.place_change_until) > starts:
        yield f"the pickup place can be changed until after the run of {name} has started"
    if _at(run.mail_days_after, mail_at) <= starts:
        yield f"the mail of the run of {name} goes before the run"
    if run.mail_days_after > run.pickup_days_after:
        yield f"the mail of the run of {name} goes after its pickup has begun"


def _of_two(one: RunOfWeek, next_one: RunOfWeek) -> Iterator[str]:
    """What is wrong between a run and the following one, which may be the same a week later."""
    later = timedelta(days=(next_one.weekday - one.weekday) % 7) or _WEEK
    names = f"of the runs of {_name(one)} and {_name(next_one)}"
    if _cut_off(one) >= later + _cut_off(next_one):
        yield f"the cut-offs {names} are not in the order of the runs"
    if one.mail_days_after > (later + timedelta(days=next_one.mail_days_after)).days:
        yield f"the mails {names} are not in the order of the runs"
    if one.pickup_days_after == (begins := (later + timedelta(days=next_one.pickup_days_after)).days):
        yield f"the pickups {names} begin on the same day"
    if one.pickup_days_after > begins:
        yield f"the pickups {names} do not begin in the order of the runs"


def _cut_off(run: RunOfWeek) -> timedelta:
    return _at(-run.cut_off_days_before, run.cut_off)


def _at(days: int, moment: time) -> timedelta:
    return timedelta(days=days, hours=moment.hour, minutes=moment.minute, seconds=moment.second)


def _name(run: RunOfWeek) -> str:
    return _DAYS[run.weekday]
