"""The link of a patron's own calendar: with it a phone shows pickup windows and due dates (RULES 16, 25, 29)."""

from secrets import token_urlsafe

from typing_extensions import TypedDict

from lending.actions.patrons.calendar_link import make_calendar_link, revoke_calendar_link, view_calendar_link
from lending.api.guards import patron
from lending.api.request import Request
from lending.api.request_models import RequestModel
from lending.api.surface import Area
from lending.aws.signing import calendar_token
from lending.domain.patrons.calendar_link import CalendarLink

area = Area("/api/me", patron)


class CalendarLinkRequest(RequestModel):
    """Whether the calendar shows which books they are."""

    titles: bool = False


class CalendarLinkAnswer(TypedDict):
    """The calendar is at `/calendar-links/{token}`; null while the patron has no link."""

    token: str | None
    titles: bool


@area.put("/calendar-link")
def new_calendar_link(request: Request, wanted: CalendarLinkRequest) -> CalendarLinkAnswer:
    """A new link; the old one dies."""
    link = CalendarLink(request.caller, token_urlsafe(12), wanted.titles)
    make_calendar_link(request.library, link)
    return _shown(link)


@area.get("/calendar-link")
def show_calendar_link(request: Request) -> CalendarLinkAnswer:
    """The link that counts now."""
    link = view_calendar_link(request.library.table, request.caller)
    return _shown(link) if link else {"token": None, "titles": False}


@area.delete("/calendar-link")
def remove_calendar_link(request: Request) -> None:
    """The link is revoked; there is none until a new one is made."""
    revoke_calendar_link(request.library.table, request.caller)


def _shown(link: CalendarLink) -> CalendarLinkAnswer:
    return {"token": calendar_token(link.patron_id, link.link_id), "titles": link.titles}
