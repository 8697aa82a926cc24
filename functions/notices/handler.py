"""Schedules: the Saturday lending mail and the mails of every day (RULES 8, 15, 35-37)."""

from datetime import datetime
from typing import Any

from lending.actions.daily_notices import put_daily_mails
from lending.actions.lending_mail import announce_bags
from lending.aws.schedules import Summary, carry_out_job, summary_of
from lending.aws.settings import settings
from lending.aws.table import library_table


def handler(event: dict[str, Any], context: Any) -> Summary:
    """Carry out the job that is due; what was done before is not done again."""
    return carry_out_job({"lending_mail": _lending_mail, "daily_notices": _daily_notices}, event)


def _lending_mail(moment: datetime) -> Summary:
    return summary_of(announce_bags(library_table(), moment, settings().policy))


def _daily_notices(moment: datetime) -> Summary:
    return summary_of(put_daily_mails(library_table(), moment, settings().policy))
