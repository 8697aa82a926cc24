"""A book in the hand of staff: who gets it now (RULES 15, 20, 23)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from lending.domain.allocation import Outcome, Run, RunKind, allocate, prefectural_pull, thursday_run
from lending.domain.closure import Calendar
from lending.domain.hold import Hold, HoldStatus
from lending.domain.patron import Patron
from lending.domain.policy import Policy
from lending.domain.title import Copy, CopyState, Pull

_GIVES = frozenset({Outcome.LEND, Outcome.KEEP_ASIDE, Outcome.READY})


@dataclass(frozen=True, slots=True)
class Grant:
    """The hold that gets the book, and how: `lend`, `keep_aside` or `ready`. `cap` is the patron's in that run."""

    hold: Hold
    outcome: Outcome
    pickup_place: str
    cap: int


def run_of(pull: Pull, moment: datetime, policy: Policy) -> Run:
    """The run that planned a pull. One for the prefectural library's counter is taken up at `moment` (RULES 15)."""
    if pull.run.endswith(("am", "pm")):
        return prefectural_pull(moment, policy)
    return thursday_run(date.fromisoformat(pull.run), policy)


def can_be_followed(run: Run, day: date) -> bool:
    """Whether a plan of the run still makes sense on `day`: not once its books are to be collected (RULES 29)."""
    return run.kind is RunKind.PREFECTURAL or day < run.week.pickup_from


def keeps_to_plan(hold: Hold | None, copy: Copy) -> bool:
    """Whether the hold that a copy was planned for is there to take it (RULES 12, 13, 23).

    One that was moved to the end of its queue on the day of the run, or later, is not: the queue decides anew.
    """
    if hold is None or copy.pull is None:
        return False
    if hold.status is HoldStatus.SECURED:
        return hold.barcode == copy.barcode
    moved = hold.queued_at != hold.placed_at and hold.queued_at.date().isoformat() >= copy.pull.run[:10]
    return hold.status is HoldStatus.WAITING and not moved


def as_planned(hold: Hold, pull: Pull, patron: Patron) -> Grant | None:
    """What the plan gives, or kept aside if the cap has filled up since (RULES 19, 20).

    None if the patron has the title at home by now, from the counter: there is nothing to wait for.
    """
    if hold.title_id in patron.lent_titles:
        return None
    outcome = Outcome(pull.decision)
    if outcome is Outcome.LEND and patron.loans >= pull.cap:
        outcome = Outcome.KEEP_ASIDE
    return Grant(hold, outcome, pull.pickup_place, pull.cap)


def next_in_queue(
    copy: Copy, holds: Iterable[Hold], patrons: Mapping[str, Patron], calendar: Calendar, policy: Policy, run: Run
) -> Grant | None:
    """Who gets a book whose hold is gone, by the rules of the run that planned it, or None: back to its shelf.

    `holds` are those of the title that wait and have no other copy on its way. A head of the queue that is served by
    the other kind of run gets it there: the book waits on its shelf (RULES 15).
    """
    waiting = {hold.patron_id: hold for hold in holds if _waits(hold, patrons)}
    free = replace(copy, state=CopyState.ON_SHELF, holder="", pull=None)
    for decision in allocate(waiting.values(), {copy.title_id: [free]}, patrons, calendar, policy, run):
        if decision.decision in _GIVES:
            cap = patrons[decision.patron_id].cap_on(run.day)
            return Grant(waiting[decision.patron_id], decision.decision, decision.pickup_place, cap)
    return None


def _waits(hold: Hold, patrons: Mapping[str, Patron]) -> bool:
    patron = patrons.get(hold.patron_id)
    return hold.status is HoldStatus.WAITING and patron is not None and hold.title_id not in patron.lent_titles


def planned_for(copies: Iterable[Copy], in_hand: Copy, moment: datetime, policy: Policy) -> set[str]:
    """The patrons for whom another copy is being pulled (RULES 23).

    By a Thursday run's plan that can still be followed, or one for the counter of the same day as the book in the hand,
    or a later one.
    """
    run = in_hand.pull.run[:10] if in_hand.pull else ""
    pulls = (copy.pull for copy in copies if copy.pull is not None and copy.barcode != in_hand.barcode)
    return {pull.patron_id for pull in pulls if _is_followed(pull, run, moment, policy)}


def _is_followed(pull: Pull, since: str, moment: datetime, policy: Policy) -> bool:
    run = run_of(pull, moment, policy)
    return can_be_followed(run, moment.date()) if run.kind is RunKind.THURSDAY else pull.run[:10] >= since


def another_copy(copies: Iterable[Copy], absent: Copy) -> Copy | None:
    """A copy of the same title that is on its shelf and planned for nobody, the first in shelf order (RULES 23, 27)."""
    free = [
        copy
        for copy in copies
        if copy.state is CopyState.ON_SHELF
        and copy.can_be_lent
        and copy.pull is None
        and copy.barcode != absent.barcode
    ]
    return min(free, key=lambda copy: (copy.call_number, copy.barcode), default=None)


# What staff do with a book that nobody waits for by plan, by its state.
WHAT_TO_DO: Mapping[CopyState, tuple[str, str]] = {
    CopyState.ON_SHELF: ("shelve", "取り出しの予定がない本です。棚へお戻しください。"),
    CopyState.KEPT_ASIDE: ("keep_aside", "予約のために取り置いている本です。取り置きの棚へお戻しください。"),
    CopyState.READY: ("shelve_ready", "貸出可能として取り置いている本です。カウンターの棚へお戻しください。"),
    CopyState.ON_LOAN: ("check_in", "貸出中と記録されている本です。返却の手続きをしてください。"),
    CopyState.MISSING: ("found", "所在不明と記録されている本です。「発見」の記録をして、棚へお戻しください。"),
    CopyState.LOST: ("found", "紛失と記録されている本です。「発見」の記録をしてください。"),
    CopyState.DAMAGED: ("repair", "破損と記録されている本です。修理の担当へお渡しください。"),
}
