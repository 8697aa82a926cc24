"""Files of copies from the library's own system, RULES 43."""

import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.desk.handler import handler as desk
from functions.exchange.handler import handler
from infra.library import as_parameter
from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table import Table
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import CopyState, LiesAt
from lending.domain.holds.hold import HoldStatus
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, sample
from tests.handlers.crashing import Mortal, dies_anywhere, everything
from tests.handlers.desk import SampleLibrary, answered, ask
from tests.handlers.metrics import counts_in
from tests.handlers.played_once import played_once
from tests.library import aomori

DUE = date(2026, 6, 20)
NIGHT = "copies-20260603-2300.csv"
NEXT_NIGHT = "copies-20260604-2300.csv"
ALL_DONE: dict[str, list[Any]] = {"batchItemFailures": []}


@pytest.fixture
@played_once
def at(given: Given) -> SampleLibrary:
    """Sixty copies of twenty titles, and two patrons."""
    library = SampleLibrary(given)
    library.facility()
    for n in (1, 2):
        library.patron(f"p-{n}")
    for n in range(1, 21):
        given.title(f"t-{n}", copies=3)
    return library


@pytest.fixture
def any_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that lets a night take away what it likes."""
    monkeypatch.setenv("POLICY", as_parameter(aomori(taken_away_percent=100)))
    settings.cache_clear()


def rows(*elsewhere: str, due: str = DUE.isoformat(), without: str = "") -> str:
    """A whole file of the sixty copies, of which some are elsewhere."""
    barcodes = [f"t-{title}-{n}" for title in range(1, 21) for n in (1, 2, 3)]
    lent = {barcode: f"{barcode},elsewhere,{due}" for barcode in elsewhere}
    return "\n".join(["barcode,state,due_on", *(lent.get(b, f"{b},on_shelf,") for b in barcodes if b != without), ""])


def comes(text: str, name: str = NIGHT) -> dict[str, Any]:
    """A file comes into the bucket, and the queue tells of it."""
    client("s3").put_object(Bucket="exchange", Key=f"in/copies/{name}", Body=text.encode())
    return told(name)


def told(name: str) -> dict[str, Any]:
    event = json.loads(json.dumps(sample("exchange/copies")).replace(NIGHT, name))
    return handler(event, context()) or {}


def elsewhere(at: SampleLibrary) -> dict[str, date | None]:
    everywhere = [at.copy(f"t-{title}-{n}") for title in range(1, 21) for n in (1, 2, 3)]
    return {copy.barcode: copy.due_on for copy in everywhere if copy.state is CopyState.ELSEWHERE}


def differences() -> list[dict[str, Any]]:
    status, shown = answered(desk(sample("desk/list_differences"), context()))
    assert status == 200, shown
    return list(shown["items"])


def test_what_the_librarys_own_system_lends_is_elsewhere(at: SampleLibrary) -> None:
    # WHEN its file of the night says that a book is lent, RULES 43
    assert comes(rows("t-1-1")) == ALL_DONE
    # THEN it is elsewhere, with the due date, and staff read it in words
    assert elsewhere(at) == {"t-1-1": DUE}
    _, copy = ask("GET", "/copies/t-1-1")
    assert (copy["state"], copy["state_label"], copy["lies_at"]) == ("elsewhere", "貸出中(館内システム)", None)
    # WHEN it is renewed there, and comes back THEN it is so here, too
    comes(rows("t-1-1", due="2026-06-27"), NEXT_NIGHT)
    assert elsewhere(at) == {"t-1-1": date(2026, 6, 27)}
    comes(rows(), "copies-20260605-2300.csv")
    assert (elsewhere(at), at.copy("t-1-1").state, at.copy("t-1-1").lies_at) == ({}, "on_shelf", LiesAt.SHELF)


def test_a_file_once_more_or_an_older_one_changes_nothing(at: SampleLibrary) -> None:
    # GIVEN the files of two nights, the later one first
    comes(rows("t-2-1"), NEXT_NIGHT)
    before = everything(at.table)
    # WHEN the earlier one comes, and the later one again
    comes(rows("t-1-1"), NIGHT)
    told(NEXT_NIGHT)
    # THEN nothing has changed
    assert everything(at.table) == before


def test_only_tables_are_read_whatever_the_case_of_their_name(at: SampleLibrary) -> None:
    comes(rows("t-1-1"), "README.txt")
    assert elsewhere(at) == {}
    comes(rows("t-1-1"), "COPIES 20260603.CSV")
    assert elsewhere(at) == {"t-1-1": DUE}


def test_nothing_is_told_of_a_file_that_is_gone(at: SampleLibrary) -> None:
    before = everything(at.table)
    assert (told("gone.csv"), handler(sample("exchange/test_event"), context())) == (ALL_DONE, ALL_DONE)
    assert everything(at.table) == before


@pytest.mark.parametrize(
    "text",
    [rows("t-1-1")[:-3], rows("t-1-1", "t-2-1"), "barcode,place\nt-1-1,home\n", ""],
    ids=["cut", "too much", "other columns", "empty"],
)
def test_a_file_is_refused_as_a_whole_and_an_alarm_hears_it(
    at: SampleLibrary, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # GIVEN a file that is no whole one, or takes too much away, RULES 43
    before = everything(at.table)
    assert comes(text) == ALL_DONE
    assert everything(at.table) == before
    assert counts_in(capsys.readouterr().out)["CopiesRefused"] == [1]


def test_a_file_that_leaves_copies_out_is_refused(at: SampleLibrary, capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN a whole file; one copy fewer is no matter
    comes(rows("t-1-1"))
    comes(rows(without="t-20-3"), NEXT_NIGHT)
    assert elsewhere(at) == {}
    # WHEN one ends in the middle, though at the end of a line
    half = "".join(rows("t-1-1").splitlines(keepends=True)[:30])
    comes(half, "copies-20260605-2300.csv")
    # THEN it is refused, and the next one is compared with the last whole one
    assert (elsewhere(at), counts_in(capsys.readouterr().out)["CopiesRefused"]) == ({}, [1])


def lent(at: SampleLibrary) -> None:
    at.loan("t-1-1")


def secured(at: SampleLibrary) -> None:
    at.hold()
    at.kept()


def ready(at: SampleLibrary) -> None:
    at.hold()
    at.kept(status=HoldStatus.READY)


def planned(at: SampleLibrary) -> None:
    at.hold()
    at.pull()


def lost(at: SampleLibrary) -> None:
    at.table.write(moved(at.table, "t-1-1", CopyState.LOST))


@pytest.mark.parametrize("used", [lent, secured, ready, planned, lost])
def test_what_contradicts_is_told_to_the_desk_and_changes_nothing(
    at: SampleLibrary, used: Callable[[SampleLibrary], None]
) -> None:
    # GIVEN a book that is in use here, RULES 43
    used(at)
    before = at.copy()
    # WHEN the library's own system says night after night that it has lent it
    comes(rows("t-1-1"))
    comes(rows("t-1-1"), NEXT_NIGHT)
    # THEN it is a difference since the first of them, once
    assert at.copy() == before
    (line,) = differences()
    assert (line["barcode"], line["elsewhere_until"], line["since"]) == ("t-1-1", "2026-06-20", "2026-06-03")
    # WHEN that is so no more THEN it is gone
    comes(rows(), "copies-20260605-2300.csv")
    assert (differences(), at.copy()) == ([], before)


def test_a_difference_ends_with_what_it_contradicted(at: SampleLibrary) -> None:
    at.loan("t-1-1")
    comes(rows("t-1-1"))
    assert [line["card_number"] for line in differences()] == ["10000001"]
    # WHEN the book is checked in here THEN there is nothing to be done, and what the next file says is so
    ask("POST", "/checkins", {"barcodes": ["t-1-1"]})
    assert differences() == []
    comes(rows("t-1-1"), NEXT_NIGHT)
    assert (elsewhere(at), differences()) == ({"t-1-1": DUE}, [])


def test_a_book_in_hand_is_here(at: SampleLibrary) -> None:
    # GIVEN two books elsewhere, for one of which somebody waits
    comes(rows("t-1-1"))
    at.table.write(moved(at.table, "t-2-1", CopyState.ELSEWHERE, due_on=DUE))
    at.hold()
    # WHEN they are checked in, twice
    for _ in range(2):
        status, shown = ask("POST", "/checkins", {"barcodes": ["t-1-1", "t-2-1"]})
        # THEN they are back
        assert [(each["result"], each["next"]) for each in shown["items"]] == [
            ("returned", "hold"), ("returned", "shelve"),
        ]  # fmt: skip
    assert (status, elsewhere(at), at.copy().lies_at) == (200, {}, LiesAt.RETURNS)


def test_a_scan_of_the_pull_list_says_what_to_do_with_it(at: SampleLibrary) -> None:
    comes(rows("t-1-1"))
    status, problem = ask("POST", "/pulls/t-1-1", {"result": "found"})
    assert (status, problem["reasons"][0]["todo"]) == (409, "check_in")
    assert elsewhere(at) == {"t-1-1": DUE}


def meanwhile(library: Table, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Something happens between what a file was compared with and the first write that it makes."""
    transact, waiting = library.transact, [happens]

    def first(*writes: Write, **how: Any) -> None:
        if len(writes) > 1 and waiting:
            waiting.pop()()
        transact(*writes, **how)

    monkeypatch.setattr(library, "transact", first)


def test_an_older_file_that_is_overtaken_stops(
    at: SampleLibrary, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a file that has been read WHEN a newer one comes before anything of it is written
    meanwhile(library, monkeypatch, lambda: comes(rows("t-2-1"), NEXT_NIGHT))
    comes(rows("t-1-1"))
    # THEN only the newer one counts
    assert elsewhere(at) == {"t-2-1": DUE}


def test_a_book_that_is_lent_meanwhile_stays_lent(
    at: SampleLibrary, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a book that comes back there, and one that is lent there and here at the same moment
    comes(rows("t-2-1"), "copies-20260602-2300.csv")
    meanwhile(library, monkeypatch, lambda: at.loan("t-1-1"))
    comes(rows("t-1-1"))
    # THEN the loan stands, the other book is back all the same, and the next file tells the difference
    assert (at.copy().state, elsewhere(at), differences()) == (CopyState.ON_LOAN, {}, [])
    comes(rows("t-1-1"), NEXT_NIGHT)
    assert [line["barcode"] for line in differences()] == ["t-1-1"]


@pytest.mark.usefixtures("any_share")
def test_a_death_anywhere_is_made_good(at: SampleLibrary, library: Table, mortal: Mortal) -> None:
    # GIVEN a book that comes back, one that is lent, one that contradicts, and a difference that ends
    at.loan("t-3-1")
    at.loan("t-4-1")
    comes(rows("t-1-1", "t-4-1"))
    client("s3").put_object(
        Bucket="exchange", Key=f"in/copies/{NEXT_NIGHT}", Body=rows("t-2-1", "t-3-1").encode()
    )  # fmt: skip
    assert dies_anywhere(library, mortal, lambda: told(NEXT_NIGHT)) >= 2
    assert (elsewhere(at), [line["barcode"] for line in differences()]) == ({"t-2-1": DUE}, ["t-3-1"])


@pytest.mark.usefixtures("any_share")
def test_nights_beside_a_system_that_lends_half_of_the_shelf(at: SampleLibrary) -> None:
    # GIVEN a system of the library's own that lends and takes back as it likes and knows no loan of ours, RULES 43
    chance, theirs = random.Random(43), set[str]()
    barcodes = [f"t-{title}-{n}" for title in range(1, 21) for n in (1, 2, 3)]
    for barcode in ("t-1-1", "t-5-2", "t-9-3"):
        at.loan(barcode, "p-1")
    for night in range(6):
        theirs ^= set(chance.sample(barcodes, 15))
        name = f"copies-{datetime(2026, 6, 3, 23, tzinfo=TOKYO) + timedelta(days=night):%Y%m%d-%H%M}.csv"
        # WHEN its file comes, sometimes cut, sometimes twice, sometimes with the one of the week before
        comes(rows(*theirs)[: -chance.choice((2, 5, 9))], name)
        comes(rows(*theirs), name)
        comes(rows(*barcodes), "copies-20260527-2300.csv")
        told(name)
        # THEN each book is with one of the two, and where both say so, the desk is told
        ours = {barcode for barcode in barcodes if at.copy(barcode).state is CopyState.ON_LOAN}
        assert ours == {"t-1-1", "t-5-2", "t-9-3"}
        assert set(elsewhere(at)) == theirs - ours
        assert {line["barcode"] for line in differences()} == theirs & ours
