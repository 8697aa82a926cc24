"""Facilities' links at the desk: printed as a QR code on the crate's list (RULES 53)."""

from datetime import date
from secrets import token_urlsafe

from typing_extensions import TypedDict

from lending.actions.calendar.facility_links import make_link, revoke_link, view_link
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.surface import Area
from lending.aws.signing import facility_token
from lending.domain.calendar.facility_link import FacilityLink

area = Area(
    "/api/desk/facilities", staff, {"token": lambda answer: facility_token(answer["facility"], answer["link_id"])}
)


class LinkAnswer(TypedDict):
    """A facility's link: the token stands in the place of `/facility` as `/facility-links/{token}`."""

    facility: str
    link_id: str
    token: str
    valid_until: date


@area.post("/<number>/link", status=201)
def new_link(number: str, request: Request) -> LinkAnswer:
    """A new link; the old one dies."""
    return _link(make_link(request.library, number, token_urlsafe(12)))


@area.get("/<number>/link")
def show_link(number: str, request: Request) -> LinkAnswer:
    """The link that counts now."""
    return _link(view_link(request.library, number))


@area.delete("/<number>/link")
def remove_link(number: str, request: Request) -> None:
    """The link is revoked; there is none until a new one is made."""
    revoke_link(request.library, number)


def _link(link: FacilityLink) -> LinkAnswer:
    return {
        "facility": link.facility,
        "link_id": link.link_id,
        "token": facility_token(link.facility, link.link_id),
        "valid_until": link.valid_until,
    }
