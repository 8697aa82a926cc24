"""A patron's own calendar by its signed link, in the place of an account (RULES 16, 25, 29)."""

from lending.actions.patrons.calendar_feed import view_feed
from lending.api.answers import ICalendar
from lending.api.guards import anyone
from lending.api.request import Request
from lending.api.surface import Area
from lending.aws.signing import calendar_of

area = Area("/api/calendar-links", anyone)


@area.get("/<token>")
def show_feed(token: str, request: Request) -> ICalendar:
    """Pickup windows and due dates; 404 once the link was revoked."""
    patron_id, link_id = calendar_of(token)
    return ICalendar(view_feed(request.library, patron_id, link_id))
