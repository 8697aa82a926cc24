"""What patrons wish of the order and pace of their books, as runs, scans and loans need to know it (RULES 47-49)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from lending.aws.concurrency import map_concurrently
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.domain.holds.hold import Hold
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


def with_pace_left(
    table: Table, known: Mapping[str, Patron], policy: Policy, run: Run, planned: bool = False
) -> dict[str, Patron]:
    """Patrons with the books that they may still get from a weekly run, after what it has lent them (RULES 49).

    Args:
        planned: books that staff are still fetching for them by this run's plan count as well.
    """
    paced = [each for each in known.values() if each.books_a_run is not None and policy.books_a_run]
    if not paced or run.kind is not RunKind.THURSDAY:
        return dict(known)
    left = map_concurrently(partial(_left, table, run=run, planned=planned), paced, table.at_once)
    return {**known, **{each.patron_id: each for each in left}}


def _left(table: Table, patron: Patron, *, run: Run, planned: bool) -> Patron:
    given = _lent(table, patron.patron_id, run.week.pickup_from)
    given += _being_fetched(table, patron.patron_id, run) if planned else 0
    return replace(patron, books_a_run=max(0, (patron.books_a_run or 0) - given))


def _lent(table: Table, patron_id: str, pickup_from: date) -> int:
    return sum(loan.pickup_from == pickup_from for loan in loans.of_patron(table, patron_id))


def _being_fetched(table: Table, patron_id: str, run: Run) -> int:
    found = titles.find_many(table, {hold.title_id for hold in holds.of_patron(table, patron_id)})
    there = copies.find_many(table, [barcode for title in found.values() for barcode in title.barcodes])
    mine = [copy.pull for copy in there if copy.pull and copy.pull.patron_id == patron_id]
    return sum(pull.run == run.run_id and pull.decision in GIVES for pull in mine)
