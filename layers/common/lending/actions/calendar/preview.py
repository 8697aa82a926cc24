"""What closed days, a suspension or an emergency shift would do, told before it is recorded (RULES 16, 21, 22, 40)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from lending.actions.calendar.closures import demand_closure
from lending.actions.calendar.shift_batch import days_in_force, demand_shift
from lending.actions.calendar.suspensions import demand_suspension
from lending.actions.library import Library
from lending.aws.table.calendar import calendar
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.run import runs
from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.calendar.stops import Stops, stops_of, with_entry
from lending.domain.loans.release import with_deadline
from lending.domain.loans.shift import Shift, moved_loan
from lending.domain.mail.kinds.lending import ShiftMail
from lending.domain.mail.text import Text
from lending.domain.week import HORIZON


class Preview(NamedTuple):
    """What an entry of the calendar would stop, and how many books at the counter would have a later deadline."""

    stops: Stops
    deadlines: int


class BatchPreview(NamedTuple):
    """A facility's batch, and how many patrons would be told of other days."""

    facility: str
    bags: int
    patrons: int


def preview_closure(library: Library, closure: Closure) -> Preview:
    """What closed days would stop.

    Raises:
        Refused: they could not be recorded.
    """
    demand_closure(library, closure)
    return _preview(library, closure)


def preview_suspension(library: Library, suspension: Suspension) -> Preview:
    """What a suspension would stop.

    Raises:
        Refused: it could not be recorded.
    """
    demand_suspension(library, suspension)
    return _preview(library, suspension)


def _preview(library: Library, entry: Closure | Suspension) -> Preview:
    known = calendar.load(library.table)
    stops = stops_of(entry, known, library.moment, library.policy)
    moved = _moved_deadlines(library, known, with_entry(known, entry)) if entry.scope is Scope.PREFECTURAL else 0
    return Preview(stops, moved)


def _moved_deadlines(library: Library, before: Calendar, then: Calendar) -> int:
    ready = list(holds.ready_until(library.table, library.today + HORIZON))
    day, policy = library.today, library.policy
    return sum(with_deadline(hold, day, before, policy) != with_deadline(hold, day, then, policy) for hold in ready)


def preview_shift(library: Library, numbers: Sequence[str], wanted: Shift) -> tuple[Text, list[BatchPreview]]:
    """The words of the mail that a shift would send, and whom it would concern in each facility's batch.

    Args:
        numbers: of the facilities whose batches are meant.
        wanted: the shift as it would be for each of them.

    Raises:
        Refused: no such facility or Sunday, or days that do not fit, naming each.
    """
    table = library.table
    week = runs.week_opening_on(table, wanted.pickup_from, library.policy)
    for number in numbers:
        demand_shift(table, week, replace(wanted, facility=number))
    batches = defaultdict(list)
    for bag in bags.of_week(table, wanted.pickup_from):
        batches[bag.facility].append(bag)
    meant = [bag for number in numbers for bag in batches[number]]
    found = loans.find_many(table, [(bag.patron_id, barcode) for bag in meant for barcode in sorted(bag.barcodes)])
    concerned = {(loan.pickup_place, loan.patron_id) for loan in found if moved_loan(loan, wanted.days) != loan}
    shown = [
        BatchPreview(number, len(batches[number]), sum(place == number for place, _ in concerned)) for number in numbers
    ]
    return _words(library, replace(wanted, facility=numbers[0])), shown


def _words(library: Library, shift: Shift) -> Text:
    """What each patron is told, with a word in brackets for what is each one's own."""
    before = days_in_force(library.table, shift, library.policy)
    mail = ShiftMail(
        card_number="(利用者番号)",
        my_library_url="(Myライブラリのアドレス)",
        facility="(受取館の名前)",
        pickup_until=shift.pickup_until,
        due_on=shift.due_on,
        taken_back=False,
        reason=shift.reason,
        books=["(対象の本の題名)"],
        pickup_until_before=before.pickup_until,
        due_on_before=before.due_on,
    )
    return mail.text(library.policy)
