"""Thursday morning: who gets the book in the hand, by what is true now (RULES 9, 11-15, 16, 19-24, 27)."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.release.handler import handler as release
from lending.aws.schedules import JobFailed
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import update
from lending.domain.calendar.closures import Scope, Suspension
from lending.domain.catalogue.title import CopyState, LiesAt
from lending.domain.holds.hold import HoldStatus, RunReason
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context
from tests.handlers.desk import SUNDAY, THURSDAY, SampleLibrary, ask, codes

CARDS = {f"p-{n}": f"1000000{n}" for n in range(1, 5)}
SATURDAY_NIGHT = "2026-06-06T22:00:00+09:00"


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """Two facilities, four patrons, a title with one copy and one with two."""
    library = SampleLibrary(given)
    library.facility(12)
    library.facility(13)
    for patron_id in CARDS:
        library.patron(patron_id)
    given.title("t-1")
    given.title("t-2", copies=2)
    return library


def job(name: str, time: str) -> dict[str, Any]:
    return allocator({"job": name, "scheduled_time": time}, context())


def run(day: str = "2026-06-04") -> dict[str, Any]:
    return job("thursday_run", f"{day}T08:30:00+09:00")


def scan(barcode: str, result: str = "found", now: datetime = THURSDAY) -> tuple[int, Any]:
    return ask("POST", f"/pulls/{barcode}", {"result": result}, now)


def undo(barcode: str, now: datetime = THURSDAY) -> tuple[int, Any]:
    return ask("DELETE", f"/pulls/{barcode}/scan", now=now)


def suspend(at: SampleLibrary, scope: Scope = Scope.FACILITY, **changes: Any) -> None:
    facility = "12" if scope is Scope.FACILITY else ""
    days = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 30)}
    suspension = Suspension(suspension_id="s", scope=scope, facility=facility, reason="大雪", **(days | changes))
    at.table.write(calendar.suspension_addition(suspension))


def why(at: SampleLibrary, patron_id: str = "p-1", title_id: str = "t-1") -> tuple[str, date]:
    told = at.held(patron_id, title_id).last_run
    assert told
    return told.code, told.date


def planned(at: SampleLibrary, barcode: str) -> str:
    pull = at.copy(barcode).pull
    return pull.patron_id if pull else ""


# The queue decides every copy


def test_a_copy_left_for_the_head_is_nobodys_replacement(at: SampleLibrary) -> None:
    # GIVEN a head for the counter, whom the run leaves a copy, and one for a facility, RULES 11, 15
    at.hold("p-1", "t-2", "prefectural")
    at.hold("p-2", "t-2")
    run()
    assert (planned(at, "t-2-1"), planned(at, "t-2-2")) == ("", "p-2")
    # WHEN the second one's copy is missing (23)
    assert "instead" not in scan("t-2-2", "missing")[1]
    # THEN the copy left stays for the head, whom the next pull serves, and the second is told why (27)
    assert why(at, "p-2", "t-2") == ("not_on_shelf", date(2026, 6, 4))
    job("prefectural_pull", "2026-06-04T14:00:00+09:00")
    assert planned(at, "t-2-1") == "p-1"


def test_a_book_that_came_back_meanwhile_is_fetched_instead_of_a_missing_one(at: SampleLibrary) -> None:
    # GIVEN two in the queue and one copy on the shelf; the other comes back after the run, RULES 11, 23
    at.loan("t-2-2", "p-4", facility="")
    at.hold("p-1", "t-2")
    at.hold("p-2", "t-2")
    run()
    ask("POST", "/checkins", {"barcodes": ["t-2-2"]})
    # WHEN the planned one is not found
    assert scan("t-2-1", "missing")[1]["instead"]["barcode"] == "t-2-2"
    # THEN the one that is there goes to the head, who has no reason to be told
    assert (planned(at, "t-2-2"), at.held("p-1", "t-2").last_run) == ("p-1", None)
    assert why(at, "p-2", "t-2")[0] == "queue"


def test_a_book_taken_by_a_visitor_leaves_the_heads_copy_alone(at: SampleLibrary) -> None:
    # GIVEN the same, and the second one's copy lent to a visitor at the counter, RULES 11, 15, 23
    at.hold("p-1", "t-2", "prefectural")
    at.hold("p-2", "t-2")
    run()
    assert ask("POST", "/checkouts", {"card_number": CARDS["p-3"], "barcode": "t-2-2"})[0] == 201
    assert (planned(at, "t-2-1"), why(at, "p-2", "t-2")[0]) == ("", "taken_by_visitor")


def test_a_copy_that_may_not_leave_any_more_is_not_lent(at: SampleLibrary) -> None:
    # GIVEN a copy made 禁帯出 after the plan, RULES 9
    at.hold()
    run()
    at.table.write(update(copies.key("t-1-1"), set={"reference_only": True}))
    assert scan("t-1-1")[1]["action"] == "shelve"
    assert (at.lent(), at.copy().state, why(at)[0]) == (None, CopyState.ON_SHELF, "no_copy_left")


# What is recorded on Thursday counts for every scan still to come


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (lambda at: suspend(at), "facility_suspended"),
        (lambda at: suspend(at, Scope.SERVICE), "run_suspended"),
        (lambda at: ask("PATCH", f"/patrons/{CARDS['p-1']}", {"blocked": True}), "blocked"),
        (lambda at: ask("PATCH", f"/patrons/{CARDS['p-1']}", {"expires_on": "2026-06-03"}), "card_expired"),
        (lambda at: ask("PATCH", f"/patrons/{CARDS['p-1']}", {"online_lending": False}), "not_enrolled"),
    ],
)
def test_what_is_recorded_after_the_run_stops_the_scan(at: SampleLibrary, record: Any, code: str) -> None:
    # GIVEN a plan, and something recorded at half past nine, RULES 21, 22
    at.hold()
    run()
    record(at)
    # WHEN the book is scanned THEN it is not lent, the hold keeps its place and says why (27)
    assert scan("t-1-1")[1]["action"] == "shelve"
    assert (at.lent(), at.held().status, at.held().queued_at) == (None, HoldStatus.WAITING, at.held().placed_at)
    assert why(at) == (code, date(2026, 6, 4))


def test_the_next_in_the_queue_is_served_in_their_place(at: SampleLibrary) -> None:
    # GIVEN a facility suspended after the run, and a second in the queue at another one, RULES 21
    at.hold("p-1")
    at.hold("p-2", place="13")
    run()
    suspend(at)
    assert scan("t-1-1")[1]["card_number"] == CARDS["p-2"]
    assert at.lent("p-2")
    assert why(at)[0] == "facility_suspended"


def test_a_kept_book_of_a_patron_blocked_since_goes_to_the_next(at: SampleLibrary) -> None:
    # GIVEN a book kept aside for the first, to be lent today, RULES 20, 21
    at.hold("p-1")
    at.hold("p-2")
    at.kept()
    run()
    ask("PATCH", f"/patrons/{CARDS['p-1']}", {"blocked": True})
    assert scan("t-1-1")[1]["card_number"] == CARDS["p-2"]
    assert (at.held().status, why(at)[0]) == (HoldStatus.WAITING, "blocked")


@pytest.mark.parametrize("dies", [False, True], ids=["at the same moment", "the run has died before"])
def test_what_a_scan_finds_before_the_run_has_told_stands(at: SampleLibrary, dies: bool) -> None:
    # GIVEN a run whose books are on the list, and two patrons not yet told why they get none (RULES 26, 27)
    at.hold("p-1"), at.hold("p-2")

    def time_left() -> int:
        if planned(at, "t-1-1") and at.held().last_run is None and at.copy().pull:
            # WHEN the first is blocked, and staff scan the book: it goes to the second
            ask("PATCH", f"/patrons/{CARDS['p-1']}", {"blocked": True})
            assert scan("t-1-1")[1]["card_number"] == CARDS["p-2"]
            return 1_000 if dies else 60_000
        return 60_000

    watched = SimpleNamespace(**vars(context()) | {"get_remaining_time_in_millis": time_left})
    with pytest.raises(JobFailed) if dies else nullcontext():
        allocator({"job": "thursday_run", "scheduled_time": "2026-06-04T08:30:00+09:00"}, watched)
    # THEN the run, which has planned the book for the first, leaves to them what the scan has told
    run()
    assert (at.lent("p-2") is not None, at.hold_or_none("p-2")) == (True, None)
    assert why(at) == ("blocked", date(2026, 6, 4))


def stopped(at: SampleLibrary, scans: Callable[[], Any], name: str = "thursday_run", time: str = "08:30") -> None:
    """A job that stops once the first book is on the list, and what staff do before it is invoked again."""
    left = iter([60_000, 1_000])
    watched = SimpleNamespace(**vars(context()) | {"get_remaining_time_in_millis": lambda: next(left)})
    with pytest.raises(JobFailed):
        allocator({"job": name, "scheduled_time": f"2026-06-04T{time}:00+09:00"}, watched)
    scans()
    job(name, f"2026-06-04T{time}:00+09:00")


def test_a_run_that_had_stopped_tells_nobody_what_is_true_no_more(at: SampleLibrary) -> None:
    # GIVEN three in a queue, the first of whom is to be lent a book, and one whose book is to be kept for the cap
    at.given.title("t-3")
    for patron_id in ("p-1", "p-2", "p-3"):
        at.hold(patron_id, "t-1")
    for patron_id in ("p-2", "p-4"):
        at.table.write(patrons.change(at.who(patron_id), replace(at.who(patron_id), loan_cap=0, loan_cap_before=0)))
    at.hold("p-4", "t-3")

    def meanwhile() -> None:
        # WHEN the run has stopped: the book goes to the second, to be kept; the other one is not found
        ask("PATCH", f"/patrons/{CARDS['p-1']}", {"blocked": True})
        assert scan("t-1-1")[1]["card_number"] == CARDS["p-2"]
        scan("t-3-1", "missing")
        # AND the third cancels, and comes again
        at.table.transact(holds.end(at.held("p-3")), patrons.hold_decrement("p-3"))
        at.hold("p-3", placed_at=THURSDAY, queued_at=THURSDAY)

    stopped(at, meanwhile)
    # THEN each is told what is true: not what was planned before, nor of a hold that is no more (RULES 26, 27)
    assert [why(at)[0], why(at, "p-2")[0], why(at, "p-4", "t-3")[0]] == ["blocked", "cap", "not_on_shelf"]
    assert (at.held("p-2").status, at.held("p-3").last_run) == (HoldStatus.SECURED, None)


def test_who_has_a_book_on_the_list_since_a_run_had_stopped_has_no_reason(at: SampleLibrary) -> None:
    # GIVEN two who wait for a title of which one copy is on the shelf and two are at home with others
    at.given.title("t-3", copies=3)
    at.hold("p-1", "t-3"), at.hold("p-2", "t-3")
    at.loan("t-3-2", "p-3", facility=""), at.loan("t-3-3", "p-4", facility="")

    def meanwhile() -> None:
        # WHEN the run has stopped: these come back, and the first one's copy is not found
        ask("POST", "/checkins", {"barcodes": ["t-3-2", "t-3-3"]})
        scan("t-3-1", "missing")

    stopped(at, meanwhile)
    # THEN a copy is fetched for either of them, and neither has a reason (RULES 23, 27)
    assert (planned(at, "t-3-2"), planned(at, "t-3-3")) == ("p-1", "p-2")
    assert [at.held(patron_id, "t-3").last_run for patron_id in ("p-1", "p-2")] == [None, None]


def test_undone_a_scan_brings_no_reason_of_the_week_before(at: SampleLibrary) -> None:
    # GIVEN a hold with a reason of last week, whose planned book is not found before the run has told
    at.hold()
    at.tell(RunReason(date(2026, 5, 28), "all_on_loan", {"position": 1, "of": 1, "copies": 1}))
    stopped(at, lambda: scan("t-1-1", "missing"))
    assert why(at) == ("not_on_shelf", date(2026, 6, 4))
    # WHEN it is found after all THEN it is to be fetched, and there is no reason (RULES 23, 27)
    undo("t-1-1")
    assert (planned(at, "t-1-1"), at.held().last_run) == ("p-1", None)


def test_a_counters_pull_that_had_stopped_takes_no_reason_away(at: SampleLibrary) -> None:
    # GIVEN a book for the counter that is not found before the pull is invoked again (RULES 15, 26, 27)
    at.hold("p-1", "t-1", "prefectural")
    stopped(at, lambda: scan("t-1-1", "missing"), "prefectural_pull", "09:00")
    assert why(at)[0] == "not_on_shelf"


def test_a_run_leaves_what_is_told_of_books_for_the_counter(at: SampleLibrary) -> None:
    # GIVEN a book that staff fetch for the counter, and a hold of the same patron for a facility
    at.hold("p-1", "t-1", "prefectural"), at.hold("p-1", "t-2")
    job("prefectural_pull", "2026-06-04T08:00:00+09:00")
    ask("PATCH", f"/patrons/{CARDS['p-1']}", {"online_lending": False})
    # WHEN it is not found before the run has told why the other one gets none
    stopped(at, lambda: scan("t-1-1", "missing"))
    # THEN both are told (RULES 15, 27)
    assert [why(at)[0], why(at, "p-1", "t-2")[0]] == ["not_on_shelf", "not_enrolled"]


# The cap (RULES 19, 20)


def test_a_kept_book_is_lent_when_a_planned_one_falls_away(at: SampleLibrary) -> None:
    # GIVEN a cap of five with four on loan: the older hold is to be lent, the younger kept aside (RULES 19, 20)
    patron = at.patron("p-5", loans=4, loan_cap=5, loan_cap_before=5)
    at.hold("p-5", "t-1")
    at.hold("p-5", "t-2", placed_at=THURSDAY - timedelta(days=1), queued_at=THURSDAY - timedelta(days=1))
    run()
    barcode = next(each for each in ("t-2-1", "t-2-2") if planned(at, each))
    kept, lent = at.copy(barcode).pull, at.copy("t-1-1").pull
    assert kept
    assert lent
    assert (kept.decision, lent.decision) == ("keep_aside", "lend")
    # WHEN the one to be lent is not there
    scan("t-1-1", "missing")
    # THEN the other one is lent
    assert scan(barcode)[1]["action"] == "lend"
    assert at.who("p-5").loans == patron.loans + 1


def test_the_caps_reason_has_the_numbers_of_the_run(at: SampleLibrary) -> None:
    # GIVEN the same patron, and books scanned in the other order, RULES 27
    at.patron("p-5", loans=4, loan_cap=5, loan_cap_before=5)
    at.hold("p-5", "t-1")
    at.hold("p-5", "t-2", placed_at=THURSDAY - timedelta(days=1), queued_at=THURSDAY - timedelta(days=1))
    run()
    barcode = next(each for each in ("t-2-1", "t-2-2") if planned(at, each))
    assert scan(barcode)[1]["action"] == "keep_aside"
    told = at.held("p-5", "t-2").last_run
    assert told
    # THEN the book still to be lent is counted in, as the run did
    assert (told.code, told.facts) == ("cap", {"cap": 5, "on_loan": 5, "on_the_way_back": 0})


# The counter's list (RULES 14, 15, 16, 23)


def test_a_change_to_a_facility_takes_the_hold_out_of_the_counters_pulls_at_once(at: SampleLibrary) -> None:
    # GIVEN a book planned for the counter on Tuesday, RULES 14
    tuesday = datetime(2026, 6, 2, 9, 30, tzinfo=TOKYO)
    at.hold(place="prefectural")
    job("prefectural_pull", "2026-06-02T09:00:00+09:00")
    assert planned(at, "t-1-1") == "p-1"
    # WHEN the pickup place is changed in time for Thursday
    body = {"action": "change_pickup", "pickup_place": "12"}
    assert ask("POST", f"/patrons/{CARDS['p-1']}/holds/t-1", body, tuesday)[0] == 200
    # THEN it is off the list, the afternoon's pull leaves it alone, and Thursday's run lends it
    assert planned(at, "t-1-1") == ""
    job("prefectural_pull", "2026-06-02T14:00:00+09:00")
    assert planned(at, "t-1-1") == ""
    run()
    assert scan("t-1-1")[1]["action"] == "lend"


def test_the_pull_list_says_where_a_released_book_lies(at: SampleLibrary, given: Given) -> None:
    # GIVEN a ready book whose deadline has passed, and another who waits, RULES 16
    at.hold("p-1", place="prefectural")
    at.hold("p-2", place="prefectural")
    at.kept(status=HoldStatus.READY)
    release({"job": "prefectural_release", "scheduled_time": "2026-06-20T22:00:00+09:00"}, context())
    assert (at.copy().state, at.copy().lies_at) == (CopyState.ON_SHELF, LiesAt.COUNTER)
    # WHEN the next pull plans it THEN staff look at the counter, not in the stacks
    job("prefectural_pull", "2026-06-21T09:00:00+09:00")
    (line,) = ask("GET", "/pulls", now=datetime(2026, 6, 21, 10, tzinfo=TOKYO))[1]["items"]
    assert line["lies_at"] == "counter"


def test_a_book_that_nobody_waits_for_is_cleared_by_a_scan(at: SampleLibrary) -> None:
    # GIVEN a released book at the counter that is on a list to be cleared, RULES 16
    at.table.write(moved(at.table, "t-1-1", CopyState.ON_SHELF, lies_at=LiesAt.COUNTER))
    assert copies.page_of_list(at.table, "to_clear", None, 10)[0]
    assert scan("t-1-1")[1]["action"] == "shelve"
    assert (at.copy().lies_at, copies.page_of_list(at.table, "to_clear", None, 10)[0]) == (LiesAt.SHELF, [])


def test_a_missing_book_is_found_by_one_scan(at: SampleLibrary) -> None:
    at.table.write(moved(at.table, "t-1-1", CopyState.MISSING))
    assert scan("t-1-1")[1]["action"] == "shelve"
    assert at.copy().state is CopyState.ON_SHELF


# Dispatch (RULES 23, 24)


def dispatch(*facilities: str, sunday: date = SUNDAY) -> tuple[int, Any]:
    return ask("POST", "/crates/dispatch", {"pickup_from": sunday.isoformat(), "facilities": list(facilities)})


def test_a_book_scanned_after_its_crate_has_left_is_kept_for_the_next_run(at: SampleLibrary) -> None:
    # GIVEN one book packed, and the crate gone (RULES 23)
    at.hold("p-1", "t-1")
    at.hold("p-2", "t-2")
    run()
    assert scan("t-1-1")[1]["action"] == "lend"
    left = dispatch("12")
    assert (left[0], [each["facility"] for each in left[1]["items"]]) == (200, ["12"])
    assert ask("GET", "/crates", query={"pickup_from": "2026-06-07"})[1]["items"][0]["dispatched_at"]
    # WHEN the other is found THEN it is kept aside, told of as not pulled in time, and lent by the next run
    barcode = next(each for each in ("t-2-1", "t-2-2") if planned(at, each))
    assert scan(barcode)[1]["action"] == "keep_aside"
    assert why(at, "p-2", "t-2") == ("not_pulled", date(2026, 6, 4))
    run("2026-06-11")
    assert scan(barcode, now=THURSDAY + timedelta(days=7))[1]["action"] == "lend"


def test_dispatch_of_all_counts_for_a_facility_without_a_bag_and_can_be_taken_back(at: SampleLibrary) -> None:
    at.hold()
    run()
    first = dispatch()
    assert [each["facility"] for each in first[1]["items"]] == ["12", "13"]
    assert dispatch() == first  # said again, the first moment stands
    assert ask("DELETE", "/crates/dispatch", query={"pickup_from": "2026-06-07", "facility": "12"})[0] == 204
    assert codes(ask("DELETE", "/crates/dispatch", query={"pickup_from": "2026-06-07", "facility": "12"})[1]) == [
        "crate_not_left"
    ]
    assert scan("t-1-1")[1]["action"] == "lend"


def test_dispatch_names_what_is_wrong(at: SampleLibrary) -> None:
    wrong = dispatch("99", sunday=SUNDAY + timedelta(days=1))
    assert (wrong[0], codes(wrong[1])) == (422, ["no_batch", "unknown_facility"])


# A scan undone (RULES 23)


def test_a_lent_book_is_on_the_list_again_and_its_hold_waits_at_its_old_place(at: SampleLibrary) -> None:
    at.hold("p-1")
    at.hold("p-2")
    run()
    before = at.held()
    assert scan("t-1-1")[1]["action"] == "lend"
    assert undo("t-1-1") == (200, {"barcode": "t-1-1", "undone": "lend"})
    assert (at.held(), planned(at, "t-1-1"), at.lent()) == (before, "p-1", None)
    assert (at.who().loans, at.who().open_holds, at.who().lent_titles) == (0, 1, frozenset())
    assert ask("GET", "/crates", query={"pickup_from": "2026-06-07"})[1]["items"] == []
    # AND scanned again it is lent again; undone twice is refused (RULES 23)
    undone_twice = undo("t-1-1")
    assert (undone_twice[0], codes(undone_twice[1])) == (409, ["no_scan"])
    assert scan("t-1-1")[1]["action"] == "lend"


@pytest.mark.parametrize("result", ["missing", "taken"])
def test_a_book_that_was_there_after_all(at: SampleLibrary, result: str) -> None:
    # GIVEN a book said to be missing, so that the other copy was to be fetched (RULES 23)
    at.hold("p-1", "t-2")
    run()
    first = next(each for each in ("t-2-1", "t-2-2") if planned(at, each))
    instead = scan(first, result)[1]["instead"]["barcode"]
    assert undo(first)[0] == 200
    assert (planned(at, first), planned(at, instead), at.copy(first).state) == ("p-1", "", CopyState.ON_SHELF)


def test_a_kept_and_a_ready_book_are_undone(at: SampleLibrary) -> None:
    at.hold("p-1", place="prefectural")
    job("prefectural_pull", "2026-06-04T09:00:00+09:00")
    assert scan("t-1-1")[1]["action"] == "shelve_ready"
    assert undo("t-1-1")[0] == 200
    assert (at.held().status, at.held().pickup_until, planned(at, "t-1-1")) == (HoldStatus.WAITING, None, "p-1")
    # the next day its mail is on its way
    scan("t-1-1")
    late = undo("t-1-1", THURSDAY + timedelta(days=1))
    assert (late[0], codes(late[1])) == (409, ["scan_overtaken"])


def test_what_cannot_be_undone_says_why(at: SampleLibrary) -> None:
    # RULES 23
    at.hold("p-1")
    run()
    assert codes(undo("t-1-1")[1]) == ["no_scan"]
    scan("t-1-1")
    dispatch("12")
    assert codes(undo("t-1-1")[1]) == ["crate_has_left"]
    ask("POST", "/checkins", {"barcodes": ["t-1-1"]})
    assert codes(undo("t-1-1")[1]) == ["scan_overtaken"]


# Plans that nobody followed (RULES 27)


def test_a_plan_that_nobody_followed_lapses_with_a_reason(at: SampleLibrary) -> None:
    # RULES 27
    at.hold("p-1")
    run()
    release({"job": "prefectural_release", "scheduled_time": SATURDAY_NIGHT}, context())
    assert (planned(at, "t-1-1"), why(at)) == ("", ("not_pulled", date(2026, 6, 4)))
    told = at.held().last_run
    assert told
    assert told.facts == {"position": 1, "of": 1, "copies": 1}


def test_a_plan_dropped_by_the_desk_can_be_made_anew(at: SampleLibrary) -> None:
    # GIVEN a plan that staff drop as a whole, on a morning of snow
    at.hold("p-1")
    run()
    assert ask("DELETE", "/pulls", query={"run": "2026-06-04"}) == (200, {"run": "2026-06-04", "dropped": 1})
    assert (planned(at, "t-1-1"), why(at)[0]) == ("", "not_pulled")
    # THEN the schedule does not make it again, staff can (22)
    assert run()["already_done"]
    assert planned(at, "t-1-1") == ""
    assert ask("POST", "/runs", {"date": "2026-06-04"})[1]["already_done"] is False
    assert (planned(at, "t-1-1"), at.held().last_run) == ("p-1", None)
    assert ask("DELETE", "/pulls", query={"run": "2026-05-28"})[0] == 404
