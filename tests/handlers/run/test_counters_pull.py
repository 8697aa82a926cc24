"""What a pull for the counter reads: queues in which somebody waits for the counter, and no others (RULES 14, 15)."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from lending.actions.library import Library
from lending.actions.run.plan import decide
from lending.actions.run.prefectural_pull import pull_for_the_counter
from lending.actions.run.run_input import read
from lending.aws.table import Table
from lending.aws.table.holds import holds
from lending.domain.calendar.calendar import Calendar
from lending.domain.holds.hold import PREFECTURAL, Hold
from lending.domain.pulls.pull import GIVES
from lending.domain.run.run import Run, RunDecision, prefectural_pull, thursday_run
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import CountingStore, Counts
from tests.benchmarks.generator import library
from tests.benchmarks.run_cost import everything
from tests.library import aomori

TUESDAY = datetime(2026, 6, 2, 9, tzinfo=TOKYO)
WEDNESDAY_OF_NEXT_WEEK = datetime(2026, 6, 10, 9, tzinfo=TOKYO)
FOR_THE_COUNTER = 4


def stored(size: int, place: Callable[[int, Hold], Hold]) -> CountingStore:
    """A library of so many holds, each at the place it is given by its number."""
    given, store = library(size), CountingStore()
    placed = [place(number, hold) for number, hold in enumerate(given.holds)]
    store.load(write.parameters["Item"] for write in everything(replace(given, holds=placed)))
    return store


def reads_of_a_pull(size: int) -> Counts:
    """What a pull costs where few wait for the counter, each in another queue, and all others for a facility."""

    def place(number: int, hold: Hold) -> Hold:
        return replace(hold, pickup_place=PREFECTURAL if number < FOR_THE_COUNTER * 3 and number % 3 == 0 else "12")

    store = stored(size, place)
    record, _ = pull_for_the_counter(Library(Table(store, "lending"), aomori(), TUESDAY), lambda: True)
    assert record
    assert record.counts["titles"] == FOR_THE_COUNTER
    return store.count_from_here()


def test_it_costs_the_same_however_many_wait_for_facilities() -> None:
    # GIVEN four who wait for the counter among a hundred holds, and among two thousand
    few, many = reads_of_a_pull(100), reads_of_a_pull(2_000)
    # THEN a pull asks as often for both, and reads as much
    assert sum(many.requests.values()) == sum(few.requests.values())
    assert sum(many.read.values()) <= 1.1 * sum(few.read.values())


@pytest.mark.parametrize("one_by_one", [0, 1_000])
@pytest.mark.parametrize("moment", [TUESDAY, WEDNESDAY_OF_NEXT_WEEK])
@pytest.mark.parametrize("seed", range(3))
def test_it_gives_what_it_would_give_if_it_read_everything(
    moment: datetime, seed: int, one_by_one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN queues for both kinds of places, some of whose holds change from one to the other (RULES 14)
    monkeypatch.setattr(holds, "ONE_BY_ONE", one_by_one)
    chance = random.Random(seed)

    def place(_: int, hold: Hold) -> Hold:
        now, then = (chance.choice((PREFECTURAL, "7", "12", "40")) for _ in range(2))
        there = replace(hold, pickup_place=now)
        if chance.random() < 0.3:
            return replace(there, next_pickup_place=then, next_pickup_from=date(2026, 6, 11))
        return there

    table = Table(stored(600, place), "lending")
    # WHEN a pull decides on what it reads, and on all there is
    run = prefectural_pull(moment, Calendar(), aomori())

    thursday = thursday_run(run.week.run_date, aomori())

    def given_by(reading: Run) -> list[RunDecision]:
        return [each for each in decide(read(table, reading, aomori()), run, aomori()) if each.decision in GIVES]

    # THEN it gives the same books to the same people
    assert given_by(run) == given_by(thursday) != []
    assert len(read(table, run, aomori()).holds) < len(read(table, thursday, aomori()).holds)
