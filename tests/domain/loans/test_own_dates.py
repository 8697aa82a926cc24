"""Pickup windows and due dates as a patron's own calendar shows them (RULES 16, 25, 28-31)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.loans.loan import Declaration, Loan
from lending.domain.loans.own_dates import due_dates, own_events, place_in_words, windows
from lending.domain.patrons.calendar_link import CalendarLink
from lending.domain.week import TOKYO
from tests.library import aomori

THURSDAY = datetime(2026, 6, 4, 9, tzinfo=TOKYO)
FRIDAY, SUNDAY, LAST, DUE = date(2026, 6, 5), date(2026, 6, 7), date(2026, 6, 14), date(2026, 6, 21)
LINK = CalendarLink("p-1", "link-1")


def loan(number: int = 1, **changes: Any) -> Loan:
    days = {"pickup_from": SUNDAY, "pickup_until": LAST}
    return Loan("p-1", f"b-{number}", f"t-{number}", f"本{number}", "12", THURSDAY, DUE, **(days | changes))


def ready(until: date = LAST, title_id: str = "t-9") -> Hold:
    hold = Hold("p-1", title_id, "prefectural", THURSDAY, THURSDAY, HoldStatus.READY, "b-9")
    return replace(hold, ready_on=FRIDAY, mailed_on=FRIDAY, pickup_until=until)


def test_books_of_one_window_are_one_event() -> None:
    # GIVEN two books for facility 12, one for 13, and one at the counter
    lent = [loan(1), loan(2), replace(loan(3), pickup_place="13")]
    # THEN each window has its place and its books
    assert windows(lent, [ready()], FRIDAY) == {
        (FRIDAY, LAST, "prefectural"): ["t-9"],
        (SUNDAY, LAST, "12"): ["t-1", "t-2"],
        (SUNDAY, LAST, "13"): ["t-3"],
    }
    # AND all are due on one day
    assert due_dates(lent, FRIDAY) == {DUE: ["t-1", "t-2", "t-3"]}


def test_what_was_collected_given_back_or_lost_is_not_asked_for_any_more() -> None:
    collected = loan(handed_over_at=datetime(2026, 6, 8, 10, tzinfo=TOKYO))
    assert windows([collected], [], LAST) == {}
    assert due_dates([collected], LAST) == {DUE: ["t-1"]}
    declared = replace(collected, declared=Declaration(LAST, "12"))
    for done in (declared, loan(released_at=THURSDAY), loan(lost=True, handed_over_at=THURSDAY)):
        assert (windows([done], [], LAST), due_dates([done], LAST)) == ({}, {})
    # AND a hold that only waits has no window
    waiting = replace(ready(), status=HoldStatus.WAITING, ready_on=None, pickup_until=None)
    assert windows([], [waiting], FRIDAY) == {}


def test_a_window_is_shown_to_its_last_day() -> None:
    # GIVEN a book of which no hand-over is recorded
    assert windows([loan()], [], LAST) != {}
    assert windows([loan()], [], date(2026, 6, 15)) == {}


def test_numbers_and_places_are_told_and_titles_only_to_who_wants_them() -> None:
    lent = [loan(1), loan(2)]
    collect, give_back = own_events(lent, [], FRIDAY, LINK, {}, {"12": "見本館"})
    assert (collect.summary, collect.place, collect.first, collect.last) == (
        "予約した本の受取り(2冊)",
        "見本館",
        SUNDAY,
        LAST,
    )
    assert (give_back.summary, give_back.place, give_back.first, give_back.last) == ("返却期限(2冊)", "", DUE, DUE)
    assert {collect.description, give_back.description} == {""}
    collect, give_back = own_events(lent, [], FRIDAY, LINK, {"t-1": "本1", "t-2": "本2"}, {"12": "見本館"})
    assert [collect.description, give_back.description] == ["本1\n本2"] * 2


def test_an_event_is_known_by_the_same_name_each_time_and_no_two_by_one() -> None:
    # GIVEN two windows at the counter that end on different days
    holds = [ready(), ready(date(2026, 6, 16), "t-8")]
    first, again = (own_events([loan()], holds, day, LINK, {}, {}) for day in (FRIDAY, SUNDAY))
    # THEN names stay from day to day, none is given twice, and none says whose it is
    assert [event.uid for event in first] == [event.uid for event in again]
    assert len({event.uid for event in first}) == len(first) == 4
    others = own_events([loan()], holds, FRIDAY, replace(LINK, link_id="link-2"), {}, {})
    assert not {event.uid for event in first} & {event.uid for event in others}


def test_a_facility_that_is_not_listed_any_more_has_its_number() -> None:
    assert place_in_words("見本館", "12", aomori()) == "見本館"
    assert place_in_words("", "12", aomori()) == "協力館No.12"
