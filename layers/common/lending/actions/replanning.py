"""A book that a hold counted on is not there: another copy for it, or the reason (RULES 23, 27)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from lending.aws.table import Table, holds, titles
from lending.aws.table.writes import Write
from lending.domain.hold import Hold, HoldStatus, LastRun, place_in_queue
from lending.domain.policy import Policy
from lending.domain.pull import another_copy, can_be_followed, run_of
from lending.domain.reasons import Code
from lending.domain.title import Copy
from lending.domain.week import in_tokyo


@dataclass(frozen=True, slots=True)
class Replanned:
    """What to write beside the book's own change, and the copy to be pulled instead, if there is one."""

    writes: tuple[Write, ...] = ()
    instead: Copy | None = None


def without(table: Table, copy: Copy, why: Code, moment: datetime, policy: Policy, leaving: str = "") -> Replanned:
    """What becomes of the hold that a copy was planned or kept for, now that it cannot have it.

    It waits on at its old place, its `last_run` says why; a free copy of the title is put on the pull list for it.

    Args:
        leaving: the patron whose own hold on the title ends in the same step, and so is no part of the queue told of.
    """
    patron_id = copy.pull.patron_id if copy.pull else copy.holder
    hold = holds.find(table, patron_id, copy.title_id) if patron_id else None
    if hold is None or (hold.status is not HoldStatus.WAITING and hold.barcode != copy.barcode):
        return Replanned()
    found = titles.view(table, copy.title_id)
    copies = found.copies if found else []
    if instead := _instead(table, copy, copies, moment, policy):
        return Replanned((*_planned(hold, copy, instead),), instead)
    queue = [each for each in found.holds if each.patron_id != leaving] if found else []
    position, of = place_in_queue(hold, queue)
    others = sum(each.can_be_lent for each in copies if each.barcode != copy.barcode)
    facts = {"position": position, "of": of, "copies": others}
    run_date = date.fromisoformat(copy.pull.run[:10]) if copy.pull else in_tokyo(moment).date()
    return Replanned((_told(hold, LastRun(run_date, why, facts)),))


def _instead(table: Table, absent: Copy, copies: list[Copy], moment: datetime, policy: Policy) -> Copy | None:
    if absent.pull is None:
        return None
    if not can_be_followed(run_of(absent.pull, moment, policy), in_tokyo(moment).date()):
        return None
    # The index proposes; what is true of the copy is read from itself.
    free = titles.find_copies(table, [copy.barcode for copy in copies if copy.barcode != absent.barcode])
    return another_copy(free, absent)


def _planned(hold: Hold, absent: Copy, instead: Copy) -> list[Write]:
    if absent.pull is None:
        return []
    plan = titles.plan_pull(instead, absent.pull)
    waits = hold.status is HoldStatus.WAITING
    return [plan] if waits else [plan, holds.change(hold, _waiting_again(hold))]


def _told(hold: Hold, reason: LastRun) -> Write:
    if hold.status is HoldStatus.WAITING:
        return holds.explain(hold, reason)
    return holds.change(hold, replace(_waiting_again(hold), last_run=reason))


def _waiting_again(hold: Hold) -> Hold:
    return replace(hold, status=HoldStatus.WAITING, barcode="", ready_on=None, pickup_until=None)
