"""The desk opens with the day: what is due, what is done, what is left (RULES 55)."""

from datetime import date
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.desk.handler import handler
from lending.actions import today as counting
from lending.aws.table.calendar import calendar
from lending.aws.table.loans import reports
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.loans.report import Report, ReportKind
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import THURSDAY, SampleLibrary, answered, ask


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, two patrons, and a title with two copies that both hold for the facility."""
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1"), library.patron("p-2")
    given.title(copies=2)
    library.hold("p-1"), library.hold("p-2")
    return library


def left(answer: dict[str, Any]) -> dict[str, int]:
    return {each["name"]: each["left"] for each in answer["open_work"] if each["left"]}


def test_the_sample_shows_a_quiet_day(at: SampleLibrary) -> None:
    # GIVEN a Thursday on which nothing has been done yet (RULES 55)
    status, answer = answered(handler(sample("desk/today"), context()))
    # THEN nothing is left, and the next run is told
    assert (status, answer["date"], left(answer), answer["latest_run"]) == (200, "2026-06-04", {}, None)
    assert answer["next_run"] == {
        "run_date": "2026-06-11", "cut_off": "2026-06-11T08:30:00+09:00", "suspended": False, "reason": None,
    }  # fmt: skip
    assert (answer["packing"]["crates"], answer["packing"]["dispatched"]) == (0, 0)


def test_a_thursday_goes_from_the_pull_list_into_the_crates(at: SampleLibrary) -> None:
    # GIVEN the run of the day (RULES 55)
    allocator({"job": "thursday_run", "scheduled_time": "2026-06-04T08:31:00+09:00"}, context())
    first = ask("GET", "/today")[1]
    # THEN its end is told, and two books are left to be pulled
    assert (first["latest_run"]["date"], first["latest_run"]["finished"]) == ("2026-06-04", True)
    assert first["latest_run"]["summary"]["lend"] == 2
    assert left(first) == {"pulls": 2}
    # WHEN one is found, one is missing, and the crate leaves
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[0] == 200
    assert ask("POST", "/pulls/t-1-2", {"result": "missing"})[0] == 200
    assert ask("POST", "/crates/dispatch", {"pickup_from": "2026-06-07"})[0] == 200
    # THEN the day says what is done, and what is left of it
    then = ask("GET", "/today")[1]
    assert left(then) == {"missing": 1}
    assert then["packing"] == {
        "pickup_from": "2026-06-07", "pickup_until": "2026-06-14", "crates": 1, "bags": 1, "books": 1, "dispatched": 1,
    }  # fmt: skip


def test_what_waits_is_counted_up_to_a_bound(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN three reports of facilities, and a count that ends at two
    monkeypatch.setattr(counting, "COUNTED", 2)
    for text in ("5組", "6組", "7組"):
        told = Report(facility="12", kind=ReportKind.KITS, text=text, reported_at=THURSDAY)
        at.table.write(reports.record(None, told))
    # THEN it is told that there are more
    (told_reports,) = [each for each in ask("GET", "/today")[1]["open_work"] if each["name"] == "reports"]
    assert (told_reports["left"], told_reports["more"]) == (2, True)


def test_a_run_that_will_not_be_is_told_with_its_reason(at: SampleLibrary) -> None:
    # GIVEN next Thursday closed (RULES 22)
    shut = Closure(closure_id="c-1", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 11), ends_on=date(2026, 6, 11),
                   reason="祝日")  # fmt: skip
    at.table.write(calendar.closure_addition(shut))
    next_run = ask("GET", "/today")[1]["next_run"]
    assert (next_run["run_date"], next_run["suspended"], next_run["reason"]) == ("2026-06-11", True, "祝日")
