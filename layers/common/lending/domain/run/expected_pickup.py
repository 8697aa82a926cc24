"""What can be expected of a hold or a title: the first day a book can be collected (RULES 11, 18-22, 29, 40)."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import week_of_next_run
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.policy import Policy
from lending.domain.run.prospects import Prospects, first_open_day
from lending.domain.run.run import Outcome
from lending.domain.week import HORIZON, in_tokyo

# Whoever looks at a title before choosing a pickup place is told of a partner facility without closed days.
ANY_FACILITY = ""


class Turn(NamedTuple):
    """What a hold waits for: a place in a queue of a title's copies, or, if it is settled already, only its `day`."""

    place: str
    position: int
    copies: Sequence[Copy]
    settled: bool = False
    day: date | None = None


def turn_of(
    hold: Hold, position: int, copies: Sequence[Copy], moment: datetime, calendar: Calendar, policy: Policy
) -> Turn:
    """What a hold waits for.

    Args:
        position: its place in the queue, counting all who wait.
        copies: all copies of the title.
    """
    today = moment.date()
    if hold.status == HoldStatus.READY:
        day = first_open_day(today, hold.pickup_until or today, calendar)
        return Turn(PREFECTURAL, 1, (), settled=True, day=day)
    place = hold.place_on(week_of_next_run(moment, calendar, policy).cycle)
    if (pull := _planned_for(hold, copies, today)) and pull.decision != Outcome.KEEP_ASIDE:
        return Turn(place, 1, (), settled=True, day=_pickup_as_planned(pull, today, calendar))
    mine = [_as_free(copy) for copy in copies if _is_kept_for(hold, copy)]
    return Turn(place, 1, mine) if mine else Turn(place, position, copies)


def pickup_of_hold(
    hold: Hold,
    position: int,
    copies: Sequence[Copy],
    holders: frozenset[str],
    moment: datetime,
    calendar: Calendar,
    policy: Policy,
) -> date | None:
    """The first day on which this hold can be collected, or None if no date can be told.

    Args:
        position: its place in the queue, counting all who wait.
        copies: all copies of the title.
        holders: of the patrons for whom copies are planned those who still hold the title.
    """
    turn = turn_of(hold, position, copies, moment, calendar, policy)
    if turn.settled:
        return turn.day
    return _earliest(turn, hold.patron_id, Prospects(in_tokyo(moment), calendar, policy, holders, hold.placed_at))


def available(copies: Sequence[Copy], moment: datetime) -> int:
    """How many copies are on the shelf for whoever comes first: not planned for a hold (RULES 23)."""
    today = moment.date()
    return sum(
        copy.can_be_lent and copy.state == CopyState.ON_SHELF and not (copy.pull and copy.pull.stands_on(today))
        for copy in copies
    )


def earliest_pickup(
    moment: datetime,
    place: str,
    position: int,
    copies: Iterable[Copy],
    calendar: Calendar,
    policy: Policy,
) -> date | None:
    """The first day on which a hold placed at `moment` can be collected, or None if no date can be told.

    `place` is the pickup place, `position` the hold's place in its queue, 1 for the head, counting all who wait;
    `copies` are all of the title.

    Never earlier than it can be (RULES "The week", 11, 15, 18-22, 29), on this assumption: a book on loan comes back on
    its due date or, overdue, today; everybody ahead is served by the Thursday run and keeps the book to its due date.
    Who returns early, or leaves the queue, makes it earlier. A book found missing is not counted on.
    """
    return _earliest(Turn(place, position, list(copies)), "", Prospects(in_tokyo(moment), calendar, policy))


def _earliest(turn: Turn, patron_id: str, prospects: Prospects) -> date | None:
    """The day of a turn; a patron who is opted in is reached by a suspended run (RULES 22)."""
    copies = counted_on(turn.copies)
    free_at = [at for copy in copies if (at := prospects.free_at(copy)) is not None]
    at = _turn(free_at, ahead_of(turn.position, copies, prospects), prospects)
    if at is None:
        return None
    if turn.place == PREFECTURAL:
        return prospects.prefectural_pickup(at)
    return prospects.partner_pickup(at, turn.place, patron_id)


def counted_on(copies: Iterable[Copy]) -> list[Copy]:
    """The copies that somebody who waits can get some day."""
    return [copy for copy in copies if copy.can_be_lent and copy.state != CopyState.MISSING]


def ahead_of(position: int, copies: Iterable[Copy], prospects: Prospects) -> int:
    """How many others take a copy before the one at `position`, those aside for whom one is being fetched."""
    return position - 1 - sum(prospects.is_promised(copy) for copy in copies)


def _turn(free_at: list[datetime], ahead: int, prospects: Prospects) -> datetime | None:
    """When a copy is free for the one who has `ahead` others before them, each taking the copy that is free first."""
    heapq.heapify(free_at)
    for _ in range(ahead):
        if not free_at:
            return None
        back_at = prospects.back_after_run(heapq.heappop(free_at))
        if back_at is not None:
            heapq.heappush(free_at, back_at)
    return free_at[0] if free_at else None


def _planned_for(hold: Hold, copies: Sequence[Copy], today: date) -> Pull | None:
    """The plan that stands for this hold."""
    pulls = (copy.pull for copy in copies if copy.pull and copy.pull.patron_id == hold.patron_id)
    return next((pull for pull in pulls if pull.stands_on(today)), None)


def _pickup_as_planned(pull: Pull, today: date, calendar: Calendar) -> date | None:
    """A book that is being fetched: at the counter today, at a facility from its Sunday on (RULES 15, 29)."""
    if pull.week is None:
        return first_open_day(today, today + HORIZON, calendar)
    return calendar.first_pickup_day(pull.pickup_place, pull.week)


def _is_kept_for(hold: Hold, copy: Copy) -> bool:
    """Kept aside for the hold, or to be (RULES 20)."""
    return copy.barcode == hold.barcode or bool(copy.pull and copy.pull.patron_id == hold.patron_id)


def _as_free(copy: Copy) -> Copy:
    return replace(copy, state=CopyState.ON_SHELF, pull=None, holder="")
