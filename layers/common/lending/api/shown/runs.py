"""Weekly runs that were made: what became of them, their days, and what they took."""

from collections.abc import Mapping
from datetime import date, datetime

from typing_extensions import TypedDict

from lending.api.request_models import Day
from lending.domain.run.run_record import Cost, CycleRun
from lending.domain.run_id import RunId
from lending.domain.week import Week


class WeeklyRunAnswer(TypedDict):
    """The run of a cycle."""

    date: RunId
    cycle: Day
    finished: bool
    finished_at: datetime | None
    suspended: bool
    summary: Mapping[str, int]


def shown_weekly_run(run: CycleRun) -> WeeklyRunAnswer:
    """The run of a cycle, and what became of it."""
    return {
        "date": run.run_id,
        "cycle": run.cycle,
        "finished": run.finished_at is not None,
        "finished_at": run.finished_at,
        "suspended": run.suspended,
        "summary": run.counts,
    }


class CostAnswer(TypedDict):
    """What a run took; `seconds` by its steps."""

    invocations: int
    seconds: Mapping[str, float]
    requests: int
    read_units: float
    write_units: float


class DaysOfRun(TypedDict):
    """The days that a weekly run was planned with."""

    cut_off: datetime
    mail_on: date
    pickup_from: date
    pickup_until: date
    checked_in_by: date


def shown_days(week: Week) -> DaysOfRun:
    """The days of a run's week."""
    return {
        "cut_off": week.cut_off,
        "mail_on": week.mail_on,
        "pickup_from": week.pickup_from,
        "pickup_until": week.pickup_until,
        "checked_in_by": week.checked_in_by,
    }


def shown_cost(cost: Cost) -> CostAnswer:
    """What a run took, in seconds and units."""
    steps = {"reading": cost.ms_reading, "planning": cost.ms_planning, "writing": cost.ms_writing}
    return {
        "invocations": cost.invocations,
        "seconds": {step: spent / 1000 for step, spent in steps.items()},
        "requests": cost.requests,
        "read_units": cost.read_units,
        "write_units": cost.write_units,
    }
