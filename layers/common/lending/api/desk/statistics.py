"""The counts of weeks with all their numbers (RULES 56)."""

from lending.actions.view_weeks import view_weeks
from lending.api.answers import Csv
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.shown.statistics import StatisticsQuery, WeekCountsAnswer, answered_as, for_the_desk
from lending.api.surface import Area

area = Area("/api/desk/statistics", staff)


@area.get()
def show_statistics(request: Request, asked: StatisticsQuery) -> Page[WeekCountsAnswer] | Csv:
    """The weeks between two days, those of a year if none are named; they name nobody."""
    limit = request.library.policy.statistics_weeks
    found, last = view_weeks(request.library, asked.first, asked.last, request.start(), request.limit(limit, 106))
    return answered_as(asked, request.page([for_the_desk(week) for week in found], last))
