"""A book that a hold counted on is not there: the queue decides anew about what is left (RULES 11, 15, 23, 27)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import Hold, HoldStatus, RunReason, place_in_queue
from lending.domain.patrons.patron import Patron
from lending.domain.pulls.pull import GIVES, can_be_followed, decide_anew, numbers_of, pull_of, run_of, why_without
from lending.domain.run.reasons import Code
from lending.domain.run.run import Run, RunDecision
from lending.domain.week import in_tokyo


@dataclass(frozen=True, slots=True)
class Queue:
    """A title as of now: its copies, the holds that wait for it, and their patrons."""

    copies: list[Copy]
    holds: list[Hold]
    patrons: Mapping[str, Patron]


@dataclass(frozen=True, slots=True)
class Replanned:
    """What to write beside the book's own change; `hold` is the one that missed the book, as it was before.

    `instead` is the copy that is to be fetched now, for that hold or for one before it.
    """

    writes: tuple[Write, ...] = ()
    hold: Hold | None = None
    instead: Copy | None = None


def queue_of(table: Table, title_id: str) -> Queue:
    """The queue of a title. The index proposes; who really waits, and where copies are, is read from themselves."""
    found = titles.view(table, title_id)
    if found is None:
        return Queue([], [], {})
    waiting = holds.find_many(table, title_id, [hold.patron_id for hold in found.holds])
    found_copies = copies.find_many(table, [copy.barcode for copy in found.copies])
    return Queue(found_copies, waiting, patrons.find_many(table, {hold.patron_id for hold in waiting}))


def without(library: Library, copy: Copy, gone: CopyState, why: Code | None, leaving: str = "") -> Replanned:
    """What becomes of the hold that a copy was planned or kept for, now that it cannot have it.

    It waits on at its old place. If the copy was on the pull list, the queue takes what other copies there are, by the
    rules of that run: the one who missed the book is served if nobody before it is to have them, or else is told why.

    Args:
        gone: the copy's state from now on.
        why: `NOT_ON_SHELF` or `TAKEN_BY_VISITOR`; None if what the queue is told says it.
        leaving: the patron whose own hold on the title ends in the same step, and so is no part of the queue.
    """
    patron_id = copy.pull.patron_id if copy.pull else copy.holder
    hold = holds.find(library.table, patron_id, copy.title_id) if patron_id else None
    if hold is None or (hold.status is not HoldStatus.WAITING and hold.barcode != copy.barcode):
        return Replanned()
    queue = queue_of(library.table, copy.title_id)
    others = [each for each in queue.copies if each.barcode != copy.barcode]
    waiting = [each for each in queue.holds if each.patron_id not in (hold.patron_id, leaving)]
    again = Queue([replace(copy, state=gone, pull=None), *others], [*waiting, hold.waiting_again()], queue.patrons)
    if copy.pull is None:
        return Replanned((_waits_on(hold, _why_not_kept(hold, again, why, library.moment)),), hold)
    return _planned_anew(library, copy.pull, hold, again, why)


def _why_not_kept(hold: Hold, queue: Queue, why: Code | None, moment: datetime) -> RunReason:
    """The reason of a hold whose kept book is gone; no run has found its numbers."""
    numbers = _numbers_now(hold, queue)
    code = (why or Code.QUEUE) if numbers["copies"] else Code.NO_COPY_LEFT
    return RunReason(in_tokyo(moment).date(), code, numbers)


def _numbers_now(hold: Hold, queue: Queue) -> dict[str, int]:
    """Of a hold whose book was kept: no run has counted its place in the queue."""
    position, of = place_in_queue(hold, queue.holds)
    return {"position": position, "of": of, "copies": sum(each.can_be_lent for each in queue.copies)}


def _planned_anew(library: Library, pull: Pull, hold: Hold, queue: Queue, why: Code | None) -> Replanned:
    days, today = calendar.load(library.table), library.today
    run = run_of(pull, library.moment, days, library.policy)
    decided = decide_anew(queue.copies, queue.holds, queue.patrons, days, library.policy, run, today)
    mine = next((each for each in decided if each.patron_id == hold.patron_id), None)
    given = [each for each in decided if each.decision in GIVES] if can_be_followed(run, today) else []
    plans = _plans(given, queue, run, pull)
    if mine not in given:
        reason = why_without(pull, mine, why, _numbers_now(hold, queue))
        return Replanned((_waits_on(hold, reason), *plans), hold, _first(given, queue))
    # It is on the pull list again, and has no reason to tell.
    waits = []
    if hold.status is not HoldStatus.WAITING:
        waits = [holds.change(hold, replace(hold.waiting_again(), last_run=None))]
    return Replanned((*waits, *plans), hold, _first([mine] if mine else [], queue))


def _plans(given: Iterable[RunDecision], queue: Queue, run: Run, pull: Pull) -> list[Write]:
    """Copies onto the pull list; who is planned for has no reason any more."""
    found_copies, waiting = _by_barcode(queue), {hold.patron_id: hold for hold in queue.holds}
    writes = []
    for each in given:
        hold, cap = waiting[each.patron_id], queue.patrons[each.patron_id].cap_on(run.week.cycle)
        mine = each.patron_id == pull.patron_id
        numbers = numbers_of(pull.facts if mine else hold.last_run.facts if hold.last_run else {})
        writes.append(copies.pull_change(found_copies[each.barcode], pull_of(each, cap, run, numbers)))
        if hold.last_run and not mine:
            writes.append(holds.reason_change(hold, None))
    return writes


def _first(given: list[RunDecision], queue: Queue) -> Copy | None:
    return _by_barcode(queue)[given[0].barcode] if given else None


def _by_barcode(queue: Queue) -> dict[str, Copy]:
    return {copy.barcode: copy for copy in queue.copies}


def _waits_on(hold: Hold, reason: RunReason) -> Write:
    if hold.status is HoldStatus.WAITING:
        return holds.reason_change(hold, reason)
    return holds.change(hold, replace(hold.waiting_again(), last_run=reason))
