"""Where holds stand: their titles, the copies, and the place of each in its queue (RULES 11, 23)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import holds
from lending.domain.catalogue.title import Copy, Title
from lending.domain.holds.hold import Hold, Place


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold's title with its copies, and the place of the hold, which counts as one that waits.

    `holders` are those of the patrons for whom copies are planned who still hold the title.
    """

    title: Title
    place: Place
    copies: Sequence[Copy] = ()
    holders: frozenset[str] = field(default_factory=frozenset)


def places_of(table: Table, held: Sequence[Hold]) -> dict[str, Standing]:
    """Titles and places of a patron's holds by title, without the copies; a title that is gone is left out."""
    found = titles.find_many(table, {hold.title_id for hold in held})
    places = queues.places(table, held)
    return {title_id: Standing(title, places[title_id]) for title_id, title in found.items()}


def standings_of(table: Table, held: Sequence[Hold]) -> dict[str, Standing]:
    """Where a patron's holds stand, by title: a few requests, however many holds and however long their queues."""
    found = titles.find_many(table, {hold.title_id for hold in held})
    places = queues.places(table, held)
    barcodes = [barcode for title in found.values() for barcode in title.barcodes]
    by_title = defaultdict[str, list[Copy]](list)
    for copy in copies.find_many(table, barcodes):
        by_title[copy.title_id].append(copy)
    holders = _holders(table, [copy for each in by_title.values() for copy in each])
    return {
        title_id: Standing(title, places[title_id], by_title[title_id], holders[title_id])
        for title_id, title in found.items()
    }


def _holders(table: Table, found: Sequence[Copy]) -> dict[str, frozenset[str]]:
    """The patrons for whom copies are planned and who hold their titles still, by title."""
    planned = {(copy.pull.patron_id, copy.title_id) for copy in found if copy.pull}
    by_title = defaultdict[str, set[str]](set)
    for hold in holds.find_each(table, planned):
        by_title[hold.title_id].add(hold.patron_id)
    return defaultdict(frozenset, {title_id: frozenset(each) for title_id, each in by_title.items()})
