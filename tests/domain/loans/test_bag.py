"""On which of a facility's four piles a bag lies, RULES 29, 30, at any moment of its life."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from lending.domain.loans.bag import Arrival, Bag, BagList, back_by, list_of
from lending.domain.week import TOKYO
from tests.library import aomori

POLICY = aomori()
# The worked example: Sunday S is 06-07, the last day 06-14, and what was not collected is checked in by Wed 06-17.
BAG = Bag("p-1", "10000001", "7", date(2026, 6, 7), date(2026, 6, 14), frozenset({"t-1-1"}))


def on(day: int, hour: int = 11, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("moment", "pile"),
    [
        (on(4, 12), BagList.COMING),
        (on(6, 23, 59), BagList.COMING),
        (on(7, 0), BagList.TO_HAND_OVER),
        (on(14, 21, 59), BagList.TO_HAND_OVER),
        (on(14, 22), BagList.TO_RETURN),
        (on(15), BagList.TO_RETURN),
        (on(30), BagList.TO_RETURN),
    ],
)
def test_a_bag_that_nobody_recorded(moment: datetime, pile: BagList) -> None:
    """Not before Sunday, then until the end of the last day; from then on it goes back (RULES 29, 30)."""
    assert list_of(BAG, moment, POLICY) is pile


def test_another_deadline_counts() -> None:
    # GIVEN snow: the last day is moved to Wednesday (RULES 40)
    moved = replace(BAG, pickup_until=date(2026, 6, 17))
    assert [list_of(moved, at, POLICY) for at in (on(15), on(17, 21), on(17, 22))] == [
        BagList.TO_HAND_OVER, BagList.TO_HAND_OVER, BagList.TO_RETURN,
    ]  # fmt: skip
    # and what is sent back after it comes with the next carriage (RULES 30)
    assert (back_by(BAG, POLICY), back_by(moved, POLICY)) == (date(2026, 6, 17), date(2026, 6, 24))


@pytest.mark.parametrize(
    ("handed_over_at", "moment", "shown"),
    [
        (on(7), on(13), True),
        (on(7), on(14, 23), True),  # its last day is not over
        (on(7), on(15), False),
        (on(15, 10), on(15, 18), True),  # recorded late: to be seen, and to be taken back, for the rest of the day
        (on(15, 10), on(16), False),
    ],
)
def test_a_bag_handed_over_is_done_as_long_as_its_batch_is_shown(
    handed_over_at: datetime, moment: datetime, shown: bool
) -> None:
    done = replace(BAG, handed_over_at=handed_over_at)
    assert list_of(done, moment, POLICY) is (BagList.DONE if shown else None)


@pytest.mark.parametrize("handed_over_at", [None, on(8)])
@pytest.mark.parametrize("moment", [on(5), on(9), on(15)])
def test_an_empty_bag_lies_nowhere(handed_over_at: datetime | None, moment: datetime) -> None:
    """Its books are checked in again (RULES 32)."""
    empty = replace(BAG, barcodes=frozenset(), handed_over_at=handed_over_at)
    assert list_of(empty, moment, POLICY) is None


def test_what_was_handed_over_has_arrived() -> None:
    # RULES 54: a facility may have said that it did not come
    missing = replace(BAG, arrival=Arrival.MISSING)
    assert (BAG.reached, missing.reached) == (None, Arrival.MISSING)
    assert replace(missing, handed_over_at=on(8)).reached is Arrival.ARRIVED


def test_a_hand_over_is_taken_back_within_the_minutes_of_the_policy() -> None:
    # RULES 30
    done = replace(BAG, handed_over_at=on(8), books_handed_over=1)
    assert (BAG.undo_until(POLICY), done.undo_until(POLICY)) == (None, on(8, 11, 10))
    assert done.undo_until(aomori(hand_over_undo_minutes=3)) == on(8) + timedelta(minutes=3)
    # but not once a book of it is checked in (RULES 32)
    assert replace(done, books_handed_over=2).undo_until(POLICY) is None


def test_the_number_is_the_cards_of_today() -> None:
    # RULES 28: after a re-issue the slip bears the former one
    assert BAG.numbers("20000001") == ("20000001", "10000001")
    assert BAG.numbers("10000001") == BAG.numbers(None) == ("10000001", None)
