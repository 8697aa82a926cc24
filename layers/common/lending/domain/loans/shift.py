"""An emergency shift of a facility's batch, and the days that count for a book lent to one (RULES 25, 29, 40)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lending.domain.calendar.calendar import Calendar
from lending.domain.loans.batch import batch_id
from lending.domain.loans.loan import Loan
from lending.domain.problems import Reason
from lending.domain.week import Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Other days for what facility `facility` hands over from Sunday `pickup_from`.

    `…_before` are the days it replaces, which taking it back gives again, from `taken_back_at` on. Each one has an id
    of its own, by which its mails are named.
    """

    shift_id: str
    facility: str
    pickup_from: date
    pickup_until: date
    due_on: date
    reason: str
    recorded_at: datetime
    pickup_until_before: date | None = None
    due_on_before: date | None = None
    taken_back_at: datetime | None = None

    @property
    def batch_id(self) -> str:
        """What the desk calls it by: the batch, of which there is one shift at a time."""
        return batch_id(self.pickup_from, self.facility)

    @property
    def days(self) -> "Days":
        """The days that count now."""
        return self.days_before if self.taken_back_at else Days(self.pickup_until, self.due_on)

    @property
    def days_before(self) -> "Days":
        """The days it replaces."""
        return Days(self.pickup_until_before or self.pickup_until, self.due_on_before or self.due_on)


@dataclass(frozen=True, slots=True)
class Days:
    """The last pickup day and the due date of a batch."""

    pickup_until: date
    due_on: date


def days_of(week: Week, calendar: Calendar, shift: Shift | None) -> Days:
    """The days of what is lent in a week's run for a facility, whose batch `shift` has moved, if any.

    A later deadline that a suspension sets for opted-in patrons moves their due date by as many days (RULES 22). Nobody
    gets an overdue book: it is due on the last day it can be collected, at the earliest.
    """
    if shift is not None:
        return shift.days
    pickup_until = calendar.pickup_until(week)
    later = max(pickup_until - week.pickup_until, timedelta())
    return Days(pickup_until, max(week.due_on + later, pickup_until))


def moved_loan(loan: Loan, days: Days) -> Loan:
    """A loan of the batch with these days. One that was collected, is on its way back, lost or damaged stays as it is.

    The due date of one that was renewed is the patron's own (RULES 31) and stays, too.
    """
    if loan.handed_over_at is not None or loan.released_at is not None or loan.lost or loan.damaged:
        return loan
    return replace(loan, pickup_until=days.pickup_until, due_on=loan.due_on if loan.renewals else days.due_on)


def faults_of_shift(week: Week, shift: Shift) -> list[Reason]:
    """What is wrong with a shift as typed: not a batch's Sunday, or days before others (RULES 29, 40).

    `week` is the one that the shift's Sunday should begin.
    """
    faults = []
    if week.pickup_from != shift.pickup_from:
        faults.append(
            Reason("invalid_field", field="pickup_from", message="受取開始の{pickup_day}を入力してください。")
        )
    if shift.pickup_until < shift.pickup_from:
        message = "受取期限は、受取開始日からあとの日にしてください。"
        faults.append(Reason("invalid_field", field="pickup_until", message=message))
    if shift.due_on < shift.pickup_until:
        message = "返却期限は、受取期限からあとの日にしてください。"
        faults.append(Reason("invalid_field", field="due_on", message=message))
    return faults
