"""A facility's surface by its signed link, in the place of an account (RULES 53)."""

from lending.actions.calendar.facility_links import demand_link
from lending.api.forms import Event
from lending.api.request import Request
from lending.aws.signing import facility_of

PREFIX = "/api/facility-links"


def by_link(event: Event) -> str:
    """The number of the facility whose link the address holds.

    Raises:
        Refused: the link is none of ours, was revoked, or is over.
    """
    token = event["rawPath"].removeprefix(f"{PREFIX}/").partition("/")[0]
    facility, link_id = facility_of(token)
    demand_link(Request(event, facility).library, facility, link_id)
    return facility
