"""Did it go well: the jobs of a week, the mails of its days, and what is stuck, from what the table records anyway."""

from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from lending.actions.library import Library
from lending.actions.registration.late_applications import late_applications
from lending.actions.run.due import is_due_run_done
from lending.aws.table import Unreadable, statistics
from lending.aws.table.calendar import calendar
from lending.aws.table.mail import mails
from lending.aws.table.patrons import account_work, leavings
from lending.aws.table.run import runs
from lending.domain.calendar.calendar import Calendar
from lending.domain.operations import JobDue, JobOfWeek, JobState, jobs_of_week, state_of
from lending.domain.run_id import RunId
from lending.domain.statistics import monday_of
from lending.domain.week import DAY, DAYS_OF_WEEK, each_day

# The hourly job has handed them over again by then.
_STUCK_AFTER = timedelta(hours=1)
# What is counted further tells nobody more.
_COUNTED = 1000


class Operations(NamedTuple):
    """A week of the service; `troubles` are what the alarms of these names tell of, 0 where all is well."""

    week_from: date
    jobs: list[JobOfWeek]
    mails: dict[date, Counter[str]]
    troubles: dict[str, int]


def view_operations(library: Library, day: date | None) -> Operations:
    """The week of a day, or this one. It names nobody, so that it was looked at leaves no trace."""
    monday = monday_of(day or library.today)
    days = list(each_day(monday, monday + (DAYS_OF_WEEK - 1) * DAY))
    return Operations(
        week_from=monday,
        jobs=_jobs(library, monday),
        mails=statistics.mails_of(library.table, days),
        troubles=_troubles(library),
    )


def _jobs(library: Library, monday: date) -> list[JobOfWeek]:
    due = jobs_of_week(monday, library.policy)
    days = calendar.load(library.table)
    finished = runs.done_at(library.table, [(each.job, each.due_at.date()) for each in due])
    run_ids = {each: run_id for each in due if (run_id := _run_id(each))}
    made = {record.run_id: record.finished_at for record in runs.find_many(library.table, run_ids.values())}
    finished_at = {each: made.get(run_id) for each, run_id in run_ids.items()}
    found = ((each, finished_at.get(each) or finished.get((each.job, each.due_at.date()))) for each in due)
    return [JobOfWeek(each, _state(library.moment, days, each, at), at) for each, at in found]


def _run_id(due: JobDue) -> RunId | None:
    if due.job == "thursday_run":
        return RunId.of_weekly_run(due.due_at.date())
    return RunId.of_pull(due.due_at) if due.job == "prefectural_pull" else None


def _state(moment: datetime, days: Calendar, due: JobDue, finished_at: datetime | None) -> JobState:
    closed = due.job == "prefectural_pull" and not days.prefectural_open(due.due_at.date())
    return JobState.CLOSED if closed else state_of(due.due_at, finished_at, moment)


def _is_run_done(library: Library) -> bool:
    """What cannot be read is not known to be done."""
    with suppress(Unreadable):
        return is_due_run_done(library)
    return False


def _troubles(library: Library) -> dict[str, int]:
    table = library.table
    latest, _ = runs.weekly_runs(table, None, 1)
    made = runs.find_many(table, [each.run_id for each in latest])
    return {
        "RunUndone": int(not _is_run_done(library)),
        "BooksUndone": sum(record.lost for record in made),
        "MailsStuck": sum(1 for _ in islice(mails.on_their_way(table, library.moment - _STUCK_AFTER), _COUNTED)),
        "ApplicationsLate": late_applications(library),
        "AccountsLeft": sum(1 for _ in account_work.all_of_them(table)),
        "ErasuresLeft": sum(1 for _ in leavings.all_of_them(table)),
    }
