"""From when a book is overdue, and when it is asked for (RULES 35)."""

from datetime import date, timedelta
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.loans.loan import Loan
from lending.domain.policy import Policy
from lending.domain.week import DAY, return_checked_in_by
from lending.domain.words import day_in_words


class Reminder(NamedTuple):
    """One mail about an overdue book: `of` is its regular day, which names it, `on` the day on which it goes.

    They differ where doors were shut. Days that are closed later, or open after all, make no second mail of one week.
    """

    of: date
    on: date


def overdue_from(loan: Loan, calendar: Calendar, policy: Policy) -> date | None:
    """The first day on which a loan may be called overdue: after the check-in of the carriage for it (RULES 35).

    None for a lost book, which staff settle (RULES 34), and for one on its way back that nobody has collected. Where a
    facility records no hand-overs, what nobody has collected may come with the carriage of the last pickup day.
    """
    if loan.lost or loan.released_at is not None:
        return None
    return _goes_on(_first_of(loan, policy), calendar)


def reminder_due_by(loan: Loan, day: date, calendar: Calendar, policy: Policy) -> Reminder | None:
    """The latest reminder of an overdue book on or before `day`: the first, then weekly. None while there is none yet.

    Each waits for the carriage of its own week: the book may be in it.
    """
    if overdue_from(loan, calendar, policy) is None:
        return None
    first, every = _first_of(loan, policy), timedelta(days=policy.overdue_repeat_days)
    of = day - (day - first) % every
    while of >= first:
        if (on := _goes_on(of, calendar)) <= day:
            return Reminder(of, on)
        of -= every
    return None


def past_due_note(loan: Loan, day: date, calendar: Calendar, policy: Policy) -> str:
    """What is told between the due date and the day from which the loan is overdue; otherwise nothing (RULES 35)."""
    overdue = overdue_from(loan, calendar, policy)
    if overdue is None or not loan.due_on < day < overdue:
        return ""
    checked_in_on = day_in_words(overdue - DAY)
    return f"返却済みの場合も、{{owner_word}}に届くまで({checked_in_on}ごろ)貸出中と表示されます。"


def _first_of(loan: Loan, policy: Policy) -> date:
    """The day after the check-in of the carriage that can have it, by when it was due or is said to be back."""
    given_back = loan.declared.on if loan.declared else loan.due_on
    return return_checked_in_by(max(loan.due_on, loan.pickup_until or loan.due_on, given_back), policy) + DAY


def _goes_on(of: date, calendar: Calendar) -> date:
    """The day after the first open day from the eve of `of` on: on a closed day nothing is checked in."""
    return calendar.first_open_day(of - DAY) + DAY
