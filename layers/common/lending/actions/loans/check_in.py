"""The check-in at the prefectural library, which alone ends a loan (RULES 30, 32, 34, 41)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from typing import NamedTuple

from lending.actions.library import Library
from lending.aws.table import Busy, Table, again_when_overtaken, statistics
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.exchange import movements
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.writes import Write, as_one
from lending.domain.catalogue.title import Copy, CopyState, LiesAt, Title
from lending.domain.catalogue.title_changes import NUMBER
from lending.domain.coming_back import counted
from lending.domain.exchange.movement import Movement, MovementKind
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.patrons.audit_log import Act, Deed

_KEPT = (CopyState.KEPT_ASIDE, CopyState.READY)
_GONE = (CopyState.MISSING, CopyState.LOST)
# So many books of one patron go together, within what a transaction takes.
_BOOKS_OF_ONE = 24


class CheckedIn(NamedTuple):
    """What became of one book.

    `result`: `returned`, also for one lent by the library's own system (43); `found` (it was missed or lost);
    `not_on_loan`; `kept` (it belongs to a hold and goes back to where it is kept); `damaged` (its loan, if any, is
    over, and it goes to repair); `unknown`; or `try_again`.
    `next`: `hold` if somebody waits for it (it stays with the returns), `shelve` if not, `repair`; empty for what is no
    book of the library.
    `was_lost` tells that a loan ended that had been marked as lost.
    """

    barcode: str
    result: str
    next: str = ""
    title: str = ""
    was_lost: bool = False


def check_in_all(library: Library, barcodes: list[str], staff: str) -> list[CheckedIn]:
    """Check books in: none is held up by another. Again on the same day, the answer is the same.

    Books that are on loan, which nearly all are, go together; what is not so simple, or has changed since it was read,
    is looked at on its own. In any order, for whom a book is for the next run decides.

    Args:
        barcodes: as scanned; one scanned twice is one book.

    Returns:
        What became of each, in the order of the scans.
    """
    scanned = list(dict.fromkeys(barcodes))
    done = _returned_together(library, scanned, staff)
    return [done.get(barcode) or _checked_in(library, barcode, staff) for barcode in scanned]


def _returned_together(library: Library, scanned: list[str], staff: str) -> dict[str, CheckedIn]:
    """What became of the books on loan, by bar code, without those that must be looked at on their own."""
    table = library.table
    lent = {copy.barcode: copy for copy in _on_loan(table, scanned)}
    ending = loans.find_many(table, [(copy.holder, barcode) for barcode, copy in lent.items()])
    told = _told(table, lent, ending)
    of_patrons = _by_patron(loan for loan in ending if loan.barcode in told)
    in_bags = _bags_of(table, ending)
    writes = [
        as_one(
            *_ends(patron_id, books, in_bags[patron_id]),
            *(_back(lent[loan.barcode], told[loan.barcode].next, library.today) for loan in books),
            *(_told_of(library, MovementKind.RETURNED, loan.barcode) for loan in books),
            _trace(library, patron_id, staff, len(books)),
        )
        for patron_id, books in of_patrons.items()
    ]
    try:
        lost = {list(of_patrons)[number] for number in write_what_holds(table, writes)}
    except Busy:
        return {}
    done = of_patrons.keys() - lost
    _count(library, [loan for patron_id in done for loan in of_patrons[patron_id]])
    return {loan.barcode: told[loan.barcode] for patron_id in done for loan in of_patrons[patron_id]}


def _told(table: Table, lent: Mapping[str, Copy], ending: Iterable[Loan]) -> dict[str, CheckedIn]:
    """What is said of each book whose loan ends, by bar code."""
    known = titles.find_many(table, {loan.title_id for loan in ending})
    waiting = queues.waiting_counts(table, known)
    of_known = [(loan.barcode, known[loan.title_id]) for loan in ending if loan.title_id in known]
    return {
        barcode: CheckedIn(barcode, "returned", _following(lent[barcode], waiting), title.title)
        for barcode, title in of_known
    }


def _on_loan(table: Table, scanned: list[str]) -> list[Copy]:
    found = copies.find_many(table, filter(NUMBER.fullmatch, scanned))
    return [copy for copy in found if copy.holder and copy.state is CopyState.ON_LOAN]


def _by_patron(ending: Iterable[Loan]) -> dict[str, list[Loan]]:
    of_patrons: dict[str, list[Loan]] = defaultdict(list)
    for loan in ending:
        if len(of_patrons[loan.patron_id]) < _BOOKS_OF_ONE:
            of_patrons[loan.patron_id].append(loan)
    return of_patrons


def _bags_of(table: Table, ending: Iterable[Loan]) -> dict[str, list[Bag]]:
    """The bags that loans came in, by patron."""
    wanted = {(loan.pickup_from, loan.pickup_place, loan.patron_id) for loan in ending if loan.pickup_from}
    of_patrons: dict[str, list[Bag]] = defaultdict(list)
    for bag in bags.find_many(table, wanted):
        of_patrons[bag.patron_id].append(bag)
    return of_patrons


def _checked_in(library: Library, barcode: str, staff: str) -> CheckedIn:
    try:
        return check_in(library, barcode, staff)
    except Busy:
        return CheckedIn(barcode, "try_again")


@again_when_overtaken
def check_in(library: Library, barcode: str, staff: str) -> CheckedIn:
    """Check one book in. Nothing ties the patron to the title after it (RULES 41)."""
    # The scanner reads any bar code, whatever is printed in it.
    copy = copies.find(library.table, barcode) if NUMBER.fullmatch(barcode) else None
    if copy is None:
        return CheckedIn(barcode, "unknown")
    today = library.today
    loan = loans.find(library.table, copy.holder, barcode) if copy.holder and copy.state not in _KEPT else None
    title = titles.find(library.table, copy.title_id)
    following = _following(copy, queues.waiting_counts(library.table, {copy.title_id}))
    told = partial(CheckedIn, barcode, next=following, title=title.title if title else "")
    if loan is not None:
        trace = _trace(library, loan.patron_id, staff)
        back, returned = _back(copy, following, today), _told_of(library, MovementKind.RETURNED, barcode)
        library.table.transact(*ended(library.table, loan), back, *_lendable_again(copy, title), trace, returned)
        _count(library, [loan])
        return told("damaged" if copy.state is CopyState.DAMAGED else "returned", was_lost=loan.lost)
    if copy.state in _GONE or copy.state is CopyState.ON_LOAN:
        found = [] if copy.state is CopyState.MISSING else [_told_of(library, MovementKind.FOUND, barcode)]
        library.table.transact(_back(copy, following, today), *_lendable_again(copy, title), *found)
        return told("found")
    if copy.state is CopyState.ELSEWHERE:
        library.table.transact(_back(copy, following, today), _told_of(library, MovementKind.RETURNED, barcode))
        return told("returned")
    if copy.state in _KEPT:
        return told("kept", next="hold")
    if copy.state is CopyState.DAMAGED:
        return told("damaged")
    return told("returned" if copy.returned_on == today else "not_on_loan")


def ended(table: Table, loan: Loan) -> list[Write]:
    """The loan is over: it is gone, the patron's count is down, the bag does not name the book any more."""
    return _ends(loan.patron_id, [loan], _bags_of(table, [loan])[loan.patron_id])


def _ends(patron_id: str, ending: list[Loan], in_bags: Iterable[Bag]) -> list[Write]:
    """Some loans of a patron are over; `in_bags` are those that they came in."""
    books = {loan.barcode for loan in ending}
    returning = sum(loan.released_at is not None for loan in ending)
    return [
        *map(loans.end, ending),
        patrons.loans_decrement(patron_id, {loan.title_id for loan in ending}, returning),
        *(bags.books_removal(bag, bag.barcodes & books) for bag in in_bags if bag.barcodes & books),
    ]


def _count(library: Library, ended: Iterable[Loan]) -> None:
    """Add up how late books came back; a number to expect others by, which holds nobody up (RULES 50, 56)."""
    if late := counted([loan.due_on for loan in ended if not loan.lost], library.today):
        with suppress(Busy):
            library.table.write(statistics.returns_increment(library.today, late))


def _trace(library: Library, patron_id: str, staff: str, books: int = 1) -> Write:
    return audit_log.entry_of_patron(patron_id, Act(library.moment, staff, Deed.CHECK_IN), library.policy, books)


def _told_of(library: Library, kind: MovementKind, barcode: str) -> Write:
    return movements.addition(Movement(library.moment, kind, barcode))


def _following(copy: Copy, waiting: Mapping[str, int]) -> str:
    """Where the book goes next; `waiting` tells how many wait for its title."""
    if copy.state is CopyState.DAMAGED:
        return "repair"
    return "hold" if not copy.reference_only and waiting[copy.title_id] else "shelve"


def _back(copy: Copy, following: str, today: date) -> Write:
    """The book is there again; one that somebody waits for lies with the returns until it is fetched (RULES 23)."""
    if following == "repair":
        return copies.state_change(copy, CopyState.DAMAGED, on=today, returned_on=today)
    lies_at = LiesAt.RETURNS if following == "hold" else LiesAt.SHELF
    return copies.state_change(copy, CopyState.ON_SHELF, on=today, lies_at=lies_at, returned_on=today)


def _lendable_again(copy: Copy, title: Title | None) -> list[Write]:
    """What was lost and may leave the library counts again as a copy of its title."""
    back = title is not None and copy.state is CopyState.LOST and not copy.reference_only
    return [titles.lendable_change(title, 1)] if title and back else []
