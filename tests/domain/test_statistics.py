"""What is counted of a week, and what of it anybody may see (RULES 56)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lending.domain.loans.bag import Bag
from lending.domain.statistics import (
    FacilityCounts,
    WeekCounts,
    by_batch,
    counted_again,
    monday_of,
    weeks_waited,
    without_small,
)
from lending.domain.week import TOKYO
from tests.library import aomori

POLICY = aomori()
MONDAY, SUNDAY = date(2026, 6, 1), date(2026, 6, 7)
NIGHT = datetime(2026, 6, 7, 23, tzinfo=TOKYO)


def bag(patron: str, facility: str = "12", books: int = 2, *, handed: bool = False) -> Bag:
    barcodes = frozenset(f"{patron}-{n}" for n in range(books))
    told = {"handed_over_at": NIGHT, "books_handed_over": books} if handed else {}
    return Bag(patron, "10000001", facility, SUNDAY, SUNDAY + timedelta(days=7), barcodes, **told)  # type: ignore[arg-type]


def test_a_facilitys_bags_books_and_what_was_left_of_them() -> None:
    # GIVEN a facility that records hand-overs, of which one bag was left, and one that records none (RULES 30, 56)
    bags = [bag("p-1", handed=True), bag("p-2", books=3), bag("p-3", "13")]
    # THEN nobody knows what was left at the second
    assert by_batch(bags, SUNDAY + timedelta(days=7)) == {
        "2026-06-07.12": FacilityCounts(bags=2, books=5, uncollected=3),
        "2026-06-07.13": FacilityCounts(bags=1, books=2),
    }
    # and before the last day is over nothing is left at all
    assert by_batch(bags, SUNDAY)["2026-06-07.12"].uncollected == 0


def test_books_that_are_checked_in_again_stay_counted() -> None:
    """GIVEN a week counted on its Sunday WHEN its books come back and it is counted again THEN its bags stand (56)."""
    full = WeekCounts(MONDAY, NIGHT, batches={"2026-06-07.12": FacilityCounts(2, 5, 3)})
    other = {"2026-06-07.13": FacilityCounts(1, 1, 0)}
    later = WeekCounts(MONDAY, NIGHT + timedelta(days=3), run={"lend": 5}, batches=other)
    again = counted_again(full, later)
    assert (again.run, again.counted_at) == ({"lend": 5}, later.counted_at)
    assert again.facilities == {"12": FacilityCounts(2, 5, 3), "13": FacilityCounts(1, 1, 0)}
    assert counted_again(again, later) == again


def test_a_facilitys_batches_of_a_week_are_added_up() -> None:
    """GIVEN two runs in a week WHEN the books of the first are checked in THEN those of both stay counted (56, 57)."""
    first, second = {"2026-06-05.12": FacilityCounts(2, 5, 3)}, {"2026-06-07.12": FacilityCounts(1, 4, 2)}
    week = counted_again(WeekCounts(MONDAY, NIGHT, batches=first), WeekCounts(MONDAY, NIGHT, batches=second))
    assert week.facilities == {"12": FacilityCounts(3, 9, 5)}
    assert week.together() == FacilityCounts(3, 9, 5)


@pytest.mark.parametrize(("days", "weeks"), [(0, 0), (6, 0), (7, 1), (13, 1), (27, 2), (28, 4), (55, 4), (400, 8)])
def test_a_wait_is_counted_by_steps_of_weeks(days: int, weeks: int) -> None:
    placed = datetime(2026, 6, 4, 8, tzinfo=TOKYO)
    assert weeks_waited(placed, placed.date() + timedelta(days=days), POLICY) == weeks


@pytest.mark.parametrize("day", range(7))
def test_a_week_begins_on_monday(day: int) -> None:
    assert monday_of(MONDAY + timedelta(days=day)) == MONDAY


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 12, "b": 5}, {"a": 12, "b": 5}),
        ({"a": 12, "b": 9, "c": 3}, {"a": 12, "b": None, "c": None}),  # or 3 is what the sum lacks
        ({"a": 12, "b": 9, "c": 3, "d": 2}, {"a": 12, "b": 9, "c": None, "d": None}),
        ({"a": 3}, {"a": None}),
        ({}, {}),
    ],
)
def test_small_counts_are_left_out_and_cannot_be_worked_out(counts: dict[str, int], shown: dict[str, int]) -> None:
    assert without_small(counts, 5) == shown


@given(some.dictionaries(some.text("abcdef", min_size=1, max_size=2), some.integers(0, 30), max_size=12))
def test_nothing_small_is_ever_told(counts: dict[str, int]) -> None:
    """GIVEN any counts THEN none under five is shown, nor what the sum tells of those left out together (56)."""
    shown = without_small(counts, 5)
    told = {name: number for name, number in shown.items() if number is not None}
    assert shown.keys() == counts.keys()
    assert all(number == counts[name] >= 5 for name, number in told.items())
    lacking = sum(counts.values()) - sum(told.values())
    assert lacking >= 5 or not told or told.keys() == counts.keys()
