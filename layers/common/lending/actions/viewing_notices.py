"""お知らせ: what is closed or suspended, now and to come (RULES 40)."""

from datetime import date

from lending.aws.table import Table, calendar, facilities
from lending.domain.closure import Notice
from lending.domain.facility import Facility
from lending.domain.policy import Policy


def current_notices(table: Table, today: date, policy: Policy) -> list[Notice]:
    """Everything that has not ended, the nearest first."""
    closed = calendar.load(table)
    return closed.notices(today, {str(each.number): each.name for each in facilities.all_facilities(table)}, policy)


def all_facilities(table: Table) -> list[Facility]:
    """Every partner facility, by number."""
    return facilities.all_facilities(table)
