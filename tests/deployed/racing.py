"""What the races on the deployed stack share: two at once, loans to race about, and what must hold whoever wins."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle, islice, takewhile
from threading import Barrier
from time import sleep
from typing import Any

from infra.local.people import Caller
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.patrons.patron import Patron
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.invariants import Rows, what_must_never_break
from tests.library import aomori

TIMES = 50
POLICY = aomori()
SUNDAY, DUE = date(2026, 6, 7), date(2026, 6, 21)  # the worked example of the rules
RENEWABLE = datetime(2026, 6, 18, 10, tzinfo=TOKYO)

Pair = tuple[tuple[Patron, Caller], tuple[Patron, Caller]]


def heads_start(
    times: int = TIMES, quicker: float = 0.0, each_has_won: Callable[[], bool] = lambda: True
) -> Iterator[float]:
    """By how many seconds the first call goes before the second, or after it: so that each of them wins at times.

    Args:
        quicker: by how many seconds the first one is there sooner if both begin at once.
        each_has_won: what is looked for. Until it is so there are more, ever longer: a busy machine may hold up the
            same one of the two each time, for longer than the other was to go after it.
    """
    around = (0.0, 0.005, -0.005, 0.015, -0.015, 0.03, -0.03)
    yield from islice(cycle(start - quicker for start in around), times)
    yield from takewhile(lambda _: not each_has_won(), (0.1, -0.1, 0.5, -0.5, 2.0, -2.0, 8.0, -8.0))


def at_once(*calls: Callable[[], Any], start: float = 0.0) -> list[Any]:
    """What each of the calls answers, begun in the same moment, or the first `start` seconds before the others."""
    barrier = Barrier(len(calls))

    def answer(number: int) -> Any:
        barrier.wait()
        sleep(max(0.0, start if number else -start))
        return calls[number]()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(answer, range(len(calls))))


def own(caller: Caller) -> Caller:
    """The same caller with a connection of their own: nobody waits for another."""
    return Caller(caller.stack, caller.token)


def lend(library: Table, patron: Patron, title: Title, facility: str = "", sunday: date = SUNDAY) -> str:
    """A loan of the title's first copy, at the counter or in a bag of a week; its bar code."""
    barcode = title.barcodes[0]
    days: dict[str, Any] = {"pickup_from": sunday, "pickup_until": sunday + timedelta(days=7)} if facility else {}
    loan = Loan(
        patron.patron_id, barcode, title.title_id, title.title, facility or "prefectural", RENEWABLE, DUE, **days
    )
    writes = [
        loans.addition(loan),
        patrons.loan_increment(patron.patron_id, title.title_id, 1000),
        moved(library, barcode, CopyState.ON_LOAN, holder=patron.patron_id, due_on=DUE),
    ]
    if facility:
        writes.append(bags.book_addition(Bag(patron.patron_id, patron.card_number, facility, **days), barcode, POLICY))
    library.transact(*writes)
    return barcode


def copy_of(library: Table, title: Title) -> Copy:
    """The title's first copy as it is now."""
    copy = copies.find(library, title.barcodes[0])
    assert copy
    return copy


@dataclass(frozen=True)
class Round:
    """Those who race, and the titles they race about."""

    library: Table
    patrons: tuple[Patron, ...]
    titles: tuple[Title, ...]

    def rows(self) -> Rows:
        """Everything of the patrons, the copies and queues of the titles, and the bags of the worked example's week."""
        own_rows = [row for patron in self.patrons for row in self.library.query(f"PATRON#{patron.patron_id}")]
        keys = [copies.key(barcode) for title in self.titles for barcode in title.barcodes]
        keys += [queues.key(title.title_id) for title in self.titles]
        packed = list(self.library.query(f"WEEK#{SUNDAY}", "BAG#"))
        return own_rows + self.library.get_many(keys) + packed

    def is_whole(self) -> Rows:
        """Whoever came first: rows and counters agree, and no copy is in two places or none."""
        rows = self.rows()
        what_must_never_break(rows, hold_limit=1000, cap=1000)
        return rows
