"""Schedules: Saturday's lending mail, daily mails, counts of weeks; each hour what is stuck, who goes (35-41, 56)."""

from datetime import datetime
from typing import Any

from lending.actions.count_weeks import count_weeks
from lending.actions.library import library_at
from lending.actions.mail.daily_mails import put_daily_mails
from lending.actions.mail.outbox import send_again_what_is_stuck
from lending.actions.mail.saturday_mail import announce_bags
from lending.actions.morning_check import emit_morning_check
from lending.actions.patrons.leave import erase
from lending.aws.daily_line import send_daily_line
from lending.aws.schedules import Summary, carry_out_job, enough_time, summary_of
from lending.aws.table import library_table


def handler(event: dict[str, Any], context: Any) -> Summary:
    """Carry out the job that is due; what was done before is not done again."""
    jobs = {
        "lending_mail": lambda moment: summary_of(announce_bags(library_at(moment), enough_time(context))),
        "daily_notices": _daily_notices,
        "mails_again": lambda moment: {"sent_again": send_again_what_is_stuck(library_table(), moment)},
        "weekly_counts": lambda moment: count_weeks(library_at(moment)),
        "erasure": lambda moment: erase(library_at(moment), enough_time(context)),
    }
    return carry_out_job(jobs, event)


def _daily_notices(moment: datetime) -> Summary:
    found = emit_morning_check(library_at(moment))
    done = put_daily_mails(library_at(moment))
    send_daily_line(moment.date(), found)
    return summary_of(done)
