"""What a whole Thursday run takes: processor time, memory, requests and capacity units.

Everything is in it, from the first look for an earlier run to the note that it is finished, in a fresh process with the
collector on; the table is `counting_store` in another process (`store_apart`). Reasons are written whatever was told
before, one item a patron. A book given to a hold is one that the run puts on
the pull list for it; staff's scans come afterwards and are no part of the run.
"""

import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import islice
from typing import TypedDict

from lending.actions.library import Library
from lending.actions.pulls.scan import scan_found
from lending.actions.run.thursday_run import run_for
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Key, Write, put
from lending.domain.catalogue.title import Title
from lending.domain.holds.hold import Hold
from lending.domain.patrons.patron import Patron
from lending.domain.run.run import thursday_run
from tests.benchmarks.allocation import growth_exponent, peak_mb
from tests.benchmarks.counting_store import Counts, Item
from tests.benchmarks.environment import environment
from tests.benchmarks.generator import RUN_DATE, GeneratedLibrary, library
from tests.benchmarks.store_apart import table_apart
from tests.library import aomori

SIZES = (1_000, 10_000, 30_000)
SCANS = 200

# A book given: its copy written in a transaction, and its line in the pull list.
FLOOR_BOOK = 2 + 1


class Row(TypedDict):
    """One size. `growth_exponent` is that of processor time over all sizes: 1 is linear."""

    holds: int
    cpu_seconds: float
    peak_mb: float
    requests: int
    requests_per_hold: float
    write_units_per_book: float
    growth_exponent: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A run and what it cost; `by_label` has requests, read and write units of each operation on each kind of item."""

    holds: int
    books: int
    reasons: int
    cpu_seconds: float
    peak_mb: float
    by_label: dict[str, list[float]]
    scan_units: float


def run(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """One row a size."""
    measured = [measure_apart(size) for size in sizes]
    exponent = growth_exponent([(each.holds, each.cpu_seconds) for each in measured])
    return [_row(each, exponent) for each in measured]


def _row(measured: Measured, exponent: float) -> Row:
    requests, _, units = (sum(column) for column in zip(*measured.by_label.values(), strict=True))
    return {
        "holds": measured.holds,
        "cpu_seconds": round(measured.cpu_seconds, 2),
        "peak_mb": measured.peak_mb,
        "requests": round(requests),
        "requests_per_hold": round(requests / measured.holds, 4),
        "write_units_per_book": round(units / measured.books, 2),
        "growth_exponent": exponent,
    }


@cache
def measure_apart(size: int) -> Measured:
    """One whole run over a library of so many holds, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.run_cost", str(size)]
    return Measured(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def measure(size: int) -> Measured:
    """The same in this process."""
    given, policy = thursday_run(RUN_DATE, aomori()), aomori()
    with environment(), table_apart(items, size) as (table, store):
        asked = Library(table, policy, given.moment)
        store.count_from_here()
        started = time.process_time()
        record, _ = run_for(asked, RUN_DATE, lambda: True)
        seconds, peak = time.process_time() - started, peak_mb()
        if record.counts["holds"] != size or not record.finished_at:
            raise RuntimeError(f"the run considered {record.counts['holds']} of {size} holds")
        counts = store.count_from_here()
        scanned = list(islice(copies.pulls(table), SCANS))
        for copy in scanned:
            scan_found(asked, copy.barcode, "desk-1")
        scan_units = sum(store.count_from_here().write.values()) / len(scanned)
    return Measured(size, record.pulls, record.explained, seconds, peak, _by_label(counts), scan_units)


def items(size: int) -> Iterator[Item]:
    """The items of a library of so many holds."""
    return (write.parameters["Item"] for write in everything(library(size)))


def everything(given: GeneratedLibrary) -> Iterator[Write]:
    """A library as the writes that bring it into an empty table."""
    held = Counter(hold.patron_id for hold in given.holds)
    for patron_id, patron in given.patrons.items():
        yield patrons.addition(replace(_known(patron), open_holds=held[patron_id]))
    yield from map(holds.addition, given.holds)
    yield from map(calendar.closure_addition, given.calendar.closures)
    yield from map(calendar.suspension_addition, given.calendar.suspensions)
    for title_id, found_copies in given.copies_by_title.items():
        barcodes = tuple(copy.barcode for copy in found_copies)
        yield titles.description_change(None, _described(title_id, barcodes))
        yield from map(copies.addition, found_copies)
    yield from queue_counters(given.holds)


def queue_counters(placed: Iterable[Hold]) -> Iterator[Write]:
    """What placing so many holds has counted."""
    sums = defaultdict[Key, Counter[str]](Counter)
    for count in (count for hold in placed for count in holds.addition(hold).counts):
        sums[count.key][count.name] += count.change
    yield from (put(key, dict(counts)) for key, counts in sums.items())


# What makes an item as large as it is in a library.


def _known(patron: Patron) -> Patron:
    return replace(
        patron,
        name="見本 花子",
        kana="ミホン ハナコ",
        postal_code="030-0184",
        address="青森県青森市荒川字藤戸119-7",
        phone="017-000-0000",
        email="hanako.mihon@example.jp",
    )


def _described(title_id: str, barcodes: tuple[str, ...]) -> Title:
    title = "青森県の見本の本とその続き"
    return Title(title_id, title, "見本 太郎", "9784000000000", barcodes, lendable=len(barcodes))


def details(rows: list[Row]) -> list[str]:
    """Where it goes, for people: what each operation on each kind of item took, and the floor."""
    return [line for row in rows for line in _details(measure_apart(row["holds"]))]


def _details(measured: Measured) -> list[str]:
    books, reasons = measured.books, measured.reasons
    together = [sum(column) for column in zip(*measured.by_label.values(), strict=True)]
    total = together[2] / books
    return [
        f"{measured.holds:,} holds: {books:,} books on the pull list, {reasons:,} reasons",
        f"{'':24}{'requests':>10}{'read units':>12}{'write units':>12}{'a book':>8}",
        *(_line(label, values, books) for label, values in measured.by_label.items()),
        _line("together", together, books),
        f"floor {FLOOR_BOOK} write units a book: its copy and its line in the list;"
        f" reasons, plan and record {total - FLOOR_BOOK:.2f}",
        f"staff's scan of a book, after the run: {measured.scan_units:.1f} write units",
    ]


def _by_label(counts: Counts) -> dict[str, list[float]]:
    tallies = [counts.requests, counts.read, counts.write]
    labels = sorted({label for tally in tallies for label in tally})
    return {" ".join(label): [tally.get(label, 0) for tally in tallies] for label in labels}


def _line(label: str, values: list[float], books: int) -> str:
    requests, read, write = values
    return f"{label:24}{requests:>10,.1f}{read:>12,.1f}{write:>12,.0f}{write / books:>8.2f}"


if __name__ == "__main__":
    print(json.dumps(asdict(measure(int(sys.argv[1])))))
