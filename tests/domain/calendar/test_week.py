"""The week of the service: the worked example of RULES "The week", its neighbours, and RULES 14, 17, 18, 31, 35."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.week import (
    TOKYO,
    Week,
    counter_due_on,
    next_run_after,
    pickup_change_counts_from,
    renewal_window,
    return_checked_in_by,
    run_due_at,
    week_of_run,
)
from tests.library import aomori
from tests.weeks import runs_of_week

POLICY = aomori()
RUN = date(2026, 6, 4)
CUT_OFF = datetime(2026, 6, 4, 8, 30, tzinfo=TOKYO)
SECOND = timedelta(seconds=1)
MOMENTS = st.integers(0, 20 * 365 * 86400).map(lambda seconds: datetime(2020, 1, 1, tzinfo=TOKYO) + seconds * SECOND)


def test_the_worked_example() -> None:
    """GIVEN the run of Thu 2026-06-04 THEN every date of its week is the one in RULES "The week"."""
    assert week_of_run(RUN, POLICY) == Week(
        run_date=RUN,
        cycle=RUN,
        cut_off=CUT_OFF,
        mail_on=date(2026, 6, 6),
        pickup_from=date(2026, 6, 7),
        pickup_until=date(2026, 6, 14),
        checked_in_by=date(2026, 6, 17),
        due_on=date(2026, 6, 21),
        next_run=date(2026, 6, 11),
        uncollected_run=date(2026, 6, 18),
    )


def test_two_batches_meet_on_the_last_pickup_day() -> None:
    """GIVEN two weeks in a row THEN the first one's last pickup day is the second one's first (RULES "The week")."""
    first = week_of_run(RUN, POLICY)
    assert first.pickup_until == week_of_run(first.next_run, POLICY).pickup_from == date(2026, 6, 14)


def test_three_renewal_windows_of_the_worked_example() -> None:
    """GIVEN the due date THEN renewals lead from 06-21 over 06-28 to 07-05, each open for its last days (RULES 31)."""
    window = renewal_window(date(2026, 6, 21), POLICY)
    assert (window.opens, window.closes, window.next_due) == (date(2026, 6, 18), date(2026, 6, 21), date(2026, 6, 28))
    assert renewal_window(window.next_due, POLICY).next_due == date(2026, 7, 5)


@pytest.mark.parametrize(
    ("placed_at", "run_date"),
    [
        (CUT_OFF - SECOND, RUN),
        (CUT_OFF, RUN),
        (CUT_OFF + SECOND, date(2026, 6, 11)),
        (datetime(2026, 6, 3, 23, 59, tzinfo=TOKYO), RUN),
        (datetime.fromisoformat("2026-06-03T23:30:00+00:00"), RUN),  # 08:30 in Tokyo
        (datetime.fromisoformat("2026-06-03T23:30:01+00:00"), date(2026, 6, 11)),
    ],
)
def test_the_cut_off_is_counted_in(placed_at: datetime, run_date: date) -> None:
    """GIVEN a hold around 08:30:00 THEN up to and including it the run considers it, a second later not (RULES 18)."""
    assert next_run_after(placed_at, POLICY) == run_date


@pytest.mark.parametrize(
    ("moment", "run_date"),
    [(CUT_OFF - SECOND, date(2026, 5, 28)), (CUT_OFF, RUN), (CUT_OFF + timedelta(days=6, hours=23), RUN)],
)
def test_the_run_that_is_due(moment: datetime, run_date: date) -> None:
    """GIVEN a moment THEN the run due is the last whose cut-off has come, however late one asks (RULES 26)."""
    assert run_due_at(moment, POLICY) == run_date


@given(MOMENTS)
def test_no_moment_falls_between_two_runs(moment: datetime) -> None:
    """GIVEN any moment THEN the run due and the run to come are a week apart, or the same at the cut-off (RULES 18)."""
    due, coming = run_due_at(moment, POLICY), next_run_after(moment, POLICY)
    at_cut_off = moment == week_of_run(due, POLICY).cut_off
    assert coming - due == timedelta(days=0 if at_cut_off else 7)
    assert due.weekday() == coming.weekday() == RUN.weekday()


def test_a_moment_without_offset_is_refused() -> None:
    """GIVEN a moment that could be any zone's WHEN asked for its run THEN it is refused, not guessed (RULES 18)."""
    with pytest.raises(ValueError, match="offset"):
        next_run_after(datetime(2026, 6, 4, 8, 30), POLICY)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("returned_on", "checked_in_by", "run_date"),
    [
        (date(2026, 6, 13), date(2026, 6, 17), date(2026, 6, 18)),
        (date(2026, 6, 14), date(2026, 6, 17), date(2026, 6, 18)),
        (date(2026, 6, 15), date(2026, 6, 24), date(2026, 6, 25)),
    ],
)
def test_a_return_one_day_late_misses_the_run(returned_on: date, checked_in_by: date, run_date: date) -> None:
    """GIVEN a return at a facility THEN by Sunday it makes the run, a day later the next one only (Q27, RULES 35)."""
    assert return_checked_in_by(returned_on, POLICY) == checked_in_by
    assert next_run_after(datetime.combine(checked_in_by, time(17), TOKYO), POLICY) == run_date


def test_what_is_checked_in_on_the_day_of_a_run_may_miss_it() -> None:
    """GIVEN a carriage that is done on Thursday only THEN its books are sure to be there a week later (RULES 30)."""
    slow = aomori(runs=runs_of_week({"checked_in_days_after_pickup": 4}))
    assert week_of_run(RUN, slow).uncollected_run == date(2026, 6, 25)
    assert return_checked_in_by(date(2026, 6, 14), slow) == date(2026, 6, 18)


@pytest.mark.parametrize("run_date", [date(2026, 6, 1), date(2026, 6, 3), date(2026, 6, 5), date(2026, 6, 6)])
def test_a_moved_run_serves_the_same_sunday(run_date: date) -> None:
    """GIVEN a run moved within its week THEN its own cut-off counts, pickup and the next run stay (RULES 22)."""
    moved, regular = week_of_run(run_date, POLICY), week_of_run(RUN, POLICY)
    assert moved.cut_off == datetime.combine(run_date, time(8, 30), TOKYO)
    assert (moved.pickup_from, moved.due_on, moved.next_run) == (regular.pickup_from, regular.due_on, regular.next_run)
    assert moved.mail_on == regular.mail_on


def test_a_counter_loan_counts_from_the_day_after() -> None:
    """GIVEN a loan of 06-01 THEN 06-02 is its first day and 06-15 its fourteenth (RULES 17)."""
    assert counter_due_on(date(2026, 6, 1), POLICY) == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("recorded_at", "wednesday_open", "run_date"),
    [
        ("2026-06-03T19:00:00+09:00", True, RUN),
        ("2026-06-03T19:00:01+09:00", True, date(2026, 6, 11)),
        ("2026-06-02T19:00:00+09:00", False, RUN),
        ("2026-06-02T19:00:01+09:00", False, date(2026, 6, 11)),
        ("2026-06-03T10:00:00+09:00", False, date(2026, 6, 11)),
        ("2026-06-04T09:00:00+09:00", True, date(2026, 6, 11)),
        ("2026-05-31T09:00:00+09:00", True, RUN),
    ],
)
def test_a_pickup_change_in_time(recorded_at: str, wednesday_open: bool, run_date: date) -> None:
    """GIVEN a change by phone THEN Wednesday 19:00 is in time, Tuesday's if that Wednesday is closed (RULES 14)."""
    counts_from = pickup_change_counts_from(
        datetime.fromisoformat(recorded_at), lambda day: wednesday_open or day != date(2026, 6, 3), POLICY
    )
    assert counts_from == run_date


def test_the_library_may_decide_otherwise() -> None:
    """GIVEN a policy with a Tuesday noon run THEN the week follows it: no number of it is in the code."""
    tuesday = {"weekday": 1, "cut_off": time(12), "pickup_days_after": 4, "pickup_days": 7}
    policy = aomori(runs=runs_of_week(tuesday), run_at=time(12, 1), partner_loan_days=21)
    week = week_of_run(date(2026, 6, 2), policy)
    assert next_run_after(datetime(2026, 6, 2, 12, 0, tzinfo=TOKYO), policy) == date(2026, 6, 2)
    assert (week.pickup_from, week.pickup_until, week.due_on) == (
        date(2026, 6, 6),
        date(2026, 6, 12),
        date(2026, 6, 27),
    )
    assert week.uncollected_run == date(2026, 6, 16)
