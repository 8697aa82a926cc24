"""The week of the service: cut-off, run, mail, pickup, carriage back (RULES "The week", 14, 17, 18, 25, 29-31, 35, 57).

Everything is counted in Tokyo's time, which has no summer time, so a fixed offset is exact.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import dropwhile, takewhile
from typing import NamedTuple

from lending.domain.policy import Policy
from lending.domain.run_of_week import RunOfWeek

TOKYO = timezone(timedelta(hours=9), "Asia/Tokyo")
DAYS_OF_WEEK = 7
DAY = timedelta(days=1)
# How far ahead dates are looked for. Beyond it something is "until further notice" and nobody should be told a date.
HORIZON = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Week:
    """One cycle of the service, named by the day of its run.

    `cycle` is the regular day of its run, whatever day the run is moved to: what counts for one cycle is compared by it
    (RULES 14, 22). `pickup_from` is Sunday S and `pickup_until` S+7; what is not collected is `checked_in_by` that day
    and can be lent again in the run of `uncollected_run`. `next_run` is the run of the following cycle.
    """

    run_date: date
    cycle: date
    cut_off: datetime
    mail_on: date
    pickup_from: date
    pickup_until: date
    checked_in_by: date
    due_on: date
    next_run: date
    uncollected_run: date


class RenewalWindow(NamedTuple):
    """When a loan may be renewed, both days counted, and the due date a renewal gives (RULES 31)."""

    opens: date
    closes: date
    next_due: date


def in_tokyo(moment: datetime) -> datetime:
    """The same moment on Tokyo's clock.

    Raises ValueError for a moment without an offset: guessing one could move a hold over the cut-off (RULES 18).
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset")
    return moment.astimezone(TOKYO)


def week_of_run(run_date: date, policy: Policy) -> Week:
    """The week that the run of `run_date` serves (RULES "The week", 25, 29).

    A run that staff move to another day (RULES 22) is that of the latest regular one on or before its day, if the
    pickup of that one has not begun by then, and otherwise that of the next one.
    """
    cycle, run = _cycle_of(run_date, policy)
    pickup_from = cycle + run.pickup_days_after * DAY
    pickup_until = cycle + run.last_pickup_days_after * DAY
    checked_in_by = pickup_until + run.checked_in_days_after_pickup * DAY
    return Week(
        run_date=run_date,
        cycle=cycle,
        cut_off=_cut_off(run_date, run),
        mail_on=max(run_date, cycle + run.mail_days_after * DAY),
        pickup_from=pickup_from,
        pickup_until=pickup_until,
        checked_in_by=checked_in_by,
        due_on=pickup_from + timedelta(days=policy.partner_loan_days),
        next_run=_run_on_or_after(cycle + DAY, policy),
        # What is checked in on the day of a run may come after its cut-off, so only a later day's run is sure.
        uncollected_run=_run_on_or_after(checked_in_by + DAY, policy),
    )


def runs_from(day: date, policy: Policy) -> Iterator[date]:
    """The days of the regular runs from a day on, without end."""
    run_date = _run_on_or_after(day, policy)
    while True:
        yield run_date
        run_date = _run_on_or_after(run_date + DAY, policy)


def is_run_day(day: date, policy: Policy) -> bool:
    """Whether a regular run falls on a day."""
    return any(run.weekday == day.weekday() for run in policy.runs)


def is_mail_day(day: date, policy: Policy) -> bool:
    """Whether the lending mail of a regular run is sent on a day (RULES 36)."""
    return any((run.weekday + run.mail_days_after) % DAYS_OF_WEEK == day.weekday() for run in policy.runs)


def run_due_from(run_date: date, policy: Policy) -> datetime:
    """From when a run can be made: its cut-off, or if that is on an earlier day, the time of runs on its own day."""
    cut_off = _cut_off(run_date, _cycle_of(run_date, policy)[1])
    return cut_off if cut_off.date() == run_date else datetime.combine(run_date, policy.run_at, TOKYO)


def run_due_at(moment: datetime, policy: Policy) -> date:
    """The latest regular run date that can be made at `moment` (RULES 18, 26)."""
    latest = _run_on_or_before(in_tokyo(moment).date(), policy)
    return latest if run_due_from(latest, policy) <= moment else _run_on_or_before(latest - DAY, policy)


def next_run_after(moment: datetime, policy: Policy) -> date:
    """The first regular run date that still considers a hold placed at `moment` (RULES 18)."""
    now = in_tokyo(moment)
    return next(day for day in runs_from(now.date(), policy) if now <= _cut_off(day, _run_on(day, policy)))


def opened_batch(day: date, policy: Policy) -> date:
    """The first pickup day of the batch that opened last, up to and including `day` (RULES 29)."""
    return max(_on_or_before(day, run.weekday + run.pickup_days_after) for run in policy.runs)


def closed_batch(day: date, policy: Policy) -> date:
    """The last pickup day of the batch that closed last, up to and including `day` (RULES 29, 30)."""
    return max(_on_or_before(day, run.weekday + run.last_pickup_days_after) for run in policy.runs)


def weeks_opening(first: date, last: date, policy: Policy) -> list[Week]:
    """The weeks whose pickup begins from `first` to `last`, both counted, in that order (RULES 29)."""
    begins = ((day, day - run.pickup_days_after * DAY, run) for day in each_day(first, last) for run in policy.runs)
    return [week_of_run(run_date, policy) for _, run_date, run in begins if run_date.weekday() == run.weekday]


def weeks_collected_from(day: date, policy: Policy) -> Iterator[Week]:
    """The weeks whose pickup is not over before `day`, and all that follow, without end (RULES 29)."""
    longest = max(run.last_pickup_days_after for run in policy.runs)
    weeks = (week_of_run(run_date, policy) for run_date in runs_from(day - longest * DAY, policy))
    return (week for week in weeks if day <= week.pickup_until)


def weeks_mailed_at(moment: datetime, policy: Policy) -> list[Week]:
    """The weeks of the latest day of lending mails that has come at `moment`: one, or all that share it (RULES 36)."""
    made = _weeks_back(run_due_at(moment, policy), policy)
    due = dropwhile(lambda week: in_tokyo(moment).date() < week.mail_on, made)
    latest = next(due)
    return [latest, *takewhile(lambda week: week.mail_on == latest.mail_on, due)]


def return_checked_in_by(returned_on: date, policy: Policy) -> date:
    """The day by which a book given back at a facility on `returned_on` is checked in (RULES "The week", 35).

    The carriage takes what was given back up to the last pickup day of a run; a day later it is the next one.
    """
    carriages = ((_on_or_after(returned_on, run.weekday + run.last_pickup_days_after), run) for run in policy.runs)
    return min((carried, carried + run.checked_in_days_after_pickup * DAY) for carried, run in carriages)[1]


def renewal_window(due_on: date, policy: Policy) -> RenewalWindow:
    """When a loan due on `due_on` may be renewed, and to which day, counted from the old due date (RULES 31)."""
    opens = due_on - timedelta(days=policy.renewal_opens_days)
    return RenewalWindow(opens, due_on, due_on + timedelta(days=policy.renewal_days))


def each_day(first: date, last: date) -> Iterable[date]:
    """The days from `first` to `last`, both counted."""
    return (first + n * DAY for n in range((last - first).days + 1))


def counter_due_on(lent_on: date, policy: Policy) -> date:
    """The due date of a loan made at the counter on `lent_on`: its days count from the day after (RULES 17)."""
    return lent_on + timedelta(days=policy.counter_loan_days)


def pickup_change_counts_from(
    recorded_at: datetime, is_open: Callable[[date], bool], policy: Policy, latest_cycle: date | None = None
) -> date:
    """The cycle from which a change of the pickup place recorded at `recorded_at` holds (RULES 14).

    Args:
        is_open: whether the prefectural library is open on a day.
        latest_cycle: the latest cycle whose run was made, which may be before its regular day.
    """
    now = in_tokyo(recorded_at)
    first = max(now.date(), latest_cycle + DAY) if latest_cycle else now.date()
    return next(day for day in runs_from(first, policy) if now <= _pickup_change_deadline(day, is_open, policy))


def _pickup_change_deadline(cycle: date, is_open: Callable[[date], bool], policy: Policy) -> datetime:
    run = _run_on(cycle, policy)
    last_day = cycle - run.place_change_days_before * DAY
    return datetime.combine(last_day if is_open(last_day) else last_day - DAY, run.place_change_until, TOKYO)


def _weeks_back(run_date: date, policy: Policy) -> Iterator[Week]:
    while True:
        yield week_of_run(run_date, policy)
        run_date = _run_on_or_before(run_date - DAY, policy)


def _cycle_of(run_date: date, policy: Policy) -> tuple[date, RunOfWeek]:
    latest = _run_on_or_before(run_date, policy)
    if run_date < latest + _run_on(latest, policy).pickup_days_after * DAY:
        return latest, _run_on(latest, policy)
    following = _run_on_or_after(run_date, policy)
    return following, _run_on(following, policy)


def _cut_off(run_date: date, run: RunOfWeek) -> datetime:
    return datetime.combine(run_date - run.cut_off_days_before * DAY, run.cut_off, TOKYO)


def _run_on(run_date: date, policy: Policy) -> RunOfWeek:
    return next(run for run in policy.runs if run.weekday == run_date.weekday())


def _run_on_or_after(day: date, policy: Policy) -> date:
    return min(_on_or_after(day, run.weekday) for run in policy.runs)


def _run_on_or_before(day: date, policy: Policy) -> date:
    return max(_on_or_before(day, run.weekday) for run in policy.runs)


def _on_or_after(day: date, weekday: int) -> date:
    return day + (weekday - day.weekday()) % DAYS_OF_WEEK * DAY


def _on_or_before(day: date, weekday: int) -> date:
    return day - (day.weekday() - weekday) % DAYS_OF_WEEK * DAY
