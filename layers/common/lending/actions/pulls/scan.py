"""The scan of a book of the pull list: found, missing, or in a visitor's hand (RULES 15, 16, 20, 23)."""

from datetime import date

from lending.actions.library import Library
from lending.actions.lookup import copy_in_hand
from lending.actions.pulls.book_in_hand import BookInHand, ScanResult
from lending.actions.pulls.replan import without
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.pulls import scans
from lending.domain.catalogue.title import Copy, CopyState, LiesAt
from lending.domain.loans.bag import Bag
from lending.domain.loans.release import with_deadline
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.pulls.pull import (
    WHAT_TO_DO,
)
from lending.domain.pulls.scan import Scan
from lending.domain.run.reasons import Code


@again_when_overtaken
def scan_found(library: Library, barcode: str, staff: str) -> ScanResult:
    """A book of the pull list was found: one transaction gives it to its hold, or to the next in the queue (RULES 23).

    What was recorded since the run counts: a hold that may not be served any more is told why, and waits on (21, 22).
    ScanResult again it answers the same, and nothing changes. A book that was missed is found by it; one that lay
    elsewhere and that nobody is to have goes back to its shelf.

    Raises:
        Refused: no such book, or no plan for it; the reason says what to do with it.
    """
    copy = copy_in_hand(library.table, barcode)
    today = library.today
    if copy.pull is None:
        if copy.state is CopyState.MISSING or (copy.state is CopyState.ON_SHELF and copy.lies_at is not LiesAt.SHELF):
            library.table.transact(copies.state_change(copy, CopyState.ON_SHELF, on=today))
            return ScanResult("shelve", barcode)
        return _scanned_before(library.table, copy, today, library.policy)
    scanned, writes = BookInHand(library, copy, copy.pull, calendar.load(library.table), staff).outcome()
    library.table.transact(*writes)
    return scanned


@again_when_overtaken
def scan_absent(library: Library, barcode: str, result: str, staff: str) -> ScanResult:
    """A book of the pull list was not on its shelf (`missing`), or a visitor has it in hand (`taken`) (RULES 23).

    The hold waits on at its old place and is told why, unless the queue gives it another copy.

    Raises:
        Refused: no such book, no plan for it, or it is kept for a hold and no visitor's to take.
    """
    copy = copy_in_hand(library.table, barcode)
    today = library.today
    if copy.pull is None:
        return _absent_before(library.table, copy, result, today)
    if result == "taken" and copy.state is CopyState.KEPT_ASIDE:
        raise Refused("kept_for_other")
    missing = result == "missing"
    why = Code.NOT_ON_SHELF if missing else Code.TAKEN_BY_VISITOR
    # What a visitor has in hand is as good as lent to them.
    gone = CopyState.MISSING if missing else CopyState.ON_LOAN
    replanned = without(library, copy, gone, why)
    instead = replanned.instead.barcode if replanned.instead else ""
    act, missed = Act(library.moment, staff, Deed.SCAN), replanned.hold
    trace = [audit_log.entry_of_patron(missed.patron_id, act, library.policy)] if missed else []
    library.table.transact(
        copies.state_change(copy, CopyState.MISSING if missing else CopyState.ON_SHELF, on=today),
        scans.record(Scan(barcode, result, library.moment, copy.pull, copy.lies_at, replanned.hold, instead)),
        *replanned.writes,
        *trace,
    )
    return ScanResult(result, barcode, instead=replanned.instead)


def _scanned_before(table: Table, copy: Copy, day: date, policy: Policy) -> ScanResult:
    """The answer again, if it was this scan that put the book where it is."""
    patron = patrons.find(table, copy.holder) if copy.holder else None
    if patron is None:
        raise _no_pull(copy)
    if copy.state is CopyState.KEPT_ASIDE:
        return ScanResult("keep_aside", copy.barcode, patron.card_number)
    if copy.state is CopyState.READY:
        hold = holds.find(table, copy.holder, copy.title_id)
        until = with_deadline(hold, day, calendar.load(table), policy).pickup_until if hold else None
        return ScanResult("shelve_ready", copy.barcode, patron.card_number, pickup_until=until)
    bag = _bag_of(table, copy, day)
    if bag is None:
        raise _no_pull(copy)
    return ScanResult("lend", copy.barcode, patron.card_number, bag, bag.pickup_until)


def _bag_of(table: Table, copy: Copy, day: date) -> Bag | None:
    """The bag a copy was packed into and that has not arrived yet."""
    loan = loans.find(table, copy.holder, copy.barcode) if copy.state is CopyState.ON_LOAN else None
    if loan is None or loan.pickup_from is None or loan.state_on(day) != "in_transit":
        return None
    return bags.find(table, loan.pickup_from, loan.pickup_place, loan.patron_id)


def _absent_before(table: Table, copy: Copy, result: str, day: date) -> ScanResult:
    said_missing = result == "missing" and copy.state is CopyState.MISSING
    with_visitor = result == "taken" and copy.state is CopyState.ON_LOAN and _bag_of(table, copy, day) is None
    if said_missing or with_visitor:
        return ScanResult(result, copy.barcode)
    raise _no_pull(copy)


def _no_pull(copy: Copy) -> Refused:
    todo, sentence = WHAT_TO_DO[copy.state]
    return Refused("no_pull", Reason("no_pull", {"state": copy.state, "todo": todo}, message=sentence))
