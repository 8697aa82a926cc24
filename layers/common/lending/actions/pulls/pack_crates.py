"""What goes into each facility's crate on Thursday (RULES 24)."""

from collections import defaultdict
from datetime import date, datetime
from typing import NamedTuple

from lending.actions.library import Library
from lending.aws.table.calendar import facilities
from lending.aws.table.catalogue import copies
from lending.aws.table.loans import bags
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.pulls.crates import dispatched as left_at
from lending.aws.table.run import runs
from lending.domain.calendar.facility import in_order
from lending.domain.catalogue.title import Copy
from lending.domain.loans.bag import Bag
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.week import run_due_at, week_of_run


class Crate(NamedTuple):
    """The bags for one facility, each with its books in shelf order, and when it left.

    `card_numbers` are those of the patrons now, by their ids (RULES 28).
    """

    facility: str
    name: str
    pickup_from: date
    bags: list[tuple[Bag, list[Copy]]]
    card_numbers: dict[str, str]
    dispatched_at: datetime | None

    @property
    def books(self) -> int:
        """How many books are in it."""
        return sum(len(books) for _, books in self.bags)


def crates(library: Library, sunday: date | None, facility: str, staff: str) -> list[Crate]:
    """The crates of a week by facility, or one facility's. A bag whose books are all checked in again is in none.

    Args:
        sunday: Sunday S; None for the week that is packed now.
        facility: its number as text, or empty for all.
    """
    pickup_from = sunday or _packed_now(library)
    packed = [bag for bag in bags.of_week(library.table, pickup_from, facility) if bag.barcodes]
    if packed:
        library.table.write(audit_log.entry_of_list("crates", Act(library.moment, staff, Deed.LOOK), library.policy))
    found_copies = copies.find_many(library.table, sorted(barcode for bag in packed for barcode in bag.barcodes))
    by_facility: dict[str, list[tuple[Bag, list[Copy]]]] = defaultdict(list)
    bag_of = {barcode: n for n, bag in enumerate(packed) for barcode in bag.barcodes}
    books: dict[int, list[Copy]] = defaultdict(list)
    for copy in found_copies:
        books[bag_of[copy.barcode]].append(copy)
    for n, bag in enumerate(packed):
        by_facility[bag.facility].append((bag, books[n]))
    names = {str(each.number): each.name for each in facilities.all_facilities(library.table)}
    cards, left = (
        patrons.card_numbers(library.table, {bag.patron_id for bag in packed}),
        left_at(library.table, pickup_from),
    )
    return [
        Crate(number, names.get(number, ""), pickup_from, by_facility[number], cards, left.get(number))
        for number in sorted(by_facility, key=in_order)
    ]


def _packed_now(library: Library) -> date:
    """The Sunday of the latest run that is due."""
    week = week_of_run(run_due_at(library.moment, library.policy), library.policy)
    return runs.week_as_run(library.table, week).pickup_from
