"""A scan of the pull list taken back: book, hold and plan are again as they were (RULES 23)."""

from datetime import date

from lending.actions.library import Library
from lending.actions.lookup import copy_in_hand
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.exchange import movements
from lending.aws.table.holds import holds, reasons
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.pulls import crates, scans
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.movement import Movement, MovementKind
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.holds.order import without_circles
from lending.domain.loans.loan import Loan
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Refused
from lending.domain.pulls.pull import can_be_followed, run_of
from lending.domain.pulls.scan import Scan, with_wishes_since
from lending.domain.run.run import Outcome


@again_when_overtaken
def undo_scan(library: Library, barcode: str, staff: str) -> Scan:
    """Take the latest scan of a book back, whatever it said of it.

    Raises:
        Refused: no such book or scan; the crate has left, the day of the counter's plan or the week is over, or what
            the scan did has been changed since: by a hand-over, a check-in, a cancellation, another run.
    """
    copy, scan = copy_in_hand(library.table, barcode), scans.find(library.table, barcode)
    if scan is None:
        raise Refused("no_scan")
    today = library.today
    run = run_of(scan.pull, library.moment, calendar.load(library.table), library.policy)
    if not can_be_followed(run, today) or copy.pull is not None:
        raise Refused("scan_overtaken")
    undone = {"lend": _not_lent, "keep_aside": _not_kept, "shelve_ready": _not_kept}.get(scan.action, _not_absent)
    trace = audit_log.entry_of_patron(
        (scan.hold or scan.pull).patron_id, Act(library.moment, staff, Deed.UNDO_SCAN), library.policy
    )
    returned = Movement(library.moment, MovementKind.RETURNED, barcode)
    library.table.transact(
        *undone(library, copy, scan),
        *([movements.addition(returned)] if scan.action == "lend" else []),
        _put_back(copy, scan, today),
        scans.removal(scan),
        trace,
    )
    return scan


def _put_back(copy: Copy, scan: Scan, today: date) -> Write:
    """The book where it was, with the plan that was on it."""
    if scan.hold and scan.hold.status is HoldStatus.SECURED and scan.hold.barcode == copy.barcode:
        return copies.state_change(copy, CopyState.KEPT_ASIDE, on=today, holder=scan.hold.patron_id, pull=scan.pull)
    return copies.state_change(copy, CopyState.ON_SHELF, on=today, lies_at=scan.lies_at, pull=scan.pull)


def _not_lent(library: Library, copy: Copy, scan: Scan) -> list[Write]:
    table, policy, hold = library.table, library.policy, _of(scan)
    loan = loans.find(table, hold.patron_id, copy.barcode)
    if loan is None or not _is_untouched(loan, scan) or copy.state is not CopyState.ON_LOAN or not loan.pickup_from:
        raise Refused("scan_overtaken")
    if crates.has_left(table, loan.pickup_from, loan.pickup_place):
        raise Refused("crate_has_left")
    patron = _holder(table, hold)
    ended = _there_again(table, patron, scan, 1, policy)
    bag = bags.find(table, loan.pickup_from, loan.pickup_place, loan.patron_id)
    return [
        loans.end(loan),
        patrons.loan_removal(patron, hold.title_id, policy.hold_limit, holds=1 + len(ended)),
        *map(holds.addition, (hold, *ended)),
        crates.presence_check(loan.pickup_from, loan.pickup_place),
        *([bags.books_removal(bag, {copy.barcode})] if bag else []),
    ]


def _is_untouched(loan: Loan, scan: Scan) -> bool:
    return loan.lent_at == scan.at and not loan.renewals and not loan.handed_over_at


def _holder(table: Table, hold: Hold) -> Patron:
    patron = patrons.find(table, hold.patron_id)
    if patron is None:
        raise Refused("scan_overtaken")
    return patron


def _there_again(table: Table, patron: Patron, scan: Scan, more: int, policy: Policy) -> list[Hold]:
    """The other holds of its group that ended with the scan, and may be there again (RULES 9, 47, 48).

    Not those that were placed anew or lent since, nor on titles that have become one with another.

    Args:
        patron: read before their holds.
        more: how many holds there will be again beside these.

    Raises:
        Refused: the patron has placed too many others meanwhile (RULES 10).
    """
    open_holds = holds.of_patron(table, patron.patron_id)
    there = {each.title_id for each in open_holds} | patron.lent_titles
    known = titles.find_many(table, {each.title_id for each in scan.ended} - there)
    again = [each for each in scan.ended if each.title_id in known and not known[each.title_id].merging_into]
    more += len(again)
    if more and patron.open_holds + more > policy.hold_limit:
        raise Refused("hold_limit", limit=policy.hold_limit, open_holds=patron.open_holds)
    return without_circles(again, open_holds)


def _not_kept(library: Library, copy: Copy, scan: Scan) -> list[Write]:
    table, policy, hold = library.table, library.policy, _of(scan)
    now = holds.find(table, hold.patron_id, hold.title_id)
    if now is None or now.barcode != copy.barcode:
        raise Refused("scan_overtaken")
    if now.status is HoldStatus.READY and now.ready_on != library.today:
        raise Refused("scan_overtaken")  # the mail has gone, or is about to
    patron = _holder(table, hold)
    ended = _there_again(table, patron, scan, 0, policy)
    again = [patrons.holds_addition(patron, len(ended), policy.hold_limit)] if ended else []
    told = _told_as_before(library, scan, hold) if scan.action == "keep_aside" else []
    return [holds.change(now, with_wishes_since(hold, now)), *told, *map(holds.addition, ended), *again]


def _not_absent(library: Library, copy: Copy, scan: Scan) -> list[Write]:
    """The book is there after all; the copy that was to be fetched in its place is not needed."""
    if copy.state is not (CopyState.MISSING if scan.action == "missing" else CopyState.ON_SHELF):
        raise Refused("scan_overtaken")
    if scan.hold is None:
        return []
    now = holds.find(library.table, scan.hold.patron_id, scan.hold.title_id)
    if now is None or now.barcode:
        raise Refused("scan_overtaken")
    waits = holds.change(now, with_wishes_since(scan.hold, now))
    return [*_not_instead(library.table, scan), waits, *_told_as_before(library, scan, scan.hold)]


def _told_as_before(library: Library, scan: Scan, hold: Hold) -> list[Write]:
    """The reason that the hold had before the scan told another; for whom a book is to be fetched again there is none.

    The scan may have come before the run had told all its reasons, and may have found one of the week before.
    """
    known = reasons.find(library.table, hold.patron_id)
    planned = scan.pull.patron_id == hold.patron_id and scan.pull.decision != Outcome.KEEP_ASIDE
    reason = None if planned else hold.last_run
    return reasons.change(known, known.after((hold, reason)), library.moment, library.policy)


def _not_instead(table: Table, scan: Scan) -> list[Write]:
    instead = copies.find(table, scan.instead) if scan.instead else None
    if instead is None or instead.pull is None or instead.pull.patron_id != scan.pull.patron_id:
        return []
    return [copies.pull_removal(instead)]


def _of(scan: Scan) -> Hold:
    if scan.hold is None:
        raise Refused("no_scan")
    return scan.hold
