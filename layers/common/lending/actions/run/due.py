"""Whether the weekly run that is due was made (RULES 18, 26), for a job that is not the one that makes it."""

from lending.actions.library import Library
from lending.aws.table.run import runs
from lending.domain.run_id import RunId
from lending.domain.week import run_due_at


def is_due_run_done(library: Library) -> bool:
    """Whether the latest run whose cut-off has come at `moment` is finished."""
    record = runs.find(library.table, RunId.of_weekly_run(run_due_at(library.moment, library.policy)))
    return bool(record and record.finished_at)
