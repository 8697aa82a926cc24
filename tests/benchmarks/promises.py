"""How often the expected pickup comes true: a library with a known habit of returning, simulated for a year (RULES 50).

Runs and pulls are the real ones. What the library expects it learns from its own counts, week by week, on top of the
policy's, which are not its habit. A promise is what a patron is told on the day the hold is placed.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from statistics import median
from time import process_time
from typing import TypedDict

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.coming_back import Returns, counted
from lending.domain.holds.hold import PREFECTURAL, Hold
from lending.domain.patrons.patron import Patron
from lending.domain.run.allocation import allocate
from lending.domain.run.pickup_range import ExpectedPickup, Forecast
from lending.domain.run.run import Outcome, Run, prefectural_pull, thursday_run
from lending.domain.week import DAY, TOKYO, counter_due_on, is_run_day, return_checked_in_by
from tests.benchmarks import page_cost
from tests.library import aomori

SEEDS = (1, 2, 3, 4)
WEEKS = 52
TITLES = 90
POLICY = aomori()
BEGIN = date(2026, 1, 5)
AT_LIBRARY = 0.15  # of the holds are collected at the prefectural library
# The first are given back some days before they are due, most on its last days, some after it.
HABIT = {range(-14, -4): 25, range(-4, 1): 45, range(1, 8): 20, range(8, 29): 10}


class Row(TypedDict):
    """One year: how many promises had a range, how often it came true, how often its middle, and the certain ones."""

    seed: int
    promises: int
    in_range: float
    by_middle: float
    days_wide: float
    certain: int
    certain_true: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise, the first day on which it could have been kept, and that on which it was."""

    promise: ExpectedPickup
    first: date
    came: date


def run(seeds: tuple[int, ...] = SEEDS, weeks: int = WEEKS) -> list[Row]:
    """One row a year."""
    return [_row(seed, list(Year(seed, weeks).promises())) for seed in seeds]


def _row(seed: int, kept: list[Kept]) -> Row:
    early = [each for each in kept if each.promise.earliest < each.first]
    if early:
        raise RuntimeError(f"{len(early)} promises were of a day before the first one possible")
    open_ones = [each for each in kept if each.promise.earliest < each.promise.latest]
    certain = [each for each in kept if each.promise.earliest == each.promise.latest]
    wide = sum((each.promise.latest - each.promise.earliest).days for each in open_ones)
    return {
        "seed": seed,
        "promises": len(open_ones),
        "in_range": _part(each.promise.earliest <= each.came <= each.promise.latest for each in open_ones),
        "by_middle": _part(each.came <= each.promise.middle for each in open_ones),
        "days_wide": round(wide / len(open_ones), 1),
        "certain": len(certain),
        "certain_true": _part(each.came == each.promise.earliest for each in certain),
    }


def _part(true: Iterator[bool]) -> float:
    each = list(true)
    return round(sum(each) / len(each), 3)


@dataclass
class Year:
    """A library day by day."""

    seed: int
    weeks: int
    waiting: dict[str, list[Hold]] = field(default_factory=lambda: defaultdict(list))
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    patrons: dict[str, Patron] = field(default_factory=dict)
    back: dict[date, list[Copy]] = field(default_factory=lambda: defaultdict(list))
    returned: Counter[str] = field(default_factory=Counter)
    told: dict[tuple[str, str], tuple[ExpectedPickup, date]] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=lambda: _calendar())
    holds: int = 0

    def __post_init__(self) -> None:
        """The shelves are full at the start."""
        self.random = random.Random(self.seed)
        for number in range(TITLES):
            title = f"t-{number:03}"
            self.copies[title] = [Copy(f"{title}-{n}", title) for n in range(1 + number % 3)]

    def promises(self) -> Iterator[Kept]:
        """The promises made in the year, each when its book came."""
        day, last = BEGIN, BEGIN + self.weeks * 7 * DAY
        while day < last or any(self.waiting.values()):
            if self.calendar.prefectural_open(day):
                self._check_in(day)
            if is_run_day(day, POLICY) and self.calendar.prefectural_open(day):
                yield from self._lend(thursday_run(day, POLICY))
            if self.calendar.prefectural_open(day):
                for pull in POLICY.pull_times:
                    moment = datetime.combine(day, pull, TOKYO)
                    yield from self._lend(prefectural_pull(moment, self.calendar, POLICY))
            if day < last:
                self._place(datetime.combine(day, time(20), TOKYO))
            if day.weekday() == 6:
                self.calendar = replace(self.calendar, returns=Returns(dict(self.returned)))
            day += DAY

    def _check_in(self, day: date) -> None:
        due = [at for at in self.back if at <= day]
        for copy in (each for at in due for each in self.back.pop(at)):
            assert copy.due_on
            self.returned.update(counted([copy.due_on], day))
            self._now(replace(copy, state=CopyState.ON_SHELF, due_on=None))

    def _lend(self, run: Run) -> Iterator[Kept]:
        holds = [hold for queue in self.waiting.values() for hold in queue]
        for decision in allocate(holds, self.copies, self.patrons, self.calendar, POLICY, run):
            if decision.decision not in (Outcome.LEND, Outcome.READY):
                continue
            carried = decision.decision is Outcome.LEND
            came = self.calendar.first_pickup_day("7", run.week) if carried else run.day
            due_on = run.week.due_on if carried else counter_due_on(run.day, POLICY)
            given_back = max(came or run.day, due_on + self._late())
            at = return_checked_in_by(given_back, POLICY) if carried else given_back
            copy = next(each for each in self.copies[decision.title_id] if each.barcode == decision.barcode)
            lent = replace(copy, state=CopyState.ON_LOAN, due_on=due_on)
            self._now(lent)
            self.back[at].append(lent)
            self.waiting[decision.title_id] = [
                hold for hold in self.waiting[decision.title_id] if hold.patron_id != decision.patron_id
            ]
            del self.patrons[decision.patron_id]
            if promise := self.told.pop((decision.patron_id, decision.title_id), None):
                yield Kept(*promise, came or run.day)

    def _place(self, moment: datetime) -> None:
        """Nine of ten books that can be lent are asked for, so that queues grow and shrink."""
        forecast = Forecast(moment, self.calendar, POLICY)
        for title, copies in self.copies.items():
            if self.random.random() > len(copies) * 0.9 / 23:
                continue
            self.holds += 1
            patron_id = f"p-{self.holds:06}"
            self.patrons[patron_id] = Patron(patron_id, "", date(1950, 1, 1), expires_on=date(2099, 3, 31))
            place = PREFECTURAL if self.random.random() < AT_LIBRARY else "7"
            hold = Hold(patron_id, title, place, moment, moment)
            self.waiting[title].append(hold)
            promise = forecast.of_hold(hold, len(self.waiting[title]), copies, frozenset())
            free_now = forecast.of_hold(hold, 1, [Copy("", title)], frozenset())
            if promise and free_now:
                self.told[patron_id, title] = promise, free_now.earliest

    def _late(self) -> timedelta:
        (days,) = self.random.choices(list(HABIT), list(HABIT.values()))
        return self.random.choice(days) * DAY

    def _now(self, copy: Copy) -> None:
        self.copies[copy.title_id] = [
            copy if each.barcode == copy.barcode else each for each in self.copies[copy.title_id]
        ]


def _calendar() -> Calendar:
    """Closed on the last Thursday of some months, and at the end of the year."""
    days = [date(2026, 1, 29), date(2026, 3, 26), date(2026, 6, 25), date(2026, 9, 24)]
    closures = [Closure(closure_id=f"c-{day}", scope=Scope.PREFECTURAL, starts_on=day, ends_on=day) for day in days]
    year = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 12, 29), ends_on=date(2027, 1, 3))
    return Calendar(closures=(*closures, year))


class Cost(TypedDict):
    """What the ranges of a page of holds take: processor time of the median, and as a part of the rest of the page."""

    page: str
    ranges_ms: float
    of_the_rest: float


def cost() -> list[Cost]:
    """A page of as many holds as a patron may have: short queues, long ones, and the whole page of a large library."""
    rest = {name: page_cost.measure(size)["own holds"].cpu_ms for name, size in _SIZES.items()}
    ranges = {name: _ranges_ms(size.queue, TIMES) for name, size in _SIZES.items()}
    return [
        {"page": name, "ranges_ms": ms, "of_the_rest": round(ms / max(rest[name] - ms, ms / 100), 2)}
        for name, ms in ranges.items()
    ]


_SIZES = {"twenty wait": page_cost.SMALL, "5,000 wait": page_cost.LARGE}
TIMES = 9


def _ranges_ms(queue: int, times: int) -> float:
    """The ranges of twenty holds, each of a title with two copies at home, due on days of their own."""
    calendar, now = _calendar(), datetime(2026, 6, 5, 10, tzinfo=TOKYO)
    asked = []
    for number in range(POLICY.hold_limit):
        title = f"t-{number:03}"
        days = (now.date() + (number + each * 9) % 14 * DAY for each in range(2))
        lent = [Copy(f"{title}-{day}", title, state=CopyState.ON_LOAN, due_on=day) for day in days]
        hold = Hold("p", title, PREFECTURAL if number % 2 else "7", now, now)
        asked.append((hold, 1 + queue * (number + 1) // POLICY.hold_limit, lent, frozenset[str]()))
    taken = []
    for _ in range(times):
        started = process_time()
        forecast = Forecast(now, calendar, POLICY)
        for each in asked:
            forecast.of_hold(*each)
        taken.append((process_time() - started) * 1000)
    return round(median(taken), 1)
