"""A cycle has one run, on whatever day; books kept in vain; a title without copies (RULES 8, 9, 14, 18-22)."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.holds.handler import handler as holds_handler
from lending.aws.table.calendar import calendar
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import HoldStatus
from lending.domain.week import TOKYO
from tests.handlers.conftest import NOON, Given, context, request
from tests.handlers.desk import THURSDAY, SampleLibrary, ask, codes

FRIDAY = THURSDAY + timedelta(days=1)


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """Two facilities, two patrons, a title with one copy that the first holds."""
    library = SampleLibrary(given)
    library.facility(12)
    library.facility(13)
    library.patron("p-1")
    library.patron("p-2")
    given.title()
    library.hold("p-1")
    return library


def run(day: str = "2026-06-04", hour: str = "08:30") -> dict[str, Any]:
    return allocator({"job": "thursday_run", "scheduled_time": f"{day}T{hour}:00+09:00"}, context())


def on_request(day: str, now: datetime) -> tuple[int, Any]:
    return ask("POST", "/runs", {"date": day}, now)


def suspend(at: SampleLibrary, scope: Scope = Scope.SERVICE, **changes: Any) -> None:
    days = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 10)}
    facility = "12" if scope is Scope.FACILITY else ""
    suspension = Suspension(suspension_id="s", scope=scope, facility=facility, reason="蔵書点検", **(days | changes))
    at.table.write(calendar.suspension_addition(suspension))


def close(at: SampleLibrary, first: date, last: date) -> None:
    at.table.write(
        calendar.closure_addition(
            Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=first, ends_on=last, reason="年末年始")
        )
    )


def planned(at: SampleLibrary, barcode: str = "t-1-1") -> str:
    pull = at.copy(barcode).pull
    return pull.patron_id if pull else ""


def why(at: SampleLibrary, patron_id: str = "p-1") -> tuple[str, date]:
    told = at.held(patron_id).last_run
    assert told
    return told.code, told.date


def show(user: str = "p-1", now: datetime = NOON) -> list[dict[str, Any]]:
    asked = request("GET", "/api/me/holds", group="patron", user=user, now=now)
    items: list[dict[str, Any]] = json.loads(holds_handler(asked, context())["body"])["items"]
    return items


def place(title_id: str, user: str = "p-2", pickup_place: str = "13", now: datetime = NOON) -> tuple[int, Any]:
    body = {"title_id": title_id, "pickup_place": pickup_place}
    asked = holds_handler(request("POST", "/api/me/holds", body=body, group="patron", user=user, now=now), context())
    return asked["statusCode"], json.loads(asked["body"])


# One run a cycle (RULES 22)


def test_a_second_run_in_a_week_changes_nothing(at: SampleLibrary) -> None:
    # GIVEN Thursday's run, not all of its books fetched, and a hold placed after the cut-off (RULES 18, 22)
    run()
    at.hold("p-2", placed_at=THURSDAY, queued_at=THURSDAY)
    # WHEN staff ask for Friday as well THEN the plan stands and nobody else is let in (18)
    status, answer = on_request("2026-06-05", FRIDAY)
    assert (status, answer["already_done"], answer["date"]) == (200, True, "2026-06-04")
    assert (planned(at), at.held("p-2").last_run) == ("p-1", None)


def test_a_run_suspended_as_a_whole_is_made_once_the_suspension_is_taken_back(at: SampleLibrary) -> None:
    # GIVEN a suspended Thursday (RULES 22)
    suspend(at)
    run()
    assert (planned(at), why(at)[0]) == ("", "run_suspended")
    assert on_request("2026-06-04", THURSDAY)[1]["already_done"]
    # WHEN the suspension is taken back on the day THEN the run can be made, with its own cut-off
    at.table.write(calendar.removal(calendar.suspension_key("s")))
    assert on_request("2026-06-04", THURSDAY)[1]["already_done"] is False
    assert (planned(at), at.held().last_run) == ("p-1", None)
    # AND not once its books are to be collected
    suspend(at, starts_on=date(2026, 6, 11), ends_on=date(2026, 6, 11))
    run("2026-06-11")
    at.table.write(calendar.removal(calendar.suspension_key("s")))
    assert on_request("2026-06-11", datetime(2026, 6, 14, 9, tzinfo=TOKYO))[1]["already_done"]


def test_a_suspended_thursday_is_made_up_for_on_friday(at: SampleLibrary) -> None:
    suspend(at, ends_on=date(2026, 6, 4))
    run()
    assert on_request("2026-06-05", FRIDAY)[1]["already_done"] is False
    assert planned(at) == "p-1"
    # AND Thursday's job, asked again, leaves that alone (RULES 22)
    assert run(hour="23:00")["already_done"]
    assert planned(at) == "p-1"


def test_a_run_moved_earlier_counts_for_its_sunday(at: SampleLibrary) -> None:
    # GIVEN the year-end: the run for Sunday 01-03 is made on Monday 12-28, since Thursday 12-31 is closed
    close(at, date(2026, 12, 29), date(2027, 1, 3))
    tuesday, monday = datetime(2026, 12, 22, 9, tzinfo=TOKYO), datetime(2026, 12, 28, 10, tzinfo=TOKYO)
    body = {"action": "change_pickup", "pickup_place": "13"}
    # a change of the pickup place after the run of 12-24, in time for that Sunday (RULES 14)
    saturday = datetime(2026, 12, 26, 10, tzinfo=TOKYO)
    assert tuesday < saturday
    assert ask("POST", "/patrons/10000001/holds/t-1", body, saturday)[1]["next_pickup_from"] == "2026-12-31"
    # WHEN it is made THEN the change counts
    assert on_request("2026-12-28", monday)[1]["already_done"] is False
    pull = at.copy().pull
    assert pull
    assert (pull.patron_id, pull.pickup_place) == ("p-1", "13")
    # AND Thursday's job finds its cycle made: no reason becomes 「お休み」
    assert run("2026-12-31")["already_done"]
    assert (planned(at), at.held().last_run) == ("p-1", None)
    # AND what is recorded after it counts from the next one
    later = ask("POST", "/patrons/10000001/holds/t-1", body | {"pickup_place": "12"}, monday + timedelta(days=1))
    assert later[1]["next_pickup_from"] == "2027-01-07"


def test_after_the_cut_off_a_run_that_takes_place_is_promised(at: SampleLibrary) -> None:
    # GIVEN a hold a minute late, and the next Thursday closed, RULES 18, 22
    close(at, date(2026, 6, 11), date(2026, 6, 11))
    late = datetime(2026, 6, 4, 8, 31, tzinfo=TOKYO)
    at.hold("p-2", placed_at=late, queued_at=late)
    run()
    told = at.held("p-2").last_run
    assert told
    assert (told.code, told.facts["next_run"]) == ("after_cutoff", "2026-06-18")


# Books kept in vain (RULES 8, 21)


@pytest.mark.parametrize("cause", ["expires_on", "blocked", "online_lending", "facility"])
def test_a_book_kept_for_who_is_passed_over_goes_to_the_next(at: SampleLibrary, cause: str) -> None:
    # GIVEN a book kept aside for the first, and a second who waits at another facility (RULES 8, 21)
    at.hold("p-2", place="13")
    at.kept()
    if cause == "facility":
        suspend(at, Scope.FACILITY, ends_on=date(2026, 6, 30))
    else:
        value: Any = {"expires_on": "2026-06-03", "blocked": True, "online_lending": False}[cause]
        assert ask("PATCH", "/patrons/10000001", {cause: value})[0] == 200
    before = at.held().queued_at
    # WHEN the run passes the first over THEN the second has the book, the first waits at the old place and is told
    run()
    assert planned(at) == "p-2"
    assert (at.held().status, at.held().queued_at, at.copy().state) == (
        HoldStatus.WAITING, before, CopyState.ON_SHELF,
    )  # fmt: skip
    codes_of = {"expires_on": "card_expired", "online_lending": "not_enrolled", "facility": "facility_suspended"}
    assert why(at)[0] == codes_of.get(cause, cause)


def test_a_suspended_run_takes_nobodys_book_away(at: SampleLibrary) -> None:
    at.kept()
    ask("PATCH", "/patrons/10000001", {"blocked": True})
    suspend(at)
    run()
    assert (at.held().status, at.copy().state) == (HoldStatus.SECURED, CopyState.KEPT_ASIDE)


# A title without copies (RULES 9, 27)


def test_a_title_whose_last_copy_is_lost_says_so(at: SampleLibrary, given: Given) -> None:
    # GIVEN a waiting hold, and the only copy lost (RULES 9, 27)
    given.title("t-9", reference_only=True)
    assert ask("POST", "/copies/t-1-1/lost")[0] == 200
    # THEN the waiting hold is told in the words of the next run, not that staff are looking
    run()
    assert why(at) == ("no_copy_left", date(2026, 6, 4))
    # AND a new hold is refused with that, not as 禁帯出
    assert (place("t-1")[0], codes(place("t-1")[1])) == (409, ["no_copy_left"])
    assert codes(place("t-9")[1]) == ["reference_only"]
    # AND with the book found again the mark is gone
    assert ask("POST", "/copies/t-1-1/found")[0] == 200
    assert place("t-1")[0] == 201


# Promises know the person (RULES 21)


def test_no_date_is_promised_where_the_next_run_would_pass_the_patron_over(at: SampleLibrary) -> None:
    # RULES 21
    (shown,) = show()
    assert (shown["earliest_pickup"], shown["stopped_by"]) == ("2026-06-07", [])
    for wanted in ({"blocked": True}, {"online_lending": False}, {"expires_on": "2026-06-02"}):
        assert ask("PATCH", "/patrons/10000001", wanted)[0] == 200
    (shown,) = show()
    assert shown["earliest_pickup"] is None
    assert [each["code"] for each in shown["stopped_by"]] == ["blocked", "card_expired", "not_enrolled"]
    assert all(each["message"] for each in shown["stopped_by"])


def test_a_pull_for_the_counter_is_no_plan_for_a_place_changed_since(at: SampleLibrary) -> None:
    # GIVEN a hold for the counter, changed to a facility on Tuesday morning before the pull, RULES 14, 15
    tuesday = datetime(2026, 6, 2, 8, 30, tzinfo=TOKYO)
    at.hold("p-2", place="prefectural")
    ask("POST", "/patrons/10000001/holds/t-1", {"action": "cancel"}, tuesday)
    ask("POST", "/patrons/10000002/holds/t-1", {"action": "change_pickup", "pickup_place": "13"}, tuesday)
    allocator({"job": "prefectural_pull", "scheduled_time": "2026-06-02T09:00:00+09:00"}, context())
    # THEN it is not fetched for the counter, and Thursday's run sends it to the facility
    assert planned(at) == ""
    run()
    pull = at.copy().pull
    assert pull
    assert (pull.patron_id, pull.pickup_place) == ("p-2", "13")
