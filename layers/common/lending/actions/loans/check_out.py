"""Lending at the counter: a book made ready, or one a visitor brings from the shelf (RULES 17, 23)."""

from datetime import datetime
from typing import NamedTuple

from lending.actions.library import Library
from lending.actions.lookup import copy_in_hand, patron_of_card
from lending.actions.pulls.replan import Replanned, without
from lending.actions.wishes import answered_with
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.exchange import movements
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.patrons import audit_log, patrons
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.movement import Movement, MovementKind
from lending.domain.loans.counter import counter_loan, refusals_to_lend
from lending.domain.loans.loan import Loan
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Reason, Refused
from lending.domain.registration.card import CardState
from lending.domain.run.reasons import Code
from lending.domain.week import in_tokyo


class CheckedOut(NamedTuple):
    """The loan, and whether it answered the patron's own hold on the title."""

    loan: Loan
    hold_spent: bool = False


@again_when_overtaken
def check_out(library: Library, card_number: str, barcode: str, staff: str) -> CheckedOut:
    """Lend a book at the counter; the patron's own hold on the title is answered by it, and its group with it (48).

    Somebody else's hold that the book was only planned for waits on at its place, and is told that a visitor was first
    (RULES 23). The same again on the same day answers the same.

    Raises:
        Refused: no such card or book, or with every reason at once (RULES 8, 9, 17, 19).
    """
    patron, card = patron_of_card(library.table, card_number)
    copy = copy_in_hand(library.table, barcode)
    if loan := _lent_before(library.table, patron, copy, library.moment):
        return CheckedOut(loan)
    hold = holds.find(library.table, patron.patron_id, copy.title_id)
    day = library.today
    reasons = [Reason("card_retired")] if card.state is not CardState.ACTIVE else []
    if reasons := reasons + refusals_to_lend(patron, copy, hold, day):
        raise Refused.for_all(reasons)
    ended = answered_with(library.table, hold, library.policy) if hold else []
    title = titles.find(library.table, copy.title_id)
    loan = counter_loan(patron, copy, title.title if title else "", library.moment, library.policy)
    library.table.transact(
        loans.addition(loan),
        movements.addition(Movement(library.moment, MovementKind.LENT, copy.barcode, loan.due_on)),
        copies.state_change(copy, CopyState.ON_LOAN, on=day, holder=patron.patron_id, due_on=loan.due_on),
        patrons.loan_increment(
            patron.patron_id,
            copy.title_id,
            patron.cap_on(day),
            holds=int(hold is not None) + len(ended),
            grouped=patron if hold and hold.group else None,
        ),
        *(holds.end(each) for each in (hold, *ended) if each),
        *_displaced(library, patron, copy).writes,
        audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.CHECK_OUT), library.policy),
    )
    return CheckedOut(loan, hold is not None)


def _lent_before(table: Table, patron: Patron, copy: Copy, moment: datetime) -> Loan | None:
    if copy.state is not CopyState.ON_LOAN or copy.holder != patron.patron_id:
        return None
    loan = loans.find(table, patron.patron_id, copy.barcode)
    today = in_tokyo(moment).date()
    return loan if loan and loan.pickup_from is None and in_tokyo(loan.lent_at).date() == today else None


def _displaced(library: Library, patron: Patron, copy: Copy) -> Replanned:
    if copy.pull is None or copy.pull.patron_id == patron.patron_id:
        return Replanned()
    return without(library, copy, CopyState.ON_LOAN, Code.TAKEN_BY_VISITOR, patron.patron_id)
