"""What alarms hear every morning: of the run, of half-made accounts, of applications that wait (RULES 4, 6, 18, 26)."""

from lending.actions.library import Library
from lending.actions.mend_accounts import see_to_accounts
from lending.actions.registration.late_applications import late_applications
from lending.actions.run.due import is_due_run_done
from lending.aws.metrics import emit_counts


def emit_morning_check(library: Library) -> dict[str, int]:
    """Count what is not as it should be, and tell the alarms; accounts that were left half-made are mended first.

    Alarms hear a number that is not 0, and hear as well if no number comes.
    """
    run = {"RunUndone": int(not is_due_run_done(library))}
    emit_counts(**run)
    accounts = {"AccountsLeft": see_to_accounts(library.table)["accounts_left"]}
    emit_counts(**accounts)
    applications = {"ApplicationsLate": late_applications(library)}
    emit_counts(**applications)
    return run | accounts | applications
