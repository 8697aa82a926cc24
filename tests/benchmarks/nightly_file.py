"""The nightly file of copies from the library's own system: what a night takes in which nothing has changed (RULES 43).

One copy in a hundred is lent over there. The table is `counting_store`, in this process; its time is not taken off.
"""

import time
from datetime import date, datetime, timedelta
from typing import TypedDict

from lending.actions.exchange.take_in_copies import take_in_copies
from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.week import TOKYO
from tests.benchmarks.cloud import cloud
from tests.benchmarks.counting_store import CountingStore
from tests.library import aomori

SIZES = (75_000, 150_000, 300_000)
LENT = 100  # one of so many
_NIGHT = datetime(2026, 6, 3, 23, tzinfo=TOKYO)
_DUE = date(2026, 6, 20)


class Row(TypedDict):
    """One size of a library."""

    copies: int
    elsewhere: int
    cpu_seconds: float
    requests: int
    read_units: float
    write_units: float


def run(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """Take the file of two nights in, for each size, and measure the second, which says the same."""
    with cloud():
        return [_second_night(size) for size in sizes]


def _second_night(size: int) -> Row:
    store = CountingStore()
    library = Library(Table(store, "lending"), aomori(taken_away_percent=100), _NIGHT)
    for n in range(0, size, LENT):
        library.table.write(copies.addition(Copy(_barcode(n), f"T{n}", "913.6")))
    data = _file(size)
    _take_in(library, _NIGHT, data)
    store.count_from_here()
    started = time.process_time()
    _take_in(library, _NIGHT + timedelta(days=1), data)
    return {
        "copies": size,
        "elsewhere": size // LENT,
        "cpu_seconds": round(time.process_time() - started, 1),
        "requests": int(sum(store.counts.requests.values())),
        "read_units": sum(store.counts.read.values()),
        "write_units": sum(store.counts.write.values()),
    }


def _take_in(library: Library, moment: datetime, data: bytes) -> None:
    if (how := take_in_copies(library, "copies.csv", moment, data)) != "taken":
        raise RuntimeError(f"the file is {how}")


def _file(size: int) -> bytes:
    lent = f"{CopyState.ELSEWHERE},{_DUE}"
    rows = (f"{_barcode(n)},{'on_shelf,' if n % LENT else lent}" for n in range(size))
    return "\n".join(("barcode,state,due_on", *rows, "")).encode()


def _barcode(number: int) -> str:
    return f"{1_000_000_000 + number}"
