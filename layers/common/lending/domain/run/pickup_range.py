"""Between which days a book can be expected: a range, its middle, and on what assumption (RULES 50).

The n-th of a queue gets the book with the n-th time that one of the copies is free. When each of them is free for the
first, second, third time follows from its due date, from how late books of this library come back, and from the runs
that lend it on; how often all of them together were free by a day, from that. Nothing is drawn by lot.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate, takewhile
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import week_of_next_run, weeks_from
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.coming_back import habit
from lending.domain.holds.hold import PREFECTURAL, Hold
from lending.domain.policy import Policy
from lending.domain.run.expected_pickup import Turn, ahead_of, counted_on, turn_of
from lending.domain.run.prospects import Prospects
from lending.domain.week import HORIZON, TOKYO, Week, in_tokyo, run_due_from

_FIRST, _MIDDLE, _LAST = 0.1, 0.5, 0.9
# A middle by which a book comes less often than this would be none.
_RATHER_NOT = 0.25
# What is less likely than this is left out of account.
_HARDLY_EVER = 0.002

_Chances = dict[datetime, float]  # of each moment at which something may come about


class ExpectedPickup(NamedTuple):
    """The days between which a book can be collected, 10 to 90 of 100, and the one by which half can."""

    earliest: date
    middle: date
    latest: date
    assumption: str


class Forecast:
    """What is expected of holds as of a moment; one for all holds of a page, as they share the weeks to come."""

    def __init__(self, moment: datetime, calendar: Calendar, policy: Policy, runs_missed: int = 0) -> None:
        """Args:
        runs_missed: of the runs to come those whose cut-off, on a day before, is over for a hold (RULES 18).
        """
        self._now = in_tokyo(moment)
        self.calendar, self._policy = calendar, policy
        self._prospects = Prospects(self._now, calendar, policy)
        self._habit = habit(calendar.returns, policy)
        weeks = weeks_from(week_of_next_run(moment, calendar, policy).run_date, policy)
        self._weeks = list(weeks)[runs_missed:]
        made = [week for week in self._weeks if calendar.service_suspension_on(week.run_date) is None]
        self._runs, self._due_dates = [self._made_at(week) for week in made], [week.due_on for week in made]
        self._of_later = cache(lambda missed: Forecast(moment, calendar, policy, missed))
        self._checked_in = cache(self._prospects.checked_in)
        self._back = cache(self._chances_back)
        self._rounds: dict[date | CopyState, _Rounds] = {}
        self._occasions = cache(self._at_place)

    def of_hold(
        self, hold: Hold, position: int, copies: Sequence[Copy], holders: frozenset[str]
    ) -> ExpectedPickup | None:
        """What can be expected of a hold, None if no date can be told. For the arguments see `pickup_of_hold`."""
        turn = turn_of(hold, position, copies, self._now, self.calendar, self._policy)
        if turn.settled:
            return ExpectedPickup(turn.day, turn.day, turn.day, "この本は、用意しています。") if turn.day else None
        return self._placed(hold.placed_at).of_turn(turn, hold.patron_id, holders)

    def of_place(self, place: str, position: int, copies: Sequence[Copy]) -> ExpectedPickup | None:
        """What whoever comes now, as the one at `position` of a queue, can expect."""
        return self._placed(self._now).of_turn(Turn(place, position, copies))

    def _placed(self, moment: datetime) -> "Forecast":
        """The forecast by the runs that take what was placed at a moment."""
        missed = sum(1 for _ in takewhile(lambda week: week.cut_off < moment, self._weeks))
        return self._of_later(missed) if missed else self

    def of_turn(self, turn: Turn, patron_id: str = "", holders: frozenset[str] | None = None) -> ExpectedPickup | None:
        """What a turn in a queue comes to, by the runs of this forecast."""
        prospects = Prospects(self._now, self.calendar, self._policy, holders)
        copies, position = counted_on(turn.copies), turn.position
        ahead = max(0, ahead_of(position, copies, prospects))
        rounds = [self._rounds_of(copy, prospects) for copy in copies]
        days = _days(self._occasions(turn.place, patron_id), lambda at: _chance(rounds, at, ahead + 1))
        return ExpectedPickup(*days, _assumption(ahead, len(copies), days)) if days else None

    def rounds_after(self, free: _Chances) -> _Chances:
        """When a copy that is free at some moment is free again, after the run that lends it (RULES 18, 22)."""
        lent = defaultdict[int, float](float)
        for at, part in free.items():
            lent[bisect_left(self._runs, at)] += part
        likely = {run: part for run, part in lent.items() if part > _HARDLY_EVER}
        whole = sum(lent.values()) / sum(likely.values()) if likely else 0.0
        again = defaultdict[datetime, float](float)
        for run, part in likely.items():
            if run < len(self._runs):
                for at, chance in self._back(self._due_dates[run]):
                    again[at] += whole * part * chance
        return again

    def _rounds_of(self, copy: Copy, prospects: Prospects) -> "_Rounds":
        """The times at which a copy is free; many copies are due on the same day."""
        due_on = prospects.due_on(copy)
        kind = due_on or (CopyState.KEPT_ASIDE if copy.state == CopyState.KEPT_ASIDE else CopyState.ON_SHELF)
        if kind not in self._rounds:
            first = dict(self._back(due_on)) if due_on else {self._now: 1.0}
            kept = kind == CopyState.KEPT_ASIDE
            self._rounds[kind] = _Rounds(self, self.rounds_after(first) if kept else first)
        return self._rounds[kind]

    def _chances_back(self, due_on: date) -> list[tuple[datetime, float]]:
        """When a book due on a day is checked in, as far as that is still to come."""
        today = self._now.date()
        days = [(due_on + timedelta(days=late), part) for late, part in self._habit]
        to_come = [(day, part) for day, part in days if day >= today]
        # Of a book later than any other it is only known that it is late.
        to_come = to_come or [(today + timedelta(days=late), part) for late, part in self._habit if late > 0]
        chances = defaultdict[datetime, float](float)
        for day, part in to_come or [(today, 1.0)]:
            if at := self._checked_in(day):
                chances[at] += part
        together = sum(chances.values())
        return [(at, part / together) for at, part in chances.items()]

    def _made_at(self, week: Week) -> datetime:
        return run_due_from(week.run_date, self._policy)

    def _at_place(self, place: str, patron_id: str) -> "_Occasions":
        return self._at_library() if place == PREFECTURAL else self._at_facility(place, patron_id)

    def _at_library(self) -> "_Occasions":
        """Each day's last pull, and the day on which a book that is free by then can be collected (RULES 15)."""
        last = max(self._policy.pull_times)
        moments = [datetime.combine(self._now.date() + timedelta(days=n), last, TOKYO) for n in range(HORIZON.days)]
        return _Occasions(moments, lambda number: self._prospects.prefectural_pickup(moments[number]))

    def _at_facility(self, facility: str, patron_id: str) -> "_Occasions":
        """When each run is made, and the day on which a facility hands over what it lends (RULES 18, 21, 22, 29)."""
        calendar, weeks = self.calendar, self._weeks

        def pickup(number: int) -> date | None:
            reached = (week for week in weeks[number:] if calendar.reaches(patron_id, week.run_date))
            return next((day for week in reached if (day := calendar.first_pickup_day(facility, week))), None)

        return _Occasions([self._made_at(week) for week in weeks], cache(pickup))


class _Rounds:
    """When a copy is free for the first time, the second, and so on, as far as anybody has asked."""

    def __init__(self, forecast: Forecast, first: _Chances) -> None:
        self._forecast, self._latest = forecast, first
        self._known: list[tuple[list[datetime], list[float]]] = []
        self._counted: dict[datetime, tuple[int, list[float]]] = {}
        self._keep(first)

    def counts(self, at: datetime) -> tuple[int, list[float]]:
        """How often the copy was free by a moment at the least, and the chances of so often, once more, twice more …"""
        if at not in self._counted:
            reached = [1.0]
            while (chance := self._free_by(at, len(reached))) > _HARDLY_EVER:
                reached.append(chance)
            least = sum(chance > 1 - _HARDLY_EVER for chance in reached) - 1
            pairs = zip(reached[least:], [*reached[least + 1 :], 0.0], strict=True)
            self._counted[at] = least, [one - more for one, more in pairs]
        return self._counted[at]

    def _free_by(self, at: datetime, times: int) -> float:
        while len(self._known) < times:
            self._keep(self._forecast.rounds_after(self._latest))
        moments, chances = self._known[times - 1]
        passed = bisect_right(moments, at)
        return chances[passed - 1] if passed else 0.0

    def _keep(self, chances: _Chances) -> None:
        self._latest = chances
        moments = sorted(chances)
        self._known.append((moments, list(accumulate(chances[at] for at in moments))))


class _Occasions(NamedTuple):
    """The moments by which a copy must be free, and the pickup day that each of them comes to, None if none does."""

    moments: Sequence[datetime]
    pickup: Callable[[int], date | None]


def _chance(rounds: Sequence[_Rounds], at: datetime, wanted: int) -> float:
    """The chance that by a moment copies were free `wanted` times together."""
    least, together = 0, [1.0]  # of as often as that, once more, twice more …
    for each in rounds:
        at_least, parts = each.counts(at)
        least += at_least
        summed = [0.0] * (len(together) + len(parts) - 1)
        for times, part in enumerate(parts):
            for so_far, chance in enumerate(together, times):
                summed[so_far] += part * chance
        together = summed
    return sum(together[max(0, wanted - least) :])


def _days(occasions: _Occasions, chance_by: Callable[[datetime], float]) -> tuple[date, date, date] | None:
    """The first, middle and last day of a range, None where its end lies too far off to be told.

    Books come on few days, so of the two days between which a chance lies the nearer one is taken.
    """
    moments = occasions.moments
    chance = cache(lambda number: chance_by(moments[number]) if number >= 0 else 0.0)
    end = 1
    while end < len(moments) and chance(end) < _LAST:
        end *= 2
    end = min(end, len(moments) - 1)
    if chance(end) < _LAST:
        return None

    def nearest(wanted: float, least: float = 0.0) -> int:
        number = bisect_left(range(end), wanted, key=chance)
        before = chance(number - 1)
        return number - 1 if least <= before and wanted - before < chance(number) - wanted else number

    possible = bisect_left(range(end), _HARDLY_EVER, key=chance)
    middle = max(possible, nearest(_MIDDLE, _RATHER_NOT))
    first, last = max(possible, min(nearest(_FIRST) + 1, middle)), max(nearest(_LAST), middle)
    days = [occasions.pickup(number) for number in (first, middle, last)]
    return (days[0], days[1], days[2]) if days[0] and days[1] and days[2] else None


def _assumption(ahead: int, copies: int, days: tuple[date, date, date]) -> str:
    if not ahead and days[0] == days[2]:
        return "本が書架にあるものとして、つぎの処理で用意できた場合の日です。"
    queue = f"前に待つ方{ahead}人と、" if ahead else ""
    return (
        f"{queue}本{copies}冊の返却の日から計算しました。この図書館の本がこれまで返ってきた早さによるもので、"
        "10回に8回は、この期間に受け取れます。"
    )
