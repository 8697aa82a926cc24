"""When an overdue book is asked for (RULES 35)."""

from datetime import date, timedelta

from lending.domain.loan import Loan
from lending.domain.policy import Policy
from lending.domain.week import return_checked_in_by


def first_reminder_on(due_on: date, policy: Policy) -> date:
    """The day after the carriage that could have brought the book has been checked in (RULES 35)."""
    return return_checked_in_by(due_on, policy) + timedelta(days=1)


def is_to_be_reminded(loan: Loan, day: date, policy: Policy) -> bool:
    """Whether a mail of `day` asks for this book. A lost one is settled by staff (RULES 34)."""
    return not loan.lost and first_reminder_on(loan.due_on, policy) <= day


def reminder_due_by(due_on: date, day: date, policy: Policy) -> date | None:
    """The latest day on or before `day` on which a mail about a book due on `due_on` goes out: the first, then weekly.

    None while there is none yet.
    """
    first = first_reminder_on(due_on, policy)
    if day < first:
        return None
    return day - (day - first) % timedelta(days=policy.overdue_repeat_days)
