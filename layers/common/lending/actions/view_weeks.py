"""The counts of weeks are shown (RULES 56)."""

from datetime import date
from typing import Any

from lending.actions.library import Library
from lending.aws.table import statistics
from lending.domain.statistics import monday_of
from lending.domain.week import DAY, DAYS_OF_WEEK


def view_weeks(library: Library, first: date | None, last: date | None, start: Any, limit: int) -> Any:
    """The weeks that lie between two days, in order, and where the list goes on."""
    last = monday_of(last or library.today)
    weeks = library.policy.statistics_weeks - 1
    first = monday_of(first) if first else monday_of(library.today) - weeks * DAYS_OF_WEEK * DAY
    return statistics.page(library.table, first, last, start, limit) if first <= last else ([], None)
