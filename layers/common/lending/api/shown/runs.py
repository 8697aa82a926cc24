"""Weekly runs that were made."""

from collections.abc import Mapping
from datetime import datetime

from typing_extensions import TypedDict

from lending.api.request_models import Day
from lending.domain.run.run_record import CycleRun
from lending.domain.run_id import RunId


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
