"""Days and moments as the systems of libraries write them."""

from datetime import date, datetime

import pytest

from infra.moving_in.dates import day_of, moment_of
from lending.domain.week import TOKYO

DAY = date(2026, 4, 1)


@pytest.mark.parametrize(
    "text",
    ["2026-04-01", "2026/4/1", "20260401", "2026.4.1", "2026年4月1日", "令和8年4月1日", "R8.4.1", "r08/04/01",
     "２０２６年４月１日", " 2026-04-01 ", "令和 8年4月1日"],
)  # fmt: skip
def test_a_day_is_read_in_each_form(text: str) -> None:
    assert day_of(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [("昭和元年12月31日", date(1926, 12, 31)), ("S64.1.7", date(1989, 1, 7)), ("大正1/8/1", date(1912, 8, 1)),
     ("平成元年1月8日", date(1989, 1, 8)), ("M45.7.29", date(1912, 7, 29))],
)  # fmt: skip
def test_years_of_eras_count_from_their_first(text: str, day: date) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize("text", ["", "4/1", "2026-02-30", "X8.4.1", "令和8年", "2026-04-01 10:00", "20260401000"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-04-01", datetime(2026, 4, 1, tzinfo=TOKYO)),
        ("2026/4/1 9:05", datetime(2026, 4, 1, 9, 5, tzinfo=TOKYO)),
        ("2026-04-01T09:05:30+09:00", datetime(2026, 4, 1, 9, 5, 30, tzinfo=TOKYO)),
        ("R8.4.1 23:59:59.123", datetime(2026, 4, 1, 23, 59, 59, tzinfo=TOKYO)),
        ("2026-04-01 24:00", None),
        ("2026-04-01 昼", None),
        ("昼 10:00", None),
    ],
)
def test_a_moment_is_a_day_with_a_time_or_its_beginning(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment
