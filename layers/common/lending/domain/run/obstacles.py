"""Who may be served in a run, and what stands in the way of the others (RULES 8, 15, 18, 21, 22)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import takewhile
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import next_week_that_runs
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.shift import days_of
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.reasons import Code
from lending.domain.run.run import NOTHING, Explanation, Facts, Outcome, Run, RunKind
from lending.domain.week import Week, in_tokyo, runs_from


def obstacle_to(hold: Hold, patron: Patron | None, calendar: Calendar, policy: Policy, run: Run) -> Explanation | None:
    """What stands in the way of a hold in a run by what is recorded now, None if nothing does (RULES 18, 21, 22)."""
    gate = Gate({hold.patron_id: patron} if patron else {}, calendar, policy, run)
    return gate.obstacle(hold, hold.place_on(run.week.cycle))


def stopping_patron(hold: Hold, patron: Patron, policy: Policy, week: Week) -> list[Explanation]:
    """Everything about the patron because of which the run of a week would pass the hold over (RULES 21, 46, 47)."""
    day = week.run_date
    found = [_BLOCKED] if patron.blocked else []
    found += [_expired(patron)] if patron.expired_on(day) else []
    found += [_paused(patron)] if policy.pause and patron.paused_on(day) else []
    found += [comes_after] if (comes_after := _comes_after(hold, policy)) else []
    if hold.place_on(week.cycle) != PREFECTURAL and not patron.online_lending:
        found.append(_NOT_ENROLLED)
    return found


def kept_in_vain(
    holds: Iterable[Hold], patrons: Mapping[str, Patron], calendar: Calendar, policy: Policy, run: Run
) -> list[Hold]:
    """Secured holds that a weekly run passes over: their books go back to the queue, they wait as before (RULES 8, 21).

    A run that is suspended as a whole takes nobody's book away. By the policy a book may stay kept for some runs; the
    first of them is the one that the reason is dated by. What a patron has chosen keeps no book from others: one that
    rests, or is beyond the books wanted in a run, goes back at once (RULES 46, 49).
    """
    if run.kind is not RunKind.THURSDAY:
        return []
    gate = Gate(patrons, calendar, policy, run)
    found, served = [], list[Hold]()
    for hold in holds:
        if hold.status is not HoldStatus.SECURED:
            continue
        reason = gate.obstacle(hold, hold.place_on(run.week.cycle))
        if reason is None:
            served.append(hold)
        elif reason.code is Code.PAUSED or (
            reason.code in _ENDS_KEEPING and _runs_passed(hold, reason, run, policy) >= policy.kept_aside_runs
        ):
            found.append(hold)
    return found + _beyond_pace(served, gate)


def _beyond_pace(served: Iterable[Hold], gate: "Gate") -> list[Hold]:
    by_patron = defaultdict[str, list[Hold]](list)
    for hold in served:
        if gate.readers[hold.patron_id].pace is not None and hold.place_on(gate.cycle) != PREFECTURAL:
            by_patron[hold.patron_id].append(hold)
    return [
        hold
        for patron_id, kept in by_patron.items()
        for hold in sorted(kept, key=gate.turn)[gate.readers[patron_id].pace :]
    ]


_ENDS_KEEPING = frozenset({Code.CARD_EXPIRED, Code.BLOCKED, Code.NOT_ENROLLED, Code.FACILITY_SUSPENDED})


def _runs_passed(hold: Hold, reason: Explanation, run: Run, policy: Policy) -> int:
    """How many runs there were since the hold was told the same, that one counted."""
    told = hold.last_run
    if told is None or told.code != reason.code:
        return 0
    return sum(1 for _ in takewhile(lambda cycle: cycle < run.week.cycle, runs_from(told.date, policy)))


class OnTaking(NamedTuple):
    """What becomes of a copy that a hold takes."""

    outcome: Outcome
    code: Code
    facts: Facts


@dataclass(slots=True)
class Reader:
    """A patron in this run: what stops them at either kind of pickup place, and which decisions would lend to them.

    `pace` is the most books they want from it for a partner facility, if they want fewer than the cap (RULES 49).
    """

    patron: Patron
    stopped_at_library: Explanation | None
    stopped_at_partner: Explanation | None
    pace: int | None = None
    lent: list[int] = field(default_factory=list)


class Gate:
    """Who may be served in this run, and what being served means in it (RULES 15, 18, 21, 22)."""

    def __init__(self, patrons: Mapping[str, Patron], calendar: Calendar, policy: Policy, run: Run) -> None:
        self.run = run
        self.day = run.day
        self.cycle = run.week.cycle
        self.readers = _readers(patrons, policy, run)
        self.partner_grant, self.prefectural_grant = _grants(calendar, run)
        self._thursday = run.kind == RunKind.THURSDAY
        self._cut_off = run.cut_off
        self._calendar = calendar
        self.policy = policy
        self._suspended = _run_suspended(calendar, policy, run.week)
        self._facilities: dict[str, Explanation | None] = {}

    def serves(self, place: str) -> bool:
        """Whether books for this place are of this run; the others are only kept for the other kind (RULES 15)."""
        return self._thursday == (place != PREFECTURAL)

    def concerns_secured(self, place: str) -> bool:
        """A pull has nothing to decide about a copy kept for a Thursday run."""
        return self._thursday or place == PREFECTURAL

    def obstacle(self, hold: Hold, place: str) -> Explanation | None:
        """The first thing that stands in the way of this hold, or None (RULES 18, 21, 22)."""
        if hold.placed_at > self._cut_off:
            return self._after_cut_off(hold)
        reader = self.readers.get(hold.patron_id)
        if reader is None:
            return _NOT_ENROLLED
        if place == PREFECTURAL:
            stopped = reader.stopped_at_library
        else:
            stopped = self._service_obstacle(hold.patron_id, place) or reader.stopped_at_partner
        return _comes_after(hold, self.policy) if stopped is None and hold.after else stopped

    @property
    def leaves_choices(self) -> bool:
        """Whether patrons may take less than the queues offer them (RULES 48, 49)."""
        return self.policy.any_of or self.policy.books_a_run

    def may_decline(self, hold: Hold) -> bool:
        """Whether the patron may take another book than this one: one of its group, or one of those wanted (48, 49)."""
        if hold.group and self.policy.any_of:
            return True
        reader = self.readers.get(hold.patron_id)
        return reader is not None and reader.pace is not None

    def turn(self, hold: Hold, contested: bool = False) -> tuple[bool, int, datetime, str]:
        """What a patron gets first: what other people wait for, then by their own order, then the older (20, 49)."""
        rank = hold.rank if self.policy.own_order and hold.rank is not None else _UNRANKED
        return not contested, rank, hold.queued_at, hold.title_id

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
        following = next_week_that_runs(self.run.week, self._calendar, self.policy)
        while following is not None and following.cut_off < hold.placed_at:
            following = next_week_that_runs(following, self._calendar, self.policy)
        if following is not None:
            facts["next_run"] = following.run_date.isoformat()
        return Explanation(Code.AFTER_CUTOFF, facts)


_NOT_ENROLLED = Explanation(Code.NOT_ENROLLED, NOTHING)
_BLOCKED = Explanation(Code.BLOCKED, NOTHING)
_UNRANKED = 1_000_000


def _readers(patrons: Mapping[str, Patron], policy: Policy, run: Run) -> dict[str, Reader]:
    day, run_date = run.day, run.week.run_date
    paced = policy.books_a_run and run.kind is RunKind.THURSDAY
    return {
        patron_id: Reader(
            patron,
            _card_obstacle(patron, policy, day),
            _partner_obstacle(patron, policy, run_date),
            _pace(patron) if paced else None,
        )
        for patron_id, patron in patrons.items()
    }


def _pace(patron: Patron) -> int | None:
    return None if patron.books_a_run is None else max(0, patron.books_a_run - patron.books_of_run)


def _card_obstacle(patron: Patron, policy: Policy, day: date) -> Explanation | None:
    if patron.blocked:
        return _BLOCKED
    if patron.expired_on(day):
        return _expired(patron)
    return _paused(patron) if policy.pause and patron.paused_on(day) else None


def _comes_after(hold: Hold, policy: Policy) -> Explanation | None:
    if policy.reading_order and hold.after and hold.status is HoldStatus.WAITING:
        return Explanation(Code.READING_ORDER, {"after": hold.after})
    return None


def _paused(patron: Patron) -> Explanation:
    return Explanation(Code.PAUSED, {"until": patron.paused_until.isoformat()} if patron.paused_until else NOTHING)


def _expired(patron: Patron) -> Explanation:
    return Explanation(Code.CARD_EXPIRED, {"expired_on": patron.expires_on.isoformat()})


def _partner_obstacle(patron: Patron, policy: Policy, day: date) -> Explanation | None:
    return _card_obstacle(patron, policy, day) or (None if patron.online_lending else _NOT_ENROLLED)


def _grants(calendar: Calendar, run: Run) -> tuple[OnTaking, OnTaking]:
    """What taking a copy means for a partner facility's hold and for the prefectural library's (RULES 15)."""
    if run.kind != RunKind.THURSDAY:
        return OnTaking(Outcome.FOR_PARTNER, Code.PARTNER, NOTHING), OnTaking(Outcome.READY, Code.READY, NOTHING)
    days = days_of(run.week, calendar, None)
    facts = {
        "pickup_from": run.week.pickup_from.isoformat(),
        "pickup_until": days.pickup_until.isoformat(),
        "due_on": days.due_on.isoformat(),
    }
    return OnTaking(Outcome.LEND, Code.LENT, facts), OnTaking(Outcome.FOR_PREFECTURAL, Code.PREFECTURAL, NOTHING)


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
