"""Whether a bag has arrived at its facility (RULES 54)."""

from dataclasses import replace
from datetime import datetime

from lending.actions.loans.facility_bags import find_bag
from lending.actions.loans.facility_reports import missed, settled
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.loans import bags
from lending.domain.loans.bag import Arrival, Bag
from lending.domain.loans.report import ARRIVED
from lending.domain.policy import Policy
from lending.domain.problems import Refused


@again_when_overtaken
def note_arrival(table: Table, facility: str, bag_id: str, arrival: Arrival, moment: datetime, policy: Policy) -> Bag:
    """Record that a bag has arrived, or that it has not, which is a task for the desk until it has.

    Said twice, nothing changes.

    Raises:
        Refused: it is handed over and cannot be missing, or the facility has no such bag with books in it.
    """
    bag = find_bag(table, facility, bag_id)
    if not bag.barcodes:
        raise Refused("not_found")
    if bag.reached is arrival:
        return bag
    if bag.handed_over_at:
        raise Refused("already_handed_over")
    missing = arrival is Arrival.MISSING
    task = missed(table, bag, moment) if missing else settled(table, bag, moment, ARRIVED, policy)
    table.transact(bags.arrival_record(bag, arrival, moment), *task)
    return replace(bag, arrival=arrival, arrival_at=moment)
