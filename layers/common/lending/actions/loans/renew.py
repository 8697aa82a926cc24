"""Renewing a loan, online or by phone (RULES 31)."""

from collections.abc import Iterable

from lending.actions.library import Library
from lending.actions.one_by_one import Outcome, each_on_its_own
from lending.aws.table import again_when_overtaken
from lending.aws.table.catalogue import copies, queues
from lending.aws.table.exchange import movements
from lending.aws.table.loans import loans
from lending.aws.table.writes import Write
from lending.domain.exchange.movement import Movement, MovementKind
from lending.domain.loans.loan import Loan, refusals_to_renew
from lending.domain.problems import Refused


@again_when_overtaken
def renew_loan(library: Library, patron_id: str, barcode: str, by_phone: Write | None = None) -> Loan:
    """Renew a loan: its days count from the old due date, and the copy tells the same date.

    That nobody waits for the title is demanded by the write itself, of a count that placing a hold changes in its own
    transaction: of a renewal and a first hold in the same instant, either the renewal came first, or it is refused.

    Args:
        by_phone: the trace of the staff who do it for a caller (RULES 41).

    Raises:
        Refused: with every reason at once, or there is no such loan.
    """
    loan = loans.find(library.table, patron_id, barcode)
    if loan is None:
        raise Refused("not_found")
    today, waiting = (
        library.today,
        queues.waiting_counts(library.table, {loan.title_id})[loan.title_id],
    )
    if reasons := refusals_to_renew(loan, waiting, today, library.policy, by_phone is not None):
        raise Refused.for_all(reasons)
    renewed = loan.renewed(today, library.policy)
    library.table.transact(
        loans.change(loan, renewed),
        copies.due_date_change(barcode, patron_id, renewed.due_on),
        queues.empty_check(loan.title_id),
        movements.addition(Movement(library.moment, MovementKind.RENEWED, barcode, renewed.due_on)),
        *([by_phone] if by_phone else []),
    )
    return renewed


def renew_loans(library: Library, patron_id: str, barcodes: Iterable[str]) -> list[Outcome[Loan]]:
    """Renew several loans; one that is refused hinders no other."""
    return each_on_its_own(barcodes, lambda barcode: renew_loan(library, patron_id, barcode))
