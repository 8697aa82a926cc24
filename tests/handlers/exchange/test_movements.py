"""Files of movements for the library's own system, RULES 43."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.exchange.handler import handler
from functions.my_library.handler import handler as my_library
from lending.actions.exchange import send_movements
from lending.aws.clients import client
from lending.aws.exchange_bucket import put_movements
from lending.aws.table import Table
from lending.aws.table.loans import loans
from lending.domain.catalogue.title import CopyState
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.crashing import Mortal, dies_anywhere
from tests.handlers.desk import CARD, SampleLibrary, ask
from tests.handlers.other_system import OwnSystem

SNOW = {"pickup_from": "2026-06-07", "facility": "12", "pickup_until": "2026-06-17", "due_on": "2026-06-24",
        "reason": "大雪"}  # fmt: skip


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, two patrons, and a dozen books."""
    library = SampleLibrary(given)
    library.facility()
    for n in (1, 2):
        library.patron(f"p-{n}")
    for n in range(1, 13):
        given.title(f"t-{n}")
    return library


def june(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=TOKYO)


def job(moment: datetime) -> dict[str, Any]:
    return handler({"job": "movements_out", "scheduled_time": moment.isoformat()}, context())


def twice(method: str, path: str, body: Any, now: datetime) -> None:
    """Somebody asks, and once more, since no answer came."""
    for again in range(2):
        status, answer = ask(method, path, body, now)
        assert status < 300 or (again and status < 500), answer


def files() -> dict[str, str]:
    """The files that have gone out, by name, in the order of names."""
    found = client("s3").list_objects_v2(Bucket="exchange", Prefix="out/movements/").get("Contents", [])
    return {each["Key"]: _text(each["Key"]) for each in found}


def _text(key: str) -> str:
    return str(client("s3").get_object(Bucket="exchange", Key=key)["Body"].read(), "utf-8")


def renewed_online(patron_id: str, barcode: str, now: datetime) -> bool:
    """Whether a patron may renew their loan."""
    event = request("POST", f"/api/me/loans/{barcode}/renewals", group="patron", user=patron_id, now=now)
    return bool(my_library(event, context())["statusCode"] == 201)


def own_system() -> OwnSystem:
    """One that has taken in all of them."""
    system = OwnSystem()
    for name, text in files().items():
        system.take_in(name, text)
    return system


def lent_here(at: SampleLibrary) -> dict[str, str]:
    found = (loan for patron in ("p-1", "p-2") for loan in loans.of_patron(at.table, patron))
    return {loan.barcode: loan.due_on.isoformat() for loan in found}


def lend(day: int, *barcodes: str) -> None:
    """Books are lent at the counter, a minute after each other."""
    for n, barcode in enumerate(barcodes):
        assert ask("POST", "/checkouts", {"card_number": CARD, "barcode": barcode}, june(day, 9, n))[0] == 201


def test_sample_what_happened_goes_out_once(at: SampleLibrary) -> None:
    # GIVEN a book lent on Thursday WHEN the hour's job comes, RULES 43
    lend(4, "t-1-1")
    done = handler(sample("exchange/movements_out"), context())
    # THEN the file says so, and names nobody
    assert done == {"job": "movements_out", "files": 1, "movements": 1}
    assert files() == {
        "out/movements/20260604-090000-000.csv": (
            "moment,kind,barcode,due_on\n2026-06-04T09:00:00.000+09:00,lent,t-1-1,2026-06-18\n"
        )
    }
    # WHEN it comes again THEN there is nothing to tell
    assert job(june(4, 11)) == {"job": "movements_out", "files": 0, "movements": 0}
    assert len(files()) == 1


@dataclass
class BesideEachOther:
    """This service and the library's own system, and what has happened so far."""

    at: SampleLibrary
    kinds: list[str] = field(default_factory=list)

    def told(self, moment: datetime, *kinds: str) -> None:
        """By the job of a moment the other one hears of these movements, and both have the same loans then."""
        job(moment)
        self.kinds += kinds
        system = own_system()
        assert (system.kinds, system.lent) == (self.kinds, lent_here(self.at))


def test_a_weeks_movements_leave_both_with_the_same_loans(at: SampleLibrary) -> None:
    """Each act is asked for twice, and told once (RULES 43)."""
    both = BesideEachOther(at)
    for n in (1, 2):
        at.hold("p-1", f"t-{n}")
        at.pull(f"t-{n}-1")
        # WHEN on Thursday two books go into a crate, one of them by mistake, and one is lent at the counter
        twice("POST", f"/pulls/t-{n}-1", {"result": "found"}, june(4, 9, n))
    both.told(june(4, 10), "lent", "lent")
    twice("DELETE", "/pulls/t-2-1/scan", None, june(4, 11))
    twice("POST", "/checkouts", {"card_number": "10000002", "barcode": "t-3-1"}, june(4, 12))
    # THEN the mistake that was told is told back
    both.told(june(4, 13), "returned", "lent")
    # WHEN it snows, and the old days come back THEN each changes the due date
    twice("POST", "/shifts", SNOW, june(6))
    both.told(june(6, 10), "due_changed")
    twice("DELETE", "/shifts/2026-06-07.12", None, june(6, 11))
    both.told(june(6, 12), "due_changed")
    # WHEN a loan is renewed by phone, and one by its patron
    twice("POST", "/patrons/10000002/loans/t-3-1/renewal", None, june(16))
    assert renewed_online("p-2", "t-3-1", june(23))
    both.told(june(23, 10), "renewed", "renewed")
    # WHEN a book is lost, found, lost and replaced THEN its loan is over with the last of these
    for hour, act in enumerate(("lost", "found", "lost", "replaced"), start=9):
        twice("POST", f"/copies/t-3-1/{act}", None, june(24, hour))
        both.told(june(24, hour, 30), act)
    # WHEN all are checked in: what was lost, what is on loan here, and what the library's own system had lent
    at.table.write(moved(at.table, "t-6-1", CopyState.ELSEWHERE))
    for minute, barcode in enumerate(("t-3-1", "t-1-1", "t-6-1")):
        twice("POST", "/checkins", {"barcodes": [barcode]}, june(26, 9, minute))
    both.told(june(26, 10), "found", "returned", "returned")
    assert lent_here(at) == {}


def test_a_book_that_is_damaged_and_mended_on_its_shelf_is_told(at: SampleLibrary) -> None:
    for hour, act in enumerate(("damaged", "found"), start=13):
        twice("POST", f"/copies/t-5-1/{act}", None, june(20, hour))
    BesideEachOther(at).told(june(20, 15), "damaged", "found")


def test_a_trolley_is_told_book_by_book(at: SampleLibrary) -> None:
    books = ["t-1-1", "t-2-1", "t-3-1"]
    lend(4, *books)
    twice("POST", "/checkins", {"barcodes": [*books, "t-4-1"]}, june(4, 12))
    job(june(4, 13))
    assert own_system().kinds == ["lent"] * 3 + ["returned"] * 3


def test_what_was_only_missed_is_no_movement(at: SampleLibrary) -> None:
    at.table.write(moved(at.table, "t-1-1", CopyState.MISSING))
    at.table.write(moved(at.table, "t-2-1", CopyState.MISSING))
    ask("POST", "/copies/t-1-1/found", None, june(4))
    ask("POST", "/checkins", {"barcodes": ["t-2-1"]}, june(4))
    assert job(june(4, 10))["movements"] == 0


def test_what_is_refused_is_no_movement(at: SampleLibrary) -> None:
    at.loan("t-1-1", due_on=date(2026, 6, 30))
    assert ask("POST", "/checkouts", {"card_number": "10000002", "barcode": "t-1-1"}, june(4))[0] == 409
    assert ask("POST", f"/patrons/{CARD}/loans/t-1-1/renewal", None, june(4))[0] == 409
    assert job(june(4, 10))["movements"] == 0


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_movements, "_ROWS_OF_FILE", 2)


@pytest.mark.usefixtures("small_files")
def test_a_busy_hour_goes_out_in_several_files_in_order(at: SampleLibrary) -> None:
    # GIVEN five books lent at the same moment WHEN a file takes two of them
    for n in range(1, 6):
        ask("POST", "/checkouts", {"card_number": CARD, "barcode": f"t-{n}-1"}, june(4))
    assert job(june(4, 10)) == {"job": "movements_out", "files": 3, "movements": 5}
    # THEN no file has the name of another, and what comes after has a later one
    lend(5, "t-6-1")
    job(june(5, 10))
    assert [name[-14:-4] for name in files()] == ["090000-000", "090000-001", "090000-002", "090000-000"]
    assert own_system().lent == lent_here(at)


@pytest.mark.usefixtures("small_files")
def test_what_there_is_no_time_for_goes_out_the_next_time(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    lend(4, "t-1-1", "t-2-1", "t-3-1")
    time_left = iter([20_000, 1])
    short = context()
    monkeypatch.setattr(short, "get_remaining_time_in_millis", lambda: next(time_left))
    event = {"job": "movements_out", "scheduled_time": june(4, 10).isoformat()}
    assert handler(event, short)["movements"] == 2
    assert job(june(4, 11))["movements"] == 1
    assert own_system().lent == lent_here(at)


def test_what_happens_just_now_waits_for_what_came_before_it(at: SampleLibrary) -> None:
    # GIVEN a book lent half a minute before the job, while an older request may still be under way
    ask("POST", "/checkouts", {"card_number": CARD, "barcode": "t-1-1"}, june(4, 9) + timedelta(seconds=30))
    assert job(june(4, 9, 1))["movements"] == 0
    # THEN it goes out an hour later
    assert job(june(4, 10, 1))["movements"] == 1


@pytest.mark.usefixtures("small_files")
def test_a_death_anywhere_leaves_each_movement_in_one_file(at: SampleLibrary, library: Table, mortal: Mortal) -> None:
    # GIVEN five movements, and a job that dies before or after any of its writes
    lend(4, "t-1-1", "t-2-1", "t-3-1")
    ask("POST", "/checkins", {"barcodes": ["t-1-1", "t-3-1"]}, june(4, 9, 30))

    def alive() -> dict[str, Any]:
        job(june(4, 10))
        return {}

    # WHEN it comes again THEN it ends as if nothing had happened, RULES 43
    assert dies_anywhere(library, mortal, alive) >= 10
    # AND a file that was put twice was the same to the byte
    assert (own_system().kinds, own_system().lent) == (["lent"] * 3 + ["returned"] * 2, {"t-2-1": "2026-06-18"})
    assert len(files()) == 3


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_job_meanwhile_changes_no_file(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """The scheduler may call twice: of two that send the same file each sends the same."""
    lend(4, "t-1-1", "t-2-1", "t-3-1", "t-4-1", "t-5-1")
    put: list[tuple[str, bytes]] = []
    waiting: list[Callable[[], Any]] = [lambda: job(june(4, 11))]

    def disturbed(name: str, data: bytes) -> None:
        if waiting and when == "before":
            waiting.pop()()
        put_movements(name, data)
        put.append((name, data))
        if waiting:
            waiting.pop()()

    monkeypatch.setattr(send_movements, "put_movements", disturbed)
    job(june(4, 10))
    # THEN each name stands for one content, and each movement is in one of them
    assert len(set(put)) == len(dict(put)) == len(files()) == 3
    assert own_system().lent == lent_here(at)
