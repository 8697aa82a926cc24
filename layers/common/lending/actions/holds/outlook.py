"""What the next runs lend to a patron (RULES 51)."""

from collections.abc import Iterable

from lending.actions.holds.standing import Standing, standings_of
from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.actions.wishes import in_reading_order
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import queues
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.patrons import patrons
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import Hold
from lending.domain.run.outlook import RunToCome, Shelf, runs_to_come

# Where a book lies on its shelf, the queue is as long as it grew since the last run.
_LOOKED_AT = 60


def view_outlook(library: Library, patron_id: str) -> list[RunToCome]:
    """The next runs, and what each of them lends to the patron.

    Raises:
        Refused: there is no such patron.
    """
    table = library.table
    patron, mine = patron_with_id(table, patron_id), holds.of_patron(table, patron_id)
    standings = standings_of(table, mine)
    others = _before_me(table, mine, standings)
    people = patrons.find_many(table, {hold.patron_id for hold in others})
    copies = {title_id: standing.copies for title_id, standing in standings.items()}
    waiting = in_reading_order(table, [*mine, *others], library.policy)
    shelf = Shelf(waiting, copies, {**people, patron_id: patron})
    closed, lent = calendar.load(table), loans.of_patron(table, patron_id)
    return runs_to_come(patron_id, lent, shelf, library.moment, closed, library.policy)


def _before_me(table: Table, mine: Iterable[Hold], standings: dict[str, Standing]) -> list[Hold]:
    """The holds before the patron's own where a copy lies for somebody."""
    wanted = set()
    for hold in mine:
        standing = standings.get(hold.title_id)
        if (
            standing
            and standing.place.position > 1
            and any(copy.state in (CopyState.ON_SHELF, CopyState.KEPT_ASIDE) for copy in standing.copies)
        ):
            queue, _ = queues.page(table, hold.title_id, None, min(standing.place.of, _LOOKED_AT))
            wanted |= {(each.patron_id, hold.title_id) for each in queue if each.patron_id != hold.patron_id}
    return holds.find_each(table, wanted)
