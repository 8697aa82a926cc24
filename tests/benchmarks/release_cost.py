"""Sunday's release of many bags on a table that throttles: requests, and seconds on its clock and for the reads."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from lending.actions.library import Library
from lending.actions.loans.sunday_release import release_uncollected
from lending.aws.table import Table
from lending.aws.table.codec import Item, attributes
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import put
from lending.domain.week import TOKYO
from tests.benchmarks.mail_cost import a_bag, a_loan, a_patron
from tests.benchmarks.throttling_store import ThrottlingStore
from tests.library import aomori

BAGS, FACILITIES = 5_000, 59
SUNDAY_EVENING = datetime(2026, 6, 14, 22, tzinfo=TOKYO)
READ_SECONDS = 0.01  # of a batch or a page; they follow each other


class Row(TypedDict):
    """The figures of `make bench`. `seconds` are those of the store's clock, and of the reads."""

    bags: int
    books: int
    requests: int
    seconds: float


def run(left: int = BAGS) -> Row:
    """Release so many bags of three books."""
    store = ThrottlingStore()
    store.load(_items(left + FACILITIES))
    table = Table(store, "lending")
    with store.clock():
        counts = release_uncollected(Library(table, aomori(), SUNDAY_EVENING), lambda: True).counts or {}
    if counts.get("bags") != left:
        raise RuntimeError(f"{counts} of {left} bags were released")
    reads = sum(number for (operation, _), number in store.counts.requests.items() if operation != "transaction")
    return {
        "bags": left,
        "books": counts["books"],
        "requests": table.used.requests,
        "seconds": round(store.now + reads * READ_SECONDS, 1),
    }


def _items(number: int) -> Iterator[Item]:
    """Bags with their loans and patrons; the first of each facility is handed over."""
    for n in range(number):
        bag = replace(a_bag(n), handed_over_at=SUNDAY_EVENING if n < FACILITIES else None)
        yield put(bags.key(bag.pickup_from, bag.facility, bag.patron_id), attributes(bag)).parameters["Item"]
        yield patrons.addition(a_patron(bag.patron_id, bag.card_number)).parameters["Item"]
        for barcode in bag.barcodes:
            yield loans.addition(a_loan(bag.patron_id, barcode, bag.facility)).parameters["Item"]
