"""Schedules: the Saturday lending mail, the mails of every day; each hour what is stuck, who goes (8, 15, 35-41)."""

from datetime import datetime
from typing import Any

from lending.actions.mail.daily_mails import put_daily_mails
from lending.actions.mail.outbox import send_again_what_is_stuck
from lending.actions.mail.saturday_mail import announce_bags
from lending.actions.mend_accounts import see_to_accounts
from lending.actions.patrons.leave import erase
from lending.actions.registration.view_applications import late_applications
from lending.actions.run.due import run_due
from lending.aws.metrics import measured
from lending.aws.schedules import Summary, carry_out_job, enough_time, summary_of
from lending.aws.settings import settings
from lending.aws.table import library_table


def handler(event: dict[str, Any], context: Any) -> Summary:
    """Carry out the job that is due; what was done before is not done again."""
    jobs = {
        "lending_mail": _lending_mail,
        "daily_notices": _daily_notices,
        "mails_again": _mails_again,
        "erasure": lambda moment: _erasure(moment, context),
    }
    return carry_out_job(jobs, event)


def _lending_mail(moment: datetime) -> Summary:
    return summary_of(announce_bags(library_table(), moment, settings().policy))


def _daily_notices(moment: datetime) -> Summary:
    _look_after_the_run(moment)
    _look_after_accounts()
    measured(ApplicationsLate=late_applications(library_table(), moment, settings().policy))
    return summary_of(put_daily_mails(library_table(), moment, settings().policy))


def _mails_again(moment: datetime) -> Summary:
    return {"sent_again": send_again_what_is_stuck(library_table(), moment)}


def _erasure(moment: datetime, context: Any) -> Summary:
    counts = erase(library_table(), moment, settings().policy, enough_time(context))
    measured(ErasuresLeft=counts["erasures_left"])
    return counts


def _look_after_the_run(moment: datetime) -> None:
    """Tell every day whether the run that is due is there; alarms hear it, and hear as well if nobody tells them."""
    due = run_due(library_table(), moment, settings().policy)
    measured(RunMissing=int(not due.begun), RunUnfinished=int(due.begun and not due.finished))


def _look_after_accounts() -> None:
    """Mend accounts that were left half-made, and tell whether some still are (RULES 6)."""
    measured(AccountsLeft=see_to_accounts(library_table())["accounts_left"])
