"""The run again and again while patrons place and cancel and the counter scans, lends and takes back (RULES 10-27).

`LOAD_SECONDS` says for how long, 15 by default. All of it plays in 2025, before anything other tests do: their holds
come after every cut-off here, so no run gives them a book.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import requests

from infra.local.people import Caller, run_job, until
from lending.actions.run.plan import decide
from lending.actions.run.run_input import read
from lending.aws.table import Table
from lending.aws.table.codec import from_wire
from lending.aws.table.run import runs
from lending.domain.patrons.patron import Patron
from lending.domain.run.run import thursday_run
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO
from tests.deployed.conftest import Given, table_rows
from tests.handlers.invariants import what_must_never_break
from tests.library import aomori

SECONDS = float(os.environ.get("LOAD_SECONDS", "15"))
PATIENCE = 300.0
FIRST_RUN = date(2025, 1, 2)
POLICY = aomori()
REFUSED = 409


@dataclass
class Town:
    """Some patrons, the desk and a few titles, and the week that they live in."""

    given: Given
    people: list[tuple[Patron, Caller]]
    barcodes: dict[str, tuple[str, ...]]
    week: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    rounds: int = 0

    @property
    def run_date(self) -> date:
        return FIRST_RUN + timedelta(weeks=self.week)

    def at(self, days: int, hours: int, minutes: int = 0) -> datetime:
        """A moment of the week, its days counted from the run's."""
        return datetime.combine(self.run_date + timedelta(days=days), datetime.min.time(), TOKYO).replace(
            hour=hours, minute=minutes
        )

    def ask(self, what: str, caller: Caller, *request: Any) -> requests.Response:
        """Ask, and remember how it was answered."""
        answer = caller.call(*request)
        self.answers[what, answer.status_code] += 1
        return answer

    def run(self) -> dict[str, Any]:
        return run_job(self.given.stack, "AllocatorFunction", "thursday_run", self.at(0, 8, 30))


@pytest.fixture(scope="module")
def town(given: Given) -> Town:
    people = [given.patron(loan_cap=cap, loan_cap_before=cap) for cap in (10, 2, 3)]
    titles = [given.title(copies=1 + n % 2) for n in range(8)]
    return Town(given, people, {title.title_id: title.barcodes for title in titles})


def lives_of_a_patron(town: Town, caller: Caller, chance: random.Random) -> Iterator[None]:
    own = Caller(caller.stack, caller.token)
    while True:
        title_id, at = chance.choice(list(town.barcodes)), town.at(-1, 12)
        if chance.random() < 0.7:
            body = {"title_id": title_id, "pickup_place": chance.choice(("12", "13", "prefectural"))}
            town.ask("place", own, "POST", "/me/holds", at, body)
        else:
            town.ask("cancel", own, "DELETE", f"/me/holds/{title_id}", at)
        yield


def life_of_the_counter(town: Town, chance: random.Random) -> Iterator[None]:
    desk = Caller(town.given.stack, town.given.account("desk").token)
    barcodes = [barcode for copies in town.barcodes.values() for barcode in copies]
    while True:
        town.rounds += 1
        listed = [pull["barcode"] for pull in desk.items("/desk/pulls", town.at(0, 9, 30))]
        for barcode in [barcode for barcode in listed if barcode in barcodes][:4]:
            result = chance.choice(("found", "found", "found", "missing"))
            town.ask("scan", desk, "POST", f"/desk/pulls/{barcode}", town.at(0, 9, 30), {"result": result})
            yield
        card, taken = chance.choice(town.people)[0].card_number, chance.choice(barcodes)
        body = {"card_number": card, "barcode": taken}
        town.ask("lend", desk, "POST", "/desk/checkouts", town.at(0, 10), body)
        yield
        back = chance.sample(barcodes, 5)
        town.ask("take back", desk, "POST", "/desk/checkins", town.at(0, 11), {"barcodes": back})
        yield
        town.ask("find", desk, "POST", f"/desk/copies/{chance.choice(barcodes)}/found", town.at(0, 11))
        yield


def until_over(town: Town, life: Iterator[None]) -> None:
    while not town.over.is_set():
        next(life)


def test_the_run_goes_on_while_the_library_lives(town: Town, library: Table) -> None:
    lives = [lives_of_a_patron(town, caller, random.Random(n)) for n, (_, caller) in enumerate(town.people[:2])]
    lives.append(life_of_the_counter(town, random.Random(9)))
    # WHEN all live at once, and the run is made week after week, each twice
    with ThreadPoolExecutor(len(lives)) as pool:
        done = [pool.submit(until_over, town, life) for life in lives]
        try:
            weeks = run_for_a_while(town, done)
        finally:
            town.over.set()
        for each in done:
            each.result()
    # THEN every request was answered by the rules, and every kind of them was granted now and then
    assert {status for _, status in town.answers} <= {200, 201, 204, 404, REFUSED, 503}, town.answers
    assert everything_was_granted(town), town.answers
    # AND every run was finished, and decides the same again
    records = [runs.find(library, RunId.of_weekly_run(FIRST_RUN + timedelta(weeks=week))) for week in range(weeks)]
    assert all(record and record.finished_at for record in records)
    desk = town.given.account("desk")
    assert desk.get(f"/desk/runs/{FIRST_RUN}/replay", town.at(0, 9))["same"] is True
    assert desk.get(f"/desk/runs/{FIRST_RUN}", town.at(0, 9))["cost"]["requests"] > 0
    print(f"{weeks} weeks: {dict(town.answers)}")  # noqa: T201 - shown if something below fails
    # AND once it is quiet the next run leaves nothing idle, and everything adds up
    town.week += 1
    assert town.run()["lost"] == 0
    nothing_is_left_undone(town, library)
    everything_adds_up(town)


def run_for_a_while(town: Town, lives: Sequence[Future[None]]) -> int:
    """Make run after run, until the time is over and everything has been granted once; how many."""
    began = time.monotonic()
    while time.monotonic() - began < SECONDS or not everything_was_granted(town):
        assert time.monotonic() - began < SECONDS + PATIENCE, town.answers
        town.run()
        assert town.run()["already_done"] is True
        # Some of its books are scanned before the next one plans anew.
        until_the_list_was_gone_through(town, lives)
        town.week += 1
    town.week -= 1
    return town.week + 1


def everything_was_granted(town: Town) -> bool:
    granted = (("place", 201), ("cancel", 204), ("scan", 200), ("lend", 201), ("take back", 200))
    return all(town.answers[each] for each in granted)


def until_the_list_was_gone_through(town: Town, lives: Sequence[Future[None]]) -> None:
    """The counter has fetched its list since, and done with it; a life that ended early tells why."""
    fetched_next = town.rounds + 2

    def gone_through() -> bool:
        for life in lives:
            if life.done():
                life.result()
        return town.rounds >= fetched_next

    until(gone_through, "the counter to go through its list", PATIENCE)


def nothing_is_left_undone(town: Town, library: Table) -> None:
    """Each book that the rules give to a hold now is on the pull list for it, or kept for it (RULES 18-23)."""
    run, mine = thursday_run(town.run_date, POLICY), {patron.patron_id for patron, _ in town.people}
    given = read(library, run, POLICY)
    copies = {copy.barcode: copy for of_title in given.copies.values() for copy in of_title}
    for each in decide(given, run, POLICY):
        if each.patron_id in mine and each.decision in ("lend", "keep_aside"):
            copy = copies[each.barcode]
            kept = copy.state == "kept_aside" and copy.holder == each.patron_id
            planned = copy.pull is not None and copy.pull.patron_id == each.patron_id
            assert planned or (kept and each.decision == "keep_aside"), each


def everything_adds_up(town: Town) -> None:
    """No copy twice, every count what its rows say, nobody over the cap, bags hold loans (RULES 10, 19, 24, 26)."""
    mine = {f"PATRON#{patron.patron_id}" for patron, _ in town.people}
    mine |= {f"TITLE#{title_id}" for title_id in town.barcodes}
    mine |= {f"COPY#{barcode}" for barcodes in town.barcodes.values() for barcode in barcodes}
    rows = [from_wire(row) for row in table_rows(town.given.stack)]
    rows = [row for row in rows if row["PK"] in mine or row["SK"].startswith("BAG#")]
    what_must_never_break(rows, POLICY.hold_limit, POLICY.loan_cap)
    assert all(row["loans"] <= row["loan_cap"] for row in rows if row["SK"] == "PATRON")
    copies = (row for row in rows if row["SK"] == "COPY")
    pulled = Counter((pull["patron_id"], pull["title_id"]) for row in copies if (pull := row.get("pull")))
    assert set(pulled.values()) <= {1}
