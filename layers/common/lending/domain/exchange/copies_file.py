"""The nightly file of copies from the library's own system: what it says, and whether it is whole (RULES 43)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.catalogue.title_changes import NUMBER
from lending.domain.exchange.csv_rows import FileMapping, read_rows
from lending.domain.policy import Policy
from lending.domain.week import TOKYO

FIELDS = frozenset({"barcode", "state", "due_on"})
_REQUIRED = ("barcode", "state")
_TO_BE_TAKEN = (CopyState.ON_SHELF, CopyState.MISSING, CopyState.ELSEWHERE)
_MOMENT = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?:[T_-]?(\d\d)[:-]?(\d\d)(?:[:-]?(\d\d))?)?(?!\d)", re.ASCII)


class NotWhole(Exception):
    """A file is no whole list of copies; it says why. Nothing of it may be taken in."""


@dataclass(frozen=True, slots=True)
class CopiesFile:
    """What a file says of copies: those lent by the library's own system, with their due dates, and those on a shelf.

    `rows` are all it has, `bad` how many of them cannot be used. What it says of others is not for this service.
    """

    rows: int
    elsewhere: dict[str, date | None] = field(default_factory=dict)
    on_shelf: set[str] = field(default_factory=set)
    bad: int = 0


def read_copies(data: bytes, *, of_all: bool = True) -> CopiesFile:
    """Read a file with the headings `barcode`, `state` and `due_on`. A row that cannot be used spoils no other.

    Args:
        of_all: it is one of all copies, which has rows.

    Raises:
        NotWhole: its head is another, or it ends in the middle of a line.
    """
    rows, bad = read_rows(data, FIELDS, _REQUIRED, FileMapping())
    if bad and bad[0][0] == 1:
        raise NotWhole("columns")
    if (of_all and not rows) or not data.endswith(b"\n") or (bad and (not rows or bad[-1][0] > rows[-1][0])):
        raise NotWhole("cut")
    elsewhere: dict[str, date | None] = {}
    on_shelf: set[str] = set()
    unusable = [cells for _, cells in rows if not _take(cells, elsewhere, on_shelf)]
    return CopiesFile(len(rows) + len(bad), elsewhere, on_shelf - elsewhere.keys(), len(bad) + len(unusable))


def _take(cells: Mapping[str, str], elsewhere: dict[str, date | None], on_shelf: set[str]) -> bool:
    """Add what a row says; whether it can be used. Of a copy in two rows it counts that it is elsewhere."""
    barcode, state, due = cells["barcode"], cells["state"], cells.get("due_on", "")
    if not NUMBER.fullmatch(barcode) or not state:
        return False
    if state == CopyState.ELSEWHERE:
        try:
            elsewhere[barcode] = date.fromisoformat(due.replace("/", "-")) if due else None
        except ValueError:
            return False
    elif state == CopyState.ON_SHELF:
        on_shelf.add(barcode)
    return True


def moment_of_file(name: str, arrived: datetime) -> datetime:
    """As of when a file tells: the moment that its name has, such as `copies-20260604-0300.csv`, or else its arrival.

    A date alone is the beginning of that day.
    """
    found = _MOMENT.search(name)
    if found is None:
        return arrived
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=TOKYO)
    except ValueError:
        return arrived


def may_be_told(copy: Copy) -> bool:
    """Whether nothing here stands against what the library's own system says of a copy: it is in nobody's use here."""
    return copy.state in _TO_BE_TAKEN and copy.pull is None


def takes_too_much(taken_away: int, told: CopiesFile, rows_before: int, policy: Policy) -> bool:
    """Whether a file takes away more copies than the policy's share of all, lent or left out; one is never too many.

    Args:
        taken_away: how many copies on the shelf it says are elsewhere.
        rows_before: how many rows the last file had.
    """
    share = policy.taken_away_percent / 100
    left_out = rows_before - told.rows
    return taken_away > max(1, share * told.rows) or left_out > max(1, share * rows_before)


@dataclass(frozen=True, slots=True)
class Difference:
    """A copy that the library's own system has lent, while it is in use here, with the day since when both say so."""

    barcode: str
    title_id: str
    since: date
    due_on: date | None = None
