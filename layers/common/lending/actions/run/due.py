"""Whether the weekly run that is due was made (RULES 18, 26), for a job that is not the one that makes it."""

from dataclasses import dataclass
from datetime import date

from lending.actions.library import Library
from lending.aws.table.run import runs
from lending.domain.run_id import RunId
from lending.domain.week import run_due_at


@dataclass(frozen=True, slots=True)
class RunDue:
    """The run that should be finished: whether it was ever begun, and whether it is finished."""

    run_date: date
    begun: bool
    finished: bool


def run_due(library: Library) -> RunDue:
    """The state of the latest run whose cut-off has come at `moment`."""
    run_date = run_due_at(library.moment, library.policy)
    record = runs.find(library.table, RunId.of_weekly_run(run_date))
    return RunDue(run_date, record is not None, bool(record and record.finished_at))
