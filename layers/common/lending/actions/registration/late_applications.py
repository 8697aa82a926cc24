"""Applications that have waited too long (RULES 4)."""

from datetime import datetime, time, timedelta

from lending.actions.library import Library
from lending.aws.table.registration import applications
from lending.domain.week import TOKYO


def late_applications(library: Library) -> int:
    """How many applications have waited at the desk for more days than people are told (RULES 4)."""
    first_in_time = library.today - timedelta(days=library.policy.decision_days)
    return applications.waiting_since(library.table, datetime.combine(first_in_time, time(), TOKYO))
