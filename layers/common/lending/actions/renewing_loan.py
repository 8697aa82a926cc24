"""Renewing a loan online (RULES 31)."""

from datetime import datetime

from lending.aws.table import Table, again_when_overtaken, loans, titles
from lending.domain.loan import Loan, refusals_to_renew
from lending.domain.policy import Policy
from lending.domain.problems import Refused


@again_when_overtaken
def renew_loan(table: Table, patron_id: str, barcode: str, moment: datetime, policy: Policy) -> Loan:
    """Renew a loan: its days count from the old due date, and the copy tells the same date.

    That nobody waits for the title is demanded by the write itself, of a count that placing a hold changes in its own
    transaction: of a renewal and a first hold in the same instant, either the renewal came first, or it is refused.

    Args:
        moment: when the patron asked.

    Raises:
        Refused: with every reason at once, or there is no such loan.
    """
    loan = loans.find(table, patron_id, barcode)
    if loan is None:
        raise Refused("not_found")
    waiting = titles.waiting_counts(table, {loan.title_id})[loan.title_id]
    if reasons := refusals_to_renew(loan, waiting, moment.date(), policy):
        raise Refused.for_all(reasons)
    renewed = loan.renewed(policy)
    table.transact(
        loans.change(loan, renewed),
        titles.due_anew(barcode, patron_id, renewed.due_on),
        titles.nobody_waits(loan.title_id),
    )
    return renewed
