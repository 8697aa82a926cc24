"""Handing a bag over at a facility, and taking that back (RULES 29, 30)."""

from dataclasses import replace

from lending.actions.library import Library
from lending.actions.loans.facility_bags import find_bag
from lending.actions.loans.facility_reports import reopened, settled
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Write
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.loans.report import HANDED_OVER
from lending.domain.problems import Refused
from lending.domain.words import day_in_words


@again_when_overtaken
def hand_over(library: Library, facility: str, bag_id: str) -> Bag:
    """Record that a bag was collected. Recorded twice, the first moment stands; recorded late, it is the truth (30).

    A book that the release had counted as on its way back is with the patron after all; one that is checked in is not.
    That the bag did not arrive cannot be true any more, and is no task for the desk.

    Args:
        facility: the number of the facility that asks, as text.

    Raises:
        Refused: it is before the first pickup day, or the facility has no such bag.
    """
    bag = find_bag(library.table, facility, bag_id)
    if bag.handed_over_at:
        return bag
    if library.today < bag.pickup_from:
        raise Refused("too_early", day=day_in_words(bag.pickup_from), pickup_from=bag.pickup_from)
    changes = [(loan, loan.handed_over(library.moment)) for loan in _loans_in(library.table, bag)]
    library.table.transact(
        bags.hand_over_record(bag, library.moment), *_changed(bag, changes), *settled(library, bag, HANDED_OVER)
    )
    return replace(bag, handed_over_at=library.moment, books_handed_over=len(bag.barcodes))


@again_when_overtaken
def take_hand_over_back(library: Library, facility: str, bag_id: str) -> None:
    """A bag was not collected after all: everything is as it was before (RULES 30). Said twice, it is the same.

    Raises:
        Refused: it is too late, some of its books are checked in, or the facility has no such bag.
    """
    bag = find_bag(library.table, facility, bag_id)
    if bag.handed_over_at is None:
        return
    until = bag.undo_until(library.policy)
    if until is None:
        raise Refused("bag_came_back")
    if library.moment > until:
        by_phone = {"counter_name": library.policy.counter_name, "counter_phone": library.policy.counter_phone}
        raise Refused("undo_too_late", minutes=library.policy.hand_over_undo_minutes, **by_phone)
    changes = [(loan, loan.not_handed_over()) for loan in _loans_in(library.table, bag)]
    library.table.transact(
        bags.hand_over_removal(bag), *_changed(bag, changes), *reopened(library.table, bag, HANDED_OVER)
    )


def _loans_in(table: Table, bag: Bag) -> list[Loan]:
    in_bag = loans.find_many(table, [(bag.patron_id, barcode) for barcode in sorted(bag.barcodes)])
    # The same copy may have come back and be on loan to the same patron again, in another batch.
    return [loan for loan in in_bag if loan.pickup_from == bag.pickup_from]


def _changed(bag: Bag, changes: list[tuple[Loan, Loan]]) -> list[Write]:
    """The loans, and how many of them are on their way back now."""
    returning = sum((after.released_at is not None) - (before.released_at is not None) for before, after in changes)
    writes = [loans.change(before, after) for before, after in changes]
    return writes + ([patrons.returning_change(bag.patron_id, returning)] if returning else [])
