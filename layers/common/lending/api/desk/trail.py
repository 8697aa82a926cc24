"""What staff did (RULES 41)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lending.actions.patrons.view_trail import trail_of_patron, trail_of_staff
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import Day, QueryModel, Word
from lending.api.surface import Area
from lending.domain.patrons.audit_log import DEED_LABELS, Deed, Trace

area = Area("/api/desk", staff)


class TraceAnswer(TypedDict):
    """What was done, and how often at that moment."""

    at: datetime
    what: Deed
    label: str
    note: str | None
    times: int


class TraceOnPatron(TraceAnswer):
    """The same, with who did it."""

    by: str


class TraceOfStaff(TraceAnswer):
    """The same, with what it was done to: a patron by the card's number, an application, a title, a list."""

    on: str
    number: str


@area.get("/patrons/<card_number>/trail")
def show_trail_of_patron(card_number: str, request: Request) -> Page[TraceOnPatron]:
    """What staff did with a patron's record, the latest first."""
    staff = request.caller
    found, last = trail_of_patron(request.library, card_number, staff, request.start(), request.limit())
    return request.page([TraceOnPatron(**_shown_trace(each), by=each.act.by) for each in found], last)


class TrailQuery(QueryModel):
    """Whose acts, and from which day on."""

    staff: Word
    first: Annotated[Day | None, Field(alias="from")] = None


@area.get("/trail")
def show_trail_of_staff(request: Request, asked: TrailQuery) -> Page[TraceOfStaff]:
    """What somebody of the staff did from a day on, the earliest first."""
    by, start, limit = request.caller, request.start(), request.limit()
    page = trail_of_staff(request.library, asked.staff, asked.first, by, start, limit)
    shown = [TraceOfStaff(**_shown_trace(each.trace), on=each.on, number=each.number) for each in page.lines]
    return request.page(shown, page.following)


def _shown_trace(trace: Trace) -> TraceAnswer:
    act = trace.act
    return {
        "at": act.at,
        "what": act.what,
        "label": DEED_LABELS[act.what],
        "note": act.note or None,
        "times": trace.times,
    }
