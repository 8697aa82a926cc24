"""Links of patrons' calendars: PATRON#id / CALENDAR_LINK, one for each: a new one takes the place of the old."""

from lending.aws.table.codec import attributes, value_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.patrons.calendar_link import CalendarLink


def key(patron_id: str) -> Key:
    """The key of a patron's link."""
    return partition(patron_id), "CALENDAR_LINK"


def find(table: Table, patron_id: str) -> CalendarLink | None:
    """The link of a patron, if they have one."""
    item = table.get(key(patron_id))
    return value_of(CalendarLink, item) if item else None


def record(link: CalendarLink) -> Write:
    """A patron has this link, and no other."""
    return put(key(link.patron_id), attributes(link))


def removal(patron_id: str) -> Write:
    """A patron has no link."""
    return delete(key(patron_id))
