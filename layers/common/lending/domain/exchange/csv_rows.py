"""The rows of a CSV with the headings of any system, by line: what cannot be used spoils no other row.

UTF-8 with or without a mark, or the Windows code page of Japan. A quotation mark that is not closed is its row's own.
"""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_ANY = "*"
_LINES_OF_A_ROW = 5
# What stands for bytes that are none; Python reads a few such of the code page as characters for private use.
_NO_TEXT = re.compile("[\ufffd\x80\uf8f0-\uf8f3]")


@dataclass(frozen=True, slots=True)
class FileMapping:
    """The headings of the columns by field, and the meaning of codes by field.

    A field that is not named has the heading of its own name. A code that is not named counts as it is, or as what "*"
    stands for.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def heading(self, name: str) -> str:
        """The heading under which a field is found."""
        return self.headings.get(name, name)

    def value(self, name: str, cell: str) -> str:
        """What a cell of a field stands for."""
        codes = self.codes.get(name, {})
        return codes.get(cell, codes.get(_ANY, cell))


def read_rows(
    data: bytes, fields: frozenset[str], required: tuple[str, ...], mapping: FileMapping
) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    """The cells of each row by field, with the row's first line; and the lines that cannot be used, with why in words.

    Args:
        fields: those that such a file can have; other columns are passed over.
        required: the fields whose columns there must be.
        mapping: the headings of the columns, and codes.
    """
    head, *lines = _lines(data)
    headings = [name.strip() for name in _cells(head) or head.split(",")]
    wanted = {mapping.heading(name) for name in (*required, *mapping.headings)}
    if missing := sorted(wanted - set(headings)):
        return [], [(1, f"見出しがありません:{'、'.join(missing)}")]
    names = {mapping.heading(name): name for name in fields}
    columns = [names.get(heading, "") for heading in headings]
    found, bad = [], []
    for number, row in _rows(lines, len(columns)):
        if not row.strip():
            continue
        why, cells = _read(row, len(columns))
        if why:
            bad.append((number, why))
        else:
            told = zip(columns, cells, strict=True)
            found.append((number, {name: mapping.value(name, cell.strip()) for name, cell in told if name}))
    return found, bad


def _read(row: str, columns: int) -> tuple[str, list[str]]:
    """Why a row cannot be used, or nothing, and its cells."""
    if _NO_TEXT.search(row):
        return "文字として読めないところがあります(UTF-8でもWindowsの文字コードでもありません)。", []
    try:
        (cells,) = csv.reader([row], strict=True)
    except csv.Error as error:
        return f"CSVとして読めません({error})。", []
    return ("", cells) if len(cells) == columns else ("列の数が見出しと違います。", [])


def _rows(lines: list[str], columns: int) -> Iterator[tuple[int, str]]:
    """Each row with the number of its first line; the head is line 1."""
    at = 0
    while at < len(lines):
        size = _length(lines[at : at + _LINES_OF_A_ROW], columns)
        yield at + 2, "\n".join(lines[at : at + size])
        at += size


def _length(lines: list[str], columns: int) -> int:
    """How many lines the row takes that begins here: more than one if a cell with line breaks ends on a later line, and
    no line that is a row by itself would go into it."""
    for size in range(1, len(lines) + 1):
        if size > 1 and _fits(lines[size - 1], columns):
            return 1
        if _fits("\n".join(lines[:size]), columns):
            return size
    return 1


def _fits(row: str, columns: int) -> bool:
    return len(_cells(row)) == columns


def _cells(row: str) -> list[str]:
    """The cells of a row, none if it is no CSV."""
    try:
        return next(csv.reader([row], strict=True), [])
    except csv.Error:
        return []


def _lines(data: bytes) -> list[str]:
    """The lines of a file, in the encoding that most of them are in."""
    lines = data.removeprefix(BOM_UTF8).split(b"\n")
    telling = [line for line in lines if not line.isascii()]
    in_utf8 = sum(is_utf8(line) for line in telling)
    encoding = "utf-8" if 2 * in_utf8 >= len(telling) else "cp932"
    return [line.decode(encoding, errors="replace").removesuffix("\r") for line in lines]


def is_utf8(data: bytes) -> bool:
    """Whether bytes are text in UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
