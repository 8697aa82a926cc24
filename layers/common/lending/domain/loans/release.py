"""Last pickup days: which one counts, and when it is over (RULES 16, 30)."""

from dataclasses import replace
from datetime import date, datetime

from lending.domain.calendar.calendar import Calendar
from lending.domain.holds.hold import Hold
from lending.domain.policy import Policy
from lending.domain.week import DAY, TOKYO, closed_batch, in_tokyo


def with_deadline(hold: Hold, day: date, calendar: Calendar, policy: Policy) -> Hold:
    """A hold with the deadline that counts on `day`, if it is ready (RULES 16).

    It is the later of the one that is kept with it, which it was told or given on request, and the nth open day after
    the day of its mail by the calendar as it is now. A mail that has not gone yet goes on `day`, at the earliest.
    """
    if hold.ready_on is None or hold.pickup_until is None:
        return hold
    mailed_on = hold.mailed_on or max(hold.ready_on + DAY, day)
    return replace(
        hold, pickup_until=max(hold.pickup_until, calendar.nth_open_day_after(mailed_on, policy.ready_open_days))
    )


def release_moment(last_day: date, policy: Policy) -> datetime:
    """The end of a last pickup day."""
    return datetime.combine(last_day, policy.release_at, TOKYO)


def last_day_over(moment: datetime, policy: Policy) -> date:
    """The latest day that is over at `moment`: today from the time of the release on, or else yesterday."""
    now = in_tokyo(moment)
    return now.date() if now.time() >= policy.release_at else now.date() - DAY


def latest_closing(moment: datetime, policy: Policy) -> date:
    """The latest last pickup day of a run that is over at `moment` (RULES 29, 30)."""
    return closed_batch(last_day_over(moment, policy), policy)
