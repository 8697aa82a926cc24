"""Runs to come."""

from datetime import date, datetime

from typing_extensions import TypedDict

from lending.domain.calendar.coming_weeks import PlannedWeek


class PlannedRunAnswer(TypedDict):
    """A run to come; suspended, `reason` says why, if that is known."""

    run_date: date
    cut_off: datetime
    suspended: bool
    reason: str | None


def shown_planned_run(planned: PlannedWeek) -> PlannedRunAnswer:
    """The run of a week as it will be."""
    stopped_by = planned.stopped_by
    return {
        "run_date": planned.week.run_date,
        "cut_off": planned.week.cut_off,
        "suspended": stopped_by is not None,
        "reason": (stopped_by.reason or None) if stopped_by else None,
    }
