"""Did it go well: the week's jobs, mails and troubles, for who runs the service."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lending.actions.operations import Operations, view_operations
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.request_models import Day, QueryModel
from lending.api.surface import Area
from lending.domain.operations import JobState

area = Area("/api/desk/operations", staff)


class OperationsQuery(QueryModel):
    """The week of a day; without one, this week."""

    day: Annotated[Day | None, Field(alias="week")] = None


class JobAnswer(TypedDict):
    """A job of the week, as scheduled."""

    job: str
    due_at: datetime
    state: JobState
    finished_at: datetime | None


class MailsOfDay(TypedDict):
    """What became of mails on a day, by the states of mails."""

    date: date
    counts: Mapping[str, int]


class OperationsAnswer(TypedDict):
    """A week; `troubles` by the names of the alarms they ring, 0 where all is well."""

    moment: datetime
    week_from: date
    jobs: list[JobAnswer]
    mails: list[MailsOfDay]
    troubles: Mapping[str, int]


@area.get()
def show_operations(request: Request, asked: OperationsQuery) -> OperationsAnswer:
    """The jobs of a week, the mails of its days, and what is stuck now; it names nobody."""
    return _shown(view_operations(request.library, asked.day), request.moment)


def _shown(found: Operations, moment: datetime) -> OperationsAnswer:
    return {
        "moment": moment,
        "week_from": found.week_from,
        "jobs": [
            {"job": each.due.job, "due_at": each.due.due_at, "state": each.state, "finished_at": each.finished_at}
            for each in found.jobs
        ],
        "mails": [{"date": day, "counts": counts} for day, counts in sorted(found.mails.items())],
        "troubles": found.troubles,
    }
