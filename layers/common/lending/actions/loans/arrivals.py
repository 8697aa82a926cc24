"""Whether a bag has arrived at its facility (RULES 54)."""

from dataclasses import replace

from lending.actions.library import Library
from lending.actions.loans.facility_bags import find_bag
from lending.actions.loans.facility_reports import missed, settled
from lending.aws.table import again_when_overtaken
from lending.aws.table.loans import bags
from lending.domain.loans.bag import Arrival, Bag
from lending.domain.loans.report import ARRIVED
from lending.domain.problems import Refused


@again_when_overtaken
def note_arrival(library: Library, facility: str, bag_id: str, arrival: Arrival) -> Bag:
    """Record that a bag has arrived, or that it has not, which is a task for the desk until it has.

    Said twice, nothing changes.

    Raises:
        Refused: it is handed over and cannot be missing, or the facility has no such bag with books in it.
    """
    bag = find_bag(library.table, facility, bag_id)
    if not bag.barcodes:
        raise Refused("not_found")
    if bag.reached is arrival:
        return bag
    if bag.handed_over_at:
        raise Refused("already_handed_over")
    missing = arrival is Arrival.MISSING
    task = missed(library.table, bag, library.moment) if missing else settled(library, bag, ARRIVED)
    library.table.transact(bags.arrival_record(bag, arrival, library.moment), *task)
    return replace(bag, arrival=arrival, arrival_at=library.moment)
