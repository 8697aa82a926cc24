"""Which hold gets which copy, and why the others get none: Thursday run and prefectural pulls (RULES 15, 18-27).

One pure function, `allocate`. Two steps that need nothing of each other: title by title, queues take the copies that
are on the shelf; then patron by patron, the cap chooses among the books each of them would get. The same input gives
the same output whatever its order, and the work grows with the number of holds and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lending.domain.closure import Calendar, coming_week, next_week_that_runs
from lending.domain.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.patron import Patron
from lending.domain.policy import Policy
from lending.domain.reasons import Code
from lending.domain.shift import days_of
from lending.domain.title import Copy, CopyState, Pull
from lending.domain.week import DAYS_OF_WEEK, Week, in_tokyo, week_of_run

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
    """One run or pull, and the `moment` for which it is made.

    `run_id` is `YYYY-MM-DD`, or with `am` or `pm` for a pull. `week` is the week of a Thursday run, and for a pull the
    week of the next one, for which the heads of the other queues keep their copies (RULES 15).
    """

    run_id: str
    kind: RunKind
    moment: datetime
    week: Week

    @property
    def cut_off(self) -> datetime:
        """The last moment whose holds are considered: of a Thursday run that of its week (RULES 18)."""
        return self.week.cut_off if self.kind == RunKind.THURSDAY else self.moment

    @property
    def day(self) -> date:
        """The day on whose cards it is decided. Pickup places and caps are those of its week's cycle (14, 19)."""
        return self.week.run_date if self.kind == RunKind.THURSDAY else in_tokyo(self.moment).date()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the run decides for one hold, and why (RULES 27).

    `barcode` is the copy, of every outcome but `none`. `facts` go into JSON as they are; decisions share them where
    they are equal, so they are to be read and never changed. `queue` is the place of a waiting hold, how many wait, and
    how many copies there are, should the book not be found; None of a secured one.
    """

    patron_id: str
    title_id: str
    barcode: str
    decision: Outcome
    code: Code
    facts: Facts
    pickup_place: str
    queue: tuple[int, int, int] | None = None


def thursday_run(run_date: date, policy: Policy) -> Run:
    """The run of `run_date`, whenever it is carried out (RULES 18)."""
    week = week_of_run(run_date, policy)
    return Run(run_date.isoformat(), RunKind.THURSDAY, week.cut_off, week)


def prefectural_pull(moment: datetime, calendar: Calendar, policy: Policy) -> Run:
    """The pull of the morning or afternoon in which `moment` lies (RULES 15).

    A hold whose pickup place will be another one in the next run is not its business any more (RULES 14).
    """
    now = in_tokyo(moment)
    run_id = f"{now.date().isoformat()}{'am' if now.hour < 12 else 'pm'}"
    return Run(run_id, RunKind.PREFECTURAL, now, coming_week(now, calendar, policy))


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
    over, and so are holds for which another run's pull stands. A hold whose patron is not known is
    treated as that of somebody not in the service: one stray hold must not stop a run.

    Answers one decision a hold, by title id and then as queued, the secured ones of a title first.
    """
    plan = _Plan(_Gate(patrons, calendar, policy, run))
    queues = _queues(holds)
    for title_id in sorted(queues):
        plan.serve(queues.pop(title_id), copies_by_title.get(title_id, ()))
    plan.keep_to_caps()
    return plan.decisions


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hold gets nothing."""

    code: Code
    facts: Facts


def obstacle_to(hold: Hold, patron: Patron | None, calendar: Calendar, policy: Policy, run: Run) -> Explanation | None:
    """What stands in the way of a hold in a run by what is recorded now, None if nothing does (RULES 18, 21, 22)."""
    gate = _Gate({hold.patron_id: patron} if patron else {}, calendar, policy, run)
    return gate.obstacle(hold, hold.place_on(run.week.cycle))


def stopping_patron(hold: Hold, patron: Patron, week: Week) -> list[Explanation]:
    """Everything about the patron because of which the run of a week would pass the hold over (RULES 21)."""
    day = week.run_date
    found = [_BLOCKED] if patron.blocked else []
    found += [_expired(patron)] if patron.expired_on(day) else []
    if hold.place_on(week.cycle) != PREFECTURAL and not patron.online_lending:
        found.append(_NOT_ENROLLED)
    return found


def kept_in_vain(
    holds: Iterable[Hold], patrons: Mapping[str, Patron], calendar: Calendar, policy: Policy, run: Run
) -> list[Hold]:
    """Secured holds that a weekly run passes over: their books go back to the queue, they wait as before (RULES 8, 21).

    A run that is suspended as a whole takes nobody's book away. By the policy a book may stay kept for some runs; the
    first of them is the one that the reason is dated by.
    """
    if run.kind is not RunKind.THURSDAY:
        return []
    gate = _Gate(patrons, calendar, policy, run)
    found = []
    for hold in holds:
        reason = gate.obstacle(hold, hold.place_on(run.week.cycle)) if hold.status is _SECURED else None
        if reason and reason.code in _ENDS_KEEPING and _runs_passed(hold, reason, run) >= policy.kept_aside_runs:
            found.append(hold)
    return found


_ENDS_KEEPING = frozenset({Code.CARD_EXPIRED, Code.BLOCKED, Code.NOT_ENROLLED, Code.FACILITY_SUSPENDED})


def _runs_passed(hold: Hold, reason: Explanation, run: Run) -> int:
    told = hold.last_run
    return (run.day - told.date).days // DAYS_OF_WEEK if told and told.code == reason.code else 0


# A member of an enum is slow to look up, and a run asks for these millions of times.
_WAITING, _SECURED, _READY = HoldStatus.WAITING, HoldStatus.SECURED, HoldStatus.READY
_ON_SHELF, _KEPT_ASIDE, _ON_LOAN, _MISSING = (
    CopyState.ON_SHELF,
    CopyState.KEPT_ASIDE,
    CopyState.ON_LOAN,
    CopyState.MISSING,
)
_LEND, _NONE = Outcome.LEND, Outcome.NONE


@dataclass(frozen=True, slots=True)
class _Grant:
    """What becomes of a copy that a hold takes."""

    outcome: Outcome
    code: Code
    facts: Facts


@dataclass(slots=True)
class _Reader:
    """A patron in this run: what stops them at either kind of pickup place, and which decisions would lend to them."""

    patron: Patron
    stopped_at_library: Explanation | None
    stopped_at_partner: Explanation | None
    lent: list[int] = field(default_factory=list)


class _Plan:
    """The decisions of one run while they come about."""

    def __init__(self, gate: "_Gate") -> None:
        self.decisions: list[Decision] = []
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
            Decision(hold.patron_id, hold.title_id, barcode, grant.outcome, grant.code, grant.facts, place, queue)
        )

    def _refuse(self, hold: Hold, reason: Explanation, place: str) -> None:
        self._holds.append(hold)
        self.decisions.append(Decision(hold.patron_id, hold.title_id, "", _NONE, reason.code, reason.facts, place))

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


def _standing_pulls(copies: Sequence[Copy], queue: list[Hold], gate: "_Gate") -> Mapping[str, str]:
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


def _stands(copy: Copy, pull: Pull, gate: "_Gate") -> bool:
    if pull.run == gate.run.run_id or copy.state not in (_ON_SHELF, _KEPT_ASIDE):
        return False
    return pull.day >= gate.day or gate.leaves_to_thursday(pull)


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
    on_loan = [copy for copy in lendable if copy.state is _ON_LOAN]
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


class _Gate:
    """Who may be served in this run, and what being served means in it (RULES 15, 18, 21, 22)."""

    def __init__(self, patrons: Mapping[str, Patron], calendar: Calendar, policy: Policy, run: Run) -> None:
        self.run = run
        self.day = run.day
        self.cycle = run.week.cycle
        self.readers = _readers(patrons, run)
        self.partner_grant, self.prefectural_grant = _grants(calendar, run)
        self._thursday = run.kind == RunKind.THURSDAY
        self._cut_off = run.cut_off
        self._calendar = calendar
        self._policy = policy
        self._suspended = _run_suspended(calendar, policy, run.week)
        self._facilities: dict[str, Explanation | None] = {}

    def concerns_secured(self, place: str) -> bool:
        """A pull has nothing to decide about a copy kept for a Thursday run."""
        return self._thursday or place == PREFECTURAL

    def leaves_to_thursday(self, pull: Pull) -> bool:
        """Whether this is a pull for the counter, and the other one a Thursday run's that can still be followed."""
        return not self._thursday and pull.of_weekly_run and pull.stands_on(self.day, self._policy)

    def obstacle(self, hold: Hold, place: str) -> Explanation | None:
        """The first thing that stands in the way of this hold, or None (RULES 18, 21, 22)."""
        if hold.placed_at > self._cut_off:
            return self._after_cut_off(hold)
        reader = self.readers.get(hold.patron_id)
        if reader is None:
            return _NOT_ENROLLED
        if place == PREFECTURAL:
            return reader.stopped_at_library
        return self._service_obstacle(hold.patron_id, place) or reader.stopped_at_partner

    def _service_obstacle(self, patron_id: str, place: str) -> Explanation | None:
        if self._suspended is not None and not self._calendar.reaches(patron_id, self.run.week.run_date):
            return self._suspended
        if place not in self._facilities:
            self._facilities[place] = _facility_suspended(self._calendar, place, self.run.week)
        return self._facilities[place]

    def _after_cut_off(self, hold: Hold) -> Explanation:
        facts = {
            "placed_at": in_tokyo(hold.placed_at).isoformat(),
            "cut_off": in_tokyo(self._cut_off).isoformat(),
        }
        following = next_week_that_runs(self.run.week, self._calendar, self._policy)
        while following is not None and following.cut_off < hold.placed_at:
            following = next_week_that_runs(following, self._calendar, self._policy)
        if following is not None:
            facts["next_run"] = following.run_date.isoformat()
        return Explanation(Code.AFTER_CUTOFF, facts)


_NOT_ENROLLED = Explanation(Code.NOT_ENROLLED, NOTHING)
_BLOCKED = Explanation(Code.BLOCKED, NOTHING)


def _readers(patrons: Mapping[str, Patron], run: Run) -> dict[str, _Reader]:
    day, run_date = run.day, run.week.run_date
    return {
        patron_id: _Reader(patron, _card_obstacle(patron, day), _partner_obstacle(patron, run_date))
        for patron_id, patron in patrons.items()
    }


def _card_obstacle(patron: Patron, day: date) -> Explanation | None:
    if patron.blocked:
        return _BLOCKED
    return _expired(patron) if patron.expired_on(day) else None


def _expired(patron: Patron) -> Explanation:
    return Explanation(Code.CARD_EXPIRED, {"expired_on": patron.expires_on.isoformat()})


def _partner_obstacle(patron: Patron, day: date) -> Explanation | None:
    return _card_obstacle(patron, day) or (None if patron.online_lending else _NOT_ENROLLED)


def _grants(calendar: Calendar, run: Run) -> tuple[_Grant, _Grant]:
    """What taking a copy means for a partner facility's hold and for the prefectural library's (RULES 15)."""
    if run.kind != RunKind.THURSDAY:
        return _Grant(Outcome.FOR_PARTNER, Code.PARTNER, NOTHING), _Grant(Outcome.READY, Code.READY, NOTHING)
    days = days_of(run.week, calendar, None)
    facts = {
        "pickup_from": run.week.pickup_from.isoformat(),
        "pickup_until": days.pickup_until.isoformat(),
        "due_on": days.due_on.isoformat(),
    }
    return _Grant(_LEND, Code.LENT, facts), _Grant(Outcome.FOR_PREFECTURAL, Code.PREFECTURAL, NOTHING)


def _run_suspended(calendar: Calendar, policy: Policy, week: Week) -> Explanation | None:
    suspension = calendar.service_suspension_on(week.run_date)
    if suspension is None:
        return None
    facts = {"until": suspension.ends_on.isoformat(), "reason": suspension.reason}
    following = next_week_that_runs(week, calendar, policy)
    if following is not None:
        facts["next_run"] = following.run_date.isoformat()
    return Explanation(Code.RUN_SUSPENDED, facts)


def _facility_suspended(calendar: Calendar, facility: str, week: Week) -> Explanation | None:
    last = calendar.pickup_until(week)
    suspension = calendar.facility_suspended_for(facility, week.pickup_from, last)
    if suspension is None:
        return None
    facts = {"facility": facility, "until": suspension.ends_on.isoformat(), "reason": suspension.reason}
    return Explanation(Code.FACILITY_SUSPENDED, facts)
