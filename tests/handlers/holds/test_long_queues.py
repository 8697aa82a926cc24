"""A long queue is not read whole, and what is told of it is as if it were (RULES 11, 15, 23, 27)."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from lending.actions.library import Library
from lending.actions.pulls.queue_head import Queue, decided_queue
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.holds.hold import Hold, HoldStatus, Place, in_turn, place_in_queue
from lending.domain.patrons.patron import Patron
from lending.domain.pulls.pull import GIVES, counting_unread, decide_anew
from lending.domain.run.run import Run, RunDecision, thursday_run
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import CountingStore
from tests.library import aomori

RUN_DATE = date(2026, 6, 4)
FIRST = datetime(2026, 6, 1, 23, 58, tzinfo=TOKYO)
POLICY = aomori()


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def table(store: CountingStore) -> Table:
    return Table(store, "lending")


def library(table: Table) -> Library:
    return Library(table, POLICY, thursday_run(RUN_DATE, POLICY).cut_off)


def queued(chance: random.Random, count: int) -> Iterator[Hold]:
    """Holds over some minutes on both sides of midnight, several of them in one minute or in one instant."""
    for number in range(count):
        moment = FIRST + timedelta(seconds=chance.choice((0, 0, 7, 31, 60, 150, 151, 400)), days=chance.randrange(3))
        yield Hold(f"p-{number:03}", "t-1", "12", moment, moment)


@pytest.mark.parametrize("seed", range(8))
def test_a_place_is_what_counting_the_whole_queue_gives(table: Table, seed: int) -> None:
    chance = random.Random(seed)
    # GIVEN a queue from which some were secured, moved to its end, or cancelled, in any order
    held = {hold.patron_id: hold for hold in queued(chance, 60)}
    for hold in held.values():
        table.write(holds.addition(hold))
    for patron_id, hold in list(held.items()):
        after = {
            0: replace(hold, status=HoldStatus.SECURED, barcode="b"),
            1: replace(hold, queued_at=FIRST + timedelta(days=4)),
        }.get(chance.randrange(5))
        if after:
            table.write(holds.change(hold, after))
            held[patron_id] = after
        elif chance.random() < 0.2:
            table.write(holds.end(held.pop(patron_id)))
    # THEN each place is that of the whole queue, also of who would wait again
    for hold in held.values():
        assert queues.places(table, [hold]) == {"t-1": place_in_queue(hold, held.values())}


def test_places_in_several_queues_are_read_together(table: Table, store: CountingStore) -> None:
    # GIVEN thirty who wait for each of twenty titles, one in each minute
    for title in range(20):
        for number in range(30):
            moment = FIRST + timedelta(minutes=number)
            table.write(holds.addition(Hold(f"p-{number:03}", f"t-{title}", "12", moment, moment)))
    mine = [Hold("p-029", f"t-{title}", "12", moment, moment) for title in range(20)]
    store.count_from_here()
    # WHEN the last one's places are asked for THEN one request tells them
    assert set(queues.places(table, mine).values()) == {Place(30, 30)}
    assert sum(store.counts.requests.values()) == pytest.approx(1)


class Title1:
    """A title with a queue of whom some may not be served."""

    def __init__(self, table: Table, chance: random.Random, count: int, on_shelf: int) -> None:
        self.table, self.run = table, thursday_run(RUN_DATE, POLICY)
        barcodes = tuple(f"t-1-{number}" for number in range(4))
        table.write(titles.description_change(None, Title("t-1", "本", barcodes=barcodes, lendable=4)))
        for number, barcode in enumerate(barcodes):
            state = CopyState.ON_SHELF if number < on_shelf else CopyState.ON_LOAN
            table.write(copies.addition(Copy(barcode, "t-1", "913", state=state, due_on=RUN_DATE)))
        self.holds = sorted(queued(chance, count), key=in_turn)
        for hold in self.holds:
            table.write(holds.addition(hold))
            table.write(patrons.addition(_patron(hold.patron_id, expired=chance.random() < 0.4)))

    def decide(self, queue: Queue) -> list[RunDecision]:
        """As the rules do, about what was read of the queue."""
        run: Run = self.run
        return decide_anew(queue.copies, queue.holds, queue.patrons, Calendar(), POLICY, run, RUN_DATE)


def _patron(patron_id: str, expired: bool) -> Patron:
    until = RUN_DATE - timedelta(days=1) if expired else date(2030, 1, 1)
    card_number = patron_id.replace("p-", "10000")
    return Patron(
        patron_id,
        card_number,
        name="",
        kana="",
        birth_date=date(1990, 1, 1),
        postal_code="",
        address="",
        phone="",
        email="",
        expires_on=until,
        online_lending=True,
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_head_of_a_queue_decides_as_the_whole(table: Table, store: CountingStore, seed: int) -> None:
    chance = random.Random(seed)
    # GIVEN a queue, and one in it who misses a book
    title = Title1(table, chance, chance.choice((3, 9, 40, 120)), on_shelf=chance.randrange(5))
    mine = chance.choice(title.holds)
    everyone = patrons.find_many(table, {hold.patron_id for hold in title.holds})
    whole = Queue(copies.find_many(table, [f"t-1-{n}" for n in range(4)]), title.holds, everyone)
    store.count_from_here()

    def decide(queue: Queue) -> list[RunDecision]:
        return counting_unread(title.decide(queue), queue.unread, queue.between, mine.patron_id)

    # WHEN it is decided about as much of it as is needed
    read, decided = decided_queue(library(table), "t-1", thursday_run(RUN_DATE, POLICY), decide, mine)
    # THEN the same get a book as by the whole of it, with the same numbers, and that one is told the same
    expected = [each for each in title.decide(whole) if each.decision in GIVES or each.patron_id == mine.patron_id]
    assert [each for each in decided if each.decision in GIVES or each.patron_id == mine.patron_id] == expected
    assert place_in_queue(mine, read.holds, read.unread, read.between) == place_in_queue(mine, title.holds)


def test_of_a_long_queue_only_the_head_is_read(table: Table, store: CountingStore) -> None:
    # GIVEN a hundred who wait for one book
    title = Title1(table, random.Random(1), 100, on_shelf=1)
    store.count_from_here()
    # WHEN the book is in the hand THEN some of the first are looked at
    read, _ = decided_queue(library(table), "t-1", thursday_run(RUN_DATE, POLICY), title.decide)
    assert len(read.holds) <= 24
    assert sum(store.counts.read.values()) < 60


def test_weeks_since_which_nobody_queues_any_more_are_forgotten(table: Table) -> None:
    # GIVEN a title that was held each day for some months, and one who still waits since the first
    moments = [FIRST + timedelta(days=day) for day in range(100)]
    queue = [Hold(f"p-{n:03}", "t-1", "12", moment, moment) for n, moment in enumerate(moments)]
    for hold in queue:
        table.write(holds.addition(hold))
    for hold in queue[1:]:
        table.write(holds.end(hold))
    # WHEN others come
    for _ in range(3):
        queues.drop_emptied_weeks(table, "t-1")
    # THEN only some days are left, the places are what they were, and who waits again is counted again
    days = [item["SK"] for item in table.query("TITLE#t-1", "QUEUED#")]
    assert (len(days), queues.places(table, [queue[0]])) == (16, {"t-1": Place(1, 1)})
    table.write(holds.addition(queue[5]))
    assert queues.places(table, [queue[5]]) == {"t-1": Place(2, 2)}
