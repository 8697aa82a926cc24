"""The jobs of a week as they are scheduled, and how each of them stands (RULES "The week")."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from lending.domain.policy import Policy
from lending.domain.week import DAY, DAYS_OF_WEEK, TOKYO, closed_batch, is_mail_day, is_run_day, run_due_from

DAILY_NOTICES_AT, WEEKLY_COUNTS_AT = time(10), time(23)
# For as long a job that was not taken, or failed, is tried again by itself.
_TRIED_FOR = timedelta(hours=1)


class JobState(StrEnum):
    """How a job stands. `closed`: on a closed day there is nothing to do."""

    DONE = "done"
    LATE = "late"
    FAILED = "failed"
    TO_COME = "to_come"
    CLOSED = "closed"


class JobDue(NamedTuple):
    """A job and the moment for which it is scheduled."""

    job: str
    due_at: datetime


class JobOfWeek(NamedTuple):
    """A job, how it stands, and when it was done."""

    due: JobDue
    state: JobState
    finished_at: datetime | None


def jobs_of_week(monday: date, policy: Policy) -> list[JobDue]:
    """The jobs of a week that leave a record, in the order of time."""
    days = [monday + number * DAY for number in range(DAYS_OF_WEEK)]
    due = [JobDue(job, datetime.combine(day, at, TOKYO)) for day in days for job, at in _of_day(day, policy)]
    return sorted(due, key=lambda each: (each.due_at, each.job))


def _of_day(day: date, policy: Policy) -> Iterator[tuple[str, time]]:
    if is_run_day(day, policy):
        yield "thursday_run", run_due_from(day, policy).time()
    if is_mail_day(day, policy):
        yield "lending_mail", policy.mail_at
    if closed_batch(day, policy) == day:
        yield "sunday_release", policy.release_at
    yield from (("prefectural_pull", at) for at in policy.pull_times)
    yield "daily_notices", DAILY_NOTICES_AT
    yield "prefectural_release", policy.release_at
    yield "weekly_counts", WEEKLY_COUNTS_AT


def state_of(due_at: datetime, finished_at: datetime | None, moment: datetime) -> JobState:
    """How a job stands at a moment. Late, it may still be done by itself; failed, somebody has to look."""
    if finished_at:
        return JobState.DONE
    if moment < due_at:
        return JobState.TO_COME
    return JobState.LATE if moment <= due_at + _TRIED_FOR else JobState.FAILED
