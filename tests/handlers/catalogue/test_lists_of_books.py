"""The lists staff go through: RULES 9, 16, 20, 23, 34, 35, 41."""

from datetime import date, datetime
from typing import Any

import pytest

from functions.desk.handler import handler
from functions.release.handler import handler as release
from lending.aws.table.calendar import calendar
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import HoldStatus
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import THURSDAY, SampleLibrary, answered, ask

SHOWN = ("barcode", "card_number", "since", "lies_at", "waiting")


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, three patrons and three titles with a copy each."""
    library = SampleLibrary(given)
    library.facility()
    for n in (1, 2, 3):
        library.patron(f"p-{n}")
        given.title(f"t-{n}")
    return library


def listed(name: str, now: datetime = THURSDAY, **query: str) -> list[dict[str, Any]]:
    status, shown = ask("GET", f"/lists/{name}", now=now, **({"query": query} if query else {}))
    assert status == 200, shown
    return list(shown["items"])


def pages(name: str, limit: int, now: datetime = THURSDAY) -> list[list[str]]:
    """The bar codes of a list, page by page."""
    found: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        status, page = ask("GET", f"/lists/{name}", now=now, query=query)
        assert status == 200, page
        found.append([line["barcode"] for line in page["items"]])
        cursor = page["cursor"]
        assert len(found) < 20
    return found


def of(line: dict[str, Any], *names: str) -> list[Any]:
    return [line[name] for name in names or SHOWN]


def traces(at: SampleLibrary, name: str) -> list[str]:
    return [trace["note"] for trace in at.table.query(f"LIST#{name}", "TRACE#")]


def day(number: int, hour: int = 12, month: int = 6) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=TOKYO)


def test_missing_books_are_listed_until_they_are_found(at: SampleLibrary) -> None:
    # GIVEN one that was not on its shelf, for which somebody waits, and one missed before it, RULES 23
    at.hold()
    at.pull()
    ask("POST", "/pulls/t-1-1", {"result": "missing"})
    at.table.write(moved(at.table, "t-2-1", CopyState.MISSING, on=date(2026, 5, 7)))
    # THEN the one missed longest is first, and no person is named
    lines = listed("missing")
    assert [of(line) for line in lines] == [
        ["t-2-1", None, "2026-05-07", None, 0], ["t-1-1", None, "2026-06-04", None, 1],
    ]  # fmt: skip
    assert (lines[1]["title"], lines[1]["call_number"], traces(at, "missing")) == ("見本の本 t-1", "913.6/t-1-1", [])
    # WHEN they are found
    for barcode in ("t-1-1", "t-2-1"):
        ask("POST", f"/copies/{barcode}/found")
    assert listed("missing") == []


def test_books_kept_aside_are_listed_with_whom_they_are_kept_for(at: SampleLibrary) -> None:
    # RULES 20
    at.hold()
    at.kept()
    assert [of(line) for line in listed("kept_aside")] == [["t-1-1", "10000001", "2026-06-01", "kept_aside", 0]]
    # AND who looked through it is kept with the list, for it names patrons, RULES 41
    assert traces(at, "kept_aside") == ["list"]
    assert list(at.table.query("PATRON#p-1", "TRACE#")) == []


def test_sample_ready_books_with_the_earliest_deadline_first(at: SampleLibrary) -> None:
    # GIVEN three ready books, one of which may wait longer, RULES 16
    for n in (1, 2, 3):
        at.hold(f"p-{n}", f"t-{n}")
        at.kept(f"t-{n}-1", f"p-{n}", HoldStatus.READY)
    ask("POST", "/patrons/10000001/holds/t-1", {"action": "extend", "until": "2026-06-19"})
    # WHEN the list is read in parts
    status, page = answered(handler(sample("desk/list_ready"), context()))
    assert (status, len(page["items"])) == (200, 2)
    assert page["cursor"]
    assert pages("ready", 2) == [["t-2-1", "t-3-1"], ["t-1-1"]]
    # THEN each line says until when, for whom, and where it lies
    line = page["items"][0]
    assert of(line, *SHOWN, "pickup_until", "pickup_place") == [
        "t-2-1", "10000002", "2026-06-03", "counter", 0, "2026-06-14", "prefectural",
    ]  # fmt: skip
    assert "期限の確認" in traces(at, "ready")


def test_sample_released_books_are_to_be_cleared_from_the_counters_shelf(at: SampleLibrary) -> None:
    # GIVEN a ready book whose deadline is over, and one that somebody else waits for, RULES 16
    for n in (1, 2):
        at.hold(f"p-{n}", f"t-{n}")
        at.kept(f"t-{n}-1", f"p-{n}", HoldStatus.READY)
    at.hold("p-3", "t-2", "prefectural")
    release({"job": "prefectural_release", "scheduled_time": "2026-06-14T22:00:00+09:00"}, context())
    # THEN both lie at the counter, and how many wait tells which one may stay for the next pull
    status, shown = answered(handler(sample("desk/list_to_clear"), context()))
    assert (status, shown["cursor"]) == (200, None)
    assert [of(line) for line in shown["items"]] == [
        ["t-1-1", None, "2026-06-14", "counter", 0], ["t-2-1", None, "2026-06-14", "counter", 1],
    ]  # fmt: skip
    assert shown["items"][0]["lies_at_label"] == "カウンターの取置棚"
    assert traces(at, "to_clear") == []
    assert listed("ready") == []


def test_a_cancelled_book_that_was_kept_aside_is_to_be_cleared(at: SampleLibrary) -> None:
    # RULES 12: its hold was cancelled, and nobody waits
    at.hold()
    at.kept()
    ask("POST", "/patrons/10000001/holds/t-1", {"action": "cancel"})
    assert [of(line) for line in listed("to_clear")] == [["t-1-1", None, "2026-06-04", "kept_aside", 0]]
    assert listed("kept_aside") == []


def test_titles_without_a_copy_are_listed_while_somebody_waits(at: SampleLibrary) -> None:
    # GIVEN two titles whose only copy is lost; somebody waits for one of them, RULES 9, 34
    at.hold("p-1", "t-1")
    at.hold("p-2", "t-1")
    for barcode in ("t-1-1", "t-2-1"):
        ask("POST", f"/copies/{barcode}/lost")
    (line,) = listed("without_copy")
    assert of(line, "title_id", "title", "waiting", "card_number") == ["t-1", "見本の本 t-1", 2, None]
    # WHEN their holds are ended THEN it is gone from the list
    ask("POST", "/titles/t-1/holds", {"action": "cancel_all", "reason": "紛失"})
    assert listed("without_copy") == []


def test_lost_and_damaged_books_with_whose_loan_they_are(at: SampleLibrary) -> None:
    # RULES 34
    at.loan("t-1-1")
    ask("POST", "/copies/t-1-1/lost")
    ask("POST", "/copies/t-2-1/lost", now=day(5))
    ask("POST", "/copies/t-3-1/damaged")
    assert [of(line, "barcode", "card_number", "due_on") for line in listed("lost")] == [
        ["t-1-1", "10000001", None], ["t-2-1", None, None],
    ]  # fmt: skip
    assert [of(line, "barcode", "state_label") for line in listed("damaged")] == [["t-3-1", "破損"]]
    assert (traces(at, "lost"), traces(at, "damaged")) == (["list"], [])


@pytest.fixture
def late(at: SampleLibrary, given: Given) -> SampleLibrary:
    """Twelve books due on as many days of May, and one each that is lost, on its way back, and not due yet."""
    for n in range(1, 13):
        given.title(f"l-{n}")
        at.loan(f"l-{n}-1", f"p-{n % 3 + 1}", "", due_on=date(2026, 5, n))
    at.loan("t-1-1", "p-1", due_on=date(2026, 5, 1), lost=True)
    at.loan("t-2-1", "p-2", due_on=date(2026, 5, 1), released_at=day(10, month=5))
    at.loan("t-3-1", "p-3", due_on=date(2026, 6, 21))
    return at


def test_overdue_books_are_listed_the_longest_first(late: SampleLibrary) -> None:
    # WHEN the list is read in parts THEN it goes by due date over all of them, and each is there once, RULES 35
    expected = [f"l-{n}-1" for n in range(1, 13)]
    for limit in (1, 5, 12, 50):
        assert [barcode for page in pages("overdue", limit) for barcode in page] == expected
    assert [len(page) for page in pages("overdue", 5)] == [5, 5, 2]
    line = listed("overdue")[0]
    assert of(line, "card_number", "due_on", "title") == ["10000002", "2026-05-01", "見本の本 l-1"]
    assert set(traces(late, "overdue")) == {"list"}


@pytest.mark.parametrize(("closed", "on_list"), [(False, 18), (True, 19)])
def test_nothing_is_overdue_before_the_carriage_was_checked_in(at: SampleLibrary, closed: bool, on_list: int) -> None:
    # GIVEN a book due on Sunday 06-14, whose carriage is checked in on Wednesday, or a day later if that is closed
    at.loan("t-1-1", due_on=date(2026, 6, 14))
    if closed:
        wednesday = date(2026, 6, 17)
        closure = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=wednesday, ends_on=wednesday)
        at.table.write(calendar.closure_addition(closure))
    # THEN it is on the list from the day after, RULES 35
    assert listed("overdue", day(on_list - 1)) == []
    (line,) = listed("overdue", day(on_list))
    assert of(line, "due_on", "since") == ["2026-06-14", f"2026-06-{on_list}"]


def test_a_deadline_that_closed_days_have_moved_is_told(at: SampleLibrary) -> None:
    # GIVEN a ready book, and days closed since that go beyond its deadline, RULES 16
    at.hold()
    at.kept(status=HoldStatus.READY)
    first, last = date(2026, 6, 8), date(2026, 6, 20)
    closure = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=first, ends_on=last)
    at.table.write(calendar.closure_addition(closure))
    told = ask("GET", "/copies/t-1-1")[1]["kept_for"]["pickup_until"]
    assert told > "2026-06-20"
    assert [line["pickup_until"] for line in listed("ready")] == [told]


def test_an_unknown_list_and_a_cursor_of_another(late: SampleLibrary) -> None:
    assert ask("GET", "/lists/everything")[0] == 404
    cursor = ask("GET", "/lists/overdue", query={"limit": "1"})[1]["cursor"]
    assert ask("GET", "/lists/missing", query={"cursor": cursor})[0] == 400
