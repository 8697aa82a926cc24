"""A book that a hold counted on is not there: the queue decides anew about what is left (RULES 11, 15, 23, 27)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from lending.actions.library import Library
from lending.actions.pulls.queue_head import Queue, copies_of, decided_queue
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, queues
from lending.aws.table.holds import holds, reasons
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import Hold, HoldStatus, RunReason, place_in_queue
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron
from lending.domain.pulls.pull import (
    GIVES,
    can_be_followed,
    counting_unread,
    decide_anew,
    numbers_of,
    pull_of,
    run_of,
    why_without,
)
from lending.domain.run.reasons import Code
from lending.domain.run.run import Run, RunDecision


class Replanned(NamedTuple):
    """What to write beside the book's own change; `hold` is the one that missed the book, as it was before.

    `instead` is the copy that is to be fetched now, for that hold or for one before it.
    """

    writes: tuple[Write, ...] = ()
    hold: Hold | None = None
    instead: Copy | None = None


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
    told = reasons.find(library.table, hold.patron_id)
    hold = told.read_with(hold)
    if copy.pull is None:
        others = [each for each in copies_of(library.table, copy.title_id) if each.barcode != copy.barcode]
        reason = _why_not_kept(library, hold, [replace(copy, state=gone), *others], why)
        return Replanned((*_waits_on(library, told, hold, reason),), hold)
    return _planned_anew(_Missed(library, copy, copy.pull, gone, hold, told, leaving), why)


def _why_not_kept(library: Library, hold: Hold, found: list[Copy], why: Code | None) -> RunReason:
    """The reason of a hold whose kept book is gone; no run has found its numbers."""
    position, of = queues.places(library.table, [hold])[hold.title_id]
    numbers = {"position": position, "of": of, "copies": _lendable(found)}
    code = (why or Code.QUEUE) if numbers["copies"] else Code.NO_COPY_LEFT
    return RunReason(library.today, code, numbers)


def _lendable(found: Iterable[Copy]) -> int:
    return sum(each.can_be_lent for each in found)


class _Missed(NamedTuple):
    """A planned copy that is not there, and the hold that misses it."""

    library: Library
    copy: Copy
    pull: Pull
    gone: CopyState
    hold: Hold
    told: ReasonsOfPatron
    leaving: str

    def left(self, queue: Queue) -> Queue:
        """The queue without the copy, and with the hold at its old place."""
        others = [each for each in queue.copies if each.barcode != self.copy.barcode]
        waiting = [each for each in queue.holds if each.patron_id not in (self.hold.patron_id, self.leaving)]
        # As the queue has it, without an order that is over (RULES 47).
        after = next((each.after for each in queue.holds if each.patron_id == self.hold.patron_id), self.hold.after)
        copies_left = [replace(self.copy, state=self.gone, pull=None), *others]
        return replace(queue, copies=copies_left, holds=[*waiting, replace(self.hold.waiting_again(), after=after)])


def _planned_anew(missed: _Missed, why: Code | None) -> Replanned:
    library, pull, hold = missed.library, missed.pull, missed.hold
    days, today = calendar.load(library.table), library.today
    run = run_of(pull, library.moment, days, library.policy)

    def decide(read: Queue) -> list[RunDecision]:
        queue = missed.left(read)
        decided = decide_anew(queue.copies, queue.holds, queue.patrons, days, library.policy, run, today)
        return counting_unread(decided, read.unread, read.between, hold.patron_id)

    read, decided = decided_queue(library, missed.copy.title_id, run, decide, hold, missed.leaving)
    queue = missed.left(read)
    mine = next((each for each in decided if each.patron_id == hold.patron_id), None)
    given = [each for each in decided if each.decision in GIVES] if can_be_followed(run, today) else []
    plans = _plans(library, given, queue, run, pull)
    if mine not in given:
        reason = why_without(pull, mine, why, _numbers_now(hold, queue))
        waits = _waits_on(library, missed.told, hold, reason)
        return Replanned((*waits, *plans), hold, _first(given, queue))
    # It is on the pull list again, and has no reason to tell.
    waits = [] if hold.status is HoldStatus.WAITING else _waits_on(library, missed.told, hold, None)
    return Replanned((*waits, *plans), hold, _first([mine] if mine else [], queue))


def _numbers_now(hold: Hold, queue: Queue) -> dict[str, int]:
    """Of a hold whose book was kept: no run has counted its place in the queue."""
    position, of = place_in_queue(hold, queue.holds, queue.unread, queue.between)
    return {"position": position, "of": of, "copies": _lendable(queue.copies)}


def _plans(library: Library, given: list[RunDecision], queue: Queue, run: Run, pull: Pull) -> list[Write]:
    """Copies onto the pull list; who is planned for has no reason any more."""
    found_copies, waiting = _by_barcode(queue), {hold.patron_id: hold for hold in queue.holds}
    told = reasons.find_many(library.table, {each.patron_id for each in given} - {pull.patron_id})
    writes = []
    for each in given:
        hold, cap = waiting[each.patron_id], queue.patrons[each.patron_id].cap_on(run.week.cycle)
        known = told.get(each.patron_id)
        reason = known.of(hold) if known else None
        numbers = numbers_of(pull.facts if each.patron_id == pull.patron_id else reason.facts if reason else {})
        writes.append(copies.pull_change(found_copies[each.barcode], pull_of(each, cap, run, numbers)))
        if known and reason:
            over = reasons.change(known, known.after((hold, None)), library.moment, library.policy)
            writes += [holds.same_check(hold), *over]
    return writes


def _first(given: list[RunDecision], queue: Queue) -> Copy | None:
    return _by_barcode(queue)[given[0].barcode] if given else None


def _by_barcode(queue: Queue) -> dict[str, Copy]:
    return {copy.barcode: copy for copy in queue.copies}


def _waits_on(library: Library, told: ReasonsOfPatron, hold: Hold, reason: RunReason | None) -> list[Write]:
    waits = holds.same_check(hold) if hold.status is HoldStatus.WAITING else holds.change(hold, hold.waiting_again())
    return [waits, *reasons.change(told, told.after((hold, reason)), library.moment, library.policy)]
