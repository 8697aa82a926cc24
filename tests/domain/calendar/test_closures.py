"""Closed days, suspensions, and the first day on which a hold can be collected (RULES 14-16, 18-22, 29, 40)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.calendar.calendar import Calendar, LatestRun
from lending.domain.calendar.closures import Closure, ClosureKind, Scope, Suspension
from lending.domain.calendar.coming_weeks import next_week_that_runs, shut_for_good
from lending.domain.calendar.notices import notices_on
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import Hold
from lending.domain.run.expected_pickup import earliest_pickup, pickup_of_hold
from lending.domain.week import TOKYO, week_of_run
from tests.copies import plan
from tests.library import aomori, told

POLICY = aomori()
RUN = date(2026, 6, 4)
DAY = timedelta(days=1)
MONDAYS = Closure(
    closure_id="mondays",
    scope=Scope.PREFECTURAL,
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    reason="定期休館",
    weekdays=frozenset({0}),
)
STOCKTAKING = Suspension(
    suspension_id="s1",
    scope=Scope.SERVICE,
    starts_on=date(2026, 6, 1),
    ends_on=date(2026, 6, 7),
    reason="蔵書点検",
    opted_in=frozenset({"anna"}),
    pickup_until=date(2026, 6, 21),
)


def closed(first: date, last: date | None = None, **given: Any) -> Closure:
    """A closure of the prefectural library, unless told otherwise."""
    values = {"closure_id": "c", "scope": Scope.PREFECTURAL, "reason": "整理"} | given
    return Closure(starts_on=first, ends_on=last or first, **values)


def suspended_at(facility: str, first: date, last: date, **given: Any) -> Suspension:
    """A suspension of a facility."""
    values = {"suspension_id": "f", "reason": "改修"} | given
    return Suspension(scope=Scope.FACILITY, facility=facility, starts_on=first, ends_on=last, **values)


def test_a_weekly_closed_day() -> None:
    """GIVEN Mondays closed THEN Monday is closed, Tuesday open, and no facility is touched (RULES 40)."""
    calendar = Calendar((MONDAYS,))
    assert not calendar.prefectural_open(date(2026, 6, 1))
    assert calendar.prefectural_open(date(2026, 6, 2))
    assert calendar.facility_open("7", date(2026, 6, 1))
    assert calendar.prefectural_open(date(2027, 1, 4))


def test_an_open_exception_wins() -> None:
    """GIVEN one Monday declared open THEN it is open, whatever order the calendar is in (RULES 40)."""
    open_day = closed(date(2026, 6, 1), kind=ClosureKind.OPEN, closure_id="open")
    assert Calendar((MONDAYS, open_day)).prefectural_open(date(2026, 6, 1))
    assert Calendar((open_day, MONDAYS)).prefectural_open(date(2026, 6, 1))


def test_a_facility_has_its_own_closed_days() -> None:
    """GIVEN facility 7 closed THEN 8 and the prefectural library are open (RULES 40)."""
    calendar = Calendar((closed(RUN, scope=Scope.FACILITY, facility="7"),))
    assert not calendar.facility_open("7", RUN)
    assert calendar.facility_open("8", RUN)
    assert calendar.prefectural_open(RUN)


def test_the_tenth_open_day() -> None:
    """GIVEN a mail of Tue 06-02, Mondays and Wed 06-10 closed THEN the 10th open day after it is 06-14 (RULES 16)."""
    calendar = Calendar((MONDAYS, closed(date(2026, 6, 10))))
    assert calendar.nth_open_day_after(date(2026, 6, 2), 10) == date(2026, 6, 14)
    assert Calendar().nth_open_day_after(date(2026, 6, 2), 10) == date(2026, 6, 12)


@given(st.sets(st.integers(1, 60)), st.integers(1, 10))
def test_open_days_are_counted_one_by_one(closed_after: set[int], n: int) -> None:
    """GIVEN any closed days THEN the nth open day is open and exactly n open days lie up to it (RULES 16)."""
    closures = tuple(closed(RUN + DAY * offset, closure_id=str(offset)) for offset in closed_after)
    calendar = Calendar(closures)
    found = calendar.nth_open_day_after(RUN, n)
    open_days = [offset for offset in range(1, (found - RUN).days + 1) if offset not in closed_after]
    assert len(open_days) == n
    assert RUN + DAY * open_days[-1] == found


def test_open_days_that_do_not_exist() -> None:
    """GIVEN a library closed for good THEN its tenth open day is two years away, no error, no endless search; a count
    of none is one (RULES 16)."""
    for_good = Calendar((closed(RUN, date(9999, 12, 31)),))
    assert for_good.nth_open_day_after(RUN, 1) == for_good.nth_open_day_after(RUN, 10) == date(2028, 6, 4)
    with pytest.raises(ValueError, match="from 1"):
        Calendar().nth_open_day_after(RUN, 0)


def test_the_whole_run_suspended() -> None:
    """GIVEN stocktaking THEN its run is suspended for all but the opted-in, with their own deadline (RULES 22)."""
    calendar = Calendar(suspensions=(STOCKTAKING,))
    assert calendar.service_suspension_on(RUN) == STOCKTAKING
    assert calendar.service_suspension_on(date(2026, 6, 11)) is None
    assert calendar.reaches("anna", RUN)
    assert not calendar.reaches("bert", RUN)
    assert calendar.reaches("bert", date(2026, 6, 11))
    assert calendar.pickup_until(week_of_run(RUN, POLICY)) == date(2026, 6, 21)
    assert calendar.pickup_until(week_of_run(date(2026, 6, 11), POLICY)) == date(2026, 6, 21)  # its own S+7


def test_a_deadline_before_the_books_are_there_counts_for_nothing() -> None:
    """GIVEN a run moved to the last day of a suspension, whose deadline lies before its Sunday THEN it has its own S+7
    (RULES 22, 29)."""
    until_sunday = Calendar(suspensions=(replace(STOCKTAKING, pickup_until=date(2026, 6, 7)),))
    assert until_sunday.pickup_until(week_of_run(RUN, POLICY)) == date(2026, 6, 7)
    moved = week_of_run(date(2026, 6, 7), POLICY)
    assert (moved.pickup_from, until_sunday.pickup_until(moved)) == (date(2026, 6, 14), date(2026, 6, 21))


def test_a_closed_thursday_suspends_the_cycle() -> None:
    """GIVEN a closed Thursday THEN nobody is served in it, and a run on the Friday is none of its (RULES 22)."""
    calendar = Calendar((closed(RUN, reason="祝日"),))
    suspension = calendar.service_suspension_on(RUN)
    assert suspension is not None
    assert (suspension.starts_on, suspension.ends_on, suspension.reason) == (RUN, RUN, "祝日")
    assert not calendar.reaches("anna", RUN)
    assert calendar.service_suspension_on(RUN + DAY) is None


def test_two_suspensions_at_once() -> None:
    """GIVEN two suspensions of one run THEN only who opted in to both is served, the longer one is named (RULES 22)."""
    longer = replace(STOCKTAKING, suspension_id="s2", ends_on=date(2026, 6, 20), opted_in=frozenset({"bert"}))
    both = replace(longer, opted_in=frozenset({"anna", "bert"}))
    assert not Calendar(suspensions=(STOCKTAKING, longer)).reaches("anna", RUN)
    assert Calendar(suspensions=(STOCKTAKING, both)).reaches("anna", RUN)
    assert Calendar(suspensions=(STOCKTAKING, both)).service_suspension_on(RUN) == both


def test_the_next_run_that_takes_place() -> None:
    """GIVEN two suspended weeks THEN the next week that runs is the third (RULES 22)."""
    calendar = Calendar(suspensions=(replace(STOCKTAKING, ends_on=date(2026, 6, 11)),))
    following = next_week_that_runs(week_of_run(RUN, POLICY), calendar, POLICY)
    assert following == week_of_run(date(2026, 6, 18), POLICY)


@pytest.mark.parametrize(
    ("spans", "named"),
    [
        ([(7, 14)], "0"),
        ([(7, 13)], None),
        ([(8, 14)], None),
        ([(1, 10), (11, 30)], "1"),
        ([(1, 9), (11, 30)], None),
    ],
)
def test_a_facility_suspended_for_the_whole_window(spans: list[tuple[int, int]], named: str | None) -> None:
    """GIVEN suspensions of a facility THEN only the whole window 06-07 to 06-14 counts, one day open is enough not to
    (RULES 21)."""
    calendar = Calendar(
        suspensions=tuple(
            suspended_at("7", date(2026, 6, first), date(2026, 6, last), suspension_id=str(number))
            for number, (first, last) in enumerate(spans)
        )
    )
    found = calendar.facility_suspended_for("7", date(2026, 6, 7), date(2026, 6, 14))
    assert (found and found.suspension_id) == named
    assert calendar.facility_suspended_for("8", date(2026, 6, 7), date(2026, 6, 14)) is None


@pytest.mark.parametrize(
    ("closed_days", "suspended", "until", "reason"),
    [
        ((7, 14), None, 14, "整理"),
        ((5, 20), None, 20, "整理"),
        ((7, 13), None, None, ""),
        ((8, 14), None, None, ""),
        ((7, 10), (11, 14), 14, "改修"),
        ((10, 20), (7, 11), 20, "整理"),
        ((14, 18), (7, 16), 18, "改修"),
        ((7, 9), (11, 14), None, ""),
    ],
)
def test_a_window_without_a_day_on_which_it_hands_over(
    closed_days: tuple[int, int], suspended: tuple[int, int] | None, until: int | None, reason: str
) -> None:
    """GIVEN closed days of a facility, and perhaps a suspension THEN only a window that they fill counts as suspended,
    one day is enough not to; why on its last day, and the last day it stays shut are named (RULES 21, 29)."""
    days = [date(2026, 6, day) for day in closed_days]
    calendar = Calendar(
        (closed(*days, scope=Scope.FACILITY, facility="7"), closed(date(2026, 6, 1), date(2026, 6, 30))),
        (suspended_at("7", *(date(2026, 6, day) for day in suspended)),) if suspended else (),
    )
    found = calendar.facility_suspended_for("7", date(2026, 6, 7), date(2026, 6, 14))
    assert (found and (found.ends_on, found.reason)) == (until and (date(2026, 6, until), reason))
    assert calendar.facility_suspended_for("8", date(2026, 6, 7), date(2026, 6, 14)) is None


def test_a_facility_closed_for_good_is_shut_as_far_as_one_looks() -> None:
    """GIVEN a facility that closes without an end THEN the last day told is two years away (RULES 21)."""
    calendar = Calendar((closed(RUN, date(9999, 12, 31), scope=Scope.FACILITY, facility="7"),))
    found = calendar.facility_suspended_for("7", date(2026, 6, 7), date(2026, 6, 14))
    assert found
    assert found.ends_on == date(2028, 6, 14)


@pytest.mark.parametrize(("last", "shut"), [(date(2028, 6, 13), True), (date(2028, 5, 1), False)])
def test_shut_for_good_is_for_two_years(last: date, shut: bool) -> None:
    """GIVEN a facility that hands nothing over THEN it is no pickup place if that goes on for all windows (21, 29)."""
    calendar = Calendar(suspensions=(suspended_at("7", date(2026, 6, 1), last),))
    found = shut_for_good("7", WEDNESDAY, calendar, POLICY)
    assert (found and found.ends_on) == (last if shut else None)
    # AND a single day of two years is enough
    opened = replace(calendar, suspensions=(
        suspended_at("7", date(2026, 6, 1), date(2026, 12, 31)), suspended_at("7", date(2027, 1, 2), last),
    ))  # fmt: skip
    assert shut_for_good("7", WEDNESDAY, opened, POLICY) is None


def test_notices_of_what_is_to_come() -> None:
    """GIVEN a calendar THEN what has not ended is published, nearest first, and nobody who opted in (RULES 40, 41)."""
    calendar = Calendar(
        (MONDAYS, closed(date(2026, 5, 1)), closed(date(2026, 6, 9), scope=Scope.FACILITY, facility="7")),
        (STOCKTAKING, suspended_at("7", date(2026, 12, 1), date(2027, 1, 31))),
    )
    notices = notices_on(RUN, calendar, {"7": "五所川原市立図書館"}, POLICY)
    assert [told(notice.text) for notice in notices] == [
        "県立図書館は、2026年1月1日(木)から12月31日(木)まで、毎週月曜日、休館します(定期休館)。",
        "オンライン貸出の処理は、2026年6月1日(月)から6月7日(日)まで、お休みします(蔵書点検)。",
        "五所川原市立図書館は、2026年6月9日(火)、休館します(整理)。",
        "五所川原市立図書館での受け渡しは、2026年12月1日(火)から2027年1月31日(日)まで、お休みします(改修)。",
    ]
    assert "anna" not in repr(notices)


def test_a_run_on_a_closed_day_is_announced() -> None:
    """GIVEN closed Thursdays, one of them in a named suspension THEN the others of eight weeks are told of (22, 40)."""
    days = (RUN, date(2026, 6, 11), date(2026, 6, 12), date(2026, 7, 30), date(2026, 8, 6))
    calendar = Calendar(tuple(closed(day, closure_id=str(day)) for day in days), (STOCKTAKING,))
    texts = {
        each.notice_id: told(each.text) for each in notices_on(RUN, calendar, {}, POLICY) if each.scope == Scope.SERVICE
    }
    assert list(texts) == ["s1", "closed-2026-06-11", "closed-2026-07-30"]
    assert texts["closed-2026-06-11"] == "オンライン貸出の処理は、2026年6月11日(木)、お休みします(整理)。"
    # AND one that was made on an earlier day is not stopped any more
    moved = week_of_run(date(2026, 6, 10), POLICY)
    made = replace(calendar, latest_run=LatestRun(moved.cut_off, moved.cycle, moved.run_date))
    assert "closed-2026-06-11" not in {each.notice_id for each in notices_on(date(2026, 6, 10), made, {}, POLICY)}
    # AND on the day itself, and not after it
    assert "closed-2026-06-11" in {each.notice_id for each in notices_on(date(2026, 6, 11), calendar, {}, POLICY)}
    assert "closed-2026-06-11" not in {each.notice_id for each in notices_on(date(2026, 6, 12), calendar, {}, POLICY)}


# --- the first day on which a hold can be collected ---

WEDNESDAY = datetime(2026, 6, 3, 12, 0, tzinfo=TOKYO)
SHELF = Copy("b1", "t", "913")


def earliest(moment: datetime = WEDNESDAY, place: str = "7", position: int = 1, **given: Any) -> date | None:
    """The first day for the head of a queue with one copy on the shelf, unless told otherwise."""
    calendar, copies = given.get("calendar", Calendar()), given.get("copies", [SHELF])
    if who := given.get("patron_id"):
        hold = Hold(who, "t", place, moment, moment)
        return pickup_of_hold(hold, position, copies, frozenset(), moment, calendar, POLICY)
    return earliest_pickup(moment, place, position, copies, calendar, POLICY)


def test_the_coming_sunday_and_the_one_after() -> None:
    """GIVEN a copy on the shelf THEN it is S of the run that considers the hold: the cut-off decides (RULES 18, 29)."""
    cut_off = week_of_run(RUN, POLICY).cut_off
    assert earliest(cut_off) == date(2026, 6, 7)
    assert earliest(cut_off + timedelta(seconds=1)) == date(2026, 6, 14)


def test_books_on_loan_come_back_on_their_due_date() -> None:
    """GIVEN a copy due on Sun 06-07 THEN the run of 06-11 lends it; due on a Thursday it misses that day's run."""
    due = replace(SHELF, state=CopyState.ON_LOAN, due_on=date(2026, 6, 7))
    assert earliest(copies=[due]) == date(2026, 6, 14)
    assert earliest(copies=[replace(due, state=CopyState.ELSEWHERE)]) == date(2026, 6, 14)  # RULES 43
    assert earliest(copies=[replace(due, due_on=date(2026, 6, 11))]) == date(2026, 6, 21)
    assert earliest(copies=[replace(due, due_on=date(2026, 5, 1))]) == date(2026, 6, 7)


def test_each_one_ahead_keeps_a_copy_to_its_due_date() -> None:
    """GIVEN others ahead THEN two copies serve two; the third waits for the due date 06-21 and its run (RULES 11)."""
    two = [SHELF, replace(SHELF, barcode="b2")]
    assert earliest(position=2, copies=two) == date(2026, 6, 7)
    assert earliest(position=3, copies=two) == date(2026, 6, 28)
    assert earliest(position=2) == date(2026, 6, 28)
    assert earliest(position=3) == date(2026, 7, 19)


def test_a_copy_promised_today_is_gone_and_so_is_its_hold() -> None:
    """GIVEN the head's copy on today's list THEN the next in the queue counts from that loan's due date (RULES 23)."""
    thursday = datetime(2026, 6, 4, 12, 0, tzinfo=TOKYO)
    promised = replace(SHELF, pull=plan("p", "t", pickup_place="7"))
    assert earliest(thursday, position=2, copies=[promised]) == date(2026, 6, 28)
    assert earliest(thursday + 3 * DAY, position=1, copies=[promised]) == date(2026, 6, 14)  # the plan is over


def test_copies_kept_for_others_come_later() -> None:
    """GIVEN a copy kept aside, or ready for another THEN it is free only after that loan (RULES 15, 20)."""
    assert earliest(copies=[replace(SHELF, state=CopyState.KEPT_ASIDE)]) == date(2026, 6, 28)
    assert earliest(copies=[replace(SHELF, state=CopyState.READY)]) == date(2026, 6, 21)


def test_no_date_where_there_is_no_book() -> None:
    """GIVEN only missing, lost or reference copies THEN no date is told (RULES 9, 23, 34)."""
    for gone in (
        replace(SHELF, state=CopyState.MISSING),
        replace(SHELF, state=CopyState.LOST),
        replace(SHELF, reference_only=True),
    ):
        assert earliest(copies=[gone]) is None
        assert earliest(copies=[gone], position=2) is None


def test_a_suspended_run_costs_a_week_but_not_the_opted_in() -> None:
    """GIVEN the run of 06-04 suspended THEN others wait for 06-11's Sunday, an opted-in patron does not (RULES 22)."""
    calendar = Calendar(suspensions=(STOCKTAKING,))
    assert earliest(calendar=calendar) == date(2026, 6, 14)
    assert earliest(calendar=calendar, patron_id="anna") == date(2026, 6, 7)
    assert earliest(calendar=Calendar((closed(RUN),))) == date(2026, 6, 14)
    assert earliest(calendar=calendar, position=2) == date(2026, 7, 5)  # who is ahead waits for 06-11 as well


def test_a_facilitys_own_days() -> None:
    """GIVEN S closed THEN the day after; the window suspended THEN a later week; for good THEN none (RULES 21, 29)."""
    sunday = closed(date(2026, 6, 7), scope=Scope.FACILITY, facility="7")
    assert earliest(calendar=Calendar((sunday,))) == date(2026, 6, 8)
    window = suspended_at("7", date(2026, 6, 1), date(2026, 6, 15))
    assert earliest(calendar=Calendar(suspensions=(window,))) == date(2026, 6, 16)
    assert earliest(calendar=Calendar(suspensions=(replace(window, ends_on=date(9999, 12, 31)),))) is None


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-06-03T14:00:00+09:00", date(2026, 6, 3)),
        ("2026-06-03T14:00:01+09:00", date(2026, 6, 4)),
        ("2026-06-07T15:00:00+09:00", date(2026, 6, 9)),
    ],
)
def test_at_the_prefectural_library_the_next_pull_counts(moment: str, day: date) -> None:
    """GIVEN a hold for the prefectural library THEN the next pull on an open day brings it, whatever is suspended
    (RULES 15, Q11)."""
    calendar = Calendar((MONDAYS,), (STOCKTAKING,))
    assert earliest(datetime.fromisoformat(moment), "prefectural", calendar=calendar) == day


@given(
    st.integers(0, 20 * 24 * 60),
    st.integers(1, 4),
    st.lists(st.integers(-3, 30) | st.none(), min_size=1, max_size=3),
    st.sets(st.integers(0, 10), max_size=3),
    st.sampled_from(["7", "prefectural"]),
)
def test_never_earlier_than_it_can_be(
    minutes: int, position: int, due: list[int | None], closed_weeks: set[int], place: str
) -> None:
    """GIVEN any hold THEN its date is one on which a book can be there, and more people ahead never make it earlier
    (RULES 18, 22, 29)."""
    moment = datetime(2026, 6, 1, tzinfo=TOKYO) + timedelta(minutes=minutes)
    copies = [
        SHELF if days is None else replace(SHELF, state=CopyState.ON_LOAN, due_on=moment.date() + DAY * days)
        for days in due
    ]
    calendar = Calendar(tuple(closed(RUN + DAY * 7 * week, closure_id=str(week)) for week in closed_weeks))
    day = earliest(moment, place, position, copies=copies, calendar=calendar)
    later = earliest(moment, place, position + 1, copies=copies, calendar=calendar)
    assert day is not None
    assert later is not None
    assert moment.date() <= day <= later
    if place == "prefectural":
        assert calendar.prefectural_open(day)
    else:
        run_date = day - timedelta(days=POLICY.runs[0].pickup_days_after)
        assert day.weekday() == 6
        assert moment <= week_of_run(run_date, POLICY).cut_off
        assert calendar.prefectural_open(run_date)
    if position == 1 and None not in due:
        assert day >= moment.date() + DAY * min(days for days in due if days is not None)
