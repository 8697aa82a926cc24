"""An emergency (snow): other days for a facility's batch, one mail to each patron, and taking it back (RULES 40)."""

from dataclasses import replace
from datetime import date
from functools import partial

from lending.actions.library import Library
from lending.aws.concurrency import map_concurrently
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.calendar import calendar, facilities, shifts
from lending.aws.table.catalogue import copies
from lending.aws.table.exchange import movements
from lending.aws.table.loans import bags, loans
from lending.aws.table.mail import mails
from lending.aws.table.patrons import audit_log
from lending.aws.table.run import runs
from lending.aws.table.writes import Write
from lending.domain.exchange.movement import Movement, MovementKind
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.loans.shift import Days, Shift, days_of, faults_of_shift, moved_loan
from lending.domain.mail.kinds.lending import ShiftMail
from lending.domain.mail.mail import Mail, new_mail
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.week import Week


@again_when_overtaken
def record_shift(table: Table, wanted: Shift, staff: str, policy: Policy) -> tuple[Shift, int]:
    """Set other days for a facility's batch. Asked again for the same days it goes on where it was.

    Args:
        wanted: the shift; its days before are filled in here.

    Returns:
        The shift, and for how many patrons something changed now.

    Raises:
        Refused: no such facility or Sunday, or days that do not fit, naming each.
    """
    week = runs.week_opening_on(table, wanted.pickup_from, policy)
    demand_shift(table, week, wanted)
    act = Act(wanted.recorded_at, staff, Deed.SHIFT)
    known = shifts.find(table, wanted.pickup_from, wanted.facility)
    if known and known.taken_back_at is None and known.days == wanted.days:
        return known, _carry_out(table, known, act, policy)
    regular = known.days_before if known else days_of(week, calendar.load(table), None)
    shift = replace(wanted, pickup_until_before=regular.pickup_until, due_on_before=regular.due_on)
    table.write(shifts.record(known, shift, policy))
    return shift, _carry_out(table, shift, act, policy)


@again_when_overtaken
def take_shift_back(library: Library, pickup_from: date, facility: str, staff: str) -> tuple[Shift, int]:
    """Give a batch its regular days again. Asked again it goes on where it was.

    Returns:
        The shift, and for how many patrons something changed now.

    Raises:
        Refused: the batch was never shifted.
    """
    known = shifts.find(library.table, pickup_from, facility)
    if known is None:
        raise Refused("not_found")
    back = known if known.taken_back_at else replace(known, taken_back_at=library.moment)
    if back is not known:
        library.table.write(shifts.record(known, back, library.policy))
    return back, _carry_out(library.table, back, Act(library.moment, staff, Deed.SHIFT), library.policy)


def demand_shift(table: Table, week: Week, wanted: Shift) -> None:
    """Demand that a shift of the batch of `week` can be recorded.

    Raises:
        Refused: no such facility or Sunday, or days that do not fit, naming each.
    """
    faults = faults_of_shift(week, wanted)
    if facilities.find(table, wanted.facility) is None:
        faults.append(Reason("invalid_field", field="facility", message="{partner_word}の番号を入力してください。"))
    if faults:
        raise Refused("invalid_fields", *faults)


def days_in_force(table: Table, wanted: Shift, policy: Policy) -> Days:
    """The days that a batch has before it is shifted, or shifted again."""
    week = runs.week_opening_on(table, wanted.pickup_from, policy)
    return days_of(week, calendar.load(table), shifts.find(table, wanted.pickup_from, wanted.facility))


def _carry_out(table: Table, shift: Shift, act: Act, policy: Policy) -> int:
    """Bring every bag of the batch to the shift's days: one transaction a patron, with the mail that tells of it."""
    batch = list(bags.of_week(table, shift.pickup_from, shift.facility))
    # All loans in a few requests, so that what was done before costs next to nothing when it is asked for again.
    found = loans.find_many(table, [(bag.patron_id, barcode) for bag in batch for barcode in sorted(bag.barcodes)])
    concerned = {loan.patron_id for loan in found if moved_loan(loan, shift.days) != loan}
    move = partial(_move_bag, table, shift=shift, act=act, policy=policy)
    return sum(map_concurrently(move, [bag.patron_id for bag in batch if bag.patron_id in concerned], table.at_once))


@again_when_overtaken
def _move_bag(table: Table, patron_id: str, shift: Shift, act: Act, policy: Policy) -> bool:
    bag = bags.find(table, shift.pickup_from, shift.facility, patron_id)
    if bag is None:
        return False
    found = loans.find_many(table, [(patron_id, barcode) for barcode in sorted(bag.barcodes)])
    moves = [(loan, moved) for loan in found if (moved := moved_loan(loan, shift.days)) != loan]
    if not moves:
        return False
    table.transact(
        *(write for loan, moved in moves for write in _moved(loan, moved, act)),
        bags.last_day_change(bag, shift.days.pickup_until, policy),
        *_mail_addition(table, _mail(bag, moves[0][0], shift), policy),
        audit_log.entry_of_patron(patron_id, act, policy),
    )
    return True


def _moved(loan: Loan, moved: Loan, act: Act) -> list[Write]:
    changed = loans.change(loan, moved)
    if moved.due_on == loan.due_on:
        return [changed]
    return [
        changed,
        copies.due_date_change(loan.barcode, loan.patron_id, moved.due_on),
        movements.addition(Movement(act.at, MovementKind.DUE_CHANGED, loan.barcode, moved.due_on)),
    ]


def _mail_addition(table: Table, mail: Mail, policy: Policy) -> list[Write]:
    # A book packed while the shift was carried out is moved by asking again; its patron has been told already.
    return [] if mails.find(table, mails.key(mail)) else [mails.addition(mail, policy)]


def _mail(bag: Bag, before: Loan, shift: Shift) -> Mail:
    told: Days = shift.days
    facts = {
        "pickup_from": shift.pickup_from.isoformat(),
        "facility": shift.facility,
        "taken_back": shift.taken_back_at is not None,
        "pickup_until": told.pickup_until.isoformat(),
        "due_on": told.due_on.isoformat(),
        "reason": shift.reason,
        "pickup_until_before": bag.pickup_until.isoformat(),
        "due_on_before": before.due_on.isoformat(),
    }
    about = (shift.shift_id, "back") if shift.taken_back_at else (shift.shift_id,)
    at = shift.taken_back_at or shift.recorded_at
    return new_mail(ShiftMail, bag.patron_id, at, *about, **facts)
