"""Who may be served in a run, and what stands in the way of the others (RULES 8, 15, 18, 21, 22)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import next_week_that_runs
from lending.domain.catalogue.title import Pull
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.shift import days_of
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.reasons import Code
from lending.domain.run.run import NOTHING, Explanation, Facts, Outcome, Run, RunKind
from lending.domain.week import DAYS_OF_WEEK, Week, in_tokyo


def obstacle_to(hold: Hold, patron: Patron | None, calendar: Calendar, policy: Policy, run: Run) -> Explanation | None:
    """What stands in the way of a hold in a run by what is recorded now, None if nothing does (RULES 18, 21, 22)."""
    gate = Gate({hold.patron_id: patron} if patron else {}, calendar, policy, run)
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
    gate = Gate(patrons, calendar, policy, run)
    found = []
    for hold in holds:
        reason = gate.obstacle(hold, hold.place_on(run.week.cycle)) if hold.status is HoldStatus.SECURED else None
        if reason and reason.code in _ENDS_KEEPING and _runs_passed(hold, reason, run) >= policy.kept_aside_runs:
            found.append(hold)
    return found


_ENDS_KEEPING = frozenset({Code.CARD_EXPIRED, Code.BLOCKED, Code.NOT_ENROLLED, Code.FACILITY_SUSPENDED})


def _runs_passed(hold: Hold, reason: Explanation, run: Run) -> int:
    told = hold.last_run
    return (run.day - told.date).days // DAYS_OF_WEEK if told and told.code == reason.code else 0


@dataclass(frozen=True, slots=True)
class OnTaking:
    """What becomes of a copy that a hold takes."""

    outcome: Outcome
    code: Code
    facts: Facts


@dataclass(slots=True)
class Reader:
    """A patron in this run: what stops them at either kind of pickup place, and which decisions would lend to them."""

    patron: Patron
    stopped_at_library: Explanation | None
    stopped_at_partner: Explanation | None
    lent: list[int] = field(default_factory=list)


class Gate:
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
        return not self._thursday and pull.of_weekly_run and pull.stands_on(self.day)

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


def _readers(patrons: Mapping[str, Patron], run: Run) -> dict[str, Reader]:
    day, run_date = run.day, run.week.run_date
    return {
        patron_id: Reader(patron, _card_obstacle(patron, day), _partner_obstacle(patron, run_date))
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
