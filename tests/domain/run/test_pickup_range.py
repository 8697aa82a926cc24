"""The range in which a pickup is expected, RULES 50. How often it comes true is measured by a bench."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.coming_back import Returns, counted, habit
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.run.expected_pickup import pickup_of_hold
from lending.domain.run.pickup_range import ExpectedPickup, Forecast
from lending.domain.week import TOKYO
from tests.benchmarks import promises
from tests.library import aomori

POLICY = aomori()
NOW = datetime(2026, 6, 5, 10, tzinfo=TOKYO)
TODAY = NOW.date()
SUNDAY = date(2026, 6, 14)  # of the next run
HOLD = Hold("p-1", "t-1", "12", NOW, NOW)


def on_loan(days: int, number: int = 1, state: CopyState = CopyState.ON_LOAN) -> Copy:
    return Copy(f"t-1-{number}", "t-1", state=state, due_on=TODAY + timedelta(days=days))


def expected(
    position: int, *copies: Copy, hold: Hold = HOLD, calendar: Calendar | None = None
) -> ExpectedPickup | None:
    return Forecast(NOW, calendar or Calendar(), POLICY).of_hold(hold, position, copies, frozenset())


def days_of(told: ExpectedPickup | None) -> tuple[date, date, date]:
    assert told
    return told.earliest, told.middle, told.latest


def test_a_book_on_its_shelf_is_a_certain_day() -> None:
    assert days_of(expected(1, Copy("t-1-1", "t-1"))) == (SUNDAY, SUNDAY, SUNDAY)


def test_a_book_at_home_comes_back_as_others_did() -> None:
    # GIVEN a book due in nine days, and a library whose books mostly come back three days after that (RULES 50)
    first, middle, last = days_of(expected(1, on_loan(9)))
    # THEN three of ten are back before the next run, eight before the one after, nine before the third
    assert (first, middle, last) == (SUNDAY, SUNDAY, date(2026, 6, 28))
    # AND the same holds for one lent by the library's own system
    assert days_of(expected(1, on_loan(9, state=CopyState.ELSEWHERE))) == (first, middle, last)


def test_what_a_library_has_counted_counts() -> None:
    # GIVEN a library in which every book of a thousand came back ten days late (RULES 50)
    late = Returns({name: 1000 * books for name, books in counted([TODAY], TODAY + timedelta(days=10)).items()})
    first, middle, last = days_of(expected(1, on_loan(9), calendar=Calendar(returns=late)))
    assert first == middle == last == date(2026, 6, 28)
    assert habit(late, POLICY)[3][0] == 10


def test_a_run_that_is_suspended_brings_nothing() -> None:
    stopped = Suspension(suspension_id="s", scope=Scope.SERVICE, starts_on=date(2026, 6, 11), ends_on=date(2026, 6, 11))
    calendar = Calendar(suspensions=(stopped,))
    assert days_of(expected(1, Copy("t-1-1", "t-1"), calendar=calendar))[0] == date(2026, 6, 21)


def test_a_ready_book_is_no_matter_of_chance() -> None:
    ready = replace(HOLD, status=HoldStatus.READY, barcode="t-1-1", pickup_until=SUNDAY)
    assert days_of(expected(1, hold=ready)) == (TODAY, TODAY, TODAY)


def test_without_a_copy_no_day_can_be_told() -> None:
    assert expected(1) is None
    assert expected(1, Copy("t-1-1", "t-1", state=CopyState.MISSING)) is None
    assert expected(400, on_loan(9)) is None


@some.composite
def queues(draw: some.DrawFn) -> dict[str, Any]:
    """A place in a queue of some copies in any state, at either kind of place, with closed days."""
    states = some.sampled_from([CopyState.ON_SHELF, CopyState.ON_LOAN, CopyState.ELSEWHERE, CopyState.KEPT_ASIDE])
    copies = [
        replace(on_loan(draw(some.integers(-60, 30)), number), state=draw(states))
        for number in range(draw(some.integers(1, 4)))
    ]
    closed = [TODAY + timedelta(days=draw(some.integers(0, 40))) for _ in range(draw(some.integers(0, 4)))]
    closures = [Closure(closure_id=f"{day}", scope=Scope.PREFECTURAL, starts_on=day, ends_on=day) for day in closed]
    place = draw(some.sampled_from(["12", PREFECTURAL]))
    return {
        "position": draw(some.integers(1, 12)),
        "copies": [replace(copy, due_on=None) if copy.state in (CopyState.ON_SHELF,) else copy for copy in copies],
        "hold": replace(HOLD, pickup_place=place),
        "calendar": Calendar(closures=tuple(closures)),
    }


@settings(max_examples=40)
@given(queues(), some.integers(1, 8))
def test_no_day_is_before_the_first_possible_and_who_is_behind_waits_no_less(queue: dict[str, Any], more: int) -> None:
    # GIVEN any queue (RULES 50) WHEN it is asked for twice THEN the answer is the same, in order,
    position, copies = queue.pop("position"), queue.pop("copies")
    told = expected(position, *copies, **queue)
    assert told == expected(position, *reversed(copies), **queue)
    if told is None:
        return
    # and no day of it is before that of a book that lies there for whoever comes now
    free = [Copy("t-1-9", "t-1")]
    first = pickup_of_hold(queue["hold"], 1, free, frozenset(), NOW, queue["calendar"], POLICY)
    assert first
    assert first <= told.earliest <= told.middle <= told.latest
    behind = expected(position + more, *copies, **queue)
    assert behind is None or (behind.middle >= told.middle and behind.latest >= told.latest)


def test_a_promise_is_kept_about_as_often_as_it_says() -> None:
    # GIVEN four months of a small library; the bench has whole years (RULES 50)
    (year,) = promises.run((1,), weeks=18)
    assert year["promises"] > 100
    assert 0.7 < year["in_range"] < 0.95
    # As long as only early returns are known, the middle is too early.
    assert 0.3 < year["by_middle"] < 0.6
