"""A week beside a system of the library's own that lends half of the shelf as it likes, RULES 43."""

import random
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from infra.library import as_parameter
from lending.aws.settings import settings
from lending.aws.table import Table
from lending.domain.catalogue.title import CopyState
from lending.domain.exchange.copies_file import may_be_told
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import CountingStore
from tests.handlers.conftest import Given
from tests.handlers.desk import SampleLibrary, ask
from tests.handlers.exchange.test_candidates import answers, asks, question, runs
from tests.handlers.exchange.test_copies import comes, differences, rows
from tests.handlers.exchange.test_movements import job, own_system
from tests.handlers.invariants import what_must_never_break
from tests.handlers.test_service_as_a_machine import rows_of
from tests.library import aomori

THURSDAY, PATRONS = 4, [f"p-{n}" for n in range(1, 7)]
BARCODES = [f"t-{title}-{n}" for title in range(1, 21) for n in (1, 2, 3)]


@pytest.fixture
def at(library: Table, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    """Sixty copies of twenty titles, and six patrons, in a table that answers at once."""
    monkeypatch.setattr(library, "_client", CountingStore())
    given = Given(library)
    policy = aomori(candidates=True, taken_away_percent=100, candidates_away_percent=100)
    monkeypatch.setenv("POLICY", as_parameter(policy))
    settings.cache_clear()
    at = SampleLibrary(given)
    at.facility()
    for patron in PATRONS:
        at.patron(patron)
    for n in range(1, 21):
        given.title(f"t-{n}", copies=3)
    return at


def june(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=TOKYO)


@dataclass
class World:
    """Where the books are in truth: on the shelf, with a reader of the other system (`theirs`), or with one of ours.

    `forgotten` are back on the shelf, and the other system does not know it.
    """

    at: SampleLibrary
    chance: random.Random
    shelf: set[str] = field(default_factory=lambda: set(BARCODES))
    theirs: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    ours: set[str] = field(default_factory=set)

    def some(self, of: set[str], share: float) -> list[str]:
        return self.chance.sample(sorted(of), int(len(of) * share))

    def they_lend(self, share: float) -> None:
        """The other system lends books from the shelf, planned here or not."""
        taken = set(self.some(self.shelf - self.forgotten, share))
        self.shelf -= taken
        self.theirs |= taken

    def they_take_back(self) -> None:
        back = set(self.some(self.theirs, 0.5))
        self.theirs -= back
        self.shelf |= back

    def they_forget_one(self) -> None:
        """A book comes back over the wrong desk."""
        (one,) = self.some(self.theirs, 1)[:1]
        self.theirs.discard(one)
        self.forgotten.add(one)
        self.shelf.add(one)
        ask("POST", "/checkins", {"barcodes": [one]}, june(3, 9))

    def visitors_come(self, day: int) -> None:
        """Three visitors bring what they have found on the shelf, if the desk may lend it."""
        for number, barcode in enumerate([*sorted(self.forgotten & self.shelf), *self.some(self.shelf, 0.1)][:3]):
            card = self.at.who(PATRONS[number]).card_number
            if ask("POST", "/checkouts", {"card_number": card, "barcode": barcode}, june(day, 11, number))[0] == 201:
                self._is_ours(barcode)

    def books_come_back(self, day: int) -> None:
        for number, barcode in enumerate(self.some(self.ours, 0.3)):
            ask("POST", "/checkins", {"barcodes": [barcode]}, june(day, 15, number))
            self.ours.discard(barcode)
            self.shelf.add(barcode)

    def staff_fetch(self, barcodes: set[str], day: int) -> None:
        """What is on the pull list is found, or is not there."""
        for number, barcode in enumerate(sorted(barcodes)):
            result = "found" if barcode in self.shelf else "missing"
            ask("POST", f"/pulls/{barcode}", {"result": result}, june(day, 10, number))
            if self.at.copy(barcode).state is CopyState.ON_LOAN:
                self._is_ours(barcode)

    def _is_ours(self, barcode: str) -> None:
        assert barcode in self.shelf, "a book that is not there was lent"
        self.shelf.discard(barcode)
        self.ours.add(barcode)

    def planned(self) -> set[str]:
        return {barcode for barcode in BARCODES if self.at.copy(barcode).pull}

    def night(self, day: int) -> None:
        """The files go over; then each book has one place, and where the two differ, the desk is told."""
        name = f"copies-202606{day:02}-2300.csv"
        told = self.theirs | self.forgotten
        comes(rows(*told)[:-3], name)
        comes(rows(*told), name)
        comes(rows(*told), name)
        job(june(day, 23, 15))
        found = {barcode: self.at.copy(barcode) for barcode in BARCODES}
        away = {barcode for barcode, copy in found.items() if copy.state is CopyState.ELSEWHERE}
        contradict = {barcode for barcode in told if not may_be_told(found[barcode])}
        assert {barcode for barcode, copy in found.items() if copy.state is CopyState.ON_LOAN} == self.ours
        assert away == told - contradict
        assert {line["barcode"] for line in differences()} == contradict
        what_must_never_break(rows_of(self.at.table), 20, 10)
        # AND every movement is in the files once, in order: else what it leaves would differ
        lent = {barcode: copy.due_on.isoformat() for barcode in self.ours if (copy := found[barcode]).due_on}
        assert own_system().lent == lent


def test_a_week_beside_a_system_that_lends_half_of_the_shelf(at: SampleLibrary) -> None:
    # GIVEN people who wait for ten titles, and a system that lends half of the shelf on its own, RULES 43
    world, contradicted, waited = World(at, random.Random(43)), 0, 0
    for n, patron in enumerate(PATRONS):
        for title in range(1 + n % 3, 11, 3):
            at.hold(patron, f"t-{title}")
    for day in range(1, 8):
        if day == THURSDAY:
            # WHEN before the run it is asked what is away, the run plans nothing that is
            world.they_lend(0.2)
            asks(june(day, 7, 30))
            answers(*(set(question()[1:]) & world.theirs))
            assert runs(june(day, 8, 31))["candidates_answered"] == 1
            planned = world.planned()
            assert planned
            assert not planned & world.theirs
            # AND what is lent over there before it is fetched is not there
            world.they_lend(0.3)
            world.staff_fetch(set(sorted(planned)[::2]), day)
        elif day == THURSDAY + 1:
            waited = len(differences())
            world.staff_fetch(world.planned(), day)
        elif day == THURSDAY - 1:
            world.they_forget_one()
        world.they_take_back()
        world.they_lend(0.5)
        world.visitors_come(day)
        world.books_come_back(day)
        world.night(day)
        contradicted += len(differences())
    # THEN each night held, and there was something to tell
    assert contradicted
    assert waited
    assert world.ours
