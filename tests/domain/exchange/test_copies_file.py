"""The nightly file of copies: RULES 43."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.copies_file import (
    CopiesFile,
    NotWhole,
    may_be_told,
    moment_of_file,
    read_copies,
    takes_too_much,
)
from lending.domain.week import TOKYO
from tests.copies import plan
from tests.library import aomori

ARRIVED = datetime(2026, 6, 5, 3, 30, tzinfo=TOKYO)
WHOLE = "barcode,state,due_on\r\na-1,elsewhere,2026-06-20\r\na-2,on_shelf,\r\na-3,on_loan,2026-06-21\r\n"


def test_a_file_says_what_is_elsewhere_and_what_is_on_a_shelf() -> None:
    # GIVEN a file of three copies, one of them lent by this service
    told = read_copies(WHOLE.encode())
    # THEN that one is left to this service
    assert told == CopiesFile(3, {"a-1": date(2026, 6, 20)}, {"a-2"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_columns_come_in_any_order_and_others_are_passed_over(encoding: str) -> None:
    text = "due_on,書名,state,barcode\n2026/06/20,雪国,elsewhere,a-1\n,津軽,on_shelf,a-2\n"
    assert read_copies(text.encode(encoding)) == CopiesFile(2, {"a-1": date(2026, 6, 20)}, {"a-2"})


def test_a_row_that_cannot_be_used_spoils_no_other() -> None:
    rows = "a-1,elsewhere,someday\na 2,on_shelf,\na-3,elsewhere\na-4,,\na-5,elsewhere,\na-6,on_shelf,\na-6,elsewhere,\n"
    told = read_copies(f"barcode,state,due_on\n{rows}".encode())
    assert (told.rows, told.bad, told.elsewhere, told.on_shelf) == (7, 4, {"a-5": None, "a-6": None}, set())


def test_a_file_cut_anywhere_is_refused_as_a_whole() -> None:
    # GIVEN a file that ends at any of its bytes but at the end of a line
    whole = WHOLE.encode()
    ends = [at for at in range(len(whole)) if not whole[:at].endswith(b"\n")]
    # THEN nothing of it is taken
    for at in ends:
        with pytest.raises(NotWhole):
            read_copies(whole[:at])
    with pytest.raises(NotWhole, match="columns"):
        read_copies(b"copy,state\na-1,on_shelf\n")


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("copies-20260604-0300.csv", datetime(2026, 6, 4, 3, tzinfo=TOKYO)),
        ("2026-06-04T03:00:05.csv", datetime(2026, 6, 4, 3, 0, 5, tzinfo=TOKYO)),
        ("20260604.csv", datetime(2026, 6, 4, tzinfo=TOKYO)),
        ("copies.csv", ARRIVED),
        ("20261399.csv", ARRIVED),
        ("1202606041.csv", ARRIVED),
    ],
)
def test_a_name_says_as_of_when_a_file_tells(name: str, moment: datetime) -> None:
    assert moment_of_file(name, ARRIVED) == moment


@pytest.mark.parametrize(
    ("taken_away", "rows", "rows_before", "too_much"),
    [(4, 200, 0, False), (5, 200, 200, True), (1, 10, 10, False), (2, 10, 10, True), (0, 196, 200, False),
     (0, 195, 200, True)],
)  # fmt: skip
def test_a_file_takes_away_no_more_than_the_policys_share(
    taken_away: int, rows: int, rows_before: int, too_much: bool
) -> None:
    assert takes_too_much(taken_away, CopiesFile(rows), rows_before, aomori()) is too_much
    assert not takes_too_much(taken_away, CopiesFile(rows), rows_before, aomori(taken_away_percent=100))


@pytest.mark.parametrize("state", CopyState)
def test_what_is_in_use_here_is_not_the_files_to_change(state: CopyState) -> None:
    copy = Copy("a-1", "t-1", state=state)
    assert may_be_told(copy) == (state in ("on_shelf", "missing", "elsewhere"))
    assert not may_be_told(replace(copy, pull=plan("p-1", "t-1")))
