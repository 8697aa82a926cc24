"""Lost and damaged books, books found again, and books replaced in kind (RULES 34)."""

from dataclasses import replace

from lending.actions.library import Library
from lending.actions.loans.check_in import ended
from lending.actions.lookup import copy_in_hand
from lending.actions.pulls.replan import Replanned, without
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.exchange import movements
from lending.aws.table.loans import loans
from lending.aws.table.patrons import audit_log
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.movement import Movement, MovementKind
from lending.domain.loans.loan import Loan
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused
from lending.domain.run.reasons import Code

_WITHDRAWN = (CopyState.LOST, CopyState.DAMAGED)


@again_when_overtaken
def mark(library: Library, barcode: str, state: CopyState, staff: str) -> CopyState:
    """Mark a book as lost or damaged. A loan stays open until the book is back or replaced; a hold waits on.

    Args:
        state: `LOST` or `DAMAGED`.

    Returns:
        The state of the book now. Marked again, nothing changes.

    Raises:
        Refused: no such book.
    """
    copy = copy_in_hand(library.table, barcode)
    if copy.state is state:
        return state
    loan = _loan(library.table, copy)
    moved = copies.state_change(copy, state, on=library.today, holder=loan.patron_id if loan else "")
    kind = MovementKind.LOST if state is CopyState.LOST else MovementKind.DAMAGED
    writes = [
        moved,
        _told_of(library, kind, copy, loan),
        *_marked(loan, state),
        *counted(library.table, copy, -int(copy.state not in _WITHDRAWN)),
    ]
    replanned = without(library, copy, state, Code.NOT_ON_SHELF) if loan is None else Replanned()
    if concerned := loan or replanned.hold:
        writes.append(
            audit_log.entry_of_patron(concerned.patron_id, Act(library.moment, staff, Deed.MARK_BOOK), library.policy)
        )
    library.table.transact(*writes, *replanned.writes)
    return state


@again_when_overtaken
def mark_found(library: Library, barcode: str, staff: str) -> CopyState:
    """A book that was missed, lost or damaged is there again, or mended: with its patron if it is on loan, or shelved.

    Returns:
        The state of the book now; of any other book the state it has.

    Raises:
        Refused: no such book.
    """
    copy = copy_in_hand(library.table, barcode)
    if copy.state not in (*_WITHDRAWN, CopyState.MISSING):
        return copy.state
    day = library.today
    lendable = counted(library.table, copy, int(copy.state in _WITHDRAWN))
    loan = _loan(library.table, copy)
    if loan is None:
        told = [] if copy.state is CopyState.MISSING else [_told_of(library, MovementKind.FOUND, copy)]
        library.table.transact(copies.state_change(copy, CopyState.ON_SHELF, on=day), *lendable, *told)
        return CopyState.ON_SHELF
    again = copies.state_change(copy, CopyState.ON_LOAN, on=day, holder=loan.patron_id, due_on=loan.due_on)
    library.table.transact(
        again,
        loans.change(loan, replace(loan, lost=False, damaged=False)),
        _told_of(library, MovementKind.FOUND, copy, loan),
        *lendable,
        audit_log.entry_of_patron(loan.patron_id, Act(library.moment, staff, Deed.MARK_BOOK), library.policy),
    )
    return CopyState.ON_LOAN


@again_when_overtaken
def replaced_in_kind(library: Library, barcode: str, staff: str) -> CopyState:
    """The patron has replaced a lost or damaged book: the loan is over, the old copy stays what it was.

    Raises:
        Refused: no such book, or no such loan.
    """
    copy = copy_in_hand(library.table, barcode)
    loan = _loan(library.table, copy) if copy.state in _WITHDRAWN else None
    if loan is None:
        raise Refused("not_lent")
    trace = audit_log.entry_of_patron(loan.patron_id, Act(library.moment, staff, Deed.MARK_BOOK), library.policy)
    library.table.transact(
        *ended(library.table, loan),
        copies.state_change(copy, copy.state, on=library.today),
        _told_of(library, MovementKind.REPLACED, copy),
        trace,
    )
    return copy.state


def _told_of(library: Library, kind: MovementKind, copy: Copy, loan: Loan | None = None) -> Write:
    return movements.addition(Movement(library.moment, kind, copy.barcode, loan.due_on if loan else None))


def _loan(table: Table, copy: Copy) -> Loan | None:
    kept = copy.state in (CopyState.KEPT_ASIDE, CopyState.READY)
    return loans.find(table, copy.holder, copy.barcode) if copy.holder and not kept else None


def _marked(loan: Loan | None, state: CopyState) -> list[Write]:
    if loan is None:
        return []
    lost = state is CopyState.LOST
    return [loans.change(loan, replace(loan, lost=lost, damaged=not lost))]


def counted(table: Table, copy: Copy, change: int) -> list[Write]:
    """The title has one copy more or fewer that may leave the library, if this copy is one that may (RULES 9)."""
    title = titles.find(table, copy.title_id) if change and not copy.reference_only else None
    return [titles.lendable_change(title, change)] if title else []
