"""What alarms hear every morning: of the run, of half-made accounts, of applications that wait (RULES 4, 6, 18, 26)."""

from datetime import datetime

from lending.actions.mend_accounts import see_to_accounts
from lending.actions.registration.view_applications import late_applications
from lending.actions.run.due import run_due
from lending.aws.metrics import emit_counts
from lending.aws.table import Table
from lending.domain.policy import Policy


def emit_morning_check(table: Table, moment: datetime, policy: Policy) -> None:
    """Count what is not as it should be; accounts that were left half-made are mended first.

    Alarms hear a number that is not 0, and hear as well if no number comes.
    """
    due = run_due(table, moment, policy)
    emit_counts(RunMissing=int(not due.begun), RunUnfinished=int(due.begun and not due.finished))
    emit_counts(AccountsLeft=see_to_accounts(table)["accounts_left"])
    emit_counts(ApplicationsLate=late_applications(table, moment, policy))
