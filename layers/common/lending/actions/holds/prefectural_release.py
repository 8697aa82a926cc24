"""The daily release at the prefectural library: who comes too late makes way for the next in the queue (RULES 16)."""

from datetime import date

from lending.actions.library import Library
from lending.actions.unfinished import Stuck
from lending.aws.table import Busy, Table, Unreadable, again_when_overtaken
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.run import runs
from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.title import CopyState, LiesAt
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.loans.release import last_day_over, with_deadline
from lending.domain.policy import Policy
from lending.domain.run.run_record import JobResult

JOB = "prefectural_release"


def release_expired(library: Library) -> JobResult:
    """End the ready holds whose last day is over at `moment`; nobody is told (RULES 16).

    Days that were closed meanwhile, or a mail that has not gone, give a hold a later last day: that is kept with it.

    Returns:
        The day it was done for and what was done; no counts if it had been done before.

    Raises:
        Stuck: some could not be released, all others are.
    """
    last_day = last_day_over(library.moment, library.policy)
    if runs.is_done(library.table, JOB, last_day):
        return JobResult(last_day)
    closed, proposed = calendar.load(library.table), list(holds.ready_until(library.table, last_day))
    released = [_released(library.table, hold, last_day, closed, library.policy) for hold in proposed]
    if stuck := released.count(None):
        raise Stuck(f"{stuck} holds could not be released")
    runs.note_done(library.table, JOB, last_day, library.moment)
    return JobResult(last_day, {"holds": released.count(True)})


def _released(table: Table, hold: Hold, last_day: date, closed: Calendar, policy: Policy) -> bool | None:
    """Whether the hold was ended; None if it should have been and could not: that must not hold up the others."""
    try:
        return _release(table, hold.patron_id, hold.title_id, last_day, closed, policy)
    except (Busy, Unreadable):
        return None


@again_when_overtaken
def _release(table: Table, patron_id: str, title_id: str, last_day: date, closed: Calendar, policy: Policy) -> bool:
    hold = holds.find(table, patron_id, title_id)
    if hold is None or hold.status is not HoldStatus.READY or hold.pickup_until is None or hold.pickup_until > last_day:
        return False
    known = with_deadline(hold, last_day, closed, policy)
    if known.pickup_until and known.pickup_until > last_day:
        table.write(holds.change(hold, known))
        return False
    copy = copies.find(table, hold.barcode)
    # It lies on the counter's shelf until it is fetched for somebody, or cleared.
    back = [copies.state_change(copy, CopyState.ON_SHELF, on=last_day, lies_at=LiesAt.COUNTER)] if copy else []
    table.transact(holds.end(hold), patrons.hold_decrement(patron_id), *back)
    return True
