"""The check-in at the prefectural library, which alone ends a loan (RULES 30, 32, 34, 41)."""

from dataclasses import dataclass
from datetime import date, datetime

from lending.aws.table import Busy, Table, again_when_overtaken, bags, loans, patrons, titles
from lending.aws.table.writes import Write
from lending.domain.hold import HoldStatus
from lending.domain.loan import Loan
from lending.domain.title import Copy, CopyState
from lending.domain.week import in_tokyo

_KEPT = (CopyState.KEPT_ASIDE, CopyState.READY)
_GONE = (CopyState.MISSING, CopyState.LOST)


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What became of one book.

    `result`: `returned`; `found` (it was missed or lost); `not_on_loan`; `kept` (it belongs to a hold and goes
    back to where it is kept); `damaged` (its loan, if any, is over, and it goes to repair); `unknown`; or `try_again`.
    `next`: `hold` if somebody waits for it, `shelve` if not, `repair`; empty for what is no book of the library.
    `was_lost` tells that a loan ended that had been marked as lost.
    """

    barcode: str
    result: str
    next: str = ""
    title: str = ""
    was_lost: bool = False


def check_in_all(table: Table, barcodes: list[str], moment: datetime) -> list[CheckedIn]:
    """Check books in, each on its own: none is held up by another. Again on the same day, the answer is the same.

    Args:
        barcodes: as scanned, in that order; one scanned twice is one book.
    """
    return [_checked_in(table, barcode, moment) for barcode in dict.fromkeys(barcodes)]


def _checked_in(table: Table, barcode: str, moment: datetime) -> CheckedIn:
    try:
        return check_in(table, barcode, moment)
    except Busy:
        return CheckedIn(barcode, "try_again")


@again_when_overtaken
def check_in(table: Table, barcode: str, moment: datetime) -> CheckedIn:
    """Check one book in. Nothing ties the patron to the title after it (RULES 41)."""
    copy = titles.find_copy(table, barcode)
    if copy is None:
        return CheckedIn(barcode, "unknown")
    today = in_tokyo(moment).date()
    loan = loans.find(table, copy.holder, barcode) if copy.holder and copy.state not in _KEPT else None
    if loan is not None:
        table.transact(*ended(table, loan), *_back(copy, today))
        damaged = copy.state is CopyState.DAMAGED
        return _told(table, copy, "damaged" if damaged else "returned", loan.lost)
    if copy.state in _GONE or copy.state is CopyState.ON_LOAN:
        table.transact(*_back(copy, today))
        return _told(table, copy, "found")
    if copy.state in _KEPT:
        return CheckedIn(barcode, "kept", "hold", _title(table, copy))
    if copy.state is CopyState.DAMAGED:
        return _told(table, copy, "damaged")
    return _told(table, copy, "returned" if copy.returned_on == today else "not_on_loan")


def ended(table: Table, loan: Loan) -> list[Write]:
    """The loan is over: it is gone, the patron's count is down, the bag does not name the book any more."""
    returning = loan.released_at is not None
    writes = [loans.end(loan), patrons.uncount_loan(loan.patron_id, loan.title_id, returning)]
    if loan.pickup_from is None:
        return writes
    bag = bags.find(table, loan.pickup_from, loan.pickup_place, loan.patron_id)
    return [*writes, bags.unpack(bag, loan.barcode)] if bag and loan.barcode in bag.barcodes else writes


def _back(copy: Copy, today: date) -> list[Write]:
    if copy.state is CopyState.DAMAGED:
        return [titles.move(copy, CopyState.DAMAGED, returned_on=today)]
    back = [titles.move(copy, CopyState.ON_SHELF, returned_on=today)]
    lendable_again = copy.state is CopyState.LOST and not copy.reference_only
    return [*back, titles.count_lendable(copy.title_id, 1)] if lendable_again else back


def _told(table: Table, copy: Copy, result: str, was_lost: bool = False) -> CheckedIn:
    view = titles.view(table, copy.title_id)
    waited_for = view is not None and any(hold.status is HoldStatus.WAITING for hold in view.holds)
    following = "repair" if result == "damaged" else "hold" if waited_for and not copy.reference_only else "shelve"
    return CheckedIn(copy.barcode, result, following, view.title.title if view else "", was_lost)


def _title(table: Table, copy: Copy) -> str:
    title = titles.find(table, copy.title_id)
    return title.title if title else ""
