"""お知らせ: what is closed or suspended, now and to come (RULES 40)."""

from datetime import date

from lending.aws.table import Table
from lending.aws.table.calendar import calendar, facilities
from lending.domain.calendar.facility import Facility
from lending.domain.calendar.notices import Notice, notices_on
from lending.domain.policy import Policy


def current_notices(table: Table, today: date, policy: Policy) -> list[Notice]:
    """Everything that has not ended, the nearest first."""
    closed = calendar.load(table)
    names = {str(each.number): each.name for each in facilities.all_facilities(table)}
    return notices_on(today, closed, names, policy)


def all_facilities(table: Table) -> list[Facility]:
    """Every partner facility, by number."""
    return facilities.all_facilities(table)
