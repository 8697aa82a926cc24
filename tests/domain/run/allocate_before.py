"""`allocate` as it was before readers had an order and pace of their own: with all that off it decides the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.obstacles import Gate
from lending.domain.run.reasons import Code
from lending.domain.run.run import Explanation, Outcome, Run, RunDecision, RunKind


def allocate(
    holds: Iterable[Hold],
    copies_by_title: Mapping[str, Sequence[Copy]],
    patrons: Mapping[str, Patron],
    calendar: Calendar,
    policy: Policy,
    run: Run,
) -> list[RunDecision]:
    """Decide for each waiting or secured hold what this run does with it (RULES 15, 18-23, 27).

    `copies_by_title` holds all copies of the titles of `holds`, `patrons` all their patrons. Ready holds are passed
    over, and so are holds for which another run's pull stands. A hold whose patron is not known is
    treated as that of somebody not in the service: one stray hold must not stop a run.

    Answers one decision a hold, by title id and then as queued, the secured ones of a title first.
    """
    plan = _Plan(Gate(patrons, calendar, policy, run))
    queues = _queues(holds)
    for title_id in sorted(queues):
        plan.serve(queues.pop(title_id), copies_by_title.get(title_id, ()))
    plan.keep_to_caps()
    return plan.decisions


# A member of an enum is slow to look up, and a run asks for these millions of times.
_WAITING, _SECURED, _READY = HoldStatus.WAITING, HoldStatus.SECURED, HoldStatus.READY
_ON_SHELF, _KEPT_ASIDE, _MISSING = CopyState.ON_SHELF, CopyState.KEPT_ASIDE, CopyState.MISSING
_LEND, _NONE = Outcome.LEND, Outcome.NONE


class _Plan:
    """The decisions of one run while they come about."""

    def __init__(self, gate: Gate) -> None:
        self.decisions: list[RunDecision] = []
        self._holds: list[Hold] = []  # of the decisions, one by one
        self._contested: set[str] = set()  # titles for which somebody still waits
        self._reasons: dict[tuple[Any, ...], Explanation] = {}
        self._gate = gate

    def serve(self, queue: list[Hold], copies: Sequence[Copy]) -> None:
        """Step 1 for one title: the queue takes what is on the shelf, in order (RULES 11, 18, 21-23)."""
        if len(queue) > 1:
            queue.sort(key=_queued)
        standing = _standing_pulls(copies, queue, self._gate)
        waiting = [hold for hold in queue if hold.status is _WAITING]
        if len(waiting) < len(queue):
            self._serve_secured(queue, copies, standing)
        self._serve_waiting(waiting, copies, standing)

    def keep_to_caps(self) -> None:
        """Step 2: who would get more books than the cap allows gets the first by rule 20, the rest is kept (RULES 19).

        The fact `on_loan` counts the books of this run too: they are part of what fills the cap.
        """
        for reader in self._gate.readers.values():
            cap = reader.patron.cap_on(self._gate.cycle)
            room = max(0, cap - reader.patron.loans)
            if len(reader.lent) <= room:
                continue
            on_loan = reader.patron.loans + room
            facts = {"cap": cap, "on_loan": on_loan, "on_the_way_back": reader.patron.returning}
            for index in sorted(reader.lent, key=self._turn)[room:]:
                kept = replace(self.decisions[index], decision=Outcome.KEEP_ASIDE, code=Code.CAP, facts=facts)
                self.decisions[index] = kept

    def _turn(self, index: int) -> tuple[bool, datetime, str]:
        """The order of RULES 20: titles other people wait for, then the older hold, then the title's id."""
        hold = self._holds[index]
        return hold.title_id not in self._contested, hold.queued_at, hold.title_id

    def _serve_secured(self, queue: list[Hold], copies: Sequence[Copy], standing: Mapping[str, str]) -> None:
        """Kept copies are lent, or stay kept with the reason (RULES 20, 21)."""
        for hold in queue:
            place = hold.place_on(self._gate.cycle)
            if hold.status is not _SECURED or hold.patron_id in standing or not self._gate.concerns_secured(place):
                continue
            reason = self._gate.obstacle(hold, place) or _gone(hold, copies)
            if reason is None:
                self._grant(hold, hold.barcode, place)
            else:
                self._refuse(hold, reason, place)

    def _serve_waiting(self, waiting: list[Hold], copies: Sequence[Copy], standing: Mapping[str, str]) -> None:
        free = _free_copies(copies, standing)
        shortage = None
        lendable = 0
        on_hand = bool(free or standing)
        for position, hold in enumerate(waiting, 1):
            if hold.patron_id in standing:
                continue
            place = hold.place_on(self._gate.cycle)
            reason = self._gate.obstacle(hold, place)
            if reason is None and free:
                lendable = lendable or _lendable(copies)
                self._grant(hold, free.pop().barcode, place, (position, len(waiting), lendable))
                continue
            if reason is None:
                shortage = shortage or _shortage(copies, on_hand, self._gate.day)
                reason = self._in_queue(shortage, position, len(waiting))
            self._contested.add(hold.title_id)
            self._refuse(hold, reason, place)

    def _grant(self, hold: Hold, barcode: str, place: str, queue: tuple[int, int, int] | None = None) -> None:
        grant = self._gate.prefectural_grant if place == PREFECTURAL else self._gate.partner_grant
        if grant.outcome is _LEND:
            self._gate.readers[hold.patron_id].lent.append(len(self.decisions))
        self._holds.append(hold)
        self.decisions.append(
            RunDecision(hold.patron_id, hold.title_id, barcode, grant.outcome, grant.code, grant.facts, place, queue)
        )

    def _refuse(self, hold: Hold, reason: Explanation, place: str) -> None:
        self._holds.append(hold)
        self.decisions.append(RunDecision(hold.patron_id, hold.title_id, "", _NONE, reason.code, reason.facts, place))

    def _in_queue(self, shortage: "_Shortage", position: int, of: int) -> Explanation:
        """One object for all holds with the same facts: most queues are short, and a run has a million of them."""
        key = (*shortage, position, of)
        reason = self._reasons.get(key)
        if reason is None:
            reason = self._reasons[key] = _shortage_reason(*shortage, position, of)
        return reason


def _queues(holds: Iterable[Hold]) -> dict[str, list[Hold]]:
    queues: dict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        if hold.status is not _READY:
            queues[hold.title_id].append(hold)
    return queues


def _queued(hold: Hold) -> tuple[datetime, str]:
    return hold.queued_at, hold.patron_id


def _standing_pulls(copies: Sequence[Copy], queue: list[Hold], gate: Gate) -> Mapping[str, str]:
    """The patrons, with their copies, for whom staff are already fetching by another run's plan (RULES 15, 23).

    A plan stands for its day. One of a later day stands as well: it can only be met when a run is made up for late.
    What a Thursday run has planned, no pull for the counter takes away until its books are to be collected (RULES 29).
    """
    standing = {
        copy.pull.patron_id: copy.barcode for copy in copies if copy.pull is not None and _stands(copy, copy.pull, gate)
    }
    return (
        {hold.patron_id: standing[hold.patron_id] for hold in queue if hold.patron_id in standing} if standing else {}
    )


def _stands(copy: Copy, pull: Pull, gate: Gate) -> bool:
    if pull.run == gate.run.run_id or copy.state not in (_ON_SHELF, _KEPT_ASIDE):
        return False
    to_thursday = gate.run.kind is RunKind.PREFECTURAL and pull.of_weekly_run and pull.stands_on(gate.day)
    return pull.day >= gate.day or to_thursday


def _free_copies(copies: Sequence[Copy], standing: Mapping[str, str]) -> list[Copy]:
    """Copies to be taken from the end, so that the first in shelf order goes first."""
    free = [copy for copy in copies if copy.state is _ON_SHELF and copy.can_be_lent]
    if standing:
        taken = frozenset(standing.values())
        free = [copy for copy in free if copy.barcode not in taken]
    if len(free) > 1:
        free.sort(key=_shelf_order, reverse=True)
    return free


def _shelf_order(copy: Copy) -> tuple[str, str]:
    return copy.call_number, copy.barcode


def _gone(hold: Hold, copies: Sequence[Copy]) -> Explanation | None:
    """A reason if the copy kept for a secured hold is not in its place any more: lost, damaged, or never known."""
    if any(copy.barcode == hold.barcode and copy.state is _KEPT_ASIDE for copy in copies):
        return None
    return Explanation(Code.NOT_ON_SHELF, {"copies": _lendable(copies)})


def _lendable(copies: Sequence[Copy]) -> int:
    return sum(copy.can_be_lent for copy in copies)


# Why there is no copy for the rest of a queue, whatever the place in it: code, lendable copies, how many of them are
# missing, and the first due date that is not over.
_Shortage = tuple[Code, int, int, date | None]


def _shortage(copies: Sequence[Copy], on_hand: bool, day: date) -> _Shortage:
    """`on_hand` tells that copies were there and others in the queue have them (RULES 9, 27)."""
    lendable = [copy for copy in copies if copy.can_be_lent]
    on_loan = [copy for copy in lendable if copy.is_out]
    missing = sum(copy.state is _MISSING for copy in lendable)
    if not lendable:
        return Code.NO_COPY_LEFT, 0, 0, None
    if on_hand or (not on_loan and missing < len(lendable)):
        return Code.QUEUE, len(lendable), 0, None
    if on_loan:
        due = min((copy.due_on for copy in on_loan if copy.due_on is not None and copy.due_on >= day), default=None)
        return Code.ALL_ON_LOAN, len(lendable), missing, due
    return Code.NOT_ON_SHELF, len(lendable), 0, None


def _shortage_reason(
    code: Code, copies: int, missing: int, next_due: date | None, position: int, of: int
) -> Explanation:
    facts: dict[str, Any] = {"position": position, "of": of, "copies": copies}
    if missing:
        facts["missing"] = missing
    if next_due is not None:
        facts["next_due"] = next_due.isoformat()
    return Explanation(code, facts)
