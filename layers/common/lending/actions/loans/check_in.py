"""The check-in at the prefectural library, which alone ends a loan (RULES 30, 32, 34, 41)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial

from lending.actions.library import Library
from lending.aws.concurrency import map_concurrently
from lending.aws.table import Busy, Table, again_when_overtaken
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState, LiesAt, Title
from lending.domain.catalogue.title_changes import NUMBER
from lending.domain.loans.loan import Loan
from lending.domain.patrons.audit_log import Act, Deed

_KEPT = (CopyState.KEPT_ASIDE, CopyState.READY)
_GONE = (CopyState.MISSING, CopyState.LOST)


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What became of one book.

    `result`: `returned`; `found` (it was missed or lost); `not_on_loan`; `kept` (it belongs to a hold and goes
    back to where it is kept); `damaged` (its loan, if any, is over, and it goes to repair); `unknown`; or `try_again`.
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
    """Check books in, each on its own: none is held up by another. Again on the same day, the answer is the same.

    Several at once, for none decides anything of another: the books of one patron follow each other, as they change the
    same sum, and whom a book is for the next run decides.

    Args:
        barcodes: as scanned; one scanned twice is one book.

    Returns:
        What became of each, in the order of the scans.
    """
    scanned = list(dict.fromkeys(barcodes))
    done = map_concurrently(
        lambda books: [_checked_in(library, barcode, staff) for barcode in books],
        _by_holder(library.table, scanned),
        library.table.at_once,
    )
    by_barcode = {book.barcode: book for books in done for book in books}
    return [by_barcode[barcode] for barcode in scanned]


def _by_holder(table: Table, scanned: list[str]) -> list[list[str]]:
    """The books that one patron has, and each of the others on its own."""
    found = copies.find_many(table, list(filter(NUMBER.fullmatch, scanned)))
    holders = {copy.barcode: copy.holder for copy in found if copy.holder}
    groups: dict[str, list[str]] = defaultdict(list)
    for barcode in scanned:
        groups[holders.get(barcode, f"#{barcode}")].append(barcode)
    return list(groups.values())


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
    title, following = titles.find(library.table, copy.title_id), _following(library.table, copy)
    told = partial(CheckedIn, barcode, next=following, title=title.title if title else "")
    if loan is not None:
        trace = audit_log.entry_of_patron(loan.patron_id, Act(library.moment, staff, Deed.CHECK_IN), library.policy)
        library.table.transact(*ended(library.table, loan), *_back(copy, title, following, today), trace)
        return told("damaged" if copy.state is CopyState.DAMAGED else "returned", was_lost=loan.lost)
    if copy.state in _GONE or copy.state is CopyState.ON_LOAN:
        library.table.transact(*_back(copy, title, following, today))
        return told("found")
    if copy.state in _KEPT:
        return told("kept", next="hold")
    if copy.state is CopyState.DAMAGED:
        return told("damaged")
    return told("returned" if copy.returned_on == today else "not_on_loan")


def ended(table: Table, loan: Loan) -> list[Write]:
    """The loan is over: it is gone, the patron's count is down, the bag does not name the book any more."""
    returning = loan.released_at is not None
    writes = [loans.end(loan), patrons.loan_decrement(loan.patron_id, loan.title_id, returning)]
    if loan.pickup_from is None:
        return writes
    bag = bags.find(table, loan.pickup_from, loan.pickup_place, loan.patron_id)
    return [*writes, bags.book_removal(bag, loan.barcode)] if bag and loan.barcode in bag.barcodes else writes


def _following(table: Table, copy: Copy) -> str:
    if copy.state is CopyState.DAMAGED:
        return "repair"
    waited_for = not copy.reference_only and queues.waiting_counts(table, {copy.title_id})[copy.title_id]
    return "hold" if waited_for else "shelve"


def _back(copy: Copy, title: Title | None, following: str, today: date) -> list[Write]:
    """The book is there again; one that somebody waits for lies with the returns until it is fetched (RULES 23)."""
    if following == "repair":
        return [copies.state_change(copy, CopyState.DAMAGED, on=today, returned_on=today)]
    lies_at = LiesAt.RETURNS if following == "hold" else LiesAt.SHELF
    back = copies.state_change(copy, CopyState.ON_SHELF, on=today, lies_at=lies_at, returned_on=today)
    lendable_again = copy.state is CopyState.LOST and not copy.reference_only
    return [back, titles.lendable_change(title, 1)] if title and lendable_again else [back]
