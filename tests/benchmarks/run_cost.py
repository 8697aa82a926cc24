"""What a whole Thursday run asks of the table: requests and capacity units, counted by `counting_store`.

Everything is counted, from the first look for an earlier run to the note that it is finished. No hold has a reason of
an earlier run yet, so each that gets no book is written: the dearest run there is. A book given to a hold is one that
the run puts on the pull list for it; staff's scans come afterwards and are no part of the run.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TypedDict

from lending.actions.library import Library
from lending.actions.pulls.scan import scan_found
from lending.actions.run.thursday_run import run_for
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Write, put
from lending.domain.catalogue.title import Title
from lending.domain.holds.hold import HoldStatus
from lending.domain.patrons.patron import Patron
from lending.domain.run.run_record import RunRecord
from tests.benchmarks.counting_store import CountingStore, Counts, Tally
from tests.benchmarks.generator import GeneratedLibrary, library

SIZES = (1_000, 10_000)
SCANS = 200

# A book given: its copy written in a transaction, and its line in the pull list. A reason: its hold written likewise.
FLOOR_BOOK, FLOOR_REASON = 2 + 1, 2


class Row(TypedDict):
    """One size."""

    holds: int
    requests_per_hold: float
    write_units_per_book: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A run, what it came to and what it cost."""

    record: RunRecord
    counts: Counts
    scan_units: float

    @property
    def row(self) -> Row:
        """The figures of `make bench`."""
        requests, units = (sum(tally.values()) for tally in (self.counts.requests, self.counts.write))
        return {
            "holds": self.record.counts["holds"],
            "requests_per_hold": round(requests / self.record.counts["holds"], 4),
            "write_units_per_book": round(units / self.record.pulls, 2),
        }


def run(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """One row a size."""
    return [measure(size).row for size in sizes]


@cache
def measure(size: int) -> Measured:
    """One whole run over a library of so many holds."""
    given = library(size)
    store = CountingStore()
    store.load(write.parameters["Item"] for write in everything(given))
    table = Table(store, "lending")
    record, _ = run_for(Library(table, given.policy, given.run.moment), given.run.week.run_date, lambda: True)
    if record.counts["holds"] != size or not record.finished_at:
        raise RuntimeError(f"the run considered {record.counts['holds']} of {size} holds")
    counts = store.count_from_here()
    scanned = list(islice(copies.pulls(table), SCANS))
    for copy in scanned:
        scan_found(Library(table, given.policy, given.run.moment), copy.barcode, "desk-1")
    return Measured(record, counts, sum(store.counts.write.values()) / len(scanned))


def everything(given: GeneratedLibrary) -> Iterator[Write]:
    """A library as the writes that bring it into an empty table."""
    held = Counter(hold.patron_id for hold in given.holds)
    for patron_id, patron in given.patrons.items():
        yield patrons.addition(replace(_known(patron), open_holds=held[patron_id]))
    yield from map(holds.addition, given.holds)
    yield from map(calendar.closure_addition, given.calendar.closures)
    yield from map(calendar.suspension_addition, given.calendar.suspensions)
    waiting = Counter(hold.title_id for hold in given.holds if hold.status is HoldStatus.WAITING)
    for title_id, found_copies in given.copies_by_title.items():
        barcodes = tuple(copy.barcode for copy in found_copies)
        yield titles.description_change(None, _described(title_id, barcodes))
        yield from map(copies.addition, found_copies)
        yield put(titles.queue_key(title_id), {"waiting": waiting[title_id]})


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
    return [line for row in rows for line in _details(measure(row["holds"]))]


def _details(measured: Measured) -> list[str]:
    counts, record = measured.counts, measured.record
    books, reasons = record.pulls, record.explained
    floor, total = (FLOOR_BOOK * books + FLOOR_REASON * reasons) / books, sum(counts.write.values()) / books
    return [
        f"{record.counts['holds']:,} holds: {books:,} books on the pull list, {reasons:,} reasons",
        f"{'':24}{'requests':>10}{'read units':>12}{'write units':>12}{'a book':>8}",
        *(_line(label, values, books) for label, values in _by_label(counts)),
        f"floor {floor:.2f} write units a book: {FLOOR_BOOK} a pull, {FLOOR_REASON} a reason;"
        f" what indexes repeat, plan and record {total - floor:.2f}",
        f"staff's scan of a book, after the run: {measured.scan_units:.1f} write units",
    ]


def _by_label(counts: Counts) -> Iterable[tuple[str, list[float]]]:
    tallies: list[Tally] = [counts.requests, counts.read, counts.write]
    labels = sorted({label for tally in tallies for label in tally})
    yield from ((" ".join(label), [tally.get(label, 0) for tally in tallies]) for label in labels)
    yield "together", [sum(tally.values()) for tally in tallies]


def _line(label: str, values: list[float], books: int) -> str:
    requests, read, write = values
    return f"{label:24}{requests:>10,.1f}{read:>12,.1f}{write:>12,.0f}{write / books:>8.2f}"
