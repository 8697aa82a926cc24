"""What anyone is told of the days to come: お知らせ, the coming weeks, closed days (RULES 40)."""

from datetime import date
from typing import NamedTuple

from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.calendar import calendar, facilities
from lending.domain.calendar.coming_weeks import PlannedWeek, closed_days, planned_weeks
from lending.domain.calendar.facility import Facility
from lending.domain.calendar.notices import Notice, notices_on
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused


class ComingDays(NamedTuple):
    """The weeks announced for a place, and the days on which it is shut, each with its reason."""

    weeks: list[PlannedWeek]
    closed_days: dict[date, str]


def coming_days(library: Library, facility: str) -> ComingDays:
    """The days to come.

    Args:
        facility: a facility's number; empty for the prefectural library's closed days.

    Raises:
        Refused: there is no facility of that number.
    """
    if facility and facilities.find(library.table, facility) is None:
        raise Refused("invalid_fields", Reason("unknown_facility", field="facility"))
    closed, policy = calendar.load(library.table), library.policy
    weeks = planned_weeks(library.moment, closed, facility, policy)
    return ComingDays(weeks, closed_days(library.today, closed, facility, policy))


def current_notices(table: Table, today: date, policy: Policy) -> list[Notice]:
    """Everything that has not ended, the nearest first."""
    closed = calendar.load(table)
    names = {str(each.number): each.name for each in facilities.all_facilities(table)}
    return notices_on(today, closed, names, policy)


def all_facilities(table: Table) -> list[Facility]:
    """Every partner facility, by number."""
    return facilities.all_facilities(table)
