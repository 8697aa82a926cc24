"""Bring a catalogue in from a CSV, and make the file that is searched.

    python -m infra.import_catalogue catalogue.csv [--stage STAGE | --table NAME --bucket NAME]

Without names they are TABLE_NAME and CATALOGUE_BUCKET of the environment, or those of `.local/outputs.json`.
The columns, in any order: title_id, title, author, isbn, barcode, call_number, reference_only (1, true or 禁帯出);
one row a copy, the copy's columns empty for a title without one. UTF-8, or the Windows code page of Japan.

Safe to repeat, also after it was stopped anywhere: what is there already is not written again, and no copy changes its
state. Copies that are not in the file stay. Rows that cannot be used are named by line; all others are brought in.
They have the limits of `PUT /desk/titles/{id}`.
"""

import argparse
import csv
import json
import os
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from infra.stage import Faulty, checked, outputs_of
from lending.actions.catalogue.describe_titles import bring_in
from lending.actions.catalogue.refresh_search import refresh_search
from lending.aws.search_file import Entry
from lending.aws.table import Table, in_batches
from lending.domain.catalogue.title_changes import (
    AUTHOR_LENGTH,
    CALL_NUMBER_LENGTH,
    ISBN_LENGTH,
    NUMBER,
    TITLE_LENGTH,
    DescribedCopy,
    DescribedTitle,
)

OUTPUTS = Path(__file__).parents[1] / ".local" / "outputs.json"
_TITLE_COLUMNS = ("title_id", "title", "author")
_COPY_COLUMNS = ("barcode", "call_number")
_MOST = {"title": TITLE_LENGTH, "author": AUTHOR_LENGTH, "isbn": ISBN_LENGTH, "call_number": CALL_NUMBER_LENGTH}
_LINES_OF_A_ROW = 5
# What stands for bytes that are none; Python reads a few such of the code page as characters for private use.
_NO_TEXT = re.compile("[\ufffd\x80\uf8f0-\uf8f3]")
_YES = {"1", "true", "yes", "はい", "禁帯出"}
_NO = {"", "0", "false", "no", "いいえ"}
# As many titles as fit one request for them and mostly one for their copies.
_AT_ONCE = 40
_THREADS = 4


@dataclass(slots=True)
class Catalogue:
    """What a file says: titles by id, and the rows that cannot be used, as (line, why)."""

    titles: dict[str, DescribedTitle] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    bad: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: titles and copies in the file, items written, titles that can be found, rows left out."""

    titles: int
    copies: int
    written: int
    searchable: int
    bad: list[tuple[int, str]]


def read(path: Path) -> Catalogue:
    """Read a file, row by row: a quotation mark that is not closed spoils no other row. Nothing is written."""
    found, owners = Catalogue(), dict[str, int]()
    head, *lines = _lines(path)
    names = [name.strip() for name in head.split(",")]
    if missing := [name for name in (*_TITLE_COLUMNS, *_COPY_COLUMNS) if name not in names]:
        found.bad.append((1, f"column missing: {', '.join(missing)}"))
        return found
    for number, row in _rows(lines, len(names)):
        why = _take_row(names, row, number, found, owners) if row.strip() else ""
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
    try:
        return [len(cells) for cells in csv.reader([row], strict=True)] == [columns]
    except csv.Error:
        return False


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


def _take_row(names: list[str], row: str, number: int, found: Catalogue, owners: dict[str, int]) -> str:
    """Add a row to the catalogue; answers why not, or nothing."""
    if _NO_TEXT.search(row):
        return "not all of it is text, neither UTF-8 nor the Windows code page"
    try:
        (cells,) = csv.reader([row], strict=True)
    except csv.Error as error:
        return f"not CSV: {error}"
    if len(cells) != len(names):
        return "not as many columns as the head has"
    return _take({name: cell.strip() for name, cell in zip(names, cells, strict=True)}, number, found, owners)


def _take(cell: dict[str, str], line: int, found: Catalogue, owners: dict[str, int]) -> str:
    if empty := [name for name in ("title_id", "title") if not cell[name]]:
        return f"empty: {', '.join(empty)}"
    if long := [f"{name} (at most {most})" for name, most in _MOST.items() if len(cell.get(name, "")) > most]:
        return f"too long: {', '.join(long)}"
    if odd := [cell[name] for name in ("title_id", "barcode") if cell[name] and not NUMBER.fullmatch(cell[name])]:
        return f"not a number of a title or copy: {odd[0]}"
    title = DescribedTitle(cell["title_id"], cell["title"], cell["author"], cell.get("isbn", ""))
    known = found.titles.setdefault(title.title_id, title)
    if replace(known, copies=()) != title:
        return f"another description of {title.title_id} than before"
    found.lines.setdefault(title.title_id, line)
    return _take_copy(cell, line, found, owners) if cell["barcode"] else ""


def _take_copy(cell: dict[str, str], line: int, found: Catalogue, owners: dict[str, int]) -> str:
    barcode, mark = cell["barcode"], cell.get("reference_only", "").lower()
    if not cell["call_number"]:
        return "empty: call_number"
    if mark not in _YES | _NO:
        return f"reference_only is neither yes nor no: {mark}"
    if (first := owners.setdefault(barcode, line)) != line:
        return f"bar code {barcode} is also in line {first}"
    title = found.titles[cell["title_id"]]
    copy = DescribedCopy(barcode, cell["call_number"], mark in _YES)
    found.titles[title.title_id] = replace(title, copies=(*title.copies, copy))
    return ""


def import_catalogue(table: Table, bucket: str, path: Path) -> Report:
    """Bring a file in, then make a search file of everything known.

    Raises:
        OSError: the file cannot be read.
    """
    found = read(path)
    with ThreadPoolExecutor(_THREADS) as pool:
        results = list(pool.map(lambda part: bring_in(table, part), in_batches(found.titles.values(), _AT_ONCE)))
    refused = [changes for _, part in results for changes in part]
    for changes in refused:
        title = found.titles.pop(changes.after.title_id)
        why = ", ".join(f"{reason.code} {reason.facts.get('barcode', '')}" for reason in changes.reasons)
        found.bad.append((found.lines[title.title_id], why))
    searchable = refresh_search(table, bucket, _entries(found.titles.values()))
    copies = sum(len(title.copies) for title in found.titles.values())
    return Report(len(found.titles), copies, sum(count for count, _ in results), searchable, sorted(found.bad))


def _entries(titles: Iterable[DescribedTitle]) -> Iterator[Entry]:
    return (Entry.of(title.title_id, title.title, title.author, title.isbn) for title in titles)


def _names(asked: argparse.Namespace) -> tuple[str, str]:
    """Table and bucket: those given, of the stage, of the environment, or of the AWS on one's own machine."""
    given = asked.table or os.environ.get("TABLE_NAME", ""), asked.bucket or os.environ.get("CATALOGUE_BUCKET", "")
    if asked.stage:
        stage = checked(asked.stage)
        os.environ["AWS_DEFAULT_REGION"] = stage.region
        outputs = outputs_of(stage)
        return outputs["TableName"], outputs["CatalogueBucket"]
    if all(given) or not OUTPUTS.exists():
        return given
    told = json.loads(OUTPUTS.read_text())
    os.environ.setdefault("AWS_ENDPOINT_URL", told["Endpoint"])
    os.environ.setdefault("AWS_DEFAULT_REGION", told["Region"])
    return told["TableName"], told["CatalogueBucket"]


def main() -> int:
    """The command; its exit status is 1 if rows were left out."""
    parser = argparse.ArgumentParser(prog="python -m infra.import_catalogue", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--stage", help="the name of a file in infra/stages")
    parser.add_argument("--table")
    parser.add_argument("--bucket")
    asked = parser.parse_args()
    try:
        table, bucket = _names(asked)
        if not (table and bucket):
            parser.error("which table and bucket? Give --stage, or --table and --bucket.")
        report = import_catalogue(Table(boto3.client("dynamodb"), table), bucket, asked.file)
    except Faulty as error:
        parser.exit(1, f"{error}\n")
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            parser.exit(1, "The file that is searched is gone: make it with `make search`, then import again.\n")
        raise
    for line, why in report.bad:
        print(f"line {line}: {why}", file=sys.stderr)
    print(f"{report.titles} titles, {report.copies} copies; {report.written} items written; "
          f"{report.searchable} titles can be found; {len(report.bad)} rows left out")  # fmt: skip
    return 1 if report.bad else 0


if __name__ == "__main__":
    sys.exit(main())
