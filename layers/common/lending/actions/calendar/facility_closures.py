"""A facility's own closed days, weekly ones and exceptions (RULES 40). It sees and changes nobody else's."""

from datetime import date, datetime

from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar
from lending.domain.calendar.closing import warnings_of
from lending.domain.calendar.closure import Closure, Scope
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused


def view_closures(table: Table, facility: str, today: date) -> list[Closure]:
    """The facility's closures that have not ended, by date."""
    own = (closure for closure in calendar.load(table).closures if _is_own(closure, facility))
    return sorted((each for each in own if each.ends_on >= today), key=lambda each: (each.starts_on, each.closure_id))


def close(table: Table, closure: Closure, moment: datetime, policy: Policy) -> list[str]:
    """Record closed days of a facility, or an exception to them.

    Returns:
        Which pickup windows they shut, in sentences for people (RULES 21).

    Raises:
        Refused: it ends before it starts.
    """
    if closure.ends_on < closure.starts_on:
        raise Refused("invalid_fields", Reason("ends_before_it_starts", field="until"))
    table.write(calendar.closure_addition(closure))
    return warnings_of(closure, calendar.load(table), moment, policy)


def take_back(table: Table, facility: str, closure_id: str) -> None:
    """Take closed days back.

    Raises:
        Refused: the facility has no such closure.
    """
    if not any(_is_own(each, facility) and each.closure_id == closure_id for each in calendar.load(table).closures):
        raise Refused("not_found")
    try:
        table.write(calendar.removal(calendar.closure_key(closure_id)))
    except Overtaken:
        raise Refused("not_found") from None


def _is_own(closure: Closure, facility: str) -> bool:
    return closure.scope == Scope.FACILITY and closure.facility == facility
