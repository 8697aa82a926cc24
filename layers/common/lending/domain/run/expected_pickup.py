"""What can be expected of a hold or a title: the first day a book can be collected (RULES 11, 18-22, 29, 40)."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import coming_week, weeks_from
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.policy import Policy
from lending.domain.run.run import Outcome
from lending.domain.week import DAY, HORIZON, TOKYO, Week, counter_due_on, each_day, in_tokyo

# Whoever looks at a title before choosing a pickup place is told of a partner facility without closed days.
ANY_FACILITY = ""


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
    if hold.status == HoldStatus.READY:
        return _first_open_day(moment.date(), hold.pickup_until or moment.date(), calendar)
    place = hold.place_on(coming_week(moment, calendar, policy).cycle)
    if (pull := _planned_for(hold, copies, moment.date())) and pull.decision != Outcome.KEEP_ASIDE:
        return _pickup_as_planned(pull, moment.date(), calendar)
    mine = [_as_free(copy) for copy in copies if _is_kept_for(hold, copy)]
    if mine:
        return earliest_pickup(moment, place, 1, mine, calendar, policy, hold.patron_id)
    return earliest_pickup(moment, place, position, copies, calendar, policy, hold.patron_id, holders)


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
    patron_id: str = "",
    holders: frozenset[str] | None = None,
) -> date | None:
    """The first day on which a hold placed at `moment` can be collected, or None if no date can be told.

    `place` is the pickup place, `position` the hold's place in its queue, 1 for the head, counting all who wait;
    `copies` are all of the title; `patron_id`, if known, lets an opted-in patron's suspended run count (RULES 22).
    `holders` are the patrons who hold the title, as far as copies are planned for them, if known: a plan for somebody
    else is void (RULES 23).

    Never earlier than it can be (RULES "The week", 11, 15, 18-22, 29), on this assumption: a book on loan comes back on
    its due date or, overdue, today; everybody ahead is served by the Thursday run and keeps the book to its due date.
    Who returns early, or leaves the queue, makes it earlier. A book found missing is not counted on.
    """
    now = in_tokyo(moment)
    outlook = _Outlook(now, calendar, policy, holders)
    copies = [copy for copy in copies if copy.can_be_lent and copy.state != CopyState.MISSING]
    free_at = [at for copy in copies if (at := outlook.free_at(copy)) is not None]
    ahead = position - 1 - sum(outlook.is_promised(copy) for copy in copies)
    at = _turn(free_at, ahead, outlook)
    if at is None:
        return None
    return outlook.prefectural_pickup(at) if place == PREFECTURAL else outlook.partner_pickup(at, place, patron_id)


def _turn(free_at: list[datetime], ahead: int, outlook: "_Outlook") -> datetime | None:
    """When a copy is free for the one who has `ahead` others before them, each taking the copy that is free first."""
    heapq.heapify(free_at)
    for _ in range(ahead):
        if not free_at:
            return None
        back_at = outlook.back_after_run(heapq.heappop(free_at))
        if back_at is not None:
            heapq.heappush(free_at, back_at)
    return free_at[0] if free_at else None


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What can be expected of copies and runs from `now` on."""

    now: datetime
    calendar: Calendar
    policy: Policy
    holders: frozenset[str] | None = None

    def is_promised(self, copy: Copy) -> bool:
        """Whether staff are fetching the copy for a hold, which then still counts as waiting (RULES 23)."""
        if copy.pull is None or not copy.pull.stands_on(self.now.date()):
            return False
        return self.holders is None or copy.pull.patron_id in self.holders

    def free_at(self, copy: Copy) -> datetime | None:
        """When the copy can next be given to somebody who waits."""
        today = self.now.date()
        if copy.is_out:
            return self._checked_in(copy.due_on or today)
        if copy.state == CopyState.READY or (copy.pull and self.is_promised(copy) and copy.pull.decision == "ready"):
            return self._checked_in(counter_due_on(today, self.policy))
        if copy.pull and copy.pull.week and self.is_promised(copy):
            return self._checked_in(copy.pull.week.due_on)
        return self.back_after_run(self.now) if copy.state == CopyState.KEPT_ASIDE else self.now

    def back_after_run(self, at: datetime) -> datetime | None:
        """When a copy free at `at` is back from whom the next run lends it to."""
        for week in self._weeks(at):
            if self.calendar.service_suspension_on(week.run_date) is None:
                return self._checked_in(week.due_on)
        return None

    def partner_pickup(self, at: datetime, facility: str, patron_id: str) -> date | None:
        """The first day of handing over after a run that can lend a copy free at `at` (RULES 18, 21, 22, 29)."""
        for week in self._weeks(at):
            if not self.calendar.reaches(patron_id, week.run_date):
                continue
            if day := self.calendar.first_pickup_day(facility, week):
                return day
        return None

    def prefectural_pickup(self, at: datetime) -> date | None:
        """The day of the first pull at or after `at`; a book may be collected once it is ready (RULES 15, Q11)."""
        later_today = any(at.time() <= pull_time for pull_time in self.policy.pull_times)
        return self._open_day(at.date() if later_today else at.date() + DAY)

    def _checked_in(self, back_on: date) -> datetime | None:
        # Books that are back are there for the first pull of an open day, so after that day's cut-off of the run.
        day = self._open_day(max(back_on, self.now.date()))
        if day is None:
            return None
        return max(self.now, datetime.combine(day, min(self.policy.pull_times), TOKYO))

    def _open_day(self, first: date) -> date | None:
        return _first_open_day(first, self.now.date() + HORIZON, self.calendar)

    def _weeks(self, at: datetime) -> Iterable[Week]:
        return weeks_from(coming_week(at, self.calendar, self.policy).run_date, self.policy)


def _planned_for(hold: Hold, copies: Sequence[Copy], today: date) -> Pull | None:
    """The plan that stands for this hold."""
    pulls = (copy.pull for copy in copies if copy.pull and copy.pull.patron_id == hold.patron_id)
    return next((pull for pull in pulls if pull.stands_on(today)), None)


def _pickup_as_planned(pull: Pull, today: date, calendar: Calendar) -> date | None:
    """A book that is being fetched: at the counter today, at a facility from its Sunday on (RULES 15, 29)."""
    if pull.week is None:
        return _first_open_day(today, today + HORIZON, calendar)
    return calendar.first_pickup_day(pull.pickup_place, pull.week)


def _is_kept_for(hold: Hold, copy: Copy) -> bool:
    """Kept aside for the hold, or to be (RULES 20)."""
    return copy.barcode == hold.barcode or bool(copy.pull and copy.pull.patron_id == hold.patron_id)


def _as_free(copy: Copy) -> Copy:
    return replace(copy, state=CopyState.ON_SHELF, pull=None, holder="")


def _first_open_day(day: date, last: date, calendar: Calendar) -> date | None:
    return next((each for each in each_day(day, last) if calendar.prefectural_open(each)), None)
