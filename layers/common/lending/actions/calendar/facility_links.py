"""A facility's link: made, looked up, revoked by the desk, and followed by the facility (RULES 53)."""

from datetime import timedelta

from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.calendar import facilities, facility_links
from lending.domain.calendar.facility_link import FacilityLink
from lending.domain.problems import Refused


def make_link(library: Library, facility: str, link_id: str) -> FacilityLink:
    """Give a facility a new link; the old one opens nothing any more.

    Args:
        link_id: a name nobody can guess.

    Raises:
        Refused: there is no such facility.
    """
    known = _existing(library.table, facility)
    last = library.today + timedelta(days=library.policy.facility_link_days)
    link = FacilityLink(known, link_id, last)
    library.table.write(facility_links.record(link))
    return link


def view_link(library: Library, facility: str) -> FacilityLink:
    """The link that a facility has now.

    Raises:
        Refused: there is no such facility, or it has none that counts.
    """
    link = facility_links.find(library.table, _existing(library.table, facility))
    if link is None or not link.counts_on(library.today):
        raise Refused("not_found")
    return link


def revoke_link(library: Library, facility: str) -> None:
    """Take a facility's link back; without one nothing changes.

    Raises:
        Refused: there is no such facility.
    """
    library.table.write(facility_links.removal(_existing(library.table, facility)))


def demand_link(library: Library, facility: str, link_id: str) -> None:
    """Let in who comes by a facility's link.

    Raises:
        Refused: the link was revoked, another has taken its place, or it is over.
    """
    link = facility_links.find(library.table, facility)
    if link is None or not link.opens(link_id, library.today):
        raise Refused("not_found")


def _existing(table: Table, facility: str) -> str:
    known = facilities.find(table, facility)
    if known is None:
        raise Refused("not_found")
    return str(known.number)
