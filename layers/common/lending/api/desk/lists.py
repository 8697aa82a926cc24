"""The lists of books staff go through (RULES 9, 16, 20, 23, 34, 35)."""

from datetime import date
from typing import NotRequired

from typing_extensions import TypedDict

from lending.actions.catalogue.list_books import Line, list_books
from lending.api.desk.shared import CopyAnswer, shown_copy
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import Purpose, QueryModel
from lending.api.surface import Area

area = Area("/api/desk", staff)


class LineOfTitle(TypedDict):
    """A title without a copy on a list, and whom it concerns since when."""

    title_id: str
    title: str
    author: str
    card_number: str | None
    waiting: int
    pickup_until: NotRequired[date | None]
    pickup_place: NotRequired[str]
    since: date | None
    elsewhere_until: NotRequired[date | None]


class LineOfCopy(CopyAnswer, LineOfTitle):
    """A book on a list."""


class ListQuery(QueryModel):
    """What a list is looked through for."""

    why: Purpose = "list"


@area.get("/lists/<name>")
def show_list(name: str, request: Request, asked: ListQuery) -> Page[LineOfTitle | LineOfCopy]:
    """What is missing, kept, to be cleared, lost, overdue …, the longest first; that persons were seen is recorded."""
    staff, start, limit = request.caller, request.start(), request.limit()
    lines, last = list_books(request.library, name, staff, asked.why, start, limit)
    return request.page([_shown_line(line) for line in lines], last)


def _shown_line(line: Line) -> LineOfTitle | LineOfCopy:
    shown: LineOfTitle = {
        "title_id": line.title_id,
        "title": line.title.title if line.title else "",
        "author": line.title.author if line.title else "",
        "card_number": line.card_number or None,
        "waiting": line.waiting,
        "since": line.since,
    }
    if of := line.hold or line.loan:
        shown = {**shown, "pickup_until": of.pickup_until, "pickup_place": of.pickup_place}
    if line.elsewhere_until:
        shown = {**shown, "elsewhere_until": line.elsewhere_until}
    return {**shown_copy(line.copy), **shown} if line.copy else shown
