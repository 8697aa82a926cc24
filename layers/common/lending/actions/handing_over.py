"""A facility's bags, and handing them over (RULES 24, 28-30). What another facility has does not exist here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lending.aws.table import Table, again_when_overtaken, bags, loans, patrons
from lending.aws.table.writes import Write
from lending.domain.bag import Bag
from lending.domain.loan import Loan
from lending.domain.policy import Policy
from lending.domain.problems import Refused
from lending.domain.reasons import day_in_words
from lending.domain.week import DAYS_OF_WEEK, opened_batch

# A shift or a suspension with another deadline can keep an older batch open (RULES 22, 40).
_WEEKS_BACK = 8


@dataclass(frozen=True, slots=True)
class BagView:
    """A bag, whether it is of the batch that opened last, and whether today is its last day."""

    bag: Bag
    this_week: bool
    last_day: bool


def view_bags(table: Table, facility: str, today: date, policy: Policy) -> list[BagView]:
    """This week's bags of a facility, and those of earlier weeks whose last day has not passed (RULES 29)."""
    newest = opened_batch(today, policy)
    return [
        BagView(bag, bag.pickup_from == newest, bag.pickup_until == today)
        for pickup_from in _batches(newest)
        for bag in bags.of_week(table, pickup_from, facility)
        if pickup_from == newest or today <= bag.pickup_until
    ]


def _batches(newest: date) -> Iterator[date]:
    return (newest - timedelta(days=DAYS_OF_WEEK * weeks) for weeks in range(_WEEKS_BACK + 1))


@again_when_overtaken
def hand_over(table: Table, facility: str, bag_id: str, moment: datetime) -> Bag:
    """Record that a bag was collected. Recorded twice, the first moment stands; recorded late, it is the truth (30).

    A book that the release had counted as on its way back is with the patron after all; one that is checked in is not.

    Args:
        facility: the number of the facility that asks, as text.
        moment: when it was recorded.

    Raises:
        Refused: it is before the first pickup day, or the facility has no such bag.
    """
    bag = _find(table, facility, bag_id)
    if bag.handed_over_at:
        return bag
    if moment.date() < bag.pickup_from:
        raise Refused("too_early", day=day_in_words(bag.pickup_from), pickup_from=bag.pickup_from)
    in_bag = loans.find_many(table, [(bag.patron_id, barcode) for barcode in sorted(bag.barcodes)])
    collected = [loan for loan in in_bag if loan.pickup_from == bag.pickup_from]
    table.transact(bags.hand_over(bag, moment), *_collected(bag.patron_id, collected, moment))
    return replace(bag, handed_over_at=moment)


def _find(table: Table, facility: str, bag_id: str) -> Bag:
    week, _, rest = bag_id.partition(".")
    number, _, patron_id = rest.partition(".")
    try:
        pickup_from = date.fromisoformat(week)
    except ValueError:
        raise Refused("not_found") from None
    bag = bags.find(table, pickup_from, facility, patron_id) if number == facility and patron_id else None
    if bag is None:
        raise Refused("not_found")
    return bag


def _collected(patron_id: str, collected: list[Loan], moment: datetime) -> list[Write]:
    released = sum(loan.released_at is not None for loan in collected)
    changes = [loans.change(loan, replace(loan, handed_over_at=moment, released_at=None)) for loan in collected]
    return changes + ([patrons.count_returning(patron_id, -released)] if released else [])
