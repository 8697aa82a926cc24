"""What can be expected of a hold or a title: the first day a book can be collected (RULES 11, 18-22, 29, 40)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from lending.domain.allocation import Outcome
from lending.domain.closure import Calendar, earliest_pickup
from lending.domain.hold import Hold, HoldStatus
from lending.domain.policy import Policy
from lending.domain.pull import can_be_followed, run_of
from lending.domain.title import Copy, CopyState, Pull
from lending.domain.week import TOKYO, next_run_after

# Whoever looks at a title before choosing a pickup place is told of a partner facility without closed days.
ANY_FACILITY = ""


def place_ahead(hold: Hold, moment: datetime, policy: Policy) -> str:
    """Where the next run would send the book of this hold (RULES 14)."""
    return hold.place_on(next_run_after(moment, policy))


def pickup_of_hold(
    hold: Hold, position: int, copies: Sequence[Copy], moment: datetime, calendar: Calendar, policy: Policy
) -> date | None:
    """The first day on which this hold can be collected, or None if no date can be told.

    Args:
        position: the hold's place among the waiting ones, 1 for the head; counts for nothing once it is secured.
        copies: all copies of the title.
    """
    if hold.status == HoldStatus.READY:
        return _first_open_day(moment.date(), hold.pickup_until or moment.date(), calendar)
    place = place_ahead(hold, moment, policy)
    if mine := _planned_for(hold, copies, moment, policy):
        pull, copy = mine
        moment, place = _effective(pull, moment, policy), pull.pickup_place
        return earliest_pickup(moment, place, 1, [copy], calendar, policy, hold.patron_id)
    if hold.status == HoldStatus.SECURED:
        copies, position = [_as_free(copy) for copy in copies if copy.barcode == hold.barcode], 1
    return earliest_pickup(moment, place, position, copies, calendar, policy, hold.patron_id)


def available(copies: Sequence[Copy], moment: datetime, policy: Policy) -> int:
    """How many copies are on the shelf for whoever comes first: not planned for a hold (RULES 23)."""
    return sum(
        copy.can_be_lent and copy.state == CopyState.ON_SHELF and not (copy.pull and _stands(copy.pull, moment, policy))
        for copy in copies
    )


def _stands(pull: Pull, moment: datetime, policy: Policy) -> bool:
    return can_be_followed(run_of(pull, moment, policy), moment.date())


def _planned_for(hold: Hold, copies: Sequence[Copy], moment: datetime, policy: Policy) -> tuple[Pull, Copy] | None:
    """The plan that stands for this hold, and its copy as the plan found it."""
    pulls = ((copy.pull, _as_free(copy)) for copy in copies if copy.pull and copy.pull.patron_id == hold.patron_id)
    return next(((pull, copy) for pull, copy in pulls if _stands(pull, moment, policy)), None)


def _effective(pull: Pull, moment: datetime, policy: Policy) -> datetime:
    """The moment that a plan is carried out as of: its run's cut-off, or today; one beyond the cap waits for a run."""
    if pull.decision == Outcome.LEND:
        return run_of(pull, moment, policy).moment
    return datetime.combine(moment.date(), min(policy.pull_times), TOKYO) if pull.decision == Outcome.READY else moment


def _as_free(copy: Copy) -> Copy:
    return replace(copy, state=CopyState.ON_SHELF, pull=None, holder="")


def _first_open_day(day: date, last: date, calendar: Calendar) -> date | None:
    days = (day + timedelta(days=n) for n in range((last - day).days + 1))
    return next((each for each in days if calendar.prefectural_open(each)), None)
