"""The pull list, its scans, and the crates: RULES 12, 15, 16, 19, 20, 23, 24, 27."""

from datetime import date, datetime
from typing import Any

import pytest

from functions.desk.handler import handler
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags
from lending.aws.table.patrons import patrons
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.holds.hold import HoldStatus
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import SUNDAY, THURSDAY, SampleLibrary, answered, ask, codes


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, two patrons, a title with one copy, held by the first for the facility."""
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1")
    library.patron("p-2")
    given.title()
    library.hold("p-1")
    return library


def scan(result: str = "found", barcode: str = "t-1-1", now: datetime = THURSDAY) -> tuple[int, Any]:
    return ask("POST", f"/pulls/{barcode}", {"result": result}, now)


def test_pull_list_is_in_shelf_order_over_all_pages(at: SampleLibrary, given: Given) -> None:
    # GIVEN books planned on four shelves
    for title_id, call_number in (("a", "E/ア"), ("b", "913.6/ナ"), ("c", "007/カ"), ("d", "210/サ")):
        at.table.transact(
            titles.description_change(None, Title(title_id, f"本{title_id}", "", "", (f"{title_id}-1",), 1)),
            copies.addition(Copy(f"{title_id}-1", title_id, call_number)),
        )
        at.pull(f"{title_id}-1", "p-2")
    at.pull()
    # WHEN the list is read page by page, RULES 23
    seen, cursor, query = [], None, {"limit": "2"}
    while True:
        status, page = ask("GET", "/pulls", query=query | ({"cursor": cursor} if cursor else {}))
        assert status == 200
        assert len(page["items"]) <= 2
        seen += page["items"]
        if (cursor := page["cursor"]) is None:
            break
    # THEN it goes along the shelves, each book once
    assert [line["call_number"] for line in seen] == ["007/カ", "210/サ", "913.6/t-1-1", "913.6/ナ", "E/ア"]
    assert seen[2] == {
        "barcode": "t-1-1", "call_number": "913.6/t-1-1", "title_id": "t-1", "title": "見本の本 t-1",
        "author": "見本 太郎", "decision": "lend", "kept_aside": False, "lies_at": "shelf", "pickup_place": "12",
        "pickup_place_name": "見本館", "card_number": "10000001", "run": "2026-06-04",
    }  # fmt: skip


def test_sample_list_shows_a_kept_book_that_the_run_decided_to_lend(at: SampleLibrary) -> None:
    at.kept()
    at.pull()
    status, page = answered(handler(sample("desk/pulls_list"), context()))
    assert (status, [line["kept_aside"] for line in page["items"]]) == (200, [True])


def test_sample_found_is_lent_and_packed(at: SampleLibrary) -> None:
    # GIVEN a plan to lend
    at.pull()
    # WHEN the book is scanned
    status, done = answered(handler(sample("desk/pull_found"), context()))
    # THEN it is the patron's loan of the worked example, RULES 23, 25, 29
    assert (status, done["action"]) == (200, "lend")
    assert done["slip"] == {
        "card_number": "10000001", "facility": "12", "facility_name": "見本館", "pickup_from": "2026-06-07",
        "pickup_until": "2026-06-14",
    }  # fmt: skip
    loan = at.lent()
    assert loan
    assert (loan.pickup_from, loan.pickup_until, loan.due_on) == (SUNDAY, date(2026, 6, 14), date(2026, 6, 21))
    copy = at.copy()
    assert (copy.state, copy.holder, copy.due_on, copy.pull) == (CopyState.ON_LOAN, "p-1", date(2026, 6, 21), None)
    # AND the hold is spent, the counts are right, the bag names the book and nobody (24)
    who = at.who()
    assert (at.hold_or_none(), who.open_holds, who.loans, who.lent_titles) == (None, 0, 1, frozenset({"t-1"}))
    (bag,) = bags.of_week(at.table, SUNDAY)
    assert (bag.barcodes, done["bag"]) == (frozenset({"t-1-1"}), bag.bag_id)


@pytest.mark.parametrize("decision", ["lend", "keep_aside", "ready"])
def test_scanned_twice_it_answers_the_same_and_changes_nothing(at: SampleLibrary, decision: str) -> None:
    if decision == "ready":
        at.hold("p-2", place="prefectural")
        at.pull(patron_id="p-2", decision=decision, run="2026-06-04am", pickup_place="prefectural")
    else:
        at.pull(decision=decision)
    first, before = scan(), at.everything()
    assert first[0] == 200
    assert scan() == first
    assert at.everything() == before


def test_a_cap_that_has_filled_up_keeps_the_book_aside(at: SampleLibrary, given: Given) -> None:
    # GIVEN a plan for a patron with a cap of one, who has borrowed a book at the counter since, RULES 19, 20
    at.pull(cap=1)
    given.title("t-2")
    at.loan("t-2-1", facility="")
    # WHEN the book is scanned
    assert scan()[1]["action"] == "keep_aside"
    # THEN it is secured, not lent, and the patron is told why (27)
    hold = at.held()
    assert (hold.status, hold.barcode, at.copy().state) == (HoldStatus.SECURED, "t-1-1", CopyState.KEPT_ASIDE)
    assert hold.last_run
    assert (hold.last_run.code, hold.last_run.facts["on_loan"]) == ("cap", 1)
    assert (at.who().loans, at.who().open_holds, at.copy().pull) == (1, 1, None)


def test_a_kept_book_is_lent_when_the_run_says_so(at: SampleLibrary) -> None:
    at.kept()
    at.pull()
    assert scan()[1]["action"] == "lend"
    assert (at.hold_or_none(), at.copy().state) == (None, CopyState.ON_LOAN)


def test_ready_at_the_prefectural_library_until_the_tenth_open_day(at: SampleLibrary) -> None:
    # GIVEN a pull for the counter, and two closed days ahead
    at.hold("p-2", place="prefectural")
    at.pull(patron_id="p-2", decision="ready", run="2026-06-04am", pickup_place="prefectural")
    closed = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 8), ends_on=date(2026, 6, 9))
    at.table.write(calendar.closure_addition(closed))
    # WHEN it is scanned on Thursday, the mail goes out on Friday (RULES 15)
    status, done = scan()
    # THEN ten open days after Friday, the closed ones not counted, RULES 16
    assert (status, done["action"], done["pickup_until"]) == (200, "shelve_ready", "2026-06-17")
    hold = at.held("p-2")
    assert (hold.status, hold.ready_on, hold.pickup_until) == (HoldStatus.READY, THURSDAY.date(), date(2026, 6, 17))
    assert (at.copy().state, at.copy().holder) == (CopyState.READY, "p-2")


def test_a_library_shut_for_good_has_a_last_day_all_the_same(at: SampleLibrary) -> None:
    # GIVEN a calendar without an open day, RULES 16
    at.hold("p-2", place="prefectural")
    at.pull(patron_id="p-2", decision="ready", run="2026-06-04am", pickup_place="prefectural")
    shut = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 1), ends_on=date(9999, 12, 31))
    at.table.write(calendar.closure_addition(shut))
    # THEN the scan is recorded, and nobody is hurried
    status, done = scan()
    assert (status, done["action"], done["pickup_until"]) == (200, "shelve_ready", "2028-06-05")


def test_a_ready_book_scanned_again_tells_the_deadline_as_it_counts(at: SampleLibrary) -> None:
    at.hold("p-2", place="prefectural")
    at.pull(patron_id="p-2", decision="ready", run="2026-06-04am", pickup_place="prefectural")
    assert scan()[1]["pickup_until"] == "2026-06-15"
    # GIVEN its last day is closed by now, RULES 16
    closed = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 15), ends_on=date(2026, 6, 15))
    at.table.write(calendar.closure_addition(closed))
    assert scan()[1]["pickup_until"] == "2026-06-16"


def cancel(at: SampleLibrary, patron_id: str = "p-1") -> None:
    at.table.transact(holds.end(at.held(patron_id)), patrons.hold_decrement(patron_id))


def test_a_cancelled_holds_book_goes_to_the_next_in_the_queue(at: SampleLibrary) -> None:
    # GIVEN the planned hold is cancelled before the scan, and another waits, RULES 12, 23
    at.hold("p-2")
    at.pull()
    cancel(at)
    # THEN the scan says so and lends it to the next
    status, done = scan()
    assert (status, done["action"], done["card_number"]) == (200, "lend", "10000002")
    assert at.lent("p-2")
    assert at.who("p-2").open_holds == 0


def test_a_cancelled_holds_book_nobody_waits_for_goes_back_to_its_shelf(at: SampleLibrary) -> None:
    at.pull()
    cancel(at)
    assert scan() == (200, {"action": "shelve", "barcode": "t-1-1"})
    assert (at.copy().state, at.copy().pull) == (CopyState.ON_SHELF, None)
    # ScanResult again, the reason says what to do.
    status, problem = scan()
    assert (status, codes(problem), problem["reasons"][0]["todo"]) == (409, ["no_pull"], "shelve")


@pytest.mark.parametrize(
    "changes",
    [{"blocked": True}, {"expires_on": date(2026, 6, 3)}, {"online_lending": False}],
    ids=["blocked", "expired", "not enrolled"],
)
def test_the_next_in_the_queue_is_one_the_run_would_serve(at: SampleLibrary, changes: dict[str, Any]) -> None:
    # GIVEN a cancelled hold, a next one who may not be served, and one after them, RULES 21
    at.patron("p-3", **changes)
    at.patron("p-4")
    at.hold("p-3")
    at.hold("p-4")
    at.pull()
    cancel(at)
    assert scan()[1]["card_number"] == "10000004"
    assert at.held("p-3").status is HoldStatus.WAITING


def test_the_next_in_the_queue_has_no_other_copy_on_its_way(at: SampleLibrary, given: Given) -> None:
    # GIVEN two copies, planned for two patrons, and a third who waits; the first cancels
    given.title("t-2", copies=2)
    at.patron("p-3")
    for patron_id in ("p-1", "p-2", "p-3"):
        at.hold(patron_id, "t-2")
    at.pull("t-2-1", "p-1")
    at.pull("t-2-2", "p-2")
    at.table.transact(holds.end(at.held("p-1", "t-2")), patrons.hold_decrement("p-1"))
    # THEN the third gets the first's book, the second keeps theirs
    assert scan(barcode="t-2-1")[1]["card_number"] == "10000003"
    assert scan(barcode="t-2-2")[1]["card_number"] == "10000002"


def test_a_hold_moved_to_the_end_gives_its_place_up(at: SampleLibrary) -> None:
    # GIVEN the planned hold is moved behind another after the run, RULES 13
    at.hold("p-2")
    at.pull()
    ask("POST", "/patrons/10000001/holds/t-1", {"action": "to_end"})
    assert scan()[1]["card_number"] == "10000002"
    assert at.held("p-1").status is HoldStatus.WAITING


def test_a_head_with_the_other_kind_of_pickup_place_is_not_overtaken(at: SampleLibrary) -> None:
    # GIVEN the next in the queue waits for the prefectural library, one after them for a facility
    at.patron("p-3")
    at.hold("p-2", place="prefectural")
    at.hold("p-3")
    at.pull()
    cancel(at)
    # THEN the book waits on its shelf for the pull that serves the head, RULES 11, 15
    assert scan()[1]["action"] == "shelve"
    assert at.lent("p-3") is None


def test_missing_leaves_the_hold_at_its_place_and_says_why(at: SampleLibrary) -> None:
    # GIVEN a plan, and another who has come since the run
    at.pull(facts={"position": 1, "of": 1, "copies": 1})
    at.hold("p-2")
    # WHEN the book is not on its shelf
    first = answered(handler(sample("desk/pull_missing"), context()))
    assert (first[0], first[1]["action"], at.copy().state) == (200, "missing", CopyState.MISSING)
    # THEN the hold waits at its old place with the reason and its facts, RULES 23, 27
    hold = at.held()
    assert hold.status is HoldStatus.WAITING
    assert hold.last_run
    assert (hold.last_run.code, hold.last_run.date) == ("not_on_shelf", THURSDAY.date())
    assert hold.last_run.facts == {"position": 1, "of": 1, "copies": 1}  # the run's numbers
    # AND said twice it is the same
    before = at.everything()
    assert scan("missing") == first
    assert at.everything() == before


def test_missing_has_another_free_copy_pulled_for_the_hold(at: SampleLibrary, given: Given) -> None:
    given.title("t-2", copies=2)
    at.hold("p-1", "t-2")
    at.pull("t-2-1")
    assert scan("missing", "t-2-1")[1]["instead"] == {"barcode": "t-2-2", "call_number": "913.6/t-2-2"}
    assert [line["barcode"] for line in ask("GET", "/pulls")[1]["items"]] == ["t-2-2"]
    assert scan("found", "t-2-2")[1]["action"] == "lend"


def test_missing_takes_no_copy_that_is_planned_for_another(at: SampleLibrary, given: Given) -> None:
    given.title("t-2", copies=2)
    for patron_id in ("p-1", "p-2"):
        at.hold(patron_id, "t-2")
        at.pull(f"t-2-{patron_id[-1]}", patron_id)
    assert "instead" not in scan("missing", "t-2-1")[1]
    assert scan("found", "t-2-2")[1]["card_number"] == "10000002"


def test_a_kept_book_not_found_lets_its_hold_wait_again(at: SampleLibrary) -> None:
    queued_at = at.held().queued_at
    at.kept()
    at.pull()
    assert scan("missing")[0] == 200
    hold = at.held()
    assert (hold.status, hold.barcode, hold.queued_at) == (HoldStatus.WAITING, "", queued_at)


def test_sample_taken_by_a_visitor(at: SampleLibrary) -> None:
    at.pull()
    status, done = answered(handler(sample("desk/pull_taken"), context()))
    assert (status, done["action"], at.copy().state, at.copy().pull) == (200, "taken", CopyState.ON_SHELF, None)
    hold = at.held()
    assert hold.last_run
    assert (hold.status, hold.last_run.code) == (HoldStatus.WAITING, "taken_by_visitor")


def test_no_visitor_takes_what_is_kept_aside(at: SampleLibrary) -> None:
    at.kept()
    at.pull()
    status, problem = scan("taken")
    assert (status, codes(problem), at.held().status) == (409, ["kept_for_other"], HoldStatus.SECURED)


def test_a_plan_whose_week_has_begun_is_too_late_to_follow(at: SampleLibrary) -> None:
    # GIVEN Thursday's plan, scanned on Sunday S: the crate has gone, RULES 29
    at.pull()
    sunday = datetime(2026, 6, 7, 10, tzinfo=TOKYO)
    assert scan(now=sunday)[1]["action"] == "shelve"
    assert at.held().status is HoldStatus.WAITING


def test_an_opted_in_patrons_deadline_of_a_suspended_run(at: SampleLibrary) -> None:
    # GIVEN the run is suspended but for the first patron, with another deadline, RULES 22
    at.table.write(calendar.suspension_addition(Suspension(
        suspension_id="s", scope=Scope.SERVICE, starts_on=date(2026, 6, 4), ends_on=date(2026, 6, 4),
        opted_in=frozenset({"p-1"}), pickup_until=date(2026, 6, 28),
    )))  # fmt: skip
    at.pull()
    assert scan()[1]["pickup_until"] == "2026-06-28"
    loan = at.lent()
    assert loan
    # THEN the due date moves with the deadline, by fourteen days
    assert (loan.pickup_until, loan.due_on) == (date(2026, 6, 28), date(2026, 7, 5))
    assert at.copy().due_on == date(2026, 7, 5)


def test_unknown_book_and_book_without_a_plan(at: SampleLibrary) -> None:
    assert codes(scan(barcode="no-such")[1]) == ["unknown_barcode"]
    assert scan(barcode="no-such")[0] == 404
    for result in ("found", "missing", "taken"):
        status, problem = scan(result)
        assert (status, codes(problem)) == (409, ["no_pull"])


def test_sample_crates_hold_bags_with_card_numbers_and_no_names(at: SampleLibrary, given: Given) -> None:
    # GIVEN two patrons' books for one facility
    given.title("t-2")
    given.title("t-3")
    at.loan("t-1-1", "p-2")
    at.loan("t-2-1", "p-2")
    at.loan("t-3-1", "p-1")
    # WHEN the crates of the week are shown, RULES 24
    status, page = answered(handler(sample("desk/crates"), context()))
    assert status == 200
    (crate,) = page["items"]
    assert (crate["facility"], crate["name"], crate["bag_count"], crate["book_count"]) == ("12", "見本館", 2, 3)
    by_card = {bag["card_number"]: [book["barcode"] for book in bag["books"]] for bag in crate["bags"]}
    assert by_card == {"10000001": ["t-3-1"], "10000002": ["t-1-1", "t-2-1"]}
    assert "花子" not in str(page)
    # AND without a Sunday it is the week that is packed now
    assert ask("GET", "/crates")[1]["items"] == [crate]
    assert ask("GET", "/crates", query={"pickup_from": "2026-06-14"})[1]["items"] == []


def test_only_the_desk_may(at: SampleLibrary) -> None:
    event = sample("desk/pulls_list")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:groups"] = "[patron]"
    assert answered(handler(event, context()))[0] == 403
