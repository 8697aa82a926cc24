"""The order that a reader gives their own holds (RULES 47)."""

from datetime import datetime

from lending.domain.holds.hold import Hold
from lending.domain.holds.order import without_circles
from lending.domain.week import TOKYO

MONDAY = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


def hold(title_id: str, after: str = "") -> Hold:
    return Hold("p-1", title_id, "12", MONDAY, MONDAY, after=after)


def order(returning: list[Hold], there: list[Hold]) -> dict[str, str]:
    return {each.title_id: each.after for each in without_circles(returning, there)}


def test_a_hold_that_is_there_again_closes_no_circle() -> None:
    # GIVEN holds that come after one that is away WHEN it comes back THEN it comes after none of these
    assert order([hold("a", "c")], [hold("b", "a"), hold("c", "b")]) == {"a": ""}
    assert order([hold("a", "a")], []) == {"a": ""}
    # AND keeps its place where that is none, also behind a circle that others were in before
    assert order([hold("a", "b")], [hold("b", "c"), hold("c")]) == {"a": "b"}
    assert order([hold("a", "b")], [hold("b", "c"), hold("c", "b")]) == {"a": "b"}


def test_of_two_that_come_back_the_second_sees_the_first() -> None:
    assert order([hold("a", "b"), hold("c", "a")], [hold("b", "c")]) == {"a": "b", "c": ""}
