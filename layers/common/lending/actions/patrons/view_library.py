"""My Library: what a patron sees of themselves, their loans and their mails (RULES 7, 19, 28, 31, 38)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.aws import suppression
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import queues
from lending.aws.table.holds import baskets
from lending.aws.table.loans import loans
from lending.aws.table.mail import addresses, mails
from lending.domain.calendar.calendar import Calendar
from lending.domain.loans.loan import Loan, refusals_to_renew
from lending.domain.loans.reminders import overdue_from, past_due_note
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.mail import Mail, new_mail
from lending.domain.patrons.mail_address import PendingAddress
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused


class Myself(NamedTuple):
    """A patron, how many titles their basket has, whether mails reach them, and addresses that wait for their link."""

    patron: Patron
    basket: int
    email_reachable: bool
    pending: Sequence[PendingAddress]


class LoanView(NamedTuple):
    """A loan, how many holds wait for its title, and what stands in the way of renewing it (RULES 31).

    `past_due_note` is what there is to say once the due date is over and the loan is not `overdue` yet (RULES 35).
    """

    loan: Loan
    waiting: int
    reasons: Sequence[Reason]
    overdue: bool
    past_due_note: str


def view_myself(table: Table, patron_id: str, moment: datetime) -> Myself:
    """A patron's own record.

    Raises:
        Refused: there is no such patron.
    """
    patron = patron_with_id(table, patron_id)
    reachable = not addresses.unreachable(table, {patron.email, patron.hold_mails_to} - {""})
    pending = [
        wish for wish in addresses.pending(table, patron_id) if wish.confirmed_at is None and moment <= wish.valid_until
    ]
    return Myself(patron, len(baskets.of_patron(table, patron_id)), reachable, pending)


def view_loans(table: Table, patron_id: str, today: date, policy: Policy) -> list[LoanView]:
    """A patron's loans, the first due first, each with what stands in the way of renewing it (RULES 31)."""
    return _views(table, loans.of_patron(table, patron_id), today, policy)


def view_loan(table: Table, loan: Loan, today: date, policy: Policy) -> LoanView:
    """One of a patron's loans."""
    (view,) = _views(table, [loan], today, policy)
    return view


def _views(table: Table, found: Sequence[Loan], today: date, policy: Policy) -> list[LoanView]:
    waiting = queues.waiting_counts(table, {loan.title_id for loan in found})
    closed = calendar.load(table) if any(loan.due_on < today for loan in found) else Calendar()
    return [_loan_view(loan, waiting[loan.title_id], today, closed, policy) for loan in found]


def _loan_view(loan: Loan, waiting: int, today: date, closed: Calendar, policy: Policy) -> LoanView:
    reasons, overdue = refusals_to_renew(loan, waiting, today, policy), overdue_from(loan, closed, policy)
    is_overdue = overdue is not None and overdue <= today
    return LoanView(loan, waiting, reasons, is_overdue, past_due_note(loan, today, closed, policy))


def ask_test_mail(library: Library, patron_id: str) -> Mail:
    """Send a patron a mail to see whether it arrives; its name lets one pass in some minutes.

    Raises:
        Refused: there was one just now.
    """
    patron = patron_with_id(library.table, patron_id)
    if addresses.unreachable(library.table, {patron.hold_mails_to}):
        suppression.remove_from_suppression_list(patron.hold_mails_to)
    slot = int(library.moment.timestamp()) // (library.policy.test_mail_minutes * 60)
    mail = new_mail(ArrivalTestMail, patron_id, library.moment, slot)
    try:
        library.table.write(mails.addition(mail, library.policy))
    except Overtaken:
        raise Refused("too_soon") from None
    return mail
