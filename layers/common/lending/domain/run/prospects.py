"""When copies can be given to whoever waits, and when those can collect them (RULES 11, 15, 18-23, 29)."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import dropwhile
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import week_of_next_run, weeks_from
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.policy import Policy
from lending.domain.week import DAY, HORIZON, TOKYO, Week, counter_due_on, each_day


class Prospects(NamedTuple):
    """What can be expected of copies and runs from `now` on.

    `holders` are the patrons who hold the title, as far as copies are planned for them, if known: a plan for somebody
    else is void (RULES 23). `placed_at` is the moment of the hold that waits, `now` if there is none yet: the cut-off
    of a run may be over on a day before it, and the run takes what was placed by then (RULES 18).
    """

    now: datetime
    calendar: Calendar
    policy: Policy
    holders: frozenset[str] | None = None
    placed_at: datetime | None = None

    def is_promised(self, copy: Copy) -> bool:
        """Whether staff are fetching the copy for a hold, which then still counts as waiting (RULES 23)."""
        if copy.pull is None or not copy.pull.stands_on(self.now.date()):
            return False
        return self.holders is None or copy.pull.patron_id in self.holders

    def due_on(self, copy: Copy) -> date | None:
        """When the loan of a copy is due that is out, or will be by what is planned; None if it is not to go out."""
        today = self.now.date()
        if copy.is_out:
            return copy.due_on or today
        promised = copy.pull if self.is_promised(copy) else None
        if copy.state == CopyState.READY or (promised and promised.decision == "ready"):
            return counter_due_on(today, self.policy)
        return promised.week.due_on if promised and promised.week else None

    def free_at(self, copy: Copy) -> datetime | None:
        """When the copy can next be given to somebody who waits."""
        if due_on := self.due_on(copy):
            return self.checked_in(due_on)
        return self.back_after_run(self.now) if copy.state == CopyState.KEPT_ASIDE else self.now

    def back_after_run(self, at: datetime) -> datetime | None:
        """When a copy free at `at` is back from whom the next run lends it to."""
        for week in self._weeks(at):
            if self.calendar.service_suspension_on(week.run_date) is None:
                return self.checked_in(week.due_on)
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

    def checked_in(self, back_on: date) -> datetime | None:
        """When a book is there that comes back on a day: for the first pull of an open day.

        That is after that day's cut-off of the run.
        """
        day = self._open_day(max(back_on, self.now.date()))
        if day is None:
            return None
        return max(self.now, datetime.combine(day, min(self.policy.pull_times), TOKYO))

    def _open_day(self, first: date) -> date | None:
        return first_open_day(first, self.now.date() + HORIZON, self.calendar)

    def _weeks(self, at: datetime) -> Iterable[Week]:
        placed_at = self.placed_at or self.now
        weeks = weeks_from(week_of_next_run(at, self.calendar, self.policy).run_date, self.policy)
        return dropwhile(lambda week: week.cut_off < placed_at, weeks)


def first_open_day(day: date, last: date, calendar: Calendar) -> date | None:
    """The first day, `day` and `last` counted, on which the prefectural library is open."""
    return next((each for each in each_day(day, last) if calendar.prefectural_open(each)), None)
