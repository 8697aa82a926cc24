"""Titles and copies from a CSV, row by row: what cannot be used spoils no other row.

UTF-8 with or without a mark, or the Windows code page of Japan.
"""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.catalogue.found import MOST, Catalogue
from infra.catalogue.mapping import FileMapping
from infra.catalogue.years import year_of
from lending.domain.catalogue.description import Kind
from lending.domain.catalogue.title_changes import CALL_NUMBER_LENGTH, NUMBER, DescribedCopy, DescribedTitle

FIELDS = frozenset({"title_id", *MOST, "year", "kind", "barcode", "call_number", "reference_only"})
_REQUIRED = ("title_id", "title")
_LINES_OF_A_ROW = 5
# What stands for bytes that are none; Python reads a few such of the code page as characters for private use.
_NO_TEXT = re.compile("[\ufffd\x80\uf8f0-\uf8f3]")
_YES = {"1", "true", "yes", "はい", "禁帯出"}
_NO = {"", "0", "false", "no", "いいえ"}


def read_csv(path: Path, mapping: FileMapping) -> Catalogue:
    """Read a file. A quotation mark that is not closed spoils no other row."""
    found = Catalogue()
    head, *lines = _lines(path)
    headings = [name.strip() for name in _cells(head) or head.split(",")]
    wanted = {name: mapping.heading(name) for name in (*_REQUIRED, *mapping.headings)}
    if missing := sorted(heading for heading in wanted.values() if heading not in headings):
        found.bad.append((1, f"column missing: {', '.join(missing)}"))
        return found
    names = {mapping.heading(name): name for name in FIELDS}
    columns = [names.get(heading, "") for heading in headings]
    for number, row in _rows(lines, len(columns)):
        why = _take_row(columns, row, number, found, mapping) if row.strip() else ""
        if why:
            found.bad.append((number, why))
    return found


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


def _lines(path: Path) -> list[str]:
    """The lines of a file, in the encoding that most of them are in."""
    lines = path.read_bytes().removeprefix(BOM_UTF8).split(b"\n")
    telling = [line for line in lines if not line.isascii()]
    in_utf8 = sum(_is_utf8(line) for line in telling)
    encoding = "utf-8" if 2 * in_utf8 >= len(telling) else "cp932"
    return [line.decode(encoding, errors="replace").removesuffix("\r") for line in lines]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _take_row(columns: list[str], row: str, number: int, found: Catalogue, mapping: FileMapping) -> str:
    """Add a row to the catalogue; answers why not, or nothing."""
    if _NO_TEXT.search(row):
        return "not all of it is text, neither UTF-8 nor the Windows code page"
    try:
        (cells,) = csv.reader([row], strict=True)
    except csv.Error as error:
        return f"not CSV: {error}"
    if len(cells) != len(columns):
        return "not as many columns as the head has"
    told = {name: mapping.value(name, cell.strip()) for name, cell in zip(columns, cells, strict=True) if name}
    return _take(told, number, found)


def _take(cell: Mapping[str, str], line: int, found: Catalogue) -> str:
    kind, mark = cell.get("kind", ""), cell.get("reference_only", "").lower()
    barcode, call_number = cell.get("barcode", ""), cell.get("call_number", "")
    if barcode and not NUMBER.fullmatch(barcode):
        return f"not a number of a title or copy: {barcode}"
    if len(call_number) > CALL_NUMBER_LENGTH:
        return f"too long: call_number (at most {CALL_NUMBER_LENGTH})"
    if kind and kind not in set(Kind):
        return f"no kind that is known: {kind}"
    if mark not in _YES | _NO:
        return f"reference_only is neither yes nor no: {mark}"
    texts: dict[str, Any] = {name: cell.get(name, "") for name in MOST}
    told = Kind(kind) if kind else None
    title = DescribedTitle(cell["title_id"], **texts, year=year_of(cell.get("year", "")), kind=told)
    why = found.take(title, line)
    if why or not barcode:
        return why
    return found.take_copy(title.title_id, DescribedCopy(barcode, call_number, mark in _YES), line)
