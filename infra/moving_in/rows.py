"""Rows of the files that a library moves in with, by line, and what of them cannot be used (RULES 42)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from lending.domain.exchange.csv_rows import FileMapping, read_rows

Row = TypeVar("Row")
Cells = Mapping[str, str]

YES = {"1", "true", "yes", "y", "はい", "有", "○"}
_CUT = "最後の行が改行で終わっていません。ファイルが途中で切れていないか確かめてください。"
NO = {"", "0", "false", "no", "n", "いいえ", "無", "×"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line of a file cannot be used."""

    file: str
    line: int
    why: str


@dataclass(slots=True)
class Found(Generic[Row]):
    """What a file says, by line, without what cannot be used."""

    file: str
    rows: dict[int, Row] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def leave_out(self, line: int, why: str) -> None:
        """Say why a line cannot be used."""
        self.rows.pop(line, None)
        self.faults.append(Fault(self.file, line, why))


class Unusable(Exception):
    """A row cannot be used; it says why."""


def read_file(
    path: Path,
    mapping: FileMapping,
    fields: frozenset[str],
    required: tuple[str, ...],
    row_of: Callable[[Cells], Row],
    key_of: Callable[[Row], str],
) -> Found[Row]:
    """Read a file, if there is one.

    Args:
        required: the fields that each row must have.
        row_of: makes a row of its cells, or raises Unusable.
        key_of: what there is only one row of.
    """
    found: Found[Row] = Found(path.name)
    if not path.exists():
        return found
    data = path.read_bytes()
    rows, bad = read_rows(data, fields, required, mapping)
    if not data.endswith(b"\n"):
        _leave_out_end(rows, bad)
    for line, why in bad:
        found.leave_out(line, why)
    first: dict[str, int] = {}
    for line, cells in rows:
        if missing := [mapping.heading(name) for name in required if not cells.get(name)]:
            found.leave_out(line, f"空欄です:{'、'.join(missing)}")
            continue
        try:
            row = row_of(cells)
        except Unusable as error:
            found.leave_out(line, str(error))
            continue
        if (line_before := first.setdefault(key_of(row), line)) != line:
            found.leave_out(line, f"{line_before}行目と同じものです。")
        else:
            found.rows[line] = row
    return found


def _leave_out_end(rows: list[tuple[int, dict[str, str]]], bad: list[tuple[int, str]]) -> None:
    """Name the line that a file ends in the middle of: half of a date or a number may look like a whole one."""
    last = max((line for line, _ in (*rows, *bad)), default=1)
    if rows and rows[-1][0] == last:
        rows.pop()
    if last not in dict(bad):
        bad.append((last, _CUT))


def yes_or_no(cells: Cells, name: str, *, otherwise: bool) -> bool:
    """What a cell says: yes or no; `otherwise` where there is no such column.

    Raises:
        Unusable: it says neither.
    """
    told = cells.get(name)
    if told is None:
        return otherwise
    if told.strip().lower() not in YES | NO:
        raise Unusable(f"{name}が「はい」でも「いいえ」でもありません:{told}")
    return told.strip().lower() in YES
