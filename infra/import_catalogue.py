"""Bring a catalogue in from a CSV, and make the file that is searched.

    python -m infra.import_catalogue catalogue.csv [--table NAME] [--bucket NAME]

Without names they are TABLE_NAME and CATALOGUE_BUCKET of the environment, or those of `.local/outputs.json`.
The columns, in any order: title_id, title, author, isbn, barcode, call_number, reference_only (1, true or 禁帯出);
one row a copy, the copy's columns empty for a title without one. UTF-8, or the Windows code page of Japan.

Safe to repeat, also after it was stopped anywhere: what is there already is not written again, and no copy changes its
state. Copies that are not in the file stay. Rows that cannot be used are named by line; all others are brought in.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import boto3

from lending.actions.catalogue.describe_titles import bring_in, refresh_search
from lending.aws.search_file import Entry
from lending.aws.table import Table, in_batches
from lending.domain.catalogue.title_changes import NUMBER, DescribedCopy, DescribedTitle

OUTPUTS = Path(__file__).parents[1] / ".local" / "outputs.json"
_TITLE_COLUMNS = ("title_id", "title", "author")
_COPY_COLUMNS = ("barcode", "call_number")
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
    """Read a file; nothing is written."""
    found, owners = Catalogue(), dict[str, int]()
    rows = csv.DictReader(_text(path).splitlines(keepends=True))
    if missing := [name for name in (*_TITLE_COLUMNS, *_COPY_COLUMNS) if name not in (rows.fieldnames or [])]:
        found.bad.append((1, f"column missing: {', '.join(missing)}"))
        return found
    for row in rows:
        why = _take(row, rows.line_num, found, owners)
        if why:
            found.bad.append((rows.line_num, why))
    return found


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp932", errors="replace")


def _take(row: dict[str | None, str | None], line: int, found: Catalogue, owners: dict[str, int]) -> str:
    """Add a row to the catalogue; answers why not, or nothing."""
    if None in row or None in row.values():
        return "not as many columns as the head has"
    cell = {str(name): str(value).strip() for name, value in row.items()}
    if empty := [name for name in ("title_id", "title") if not cell[name]]:
        return f"empty: {', '.join(empty)}"
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
    return (Entry(title.title_id, title.title, title.author, title.isbn) for title in titles)


def _told() -> dict[str, str]:
    told = json.loads(OUTPUTS.read_text()) if OUTPUTS.exists() else {}
    if told.get("Endpoint") and "TABLE_NAME" not in os.environ:
        os.environ.setdefault("AWS_ENDPOINT_URL", told["Endpoint"])
        os.environ.setdefault("AWS_DEFAULT_REGION", told["Region"])
    return {
        "table": os.environ.get("TABLE_NAME") or told.get("TableName", ""),
        "bucket": os.environ.get("CATALOGUE_BUCKET") or told.get("CatalogueBucket", ""),
    }


def main() -> int:
    """The command; its exit status is 1 if rows were left out."""
    told = _told()
    parser = argparse.ArgumentParser(prog="python -m infra.import_catalogue", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--table", default=told["table"])
    parser.add_argument("--bucket", default=told["bucket"])
    asked = parser.parse_args()
    if not (asked.table and asked.bucket):
        parser.error("which table and bucket? Give --table and --bucket.")
    report = import_catalogue(Table(boto3.client("dynamodb"), asked.table), asked.bucket, asked.file)
    for line, why in report.bad:
        print(f"line {line}: {why}", file=sys.stderr)
    print(f"{report.titles} titles, {report.copies} copies; {report.written} items written; "
          f"{report.searchable} titles can be found; {len(report.bad)} rows left out")  # fmt: skip
    return 1 if report.bad else 0


if __name__ == "__main__":
    sys.exit(main())
