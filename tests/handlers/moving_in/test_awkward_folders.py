"""Folders as they come, RULES 42, 43: cut, old, brought by two at once, with books that the other system has lent."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from infra.moving_in.folder import Folder, read_folder
from infra.moving_in.move import Moved
from infra.moving_in.steps import WHY
from lending.actions.library import Library
from lending.actions.loans.check_in import check_in_all
from lending.actions.moving_in.begin import Older
from lending.actions.moving_in.take_in import Taken
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.exchange import copies_files
from lending.aws.table.exchange.copies_files import Newest
from lending.aws.table.loans import loans
from lending.aws.table.registration import cards
from lending.domain.catalogue.title import CopyState
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import CountingStore
from tests.handlers.crashing import everything
from tests.handlers.invariants import what_must_never_break
from tests.handlers.moving_in.conftest import FACILITY, NOW, move
from tests.handlers.moving_in.folders import FILES, counts, folder, of_card, rows, why
from tests.library import aomori

COPIES = (
    "barcode,title_id,call_number,state,due_on\n"
    "c-1,t-1,913.6,elsewhere,R8.6.14\nc-2,t-2,913.6,,\nc-3,t-3,913.6,elsewhere,2026-06-20\nc-4,t-3,913.6,elsewhere,\n"
)


def where(library: Table) -> dict[str, tuple[CopyState, date | None]]:
    found = copies.find_many(library, ["c-1", "c-2", "c-3", "c-4"])
    return {copy.barcode: (copy.state, copy.due_on) for copy in found}


def test_a_book_that_the_other_system_has_lent_is_elsewhere(
    library: Table, moving: Callable[..., Moved], tmp_path: Path
) -> None:
    # GIVEN books that the other system has lent: one to a patron, one by a card that is not here, two to others (43)
    lent = "利用者番号,資料番号,返却期限\n20000001,c-1,R8.6.14\n20000009,c-2,2026/6/10\n"
    path = folder(tmp_path, copies=COPIES, loans=lent)
    # WHEN the library moves in
    moved = moving(path)
    # THEN the patron's is a loan, and no run takes any of the others, until the days that are told
    assert where(library) == {
        "c-1": (CopyState.ON_LOAN, date(2026, 6, 14)),
        "c-2": (CopyState.ELSEWHERE, date(2026, 6, 10)),
        "c-3": (CopyState.ELSEWHERE, date(2026, 6, 20)),
        "c-4": (CopyState.ELSEWHERE, None),
    }
    # AND the line of the unknown card is named
    assert why(moved) == [("loans.csv", 3)]
    # AND once more nothing changes
    before = everything(library)
    assert counts(moving(path))["copies.csv"] == {"same": 2}
    assert everything(library) == before
    what_must_never_break(rows(library), hold_limit=20, cap=10)
    # AND where a nightly file has told since, that one counts
    library.write(copies.state_change(copies.find_many(library, ["c-3"])[0], CopyState.ON_SHELF, on=NOW.date()))
    library.write(copies_files.newest_change(Newest(datetime(2036, 6, 2, tzinfo=TOKYO), 4)))
    moving(path)
    assert where(library)["c-3"] == (CopyState.ON_SHELF, None)


def test_an_older_folder_changes_nothing(library: Table, moving: Callable[..., Moved], tmp_path: Path) -> None:
    # GIVEN a library that has moved in with today's folder, and one of a week ago, in which a patron is blocked (42)
    today, old = tmp_path / "move-20260601-0900", tmp_path / "move-20260525"
    today.mkdir()
    old.mkdir()
    moving(folder(today))
    before = everything(library)
    folder(old, patrons=FILES["patrons.csv"].replace("R9.3.31,,", "R9.3.31,停止,"))
    # WHEN it comes afterwards THEN it is refused as a whole, in a dry run too
    for dry in (True, False):
        with pytest.raises(Older):
            moving(old, dry=dry)
    assert everything(library) == before
    # AND what was given back here is not lent again by today's folder
    check_in_all(Library(library, aomori(), NOW), ["c-1"], "staff")
    assert why(moving(today)) == [("loans.csv", 2)]
    assert of_card(library, "20000001").loans == 1
    assert where(library)["c-1"] == (CopyState.ON_SHELF, None)


def test_without_a_moment_in_its_name_a_folder_is_as_new_as_its_newest_file(tmp_path: Path) -> None:
    path = folder(tmp_path)
    for day, name in enumerate(FILES, 1):
        os.utime(path / name, times=(at := datetime(2026, 5, day, tzinfo=TOKYO).timestamp(), at))
    assert read(path).as_of == datetime(2026, 5, 5, tzinfo=TOKYO)


class OneAtATime:
    """A store that carries out one request after the other; what moto rolls back takes others' writes away."""

    def __init__(self) -> None:
        self._store, self._alone = CountingStore(), Lock()

    def __getattr__(self, name: str) -> Any:
        def ask(**request: Any) -> Any:
            with self._alone:
                return getattr(self._store, name)(**request)

        return ask


@pytest.mark.usefixtures("library")
def test_two_at_once_take_everybody_in_once(tmp_path: Path) -> None:
    # GIVEN a library whose titles are there, and the same folder brought by two at the same moment (42)
    table, path = Table(OneAtATime(), "lending"), folder(tmp_path, patrons="", loans="", holds="")
    table.write(FACILITY)
    move(table, path)
    folder(path)
    for name in ("titles.csv", "copies.csv"):
        (path / name).unlink()
    with ThreadPoolExecutor(2) as pool:
        moved = list(pool.map(lambda _: move(table, path), range(2)))
    # THEN whoever was overtaken says so, and all is there once
    assert {fault.why for each in moved for fault in each.faults} <= {WHY[Taken.OVERTAKEN]}
    assert not move(table, path).faults
    assert (of_card(table, "20000001").loans, of_card(table, "20000003").open_holds) == (2, 1)
    (one,) = cards.find_many(table, ["20000001"])
    assert [loan.barcode for loan in loans.of_patron(table, one.patron_id)] == ["c-2", "c-1"]


def read(path: Path) -> Folder:
    return read_folder(path, aomori(), NOW.date())


def lines(told: Folder) -> dict[tuple[str, int], object]:
    """What each line of the people, loans and holds says, whoever has which id here."""
    return {
        (found.file, line): {name: getattr(row, name) for name in row.__slots__ if name != "patron_id"}
        for found in (told.copies, told.people, told.loans, told.holds)
        for line, row in found.rows.items()
    }


@pytest.mark.parametrize("name", ["copies.csv", "patrons.csv", "loans.csv", "holds.csv"])
def test_a_file_cut_anywhere_says_nothing_else(tmp_path: Path, name: str) -> None:
    # GIVEN a folder with one of its files cut at every tenth byte
    whole = lines(read(folder(tmp_path)))
    data = (tmp_path / name).read_bytes()
    for size in range(0, len(data), 10):
        (tmp_path / name).write_bytes(data[:size])
        cut = read(tmp_path)
        # THEN no line says what it does not say in the whole file
        assert lines(cut).items() <= whole.items()
        # AND the line that is cut is named
        of_file = next(each for each in (cut.copies, cut.people, cut.loans, cut.holds) if each.file == name)
        ends = data[:size].endswith(b"\n")
        last = data[:size].count(b"\n") + 1
        assert [fault.line for fault in of_file.faults] == ([] if ends else [last])
