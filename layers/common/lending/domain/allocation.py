"""Which hold gets which copy, and why the others get none: the Thursday run and the prefectural pulls (RULES 15, 18-27).

One pure function, `allocate`. Two steps that need nothing of each other: title by title, queues take the copies that are
on the shelf; then patron by patron, the cap chooses among the books each of them would get. The same input gives the
same output whatever its order, and the work grows with the number of holds and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lending.domain.closure import Calendar, next_week_that_runs
from lending.domain.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.patron import Patron
from lending.domain.policy import Policy
from lending.domain.reasons import Code
from lending.domain.title import Copy, CopyState
from lending.domain.week import Week, in_tokyo, next_run_after, week_of_run

Facts = Mapping[str, Any]

NOTHING: Facts = {}


class RunKind(StrEnum):
    """The weekly run for partner facilities (RULES 18), or a pull for the prefectural library's counter (15)."""

    THURSDAY = "thursday"
    PREFECTURAL = "prefectural"


class Outcome(StrEnum):
    """What is decided for a hold. `ready` and `for_partner` come from a prefectural pull only."""

    LEND = "lend"
    KEEP_ASIDE = "keep_aside"
    FOR_PREFECTURAL = "for_prefectural"
    FOR_PARTNER = "for_partner"
    READY = "ready"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Run:
    """One run or pull. `moment` is the cut-off of the holds it considers.

    `run_id` is `YYYY-MM-DD`, or with `am` or `pm` for a pull. `week` is the week of a Thursday run, and for a pull the
    week of the next one, for which the heads of the other queues keep their copies (RULES 15).
    """

    run_id: str
    kind: RunKind
    moment: datetime
    week: Week

    @property
    def day(self) -> date:
        """The day on whose pickup places and cards it is decided."""
        return self.week.run_date if self.kind == RunKind.THURSDAY else in_tokyo(self.moment).date()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the run decides for one hold, and why (RULES 27).

    `barcode` is the copy of every outcome but `none`; `code` is one of `reasons.Code`. `facts` go into JSON as they are;
    decisions share them where they are equal, so they are to be read and never changed.
    """

    patron_id: str
    title_id: str
    barcode: str
    decision: Outcome
    code: Code
    facts: Facts
    pickup_place: str


def thursday_run(run_date: date, policy: Policy) -> Run:
    """The run of `run_date`, whenever it is carried out (RULES 18)."""
    week = week_of_run(run_date, policy)
    return Run(run_date.isoformat(), RunKind.THURSDAY, week.cut_off, week)


def prefectural_pull(moment: datetime, policy: Policy) -> Run:
    """The pull of the morning or afternoon in which `moment` lies (RULES 15)."""
    now = in_tokyo(moment)
    run_id = f"{now.date().isoformat()}{'am' if now.hour < 12 else 'pm'}"
    return Run(run_id, RunKind.PREFECTURAL, now, week_of_run(next_run_after(now, policy), policy))


def allocate(
    holds: Iterable[Hold],
    copies_by_title: Mapping[str, Sequence[Copy]],
    patrons: Mapping[str, Patron],
    calendar: Calendar,
    policy: Policy,
    run: Run,
) -> list[Decision]:
    """Decide for each waiting or secured hold what this run does with it (RULES 15, 18-23, 27).

    `copies_by_title` holds all copies of the titles of `holds`, `patrons` all their patrons. Ready holds are passed
    over, and so are holds for which another run's pull of the same day stands. A hold whose patron is not known is
    treated as that of somebody not in the service: one stray hold must not stop a run.

    Answers one decision a hold, by title id and then as queued, the secured ones of a title first.
    """
    gate = _Gate(patrons, calendar, policy, run)
    decisions: list[Decision] = []
    wishes: dict[str, list[_Wish]] = defaultdict(list)
    queues = _queues(holds)
    for title_id in sorted(queues):
        _serve_title(queues[title_id], copies_by_title.get(title_id, ()), gate, decisions, wishes)
    _keep_to_caps(decisions, wishes, patrons, run)
    return decisions


# A book a patron would get, as a key of the order of RULES 20: whether nobody else waits for the title, queued at, title,
# index of the decision. A bare tuple, because there is one for every book lent and it is what sorts fastest.
_Wish = tuple[bool, datetime, str, int]


@dataclass(frozen=True, slots=True)
class _Reason:
    code: Code
    facts: Facts


@dataclass(frozen=True, slots=True)
class _Grant:
    """What becomes of a copy that a hold takes."""

    outcome: Outcome
    code: Code
    facts: Facts


def _queues(holds: Iterable[Hold]) -> dict[str, list[Hold]]:
    queues: dict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        if hold.status is not HoldStatus.READY:
            queues[hold.title_id].append(hold)
    return queues


def _queued(hold: Hold) -> tuple[datetime, str]:
    return hold.queued_at, hold.patron_id


def _serve_title(
    queue: list[Hold], copies: Sequence[Copy], gate: "_Gate", decisions: list[Decision], wishes: dict[str, list[_Wish]]
) -> None:
    """Step 1 for one title: the queue takes what is on the shelf, in order (RULES 11, 18, 21-23)."""
    if len(queue) > 1:
        queue.sort(key=_queued)
    standing = _standing_pulls(copies, queue, gate.run)
    waiting = [hold for hold in queue if hold.status is HoldStatus.WAITING]
    served = _serve_waiting(waiting, copies, standing, gate)
    contested = any(decision.decision is Outcome.NONE for _, decision in served)
    if len(waiting) < len(queue):
        served = _serve_secured(queue, copies, standing, gate) + served
    for hold, decision in served:
        if decision.decision is Outcome.LEND:
            wishes[hold.patron_id].append((not contested, hold.queued_at, hold.title_id, len(decisions)))
        decisions.append(decision)


def _standing_pulls(copies: Sequence[Copy], queue: list[Hold], run: Run) -> dict[str, str]:
    """Copies, with their patrons, that staff are already fetching by another run's plan of this day (RULES 15, 23).

    A plan of a later day stands as well: it can only be met when a run is made up for late.
    """
    pulled = {
        copy.barcode: copy.pull.patron_id
        for copy in copies
        if copy.pull is not None
        and copy.pull.run != run.run_id
        and copy.pull.run[:10] >= run.run_id[:10]
        and copy.state in (CopyState.ON_SHELF, CopyState.KEPT_ASIDE)
    }
    if not pulled:
        return pulled
    patron_ids = {hold.patron_id for hold in queue}
    return {barcode: patron_id for barcode, patron_id in pulled.items() if patron_id in patron_ids}


def _serve_waiting(
    waiting: list[Hold], copies: Sequence[Copy], standing: Mapping[str, str], gate: "_Gate"
) -> list[tuple[Hold, Decision]]:
    free = _free_copies(copies, standing)
    shortage = _shortage(copies, on_hand=bool(free or standing))
    planned = frozenset(standing.values())
    served: list[tuple[Hold, Decision]] = []
    for position, hold in enumerate(waiting, 1):
        if hold.patron_id in planned:
            continue
        place = hold.place_on(gate.day)
        reason = gate.obstacle(hold, place)
        if reason is None and free:
            served.append((hold, _granted(hold, free.pop().barcode, place, gate)))
            continue
        reason = reason or _in_queue(shortage, position, len(waiting))
        served.append((hold, _refused(hold, reason, place)))
    return served


def _serve_secured(
    queue: list[Hold], copies: Sequence[Copy], standing: Mapping[str, str], gate: "_Gate"
) -> list[tuple[Hold, Decision]]:
    planned = frozenset(standing.values())
    return [
        (hold, _secured_decision(hold, place, copies, gate))
        for hold in queue
        if hold.status is HoldStatus.SECURED
        and hold.patron_id not in planned
        and gate.concerns_secured(place := hold.place_on(gate.day))
    ]


def _secured_decision(hold: Hold, place: str, copies: Sequence[Copy], gate: "_Gate") -> Decision:
    """A kept copy is lent, or stays kept with the reason (RULES 20, 21). If it is gone from its place, that is said."""
    reason = gate.obstacle(hold, place)
    if reason is not None:
        return _refused(hold, reason, place)
    if not any(copy.barcode == hold.barcode and copy.state is CopyState.KEPT_ASIDE for copy in copies):
        return _refused(hold, _Reason(Code.NOT_ON_SHELF, {"copies": _lendable(copies)}), place)
    return _granted(hold, hold.barcode, place, gate)


def _free_copies(copies: Sequence[Copy], standing: Mapping[str, str]) -> list[Copy]:
    """Copies to be taken from the end, so that the first in shelf order goes first."""
    free = [
        copy
        for copy in copies
        if copy.state is CopyState.ON_SHELF and copy.can_be_lent and copy.barcode not in standing
    ]
    if len(free) > 1:
        free.sort(key=_shelf_order, reverse=True)
    return free


def _shelf_order(copy: Copy) -> tuple[str, str]:
    return copy.call_number, copy.barcode


def _granted(hold: Hold, barcode: str, place: str, gate: "_Gate") -> Decision:
    grant = gate.prefectural_grant if place == PREFECTURAL else gate.partner_grant
    return Decision(hold.patron_id, hold.title_id, barcode, grant.outcome, grant.code, grant.facts, place)


def _refused(hold: Hold, reason: _Reason, place: str) -> Decision:
    return Decision(hold.patron_id, hold.title_id, "", Outcome.NONE, reason.code, reason.facts, place)


def _lendable(copies: Sequence[Copy]) -> int:
    return sum(copy.can_be_lent for copy in copies)


def _shortage(copies: Sequence[Copy], *, on_hand: bool) -> _Reason:
    """Why there is no copy for the rest of a queue, without the place in it (RULES 27).

    `on_hand` tells that copies were there and others in the queue have them. A title without any lendable copy left
    counts as not found: there is no due date to hope for.
    """
    facts: dict[str, Any] = {"copies": _lendable(copies)}
    states = {copy.state for copy in copies if copy.can_be_lent}
    if on_hand or (CopyState.ON_LOAN not in states and states - {CopyState.MISSING}):
        return _Reason(Code.QUEUE, facts)
    if CopyState.ON_LOAN not in states:
        return _Reason(Code.NOT_ON_SHELF, facts)
    due = [copy.due_on for copy in copies if copy.state is CopyState.ON_LOAN and copy.due_on is not None]
    if due:
        facts["next_due"] = min(due).isoformat()
    return _Reason(Code.ALL_ON_LOAN, facts)


def _in_queue(shortage: _Reason, position: int, of: int) -> _Reason:
    return _Reason(shortage.code, {"position": position, "of": of, **shortage.facts})


def _keep_to_caps(
    decisions: list[Decision], wishes: Mapping[str, list[_Wish]], patrons: Mapping[str, Patron], run: Run
) -> None:
    """Step 2: who would get more books than the cap allows gets the first by the order of RULES 20, the rest is kept.

    The fact `on_loan` counts the books of this run too: they are what fills the cap when the patron reads the reason.
    """
    day = run.day
    for patron_id, wished in wishes.items():
        patron = patrons[patron_id]
        cap = patron.cap_on(day)
        room = max(0, cap - patron.loans)
        if len(wished) <= room:
            continue
        wished.sort()
        facts = {"cap": cap, "on_loan": patron.loans + room, "on_the_way_back": patron.returning}
        for *_, index in wished[room:]:
            decisions[index] = replace(decisions[index], decision=Outcome.KEEP_ASIDE, code=Code.CAP, facts=facts)


class _Gate:
    """Who may be served in this run, and what being served means in it (RULES 15, 18, 21, 22)."""

    def __init__(self, patrons: Mapping[str, Patron], calendar: Calendar, policy: Policy, run: Run) -> None:
        self.run = run
        self.day = run.day
        self.thursday = run.kind == RunKind.THURSDAY
        self.cut_off = run.week.cut_off if self.thursday else run.moment
        self._patrons = patrons
        self._calendar = calendar
        self._policy = policy
        self._suspended = _run_suspended(calendar, policy, run.week)
        self._facilities: dict[str, _Reason | None] = {}
        self.partner_grant, self.prefectural_grant = _grants(self.thursday, calendar, run.week)

    def concerns_secured(self, place: str) -> bool:
        """A pull has nothing to decide about a copy kept for a Thursday run."""
        return self.thursday or place == PREFECTURAL

    def obstacle(self, hold: Hold, place: str) -> _Reason | None:
        """The first thing that stands in the way of this hold, or None (RULES 18, 21, 22)."""
        if hold.placed_at > self.cut_off:
            return self._after_cut_off(hold)
        if place != PREFECTURAL and not self.thursday:
            place = hold.place_on(self.run.week.run_date)
        patron = self._patrons.get(hold.patron_id)
        if patron is None:
            return _NOT_ENROLLED
        if place == PREFECTURAL:
            return _card_obstacle(patron, self.day)
        return self._service_obstacle(hold.patron_id, place) or _partner_obstacle(patron, self.run.week.run_date)

    def _service_obstacle(self, patron_id: str, place: str) -> _Reason | None:
        if self._suspended is not None and not self._calendar.reaches(patron_id, self.run.week.run_date):
            return self._suspended
        if place not in self._facilities:
            self._facilities[place] = _facility_suspended(self._calendar, place, self.run.week)
        return self._facilities[place]

    def _after_cut_off(self, hold: Hold) -> _Reason:
        facts = {
            "placed_at": in_tokyo(hold.placed_at).isoformat(),
            "cut_off": in_tokyo(self.cut_off).isoformat(),
            "next_run": next_run_after(hold.placed_at, self._policy).isoformat(),
        }
        return _Reason(Code.AFTER_CUTOFF, facts)


_NOT_ENROLLED = _Reason(Code.NOT_ENROLLED, NOTHING)
_BLOCKED = _Reason(Code.BLOCKED, NOTHING)


def _card_obstacle(patron: Patron, day: date) -> _Reason | None:
    if patron.blocked:
        return _BLOCKED
    if patron.expired_on(day):
        return _Reason(Code.CARD_EXPIRED, {"expired_on": patron.expires_on.isoformat()})
    return None


def _partner_obstacle(patron: Patron, day: date) -> _Reason | None:
    return _card_obstacle(patron, day) or (None if patron.online_lending else _NOT_ENROLLED)


def _grants(thursday: bool, calendar: Calendar, week: Week) -> tuple[_Grant, _Grant]:
    """What taking a copy means for a partner facility's hold and for the prefectural library's (RULES 15)."""
    if not thursday:
        return _Grant(Outcome.FOR_PARTNER, Code.PARTNER, NOTHING), _Grant(Outcome.READY, Code.READY, NOTHING)
    facts = {
        "pickup_from": week.pickup_from.isoformat(),
        "pickup_until": calendar.pickup_until(week).isoformat(),
        "due_on": week.due_on.isoformat(),
    }
    prefectural = _Grant(Outcome.FOR_PREFECTURAL, Code.PREFECTURAL, NOTHING)
    return _Grant(Outcome.LEND, Code.LENT, facts), prefectural


def _run_suspended(calendar: Calendar, policy: Policy, week: Week) -> _Reason | None:
    suspension = calendar.service_suspension_on(week.run_date)
    if suspension is None:
        return None
    facts = {"until": suspension.ends_on.isoformat(), "reason": suspension.reason}
    following = next_week_that_runs(week, calendar, policy)
    if following is not None:
        facts["next_run"] = following.run_date.isoformat()
    return _Reason(Code.RUN_SUSPENDED, facts)


def _facility_suspended(calendar: Calendar, facility: str, week: Week) -> _Reason | None:
    last = calendar.pickup_until(week)
    suspension = calendar.facility_suspended_for(facility, week.pickup_from, last)
    if suspension is None:
        return None
    facts = {"facility": facility, "until": suspension.ends_on.isoformat(), "reason": suspension.reason}
    return _Reason(Code.FACILITY_SUSPENDED, facts)
