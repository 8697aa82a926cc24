"""Which holds are asked about (RULES 37)."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.holds.still_wanted import is_to_be_asked, months_between
from lending.domain.week import TOKYO
from tests.library import aomori

PLACED = datetime(2026, 6, 15, 0, 30, tzinfo=TOKYO)
HOLD = Hold("p-1", "t-1", "12", PLACED, PLACED)
HALF_A_YEAR = aomori(still_wanted_months=6)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 6, 15), date(2026, 6, 15), 0),
        (date(2026, 6, 15), date(2026, 12, 14), 5),
        (date(2026, 6, 15), date(2026, 12, 15), 6),
        (date(2026, 11, 30), date(2027, 2, 28), 2),
        (date(2026, 11, 30), date(2027, 3, 1), 3),
        (date(2025, 12, 31), date(2026, 1, 1), 0),
    ],
)
def test_whole_months_are_counted(first: date, last: date, months: int) -> None:
    assert months_between(first, last) == months


def test_a_hold_is_asked_about_after_the_policys_months_and_again_after_as_many() -> None:
    assert not is_to_be_asked(HOLD, date(2026, 12, 14), HALF_A_YEAR)
    assert is_to_be_asked(HOLD, date(2026, 12, 15), HALF_A_YEAR)
    # WHEN it was asked about, a few days late
    asked = replace(HOLD, asked_on=date(2026, 12, 20))
    assert not is_to_be_asked(asked, date(2027, 6, 19), HALF_A_YEAR)
    assert is_to_be_asked(asked, date(2027, 6, 20), HALF_A_YEAR)


def test_nobody_is_asked_unless_the_library_wants_it_and_the_hold_waits() -> None:
    years_later = date(2030, 1, 1)
    assert not is_to_be_asked(HOLD, years_later, aomori())
    for status in (HoldStatus.SECURED, HoldStatus.READY):
        assert not is_to_be_asked(replace(HOLD, status=status), years_later, HALF_A_YEAR)
