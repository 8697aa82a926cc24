"""What patrons wish of the order and pace of their books, as runs, scans and loans need to know it (RULES 47-49)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from lending.aws.concurrency import map_concurrently
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.domain.catalogue.title import Copy
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.holds.order import others_of_group, with_what_comes_first
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.pulls.pull import GIVES
from lending.domain.run.run import Run, RunKind


def in_reading_order(table: Table, found: list[Hold], policy: Policy) -> list[Hold]:
    """Holds as runs see them: an `after` is there only as long as that hold is open (RULES 47)."""
    first = {(hold.patron_id, hold.after) for hold in found if hold.after} if policy.reading_order else set()
    if not first:
        return found
    there = {(hold.patron_id, hold.title_id) for hold in holds.find_each(table, first)}
    return with_what_comes_first(found, there)


def answered_with(table: Table, hold: Hold, policy: Policy) -> list[Hold]:
    """The other holds of a group, which end when this one is served (RULES 48). Read the patron before."""
    if not hold.group or not policy.any_of:
        return []
    return others_of_group(hold, holds.of_patron(table, hold.patron_id))


def titles_of_groups(table: Table, found: Iterable[Hold], policy: Policy) -> set[str]:
    """The titles of which one book answers the groups of these holds (RULES 48)."""
    groups = {(hold.patron_id, hold.group) for hold in found if hold.group} if policy.any_of else set()
    held = map_concurrently(
        partial(holds.of_patron, table), sorted({patron_id for patron_id, _ in groups}), table.at_once
    )
    return {hold.title_id for hold in chain.from_iterable(held) if (hold.patron_id, hold.group) in groups}


def with_books_of_run(
    table: Table, known: Mapping[str, Patron], policy: Policy, run: Run, scanned: str = ""
) -> dict[str, Patron]:
    """Patrons with what a weekly run gives them already, if they want only so many books of it (RULES 49).

    Args:
        scanned: the title of the book in the hand of staff. Then what the run has them fetch of other titles counts as
            well, and what is kept aside; the run itself decides on these.
    """
    paced = [each for each in known.values() if each.books_a_run is not None and policy.books_a_run]
    if not paced or run.kind is not RunKind.THURSDAY:
        return dict(known)
    counted = map_concurrently(partial(_counted, table, run=run, scanned=scanned), paced, table.at_once)
    return {**known, **{each.patron_id: each for each in counted}}


def _counted(table: Table, patron: Patron, *, run: Run, scanned: str) -> Patron:
    lent = loans.of_patron(table, patron.patron_id)
    given = sum(loan.pickup_from == run.week.pickup_from for loan in lent)
    given += _coming(table, patron.patron_id, run, scanned) if scanned else 0
    return replace(patron, books_of_run=given)


def _coming(table: Table, patron_id: str, run: Run, scanned: str) -> int:
    held = [hold for hold in holds.of_patron(table, patron_id) if hold.title_id != scanned]
    kept = {hold.title_id for hold in held if hold.status is HoldStatus.SECURED and _at_facility(hold, run)}
    found = titles.find_many(table, {hold.title_id for hold in held})
    there = copies.find_many(table, [barcode for title in found.values() for barcode in title.barcodes])
    return len(kept | {copy.title_id for copy in there if _is_fetched(copy, patron_id, run)})


def _at_facility(hold: Hold, run: Run) -> bool:
    return hold.place_on(run.week.cycle) != PREFECTURAL


def _is_fetched(copy: Copy, patron_id: str, run: Run) -> bool:
    pull = copy.pull
    return pull is not None and (pull.patron_id, pull.run) == (patron_id, run.run_id) and pull.decision in GIVES
