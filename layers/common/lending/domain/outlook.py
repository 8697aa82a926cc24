"""What can be expected of a hold or a title: the first day a book can be collected (RULES 11, 18-22, 29, 40)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from lending.domain.allocation import Outcome
from lending.domain.closure import HORIZON, Calendar, coming_week, earliest_pickup
from lending.domain.hold import Hold, HoldStatus, Queued, place_in_queue
from lending.domain.policy import Policy
from lending.domain.title import Copy, CopyState, Pull
from lending.domain.week import week_of_run

# Whoever looks at a title before choosing a pickup place is told of a partner facility without closed days.
ANY_FACILITY = ""


def pickup_of_hold(
    hold: Hold, queue: Sequence[Queued], copies: Sequence[Copy], moment: datetime, calendar: Calendar, policy: Policy
) -> date | None:
    """The first day on which this hold can be collected, or None if no date can be told.

    Args:
        queue: the holds of the title, as its index shows them.
        copies: all copies of the title.
    """
    if hold.status == HoldStatus.READY:
        return _first_open_day(moment.date(), hold.pickup_until or moment.date(), calendar)
    place = hold.place_on(coming_week(moment, calendar, policy).cycle)
    if (pull := _planned_for(hold, copies, moment.date(), policy)) and pull.decision != Outcome.KEEP_ASIDE:
        return _pickup_as_planned(pull, moment.date(), calendar, policy)
    mine = [_as_free(copy) for copy in copies if _is_kept_for(hold, copy)]
    if mine:
        return earliest_pickup(moment, place, 1, mine, calendar, policy, hold.patron_id)
    position, _ = place_in_queue(hold, queue)
    waiting = frozenset(each.patron_id for each in queue)
    return earliest_pickup(moment, place, position, copies, calendar, policy, hold.patron_id, waiting)


def available(copies: Sequence[Copy], moment: datetime, policy: Policy) -> int:
    """How many copies are on the shelf for whoever comes first: not planned for a hold (RULES 23)."""
    today = moment.date()
    return sum(
        copy.can_be_lent and copy.state == CopyState.ON_SHELF and not (copy.pull and copy.pull.stands_on(today, policy))
        for copy in copies
    )


def _planned_for(hold: Hold, copies: Sequence[Copy], today: date, policy: Policy) -> Pull | None:
    """The plan that stands for this hold."""
    pulls = (copy.pull for copy in copies if copy.pull and copy.pull.patron_id == hold.patron_id)
    return next((pull for pull in pulls if pull.stands_on(today, policy)), None)


def _pickup_as_planned(pull: Pull, today: date, calendar: Calendar, policy: Policy) -> date | None:
    """A book that is being fetched: at the counter today, at a facility from its Sunday on (RULES 15, 29)."""
    if pull.decision == Outcome.READY:
        return _first_open_day(today, today + HORIZON, calendar)
    return calendar.first_pickup_day(pull.pickup_place, week_of_run(pull.day, policy))


def _is_kept_for(hold: Hold, copy: Copy) -> bool:
    """Kept aside for the hold, or to be (RULES 20)."""
    return copy.barcode == hold.barcode or bool(copy.pull and copy.pull.patron_id == hold.patron_id)


def _as_free(copy: Copy) -> Copy:
    return replace(copy, state=CopyState.ON_SHELF, pull=None, holder="")


def _first_open_day(day: date, last: date, calendar: Calendar) -> date | None:
    days = (day + timedelta(days=n) for n in range((last - day).days + 1))
    return next((each for each in days if calendar.prefectural_open(each)), None)
