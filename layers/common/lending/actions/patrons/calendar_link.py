"""The link of a patron's calendar: made, looked up and revoked by the patron."""

from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.patrons import calendar_links, patrons
from lending.domain.patrons.calendar_link import CalendarLink


@again_when_overtaken
def make_calendar_link(library: Library, link: CalendarLink) -> None:
    """Give a patron a link; the one before opens nothing any more.

    Raises:
        Refused: there is no such patron any more.
    """
    patron = patron_with_id(library.table, link.patron_id)
    library.table.transact(patrons.change(patron, patron), calendar_links.record(link))


def view_calendar_link(table: Table, patron_id: str) -> CalendarLink | None:
    """The link that a patron has now, None without one."""
    return calendar_links.find(table, patron_id)


def revoke_calendar_link(table: Table, patron_id: str) -> None:
    """Take a patron's link back; without one nothing changes."""
    table.write(calendar_links.removal(patron_id))
