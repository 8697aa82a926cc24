"""What a schedule hands over: the job, and the moment it was due (API.md, Schedules)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from lending.aws.settings import settings
from lending.aws.telemetry import kind_and_place, logger
from lending.domain.run.run_record import JobResult
from lending.domain.week import TOKYO, in_tokyo

# What a function keeps back to note where it stopped, of the time Lambda gives it.
_RESERVE_MILLISECONDS = 15_000
# No schedule comes early; more than clocks differ by is a slip of who typed the time.
_AHEAD = timedelta(hours=1)

Summary = dict[str, Any]


class Scheduled(BaseModel):
    """The event of a schedule."""

    model_config = ConfigDict(extra="forbid")

    job: str
    scheduled_time: AwareDatetime

    @property
    def moment(self) -> datetime:
        """When it was due, in Tokyo's time."""
        return in_tokyo(self.scheduled_time)


class UnknownJob(Exception):
    """The function has no such job."""


class NotYet(Exception):
    """The time that a job is asked for has not come: done now, it would be done on other facts, and not on its day."""


class JobFailed(Exception):
    """A job has failed. The log says of what kind the error was and where; what it said may be personal."""


def clock() -> datetime:
    """What time it really is, in Tokyo; it decides nothing but whether a job is asked for too early."""
    return datetime.now(TOKYO)


def carry_out_job(jobs: Mapping[str, Callable[[datetime], Summary]], event: Any) -> Summary:
    """Do the job that an event names, as of the moment it was due.

    Raises:
        pydantic.ValidationError: the event is not one of a schedule.
        UnknownJob: there is no such job.
        NotYet: it is asked for a time to come, and the stack does not travel in time.
        JobFailed: it has failed, and is to be tried again.
    """
    asked = Scheduled.model_validate(event)
    if asked.job not in jobs:
        raise UnknownJob(asked.job)
    if asked.moment > clock() + _AHEAD and not settings().time_travel:
        raise NotYet(f"{asked.job} as of {asked.moment.isoformat()}")
    try:
        summary: Summary = {"job": asked.job, **jobs[asked.job](asked.moment)}
    except Exception as error:
        logger().error("job failed", extra={"job": asked.job} | kind_and_place(error))
        raise JobFailed(f"{asked.job}: {type(error).__name__}") from None
    logger().info("job done", extra={"summary": summary})
    return summary


def summary_of(done: JobResult) -> Summary:
    """What a job that needs no plan answers."""
    return {"date": done.day.isoformat(), "already_done": done.counts is None, **(done.counts or {})}


def enough_time(context: Any) -> Callable[[], bool]:
    """Whether there is time for more before Lambda ends the function."""
    return lambda: bool(context.get_remaining_time_in_millis() > _RESERVE_MILLISECONDS)
