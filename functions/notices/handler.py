"""Schedules: the Saturday lending mail and the mails of every day (RULES 8, 15, 35-37)."""

from datetime import datetime
from typing import Any

from lending.actions.daily_notices import put_daily_mails
from lending.actions.lending_mail import announce_bags
from lending.actions.watching_runs import run_due
from lending.aws.metrics import measured
from lending.aws.schedules import Summary, carry_out_job, summary_of
from lending.aws.settings import settings
from lending.aws.table import library_table


def handler(event: dict[str, Any], context: Any) -> Summary:
    """Carry out the job that is due; what was done before is not done again."""
    return carry_out_job({"lending_mail": _lending_mail, "daily_notices": _daily_notices}, event)


def _lending_mail(moment: datetime) -> Summary:
    return summary_of(announce_bags(library_table(), moment, settings().policy))


def _daily_notices(moment: datetime) -> Summary:
    _look_after_the_run(moment)
    return summary_of(put_daily_mails(library_table(), moment, settings().policy))


def _look_after_the_run(moment: datetime) -> None:
    """Tell every day whether the run that is due is there; alarms hear it, and hear as well if nobody tells them."""
    due = run_due(library_table(), moment, settings().policy)
    measured(RunMissing=int(not due.begun), RunUnfinished=int(due.begun and not due.finished))
