"""Runs at the desk: made, shown, and only tried, RULES 18-27."""

import json
import lzma
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.runs.handler import handler
from lending.actions.run import plan
from lending.actions.run import replay as replaying_run
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.run.runs import cycle_claim
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import Hold
from lending.domain.run.run_record import CycleRun
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, request, sample

PLACED = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
RUN_TIME = datetime(2026, 6, 4, 8, 30, tzinfo=TOKYO)


@pytest.fixture(autouse=True)
def two_patrons_three_books(given: Given, library: Table) -> None:
    """p-1 waits for three books at two facilities, p-2 for one of them."""
    given.patron("p-1"), given.patron("p-2")
    for n, (patron_id, title_id, place) in enumerate(
        [("p-1", "t-1", "12"), ("p-1", "t-2", "12"), ("p-1", "t-3", "13"), ("p-2", "t-1", "13")]
    ):
        at = PLACED + timedelta(hours=n)
        library.transact(holds.addition(Hold(patron_id, title_id, place, at, at)))
    given.title("t-1"), given.title("t-2"), given.title("t-3")


def desk(method: str, path: str, body: Any = None, now: datetime = RUN_TIME, **how: Any) -> dict[str, Any]:
    group = how.pop("group", "desk")
    asked = request(method, path, body=body, group=group, user="staff-1", now=now, **how)
    response: dict[str, Any] = handler(asked, context())
    return response


def answered(response: dict[str, Any], status: int = 200) -> dict[str, Any]:
    assert response["statusCode"] == status, response["body"]
    answer: dict[str, Any] = json.loads(response["body"])
    return answer


def everything(table: Table) -> list[dict[str, Any]]:
    """All there is but who looked, RULES 41."""
    found = table._client.scan(TableName=table.name)["Items"]
    found = [item for item in found if not item["SK"]["S"].startswith("TRACE#")]
    return sorted(found, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def test_sample_lists_the_weekly_runs_the_latest_first() -> None:
    # GIVEN two weekly runs, and a pull for the counter between them (RULES 15, 18)
    week_later = {"scheduled_time": "2026-06-11T08:30:00+09:00"}
    allocator(sample("allocator/thursday_run"), context())
    allocator({"job": "prefectural_pull", "scheduled_time": "2026-06-05T09:00:00+09:00"}, context())
    allocator(sample("allocator/thursday_run") | week_later, context())
    # WHEN the list is read, in parts of one
    first = answered(handler(sample("runs/list"), context()))
    further = {"queryStringParameters": {"limit": "1", "cursor": first["cursor"]}}
    following = answered(handler(sample("runs/list") | further, context()))
    # THEN the later one is first, each with its counts and whether it is through
    runs = first["items"] + following["items"]
    assert [(run["date"], run["cycle"], run["finished"]) for run in runs] == [
        ("2026-06-11", "2026-06-11", True), ("2026-06-04", "2026-06-04", True),
    ]  # fmt: skip
    assert runs[1]["summary"]["lend"] == 3
    assert not any(run["suspended"] for run in runs)


def test_a_run_that_is_not_through_is_listed(library: Table) -> None:
    # GIVEN a run that died before its end (RULES 26)
    library.write(cycle_claim(CycleRun(date(2026, 6, 4), RunId("2026-06-04"))))
    (run,) = answered(desk("GET", "/api/desk/runs"))["items"]
    assert (run["date"], run["finished"], run["finished_at"], run["summary"]) == ("2026-06-04", False, None, {})
    assert desk("GET", "/api/desk/runs", group="patron")["statusCode"] == 403


def test_sample_makes_the_run_and_shows_it_again() -> None:
    made = answered(handler(sample("runs/make"), context()))
    assert (made["date"], made["already_done"], made["finished"]) == ("2026-06-04", False, True)
    assert {(each["card_number"], each["title_id"], each["decision"], each["code"]) for each in made["decisions"]} == {
        ("10000001", "t-1", "lend", "lent"), ("10000001", "t-2", "lend", "lent"), ("10000001", "t-3", "lend", "lent"),
        ("10000002", "t-1", "none", "queue"),
    }  # fmt: skip
    assert made["summary"]["lend"] == 3
    shown = answered(handler(sample("runs/show"), context()))
    assert shown == made | {"already_done": None}
    # RULES 26: made again, also by the schedule, nothing changes
    assert answered(handler(sample("runs/make"), context()))["already_done"] is True
    assert allocator(sample("allocator/thursday_run"), context())["already_done"] is True


def test_sample_dry_run_decides_the_same_and_writes_nothing(library: Table) -> None:
    before = everything(library)
    dry = answered(handler(sample("runs/dry"), context()))
    assert everything(library) == before
    made = answered(handler(sample("runs/make"), context()))
    assert dry["decisions"] == made["decisions"]


def test_a_run_tells_what_it_took() -> None:
    # GIVEN a run THEN it is shown with its timings, requests and units, counted from the first look to the last note
    cost = answered(handler(sample("runs/make"), context()))["cost"]
    assert cost["invocations"] == 1
    assert set(cost["seconds"]) == {"reading", "planning", "writing"}
    assert all(spent >= 0 for spent in cost["seconds"].values())
    assert cost["requests"] > 16
    # AND asked again, which changes nothing, it took no more
    answered(handler(sample("runs/make"), context()))
    assert answered(handler(sample("runs/show"), context()))["cost"] == cost


def test_sample_replay_decides_the_same_from_the_input_of_then(library: Table) -> None:
    # GIVEN a run, after which everything has changed
    answered(handler(sample("runs/make"), context()))
    library.transact(moved(library, "t-1-1", CopyState.ON_LOAN, holder="p-1", due_on=date(2026, 6, 21)))
    patron, held = patrons.find(library, "p-1"), holds.find(library, "p-1", "t-2")
    assert patron
    assert held
    library.transact(patrons.change(patron, replace(patron, blocked=True, loan_cap=5)))
    library.transact(holds.end(held))
    # WHEN it is decided again THEN the same comes out (RULES 26)
    before = everything(library)
    replay = answered(handler(sample("runs/replay"), context()))
    assert replay == {"date": "2026-06-04", "same": True, "input_intact": True, "decisions": 4, "differences": []}
    assert everything(library) == before


def test_a_replay_by_other_rules_shows_what_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(handler(sample("runs/make"), context()))
    # GIVEN software that forgets the last decision
    monkeypatch.setattr(replaying_run, "decide", lambda *given: plan.decide(*given)[:-1])
    replay = answered(handler(sample("runs/replay"), context()))
    assert (replay["same"], replay["input_intact"]) == (False, True)
    ((then, now),) = [(each["then"], each["now"]) for each in replay["differences"]]
    assert (then["title_id"], then["decision"], now) == ("t-3", "lend", None)


def test_what_is_kept_of_a_run_names_nobody_and_vanishes(library: Table) -> None:
    answered(handler(sample("runs/make"), context()))
    kept = [item for item in library.query("RUN#2026-06-04") if item["SK"].startswith("INPUT#")]
    # RULES 41: as long as its decisions, and no more of a person than these have
    gone = (date(2026, 6, 4) + timedelta(days=35)).isoformat()
    assert [datetime.fromtimestamp(item["expires_at"], TOKYO).date().isoformat() for item in kept] == [gone]
    told = json.loads(lzma.decompress(b"".join(bytes(item["input"]) for item in kept)))
    # The policy has a postal code as an example of its own.
    plain = json.dumps({name: rows for name, rows in told.items() if name != "policy"}, ensure_ascii=False)
    assert "p-1" in plain
    assert not [
        each for each in ("10000001", "花子", "ハナコ", "example.jp", "030-0184", "017-000-0000") if each in plain
    ]


def test_a_pull_or_an_old_run_cannot_be_replayed(library: Table) -> None:
    allocator(sample("allocator/prefectural_pull"), context())
    assert answered(desk("GET", "/api/desk/runs/2026-06-04am/replay"), 409)["code"] == "run_input_gone"
    assert answered(desk("GET", "/api/desk/runs/2026-06-11/replay"), 404)["code"] == "not_found"
    assert desk("GET", "/api/desk/runs/2026-06-04/replay", group="patron")["statusCode"] == 403


def test_decisions_come_in_pages() -> None:
    found: list[dict[str, Any]] = []
    cursor = None
    answered(handler(sample("runs/make"), context()))
    for _ in range(2):
        page = answered(
            desk("GET", "/api/desk/runs/2026-06-04", query={"limit": "3"} | ({"cursor": cursor} if cursor else {}))
        )
        found, cursor = found + page["decisions"], page["cursor"]
    assert cursor is None
    assert len({(each["card_number"], each["title_id"]) for each in found}) == len(found) == 4


def test_sample_what_if_shows_who_gets_more_or_less(library: Table) -> None:
    before = everything(library)
    # WHEN the cap were 1 and facility 13 closed
    tried = answered(handler(sample("runs/what_if"), context()))
    # THEN p-1 gets one book of three, and nothing goes to 13
    assert everything(library) == before
    assert tried["difference"] == {
        "patrons": [{"card_number": "10000001", "lend": {"plain": 3, "what_if": 1},
                     "keep_aside": {"plain": 0, "what_if": 1}}],
        "facilities": [{"pickup_place": "12", "lend": {"plain": 2, "what_if": 1},
                        "keep_aside": {"plain": 0, "what_if": 1}},
                       {"pickup_place": "13", "lend": {"plain": 1, "what_if": 0},
                        "keep_aside": {"plain": 0, "what_if": 0}}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("what_if", "lend"),
    [({"run_skipped": True}, 0), ({"missing_percent": 100}, 0), ({"missing_percent": 0}, 3), ({}, 3)],
)
def test_what_if_the_run_were_left_out_or_books_missing(what_if: dict[str, Any], lend: int) -> None:
    tried = answered(desk("POST", "/api/desk/runs", {"date": "2026-06-04", "what_if": what_if}))
    assert tried["summary"].get("lend", 0) == lend


def test_the_same_seed_misses_the_same_books(library: Table) -> None:
    body = {"date": "2026-06-04", "what_if": {"missing_percent": 50, "seed": 3}}
    first, second = (answered(desk("POST", "/api/desk/runs", body))["decisions"] for _ in range(2))
    assert first == second


def test_a_run_waits_for_its_cut_off_and_is_not_made_too_late(library: Table) -> None:
    early = desk("POST", "/api/desk/runs", {"date": "2026-06-04"}, RUN_TIME - timedelta(seconds=1))
    assert answered(early, 409)["code"] == "run_not_due"
    late = desk("POST", "/api/desk/runs", {"date": "2026-06-04"}, datetime(2026, 6, 7, 9, tzinfo=TOKYO))
    assert answered(late, 409)["code"] == "run_too_late"
    assert list(copies.pulls(library)) == []
    # AND on Friday, staff may make it for the Friday (RULES 22)
    friday = desk("POST", "/api/desk/runs", {"date": "2026-06-05"}, datetime(2026, 6, 5, 9, tzinfo=TOKYO))
    assert answered(friday)["summary"]["lend"] == 3


def test_who_has_left_keeps_a_decision_without_a_number(library: Table) -> None:
    answered(handler(sample("runs/make"), context()))
    library._client.delete_item(TableName=library.name, Key={"PK": {"S": "PATRON#p-2"}, "SK": {"S": "PATRON"}})
    shown = answered(desk("GET", "/api/desk/runs/2026-06-04"))
    assert [each["card_number"] for each in shown["decisions"] if each["code"] == "queue"] == [""]


def test_a_run_that_was_never_made_is_not_found() -> None:
    assert answered(desk("GET", "/api/desk/runs/2026-06-11"), 404)["code"] == "not_found"


def test_only_the_desk() -> None:
    assert desk("GET", "/api/desk/runs/2026-06-04", group="patron")["statusCode"] == 403
    assert desk("POST", "/api/desk/runs", {"date": "2026-06-04"}, group="facility-01")["statusCode"] == 403


def test_a_book_lent_meanwhile_does_not_change_what_was_decided(library: Table) -> None:
    answered(handler(sample("runs/make"), context()))
    library.transact(moved(library, "t-1-1", CopyState.ON_LOAN, holder="p-1", due_on=date(2026, 6, 21)))
    shown = answered(desk("GET", "/api/desk/runs/2026-06-04"))
    assert shown["summary"]["lend"] == 3
