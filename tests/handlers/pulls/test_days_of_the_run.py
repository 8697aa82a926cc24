"""The policy changes while a run is under way: its week keeps the days of its plan (RULES 22-26, 29, 36, 40)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.notices.handler import handler as notices
from lending.actions.library import Library
from lending.actions.run.thursday_run import run_for
from lending.actions.unfinished import Unfinished
from lending.aws.settings import settings
from lending.aws.table.run import runs
from lending.domain.policy import Policy
from tests.handlers.conftest import Given, context
from tests.handlers.desk import SUNDAY, THURSDAY, SampleLibrary, ask
from tests.library import aomori
from tests.weeks import runs_of_week

DAYS = SUNDAY, date(2026, 6, 14), date(2026, 6, 21)
OTHER_DAYS = aomori(runs=runs_of_week({"pickup_days_after": 4, "pickup_days": 15}), partner_loan_days=28)
OTHER_WEEK = aomori(runs=runs_of_week({"weekday": 2, "pickup_days_after": 5}))
policies = pytest.mark.parametrize("policy", [OTHER_DAYS, OTHER_WEEK], ids=["days", "weekday"])


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility; a patron with holds on two titles of two copies each."""
    library = SampleLibrary(given)
    library.facility()
    library.patron()
    for title_id in ("t-1", "t-2"):
        given.title(title_id, copies=2)
        library.hold(title_id=title_id)
    return library


def run() -> None:
    allocator({"job": "thursday_run", "scheduled_time": "2026-06-04T08:30:00+09:00"}, context())


def decide_otherwise(monkeypatch: pytest.MonkeyPatch, policy: Policy) -> None:
    """The library's new policy is deployed."""
    monkeypatch.setenv("POLICY", policy.model_dump_json())
    settings.cache_clear()


def scan(barcode: str, result: str = "found") -> dict[str, Any]:
    status, answer = ask("POST", f"/pulls/{barcode}", {"result": result}, THURSDAY + timedelta(hours=1))
    assert status == 200, answer
    return dict(answer)


def days_of_loan(at: SampleLibrary, barcode: str) -> tuple[date | None, date | None, date]:
    loan = at.lent(barcode=barcode)
    assert loan
    return loan.pickup_from, loan.pickup_until, loan.due_on


@policies
def test_books_of_one_run_are_one_bag(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch, policy: Policy) -> None:
    # GIVEN a run, and one of its two books scanned
    run()
    first = scan("t-1-1")
    # WHEN another policy is deployed before the second is
    decide_otherwise(monkeypatch, policy)
    second = scan("t-2-1")
    # THEN both lie in the same bag, to be collected and given back on the days of the run (RULES 24, 25, 29)
    assert (second["bag"], second["slip"]) == (first["bag"], first["slip"])
    assert days_of_loan(at, "t-1-1") == days_of_loan(at, "t-2-1") == DAYS


@policies
def test_a_book_fetched_instead_goes_into_the_same_bag(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch, policy: Policy
) -> None:
    # GIVEN a book of the run scanned, and another policy since
    run()
    first = scan("t-1-1")
    decide_otherwise(monkeypatch, policy)
    # WHEN the other one is not on its shelf, and its second copy is fetched (RULES 23)
    assert scan("t-2-1", "missing")["instead"]["barcode"] == "t-2-2"
    # THEN that copy is of the same bag and days
    assert scan("t-2-2")["bag"] == first["bag"]
    assert days_of_loan(at, "t-2-2") == DAYS


@policies
def test_a_scan_is_undone_and_done_again(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch, policy: Policy) -> None:
    # GIVEN a book scanned before the policy was another one
    run()
    first = scan("t-1-1")
    decide_otherwise(monkeypatch, policy)
    # WHEN its scan is taken back on Saturday, before the books are to be collected (RULES 23, 29)
    assert ask("DELETE", "/pulls/t-1-1/scan", now=datetime(2026, 6, 6, 12, tzinfo=THURSDAY.tzinfo))[0] == 200
    # THEN a new scan packs it as the first one did
    assert scan("t-1-1")["bag"] == first["bag"]


def test_crates_and_mails_are_those_of_the_run(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a packed bag and other days by the policy
    run()
    bag = scan("t-1-1")["bag"]
    decide_otherwise(monkeypatch, OTHER_DAYS)
    # WHEN the crates are looked at, leave, and are moved by snow (RULES 24, 40)
    now = THURSDAY + timedelta(hours=2)
    (crate,) = ask("GET", "/crates", now=now)[1]["items"]
    assert [each["id"] for each in crate["bags"]] == [bag]
    assert ask("POST", "/crates/dispatch", {"pickup_from": "2026-06-07"}, now)[0] == 200
    snow = {"facility": "12", "pickup_from": "2026-06-07", "pickup_until": "2026-06-16", "due_on": "2026-06-23"}
    shown = ask("POST", "/shifts", snow | {"reason": "大雪"}, now)[1]
    assert (shown["pickup_until_before"], shown["due_on_before"]) == ("2026-06-14", "2026-06-21")
    # THEN the patron is told on Saturday (36)
    told = notices({"job": "lending_mail", "scheduled_time": "2026-06-06T09:00:00+09:00"}, context())
    assert (told["bags"], told["mails"]) == (1, 1)


def test_a_run_that_stopped_goes_on_with_its_days(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a run that stopped for want of time, one of its two books on the list
    monkeypatch.setattr(runs, "CHUNK", 1)
    parts = iter((True, False))
    with pytest.raises(Unfinished):
        run_for(Library(at.table, aomori(), THURSDAY), THURSDAY.date(), lambda: next(parts))
    # WHEN it goes on under another policy (RULES 26)
    run_for(Library(at.table, OTHER_DAYS, THURSDAY), THURSDAY.date(), lambda: True)
    # THEN both books are planned for the same week
    first, second = at.copy("t-1-1").pull, at.copy("t-2-1").pull
    assert first
    assert second
    assert first.week == second.week
    assert first.week
    assert first.week.pickup_from == SUNDAY
