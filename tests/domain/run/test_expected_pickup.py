"""What can be expected of a hold, RULES "The week", 11, 14, 15, 18-23."""

from datetime import date, datetime, time, timedelta
from typing import Any

from lending.domain.calendar.calendar import Calendar, LatestRun
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.run.expected_pickup import available, earliest_pickup, pickup_of_hold
from lending.domain.run.pickup_range import Forecast
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO
from tests.copies import plan
from tests.library import aomori
from tests.weeks import runs_of_week

POLICY, OPEN = aomori(), Calendar()
MONDAY = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
THURSDAY = datetime(2026, 6, 4, 10, tzinfo=TOKYO)
NOBODY = frozenset[str]()


def hold(place: str = "12", **changes: Any) -> Hold:
    return Hold("p-1", "t-1", place, **({"placed_at": MONDAY, "queued_at": MONDAY} | changes))


def copy(**changes: Any) -> Copy:
    return Copy("t-1-1", "t-1", "913.6", **changes)


def pull(decision: str = "lend", run: str = "2026-06-04", place: str = "12") -> Pull:
    return plan("p-1", "t-1", decision, run, place)


def test_the_week_of_the_worked_example() -> None:
    # GIVEN a book on the shelf and a hold before the cut-off of Thursday 06-04: it can be had on Sunday 06-07
    assert pickup_of_hold(hold(), 1, [copy()], NOBODY, MONDAY, OPEN, POLICY) == date(2026, 6, 7)
    # the second in the queue has it after the first one's two weeks: due 06-21, checked in, lent on 06-25
    assert pickup_of_hold(hold(), 2, [copy()], frozenset({"p-0"}), MONDAY, OPEN, POLICY) == date(2026, 6, 28)


def test_between_a_cut_off_on_an_earlier_day_and_its_run() -> None:
    # GIVEN a library whose cut-off is on the evening before the run, and the night between them (RULES 18, 57)
    policy = aomori(runs=runs_of_week({"cut_off": time(20), "cut_off_days_before": 1}))
    night = datetime(2026, 6, 3, 21, tzinfo=TOKYO)
    forecast = Forecast(night, OPEN, policy)

    def told(position: int, placed_at: datetime) -> tuple[date | None, date | None]:
        waiting = hold(placed_at=placed_at, queued_at=placed_at)
        ranged = forecast.of_hold(waiting, position, [copy()], NOBODY)
        return pickup_of_hold(
            waiting, position, [copy()], NOBODY, night, OPEN, policy
        ), ranged.earliest if ranged else None

    # THEN a hold placed before the cut-off is told the run of the morning, who is behind it what comes after that one
    assert told(1, MONDAY) == (date(2026, 6, 7), date(2026, 6, 7))
    assert told(2, MONDAY)[0] == date(2026, 6, 28)
    # AND one placed since, or by who asks now, the run of the week after
    assert told(1, night) == (date(2026, 6, 14), date(2026, 6, 14))
    assert earliest_pickup(night, "12", 1, [copy()], OPEN, policy) == date(2026, 6, 14)
    asked = forecast.of_place("12", 1, [copy()])
    assert asked
    assert asked.earliest == date(2026, 6, 14)


def test_a_plan_stands_until_the_books_are_to_be_collected() -> None:
    # GIVEN a copy on Thursday's pull list for this hold, RULES 23
    planned = [copy(pull=pull())]
    for day in (THURSDAY, THURSDAY + timedelta(days=2)):
        assert pickup_of_hold(hold(), 1, planned, NOBODY, day, OPEN, POLICY) == date(2026, 6, 7)
        assert available(planned, day) == 0
    # WHEN it was not followed by Sunday, the next run plans anew
    sunday = THURSDAY + timedelta(days=3)
    assert pickup_of_hold(hold(), 1, planned, NOBODY, sunday, OPEN, POLICY) == date(2026, 6, 14)
    assert available(planned, sunday) == 1


def test_a_plan_for_the_counter_is_for_today() -> None:
    # GIVEN a copy that this morning's pull found for the prefectural library, RULES 15
    planned = [copy(pull=pull("ready", RunId("2026-06-04am"), PREFECTURAL))]
    evening = THURSDAY + timedelta(hours=8)
    assert pickup_of_hold(hold(PREFECTURAL), 1, planned, NOBODY, evening, OPEN, POLICY) == date(2026, 6, 4)
    # without a plan it would be the next morning's pull
    assert pickup_of_hold(hold(PREFECTURAL), 1, [copy()], NOBODY, evening, OPEN, POLICY) == date(2026, 6, 5)


def test_a_book_kept_aside_waits_for_the_next_run() -> None:
    # GIVEN a book beyond the cap, RULES 20: planned to be kept aside, then kept
    planned = [copy(pull=pull("keep_aside"))]
    assert pickup_of_hold(hold(), 1, planned, NOBODY, THURSDAY, OPEN, POLICY) == date(2026, 6, 14)
    secured = hold(status=HoldStatus.SECURED, barcode="t-1-1")
    kept = [copy(state=CopyState.KEPT_ASIDE, holder="p-1")]
    assert pickup_of_hold(secured, 1, kept, NOBODY, THURSDAY, OPEN, POLICY) == date(2026, 6, 14)


def test_a_ready_book_can_be_had_on_the_next_open_day() -> None:
    # GIVEN Monday closed
    closed = Calendar((Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=MONDAY.date(),
                               ends_on=MONDAY.date()),))  # fmt: skip
    ready = hold(PREFECTURAL, status=HoldStatus.READY, barcode="t-1-1", pickup_until=date(2026, 6, 10))
    assert pickup_of_hold(ready, 1, [], NOBODY, MONDAY, closed, POLICY) == date(2026, 6, 2)
    # after its last day it cannot be had
    late = datetime(2026, 6, 11, 12, tzinfo=TOKYO)
    assert pickup_of_hold(ready, 1, [], NOBODY, late, OPEN, POLICY) is None


def test_a_recorded_change_of_the_pickup_place_counts_from_its_run() -> None:
    # GIVEN a change to the prefectural library from the run of 06-11 on, RULES 14
    moving = hold(next_pickup_place=PREFECTURAL, next_pickup_from=date(2026, 6, 11))
    assert pickup_of_hold(moving, 1, [copy()], NOBODY, MONDAY, OPEN, POLICY) == date(2026, 6, 7)
    assert pickup_of_hold(moving, 1, [copy()], NOBODY, THURSDAY, OPEN, POLICY) == date(2026, 6, 4)


def test_a_plan_for_a_hold_that_is_gone_keeps_nobody_waiting() -> None:
    # GIVEN a copy on Thursday's list for somebody who has cancelled since, RULES 23
    planned = [copy(pull=plan("p-0", "t-1"))]
    # THEN the one behind is told of the next run, not of the end of a loan that will never be
    assert pickup_of_hold(hold(), 1, planned, NOBODY, THURSDAY, OPEN, POLICY) == date(2026, 6, 14)
    assert pickup_of_hold(hold(), 2, planned, frozenset({"p-0"}), THURSDAY, OPEN, POLICY) == date(2026, 6, 28)


def test_an_old_plan_for_the_counter_hides_no_copy() -> None:
    # GIVEN a plan for the counter that nobody followed on its day, RULES 15
    stale = [copy(pull=pull("ready", "2026-06-03pm", PREFECTURAL))]
    assert available(stale, THURSDAY) == 1


def test_a_run_that_was_made_early_is_not_promised_again() -> None:
    # GIVEN the run of Thursday 06-04 made on Monday 06-01 already, RULES 22
    made = Calendar(latest_run=LatestRun(cut_off=MONDAY, cycle=date(2026, 6, 4), date=MONDAY.date()))
    # THEN the next one is that of 06-11
    assert pickup_of_hold(hold(), 1, [copy()], NOBODY, MONDAY + timedelta(hours=1), made, POLICY) == date(2026, 6, 14)
