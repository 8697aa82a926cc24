"""Closed days and suspensions as they are recorded, and what such a record must keep to (RULES 21, 22, 40).

A closure is a day on which doors are shut; a suspension stops lending: the whole Thursday run, or the one for a
facility. A facility is named by its number as text, as in `Hold.pickup_place`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lending.domain.policy import Policy
from lending.domain.problems import Reason
from lending.domain.week import HORIZON, each_day, is_run_day, week_of_run
from lending.domain.words import day_in_words


class Scope(StrEnum):
    """Whose doors are shut, or what is suspended."""

    PREFECTURAL = "prefectural"
    FACILITY = "facility"
    SERVICE = "service"


class ClosureKind(StrEnum):
    """`open` is an exception to closures of the same place: it is open on those days after all."""

    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Closed days of the prefectural library or of one facility, both dates counted (RULES 40).

    With `weekdays` (Monday = 0) only these days of every week between the dates are meant. `scope` is prefectural or
    facility, and only a facility's closure has a `facility`.
    """

    closure_id: str
    scope: Scope
    facility: str = ""
    starts_on: date
    ends_on: date
    reason: str = ""
    weekdays: frozenset[int] = frozenset()
    kind: ClosureKind = ClosureKind.CLOSED

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.starts_on <= day <= self.ends_on and (not self.weekdays or day.weekday() in self.weekdays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Days, both counted, whose Thursday run is suspended, or on which a facility hands nothing over (RULES 21, 22).

    `scope` is service or facility, and only a facility's suspension has a `facility`. One of the service still runs for
    the patrons `opted_in`, whose last pickup day is then `pickup_until` if one is given.
    """

    suspension_id: str
    scope: Scope
    facility: str = ""
    starts_on: date
    ends_on: date
    reason: str = ""
    opted_in: frozenset[str] = frozenset()
    pickup_until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.starts_on <= day <= self.ends_on


def faults_of_closure(closure: Closure, facility_known: bool, today: date) -> list[Reason]:
    """What is wrong with closed days; `facility_known` is whether there is a facility of their number.

    Those of a facility are of days to come, for nothing is counted in its past ones, and of the next two years.
    """
    faults = _faults(closure, facility_known)
    if closure.scope is not Scope.FACILITY or faults:
        return faults
    if closure.ends_on < today:
        faults.append(Reason("closure_is_over", field="until"))
    if closure.ends_on > (last := today + HORIZON):
        faults.append(Reason("closure_too_far", {"until": day_in_words(last)}, "until"))
    return faults


def faults_of_suspension(suspension: Suspension, facility_known: bool, policy: Policy) -> list[Reason]:
    """What is wrong with a suspension; `facility_known` is whether there is a facility of its number."""
    faults = _faults(suspension, facility_known)
    until = suspension.pickup_until
    if suspension.scope is Scope.FACILITY and (suspension.opted_in or until):
        faults.append(Reason("no_opting_in", field="opted_in"))
    if until and until < (opens := _last_opening(suspension, policy)):
        faults.append(Reason("before_pickup_opens", {"day": day_in_words(opens)}, "pickup_until"))
    return faults


def _faults(entry: Closure | Suspension, facility_known: bool) -> list[Reason]:
    faults = [Reason("ends_before_it_starts", field="until")] if entry.ends_on < entry.starts_on else []
    of_facility = entry.scope is Scope.FACILITY
    if of_facility and not facility_known:
        faults.append(Reason("unknown_facility", field="facility"))
    if entry.facility and not of_facility:
        faults.append(Reason("facility_not_asked", field="facility"))
    return faults


def _last_opening(suspension: Suspension, policy: Policy) -> date:
    """The first pickup day of the last run that a suspension covers, or its first day if it covers none (RULES 22).

    Whom it lets opt in cannot be given a deadline before it.
    """
    days = each_day(suspension.starts_on, min(suspension.ends_on, suspension.starts_on + HORIZON))
    runs = [day for day in days if is_run_day(day, policy)]
    return week_of_run(runs[-1], policy).pickup_from if runs else suspension.starts_on
