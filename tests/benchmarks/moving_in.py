"""A library that moves in: what each of its files takes, and what they take once more when nothing has changed.

The table is `counting_store`, in this process; its time is not taken off. 300,000 copies: `BENCH_COPIES=300000`.
"""

import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict

from infra.import_catalogue import bring_in_catalogue
from infra.moving_in import steps
from infra.moving_in.folder import Folder, read_folder
from lending.actions.library import Library
from lending.aws.table import Table
from lending.domain.week import TOKYO
from tests.benchmarks.allocation import growth_exponent
from tests.benchmarks.cloud import cloud
from tests.benchmarks.counting_store import CountingStore
from tests.benchmarks.environment import BUCKET
from tests.library import aomori

COPIES = int(os.environ.get("BENCH_COPIES", "30000"))
_NOW = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


class Row(TypedDict):
    """One file."""

    file: str
    rows: int
    cpu_seconds: float
    requests: int
    write_units: float
    units_a_row: float


def run(copies: int = COPIES) -> list[Row]:
    """Move a library of so many copies in, and once more."""
    store = CountingStore()
    with cloud(), tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), copies)
        return [row for again in ("", ", again") for row in _moved(store, Path(folder), again)]


def details(rows: list[Row]) -> list[str]:
    """How processor time grows with the copies, beside a library of a quarter of them."""
    first, smaller = rows[0], run(rows[0]["rows"] // 4)[0]
    exponent = growth_exponent([(each["rows"], each["cpu_seconds"]) for each in (smaller, first)])
    return [f"growth exponent of the copies {exponent}"]


def _moved(store: CountingStore, path: Path, again: str) -> Iterator[Row]:
    library = Library(Table(store, "lending"), aomori(), _NOW)
    folder = read_folder(path, library.policy, library.today)
    for file, rows, act in _acts(library, folder):
        store.count_from_here()
        started = time.process_time()
        act()
        seconds = time.process_time() - started
        units = sum(store.counts.write.values())
        yield {
            "file": file + again,
            "rows": rows,
            "cpu_seconds": round(seconds, 1),
            "requests": int(sum(store.counts.requests.values())),
            "write_units": units,
            "units_a_row": round(units / rows, 1),
        }


def _acts(library: Library, folder: Folder) -> Iterator[tuple[str, int, Callable[[], Any]]]:
    def unseen(file: str, done: int, of: int) -> None:
        pass

    counts, none = folder.counts(), steps.Coming()
    yield "copies", counts["copies"], lambda: bring_in_catalogue(library.table, BUCKET, folder.catalogue)
    yield "patrons", counts["patrons"], lambda: steps.people(library, folder.people, unseen, dry=False)
    yield "loans", counts["loans"], lambda: steps.loans(library, folder.loans, folder.as_of, none, unseen, dry=False)
    yield "holds", counts["holds"], lambda: steps.holds(library, folder.holds, none, unseen, dry=False)


def write_folder(path: Path, copies: int) -> None:
    """A library in proportion: of 300,000 copies 150,000 titles, 20,000 patrons, 3,000 loans, 800 holds."""
    titles, people = copies // 2, max(20, copies // 15)
    lent, held = max(10, copies // 100), max(5, copies * 8 // 3000)
    day = date(2026, 6, 10)
    _write(path / "titles.csv", ("title_id", "title"), ((f"T{n:07}", f"青森の見本の本 {n}") for n in range(titles)))
    _write(
        path / "copies.csv",
        ("barcode", "title_id", "call_number"),
        ((f"B{n:07}", f"T{n // 2:07}", f"913.6/{n}") for n in range(2 * titles)),
    )
    _write(
        path / "patrons.csv",
        ("card_number", "name", "kana", "birth_date", "expires_on", "address", "phone", "email"),
        (
            (f"{20_000_000 + n}", "見本 花子", "ミホン ハナコ", day - timedelta(days=7_000 + n), "2028-03-31",
             "青森県青森市荒川字藤戸119-7", "017-000-0000", f"p{n}@example.jp")
            for n in range(people)
        ),
    )  # fmt: skip
    _write(
        path / "loans.csv",
        ("card_number", "barcode", "due_on"),
        ((f"{20_000_000 + n % people}", f"B{2 * n:07}", day) for n in range(lent)),
    )
    _write(
        path / "holds.csv",
        ("card_number", "title_id", "placed_at", "pickup_place"),
        ((f"{20_000_000 + n}", f"T{titles - 1 - n // 3:07}", f"2026-05-{n % 28 + 1:02} 10:{n % 60:02}", "prefectural")
         for n in range(held)),
    )  # fmt: skip


def _write(path: Path, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
