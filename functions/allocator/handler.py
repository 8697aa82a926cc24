"""Schedules: the Thursday run, and the pulls for the prefectural library's counter (RULES 15, 18-27).

A run that lacks time raises `Unfinished`, so that Lambda invokes the function again and it goes on where it was.
"""

from datetime import datetime
from functools import partial
from typing import Any

from lending.actions.library import library_at
from lending.actions.run.prefectural_pull import pull_for_the_counter
from lending.actions.run.thursday_run import run_what_is_due
from lending.actions.unfinished import EnoughTime
from lending.aws.metrics import emit_counts
from lending.aws.schedules import Summary, carry_out_job, enough_time
from lending.domain.run.run_record import RunRecord


def handler(event: dict[str, Any], context: Any) -> Summary:
    """Carry out the job that is due; what was done before is not done again."""
    has_time = enough_time(context)
    jobs = {"thursday_run": partial(_thursday_run, has_time), "prefectural_pull": partial(_prefectural_pull, has_time)}
    return carry_out_job(jobs, event)


def _thursday_run(has_time: EnoughTime, moment: datetime) -> Summary:
    record, already = run_what_is_due(library_at(moment), has_time)
    return _summary(record, already)


def _prefectural_pull(has_time: EnoughTime, moment: datetime) -> Summary:
    record, already = pull_for_the_counter(library_at(moment), has_time)
    return _summary(record, already) if record else {"date": moment.date().isoformat(), "closed": True}


def _summary(record: RunRecord, already: bool) -> Summary:
    # Copies that were gone even in the last round raise an alarm, once.
    emit_counts(BooksUndone=0 if already else record.lost)
    return {"date": record.run_id, "already_done": already, **record.summary}
