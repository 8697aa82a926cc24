"""What staff do with a patron's holds, on a phone call (RULES 12-14)."""

from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from lending.actions.holds.place import refusals_of_place
from lending.actions.library import Library
from lending.actions.lookup import patron_of_card
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import holds, reasons
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.writes import Write
from lending.domain.calendar.coming_weeks import week_of_next_run
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus, refusal_to_cancel
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Refused
from lending.domain.week import in_tokyo, pickup_change_counts_from


class Cancelled(NamedTuple):
    """A hold that is no more. `barcode` is the copy kept for it, `next` where that goes: `hold` or `shelve`."""

    title_id: str
    barcode: str = ""
    next: str = ""


@again_when_overtaken
def cancel_for_patron(library: Library, card_number: str, title_id: str, staff: str) -> Cancelled:
    """Cancel a hold in any state; a copy kept for it is free for the next in the queue (RULES 12).

    The next run or pull gives it to them. A copy on today's pull list stays on it: its scan gives it to the next, or
    sends it back to its shelf (RULES 23).

    Raises:
        Refused: no such card or hold, or the book is on loan to the patron already.
    """
    patron, _ = patron_of_card(library.table, card_number)
    hold = _hold(library.table, patron, title_id)
    if reason := refusal_to_cancel(hold, "desk", library.policy):
        raise Refused.for_all([reason])
    trace = audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.CANCEL_HOLD), library.policy)
    library.table.transact(
        holds.end(hold), patrons.hold_decrement(patron.patron_id), *freed(library.table, hold, library.moment), trace
    )
    return Cancelled(title_id, hold.barcode, _next(library.table, title_id) if hold.barcode else "")


def cancel_all_for_patron(library: Library, card_number: str, staff: str) -> list[Cancelled]:
    """Cancel all holds of a patron who goes to hospital, and the like (RULES 13). Asked again, it goes on.

    Raises:
        Refused: no such card.
    """
    patron, _ = patron_of_card(library.table, card_number)
    cancelled = []
    for hold in holds.of_patron(library.table, patron.patron_id):
        try:
            cancelled.append(cancel_for_patron(library, card_number, hold.title_id, staff))
        except Refused:
            continue  # it has become a loan, or was cancelled by the patron
    return cancelled


@again_when_overtaken
def move_to_end(library: Library, card_number: str, title_id: str, staff: str) -> Hold:
    """Move a hold to the end of its queue, as if it were cancelled and placed again (RULES 13).

    A copy kept for it is free for the next in the queue.

    Raises:
        Refused: no such card or hold.
    """
    patron, _ = patron_of_card(library.table, card_number)
    hold = _hold(library.table, patron, title_id)
    queued_at = queues.end(library.table, title_id, max(library.moment, hold.queued_at))
    moved = replace(hold.waiting_again(), queued_at=queued_at)
    told = reasons.find(library.table, patron.patron_id)
    over = reasons.change(told, told.after((hold, None)), library.moment, library.policy) if hold.barcode else []
    trace = audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.MOVE_HOLD), library.policy)
    library.table.transact(holds.change(hold, moved), *freed(library.table, hold, library.moment), *over, trace)
    return moved


@again_when_overtaken
def change_pickup_place(library: Library, card_number: str, title_id: str, place: str, staff: str) -> Hold:
    """Record another pickup place, which counts from the cycle the rule says (RULES 14). A weekly run's plan stands.

    A change to a facility in time for the next run takes the hold out of the counter's pulls at once.

    Raises:
        Refused: no such card, hold or place, the place is shut for good, or the book lies ready at the counter.
    """
    patron, _ = patron_of_card(library.table, card_number)
    hold = _hold(library.table, patron, title_id)
    if reasons := refusals_of_place(library, place):
        raise Refused.for_all(reasons)
    if hold.status is HoldStatus.READY:
        raise Refused("ready_at_counter")
    days = calendar.load(library.table)
    latest = days.latest_run
    made = latest.cycle if latest and latest.date <= library.today else None
    counts_from = pickup_change_counts_from(library.moment, days.prefectural_open, library.policy, made)
    today = library.today
    changed = _with_place(hold, place, counts_from, max(today, made) if made else today)
    to_facility = changed.place_on(week_of_next_run(library.moment, days, library.policy).cycle) != PREFECTURAL
    trace = audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.CHANGE_PICKUP), library.policy)
    library.table.transact(
        holds.change(hold, changed), *(_off_the_counters_list(library.table, hold) if to_facility else []), trace
    )
    return changed


def _off_the_counters_list(table: Table, hold: Hold) -> list[Write]:
    title = titles.find(table, hold.title_id)
    found = copies.find_many(table, title.barcodes if title else ())
    planned = [(copy, copy.pull) for copy in found if copy.pull]
    return [
        copies.pull_removal(copy)
        for copy, pull in planned
        if pull.patron_id == hold.patron_id and not pull.of_weekly_run
    ]


def _with_place(hold: Hold, place: str, counts_from: date, cycle: date) -> Hold:
    """The hold with another place than the one that counts since `cycle`, from a later cycle on."""
    now = replace(hold, pickup_place=hold.place_on(cycle), next_pickup_place="", next_pickup_from=None)
    return now if place == now.pickup_place else replace(now, next_pickup_place=place, next_pickup_from=counts_from)


def _hold(table: Table, patron: Patron, title_id: str) -> Hold:
    hold = holds.find(table, patron.patron_id, title_id)
    if hold is None:
        raise Refused("already_on_loan" if title_id in patron.lent_titles else "not_found")
    return hold


def freed(table: Table, hold: Hold, moment: datetime) -> list[Write]:
    """The copy that was kept for a hold is free; it lies where it was kept, and a plan on it stands (RULES 12)."""
    copy = copies.find(table, hold.barcode) if hold.barcode else None
    if copy is None or copy.holder != hold.patron_id:
        return []
    day = in_tokyo(moment).date()
    return [copies.state_change(copy, CopyState.ON_SHELF, on=day, lies_at=copy.lies_at, pull=copy.pull)]


def _next(table: Table, title_id: str) -> str:
    return "hold" if queues.waiting_counts(table, {title_id})[title_id] else "shelve"
