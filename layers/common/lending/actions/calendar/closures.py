"""Closed days as the desk and the facilities record them, and take them back (RULES 21, 22, 40)."""

from datetime import date

from lending.actions.library import Library
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar, facilities
from lending.domain.calendar.closure_warnings import warnings_of
from lending.domain.calendar.closures import Closure, Scope, faults_of_closure
from lending.domain.problems import Refused


def view_closures(table: Table, since: date, facility: str | None = None) -> list[Closure]:
    """The closures that have not ended before `since`: all, or those of one facility alone."""
    found = calendar.load(table).closures
    return [each for each in found if each.ends_on >= since and (facility is None or _is_of(each, facility))]


def record_closure(library: Library, closure: Closure) -> list[str]:
    """Record closed days, or an exception to them. Recorded again under the same id nothing changes.

    The whole calendar is read with nearly every request: no facility's part of it grows without end.

    Returns:
        What they bring with them, in sentences for people (RULES 21, 22).

    Raises:
        Refused: fields do not fit each other, naming each; or the facility has as many as it may have.
    """
    demand_closure(library, closure)
    library.table.write(calendar.closure_addition(closure))
    return warnings_of(closure, calendar.load(library.table), library.moment, library.policy)


def demand_closure(library: Library, closure: Closure) -> None:
    """Demand that closed days can be recorded.

    Raises:
        Refused: fields do not fit each other, naming each; or the facility has as many as it may have.
    """
    known = closure.scope is Scope.FACILITY and facilities.find(library.table, closure.facility) is not None
    if faults := faults_of_closure(closure, known, library.today):
        raise Refused("invalid_fields", *faults)
    limit = library.policy.facility_closures
    if known and len(view_closures(library.table, library.today, closure.facility)) >= limit:
        raise Refused("too_many_closures", limit=limit)


def take_closure_back(table: Table, closure_id: str, facility: str | None = None) -> None:
    """Take closed days back; a facility its own only.

    Raises:
        Refused: there are none of that id.
    """
    if facility is not None and not _has(table, facility, closure_id):
        raise Refused("not_found")
    try:
        table.write(calendar.removal(calendar.closure_key(closure_id)))
    except Overtaken:
        raise Refused("not_found") from None


def _has(table: Table, facility: str, closure_id: str) -> bool:
    return any(each.closure_id == closure_id and _is_of(each, facility) for each in calendar.load(table).closures)


def _is_of(closure: Closure, facility: str) -> bool:
    return closure.scope is Scope.FACILITY and closure.facility == facility
