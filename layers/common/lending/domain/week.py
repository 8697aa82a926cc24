"""The week of the service: cut-off, run, mail, pickup, carriage back (RULES "The week", 14, 17, 18, 25, 29-31, 35).

Everything is counted in Tokyo's time, which has no summer time, so a fixed offset is exact.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from lending.domain.policy import Policy

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


@dataclass(frozen=True, slots=True)
class RenewalWindow:
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

    A run that staff move to another day (RULES 22) serves the pickup Sunday ahead of it, as the regular run would have.
    """
    regular = _regular_run(run_date, policy)
    pickup_from = regular + timedelta(days=policy.pickup_days_after_run)
    pickup_until = pickup_from + timedelta(days=policy.pickup_days - 1)
    checked_in_by = pickup_until + timedelta(days=policy.checked_in_days_after_pickup)
    return Week(
        run_date=run_date,
        cycle=regular,
        cut_off=cut_off_of(run_date, policy),
        mail_on=max(run_date, regular + timedelta(days=policy.mail_days_after_run)),
        pickup_from=pickup_from,
        pickup_until=pickup_until,
        checked_in_by=checked_in_by,
        due_on=pickup_from + timedelta(days=policy.partner_loan_days),
        next_run=regular + timedelta(days=DAYS_OF_WEEK),
        uncollected_run=_run_after_check_in(checked_in_by, policy),
    )


def cut_off_of(run_date: date, policy: Policy) -> datetime:
    """The last moment whose holds the run of `run_date` considers (RULES 18)."""
    return datetime.combine(run_date, policy.cut_off, TOKYO)


def run_due_at(moment: datetime, policy: Policy) -> date:
    """The latest regular run date whose cut-off has come at `moment` (RULES 18, 26)."""
    now = in_tokyo(moment)
    latest = _on_or_before(now.date(), policy.run_weekday)
    return latest if cut_off_of(latest, policy) <= now else latest - timedelta(days=DAYS_OF_WEEK)


def next_run_after(moment: datetime, policy: Policy) -> date:
    """The first regular run date that still considers a hold placed at `moment` (RULES 18)."""
    now = in_tokyo(moment)
    first = _on_or_after(now.date(), policy.run_weekday)
    return first if now <= cut_off_of(first, policy) else first + timedelta(days=DAYS_OF_WEEK)


def opened_batch(day: date, policy: Policy) -> date:
    """The first pickup day of the batch that opened last, up to and including `day` (RULES 29)."""
    return _on_or_before(day, (policy.run_weekday + policy.pickup_days_after_run) % DAYS_OF_WEEK)


def return_checked_in_by(returned_on: date, policy: Policy) -> date:
    """The day by which a book given back at a facility on `returned_on` is checked in (RULES "The week", 35).

    The carriage takes what was given back up to the last pickup day of a week, Sunday; a day later it is the next one.
    """
    carried_weekday = policy.run_weekday + policy.pickup_days_after_run + policy.pickup_days - 1
    carried = _on_or_after(returned_on, carried_weekday % DAYS_OF_WEEK)
    return carried + timedelta(days=policy.checked_in_days_after_pickup)


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
    cycle = _on_or_after(now.date(), policy.run_weekday)
    while now > _pickup_change_deadline(cycle, is_open, policy) or (latest_cycle and cycle <= latest_cycle):
        cycle += timedelta(days=DAYS_OF_WEEK)
    return cycle


def _pickup_change_deadline(cycle: date, is_open: Callable[[date], bool], policy: Policy) -> datetime:
    wednesday = _on_or_before(cycle - timedelta(days=1), policy.pickup_change_weekday)
    last_day = wednesday if is_open(wednesday) else wednesday - timedelta(days=1)
    return datetime.combine(last_day, policy.pickup_change_until, TOKYO)


def _regular_run(run_date: date, policy: Policy) -> date:
    # A moved run belongs to the cycle whose pickup has not begun yet: Friday's to yesterday's, Sunday's to the next.
    slack = min(policy.pickup_days_after_run, DAYS_OF_WEEK) - 1
    return _on_or_after(run_date - timedelta(days=slack), policy.run_weekday)


def _run_after_check_in(checked_in_by: date, policy: Policy) -> date:
    # What is checked in on the day of a run may come after its cut-off, so only a later day's run is sure.
    return _on_or_after(checked_in_by + timedelta(days=1), policy.run_weekday)


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % DAYS_OF_WEEK)


def _on_or_before(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % DAYS_OF_WEEK)
