"""The mails of every day: ready, overdue, card expired or coming due, pause, still wanted (RULES 8, 15, 35, 37, 46)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from lending.actions.library import Library
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.mail import mails
from lending.aws.table.patrons import patrons, pauses
from lending.aws.table.run import runs
from lending.aws.table.writes import Write, as_one
from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Scope
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.holds.still_wanted import is_to_be_asked
from lending.domain.loans.release import with_deadline
from lending.domain.loans.reminders import reminder_due_by
from lending.domain.mail.kinds.books import OverdueMail, ReadyMail
from lending.domain.mail.kinds.cards import CardExpiredHoldMail, CardRenewalMail
from lending.domain.mail.kinds.pauses import PauseEndingMail
from lending.domain.mail.kinds.still_wanted import StillWantedMail
from lending.domain.mail.mail import Mail, new_mail
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.run_record import JobResult

JOB = "daily_notices"


def put_daily_mails(library: Library) -> JobResult:
    """Put every mail that is due on the day of `moment` and was not put before: a day left out is made up for.

    Returns:
        The day it was done for and what was done; no counts if it had been done before.
    """
    day = library.today
    if runs.is_done(library.table, JOB, day):
        return JobResult(day)
    closed = calendar.load(library.table).of(Scope.PREFECTURAL)
    counts = {
        "ready": _put(library.table, _ready_mails(library, closed), library.policy),
        "overdue": _put(library.table, _overdue_mails(library, closed), library.policy),
        **_tell_of_cards(library),
        **(_tell_of_pauses(library) if library.policy.pause else {}),
        **(_ask_what_is_wanted(library) if library.policy.still_wanted_months else {}),
    }
    runs.note_done(library.table, JOB, day, library.moment)
    return JobResult(day, counts)


# A mail, and what is written with it.
_Due = tuple[Mail, list[Write]]


def _put(table: Table, due: Iterable[_Due], policy: Policy) -> int:
    """Put the mails that are not there yet, each in one step with its writes; answers how many."""
    by_key = {mails.key(mail): (mail, writes) for mail, writes in due}
    there = mails.existing(table, by_key)
    # Books that a mail of theirs has left out would be kept for ever.
    write_what_holds(table, [as_one(*writes) for key, (_, writes) in by_key.items() if key in there and writes])
    new = [as_one(mails.addition(mail, policy), *writes) for key, (mail, writes) in by_key.items() if key not in there]
    return len(new) - len(write_what_holds(table, new))


def _ready_mails(library: Library, closed: Calendar) -> Iterator[_Due]:
    """One mail for the books that were made ready for a patron on one earlier day (RULES 15).

    From the day of the mail their deadline counts, so it is kept with them in the same write (RULES 16).
    """
    today = library.today
    told: dict[tuple[str, date], list[tuple[Hold, Hold]]] = defaultdict(list)
    for hold in holds.ready_until(library.table, date.max):
        if hold.ready_on and hold.ready_on < today and _waits_for_its_mail(hold):
            after = with_deadline(replace(hold, mailed_on=today), today, closed, library.policy)
            told[hold.patron_id, hold.ready_on].append((hold, after))
    for (patron_id, ready_on), changes in told.items():
        until = min(after.pickup_until for _, after in changes if after.pickup_until)
        facts = {"ready_on": ready_on.isoformat(), "pickup_until": until.isoformat()}
        mail = new_mail(ReadyMail, patron_id, library.moment, ready_on, **facts)
        yield mail, [holds.change(before, after) for before, after in changes]


def _waits_for_its_mail(hold: Hold) -> bool:
    # Of one that has lost its deadline nobody can be told until when.
    return hold.status is HoldStatus.READY and hold.mailed_on is None and hold.pickup_until is not None


def _overdue_mails(library: Library, closed: Calendar) -> Iterator[_Due]:
    """One mail for all books a patron is to be reminded of on one day, the first time and then weekly (RULES 35)."""
    today = library.today
    for loan in loans.due_until(library.table, today - timedelta(days=1)):
        if reminder := reminder_due_by(loan, today, closed, library.policy):
            reminded_on = reminder.on.isoformat()
            yield new_mail(OverdueMail, loan.patron_id, library.moment, reminder.of, reminded_on=reminded_on), []


def _tell_of_cards(library: Library) -> dict[str, int]:
    """Cards that have run out while books are held, and cards that soon will, each told of once (RULES 8, 37)."""
    today = library.today
    counts = {CardExpiredHoldMail.name: 0, CardRenewalMail.name: 0}
    settled = []
    for patron in patrons.expiring_until(library.table, today + timedelta(days=library.policy.expiry_notice_days)):
        mail = _card_mail(patron, today, library.moment)
        if mail and _put_once(library.table, patron, mail, library.policy):
            counts[mail.kind] += 1
        if patron.expired_on(today):
            settled.append(patrons.expired_record(patron))
    write_what_holds(library.table, settled)
    return counts


def _tell_of_pauses(library: Library) -> dict[str, int]:
    """Pauses that soon end, each told of once (RULES 46)."""
    table, today, count = library.table, library.today, 0
    for pause in pauses.ending_until(table, today + timedelta(days=library.policy.pause_notice_days)):
        until = pause.until.isoformat()
        mail = new_mail(PauseEndingMail, pause.patron_id, library.moment, pause.until, until=until)
        put = [mails.addition(mail, library.policy)] if pause.until >= today else []
        with suppress(Overtaken):
            table.transact(*put, pauses.told_removal(pause))
            count += len(put)
    return {PauseEndingMail.name: count}


def _ask_what_is_wanted(library: Library) -> dict[str, int]:
    """One mail for all holds of a patron that have waited for long, each asked about once in the policy's months."""
    table, today, policy = library.table, library.today, library.policy
    waiting: dict[str, list[Hold]] = defaultdict(list)
    for hold in holds.to_be_served(table):
        if is_to_be_asked(hold, today, policy):
            waiting[hold.patron_id].append(hold)
    due = (
        (
            new_mail(StillWantedMail, patron_id, library.moment, today, asked_on=today.isoformat()),
            [holds.asked_record(hold, today) for hold in of_patron],
        )
        for patron_id, of_patron in waiting.items()
    )
    return {StillWantedMail.name: _put(table, due, policy)}


def _card_mail(patron: Patron, today: date, moment: datetime) -> Mail | None:
    expires_on = patron.expires_on
    if not patron.expired_on(today):
        if patron.told_renewal == expires_on:
            return None
        return new_mail(CardRenewalMail, patron.patron_id, moment, expires_on, expires_on=expires_on.isoformat())
    if not patron.open_holds or patron.told_expired == expires_on:
        return None
    expired = {"expired_on": expires_on.isoformat(), "holds": patron.open_holds}
    return new_mail(CardExpiredHoldMail, patron.patron_id, moment, expires_on, **expired)


def _put_once(table: Table, patron: Patron, mail: Mail, policy: Policy) -> bool:
    """Put the mail and remember it with the patron, so that there is one even after the mail has vanished."""
    try:
        told = "told_expired" if mail.kind == CardExpiredHoldMail.name else "told_renewal"
        table.transact(mails.addition(mail, policy), patrons.told_record(patron, told))
    except Overtaken:
        return False
    return True
