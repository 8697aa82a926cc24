"""The pull list, as staff go through it (RULES 23)."""

from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.patrons import audit_log, patrons
from lending.domain.catalogue.title import Copy, Pull, Title
from lending.domain.patrons.audit_log import Act, Deed


class PullView(NamedTuple):
    """A line of the pull list: the book, and for whom."""

    copy: Copy
    pull: Pull
    title: Title | None
    card_number: str


def pull_list(library: Library, staff: str, start: Any, limit: int) -> tuple[list[PullView], Any]:
    """A part of the pull list in shelf order, and where the next part goes on (RULES 23)."""
    found_copies, last = copies.page_of_pulls(library.table, start, limit)
    planned = [(copy, copy.pull) for copy in found_copies if copy.pull]
    found = titles.find_many(library.table, {copy.title_id for copy in found_copies})
    if planned:
        library.table.write(audit_log.entry_of_list("pulls", Act(library.moment, staff, Deed.LOOK), library.policy))
    people = patrons.find_many(library.table, {pull.patron_id for _, pull in planned})
    numbers = {patron_id: patron.card_number for patron_id, patron in people.items()}
    lines = [PullView(copy, pull, found.get(copy.title_id), numbers.get(pull.patron_id, "")) for copy, pull in planned]
    return lines, last
