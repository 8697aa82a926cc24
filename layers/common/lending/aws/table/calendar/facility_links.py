"""Facilities' links: FACILITY#nnn / LINK, one for each: a new one takes the place of the old (RULES 53)."""

from lending.aws.table.codec import attributes, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.calendar.facility import in_order
from lending.domain.calendar.facility_link import FacilityLink


def key(facility: str) -> Key:
    """The key of a facility's link."""
    return f"FACILITY#{in_order(facility)}", "LINK"


def find(table: Table, facility: str) -> FacilityLink | None:
    """The link of a facility, if it has one."""
    item = table.get(key(facility))
    return value_of(FacilityLink, item) if item else None


def record(link: FacilityLink) -> Write:
    """A facility has this link, and no other."""
    return put(key(link.facility), attributes(link))


def removal(facility: str) -> Write:
    """A facility has no link."""
    return delete(key(facility))
