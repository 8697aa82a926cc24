"""A facility's bags in its four piles (RULES 24, 28-30). What another facility has does not exist here."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from lending.actions.library import Library
from lending.actions.registration.load_cards import card_stock
from lending.aws.concurrency import map_concurrently
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.aws.table.loans import bags
from lending.aws.table.patrons import patrons
from lending.domain.calendar.facility import Facility
from lending.domain.loans.bag import Bag, BagList, back_by, is_current, list_of
from lending.domain.loans.batch import batch_of
from lending.domain.policy import Policy
from lending.domain.problems import Refused
from lending.domain.registration.card import Stock
from lending.domain.week import DAYS_OF_WEEK, Week, in_tokyo, opened_batch, weeks_opening

# A shift or a suspension with another deadline can keep an older batch open (RULES 22, 40).
_BACK = timedelta(weeks=8)


class BagView(NamedTuple):
    """A bag as its facility sees it.

    Attributes:
        card_number: the patron's number now, which differs from the bag's after a re-issue (RULES 28).
        listed: the pile it is on.
        this_week: whether it is of a batch that opened in the last seven days.
        last_day: whether today is its last pickup day.
        back_by: of what is to be sent back, the day by which it is checked in.
        back_late: whether that day has passed.
        undo_until: until when its hand-over can still be taken back.
    """

    bag: Bag
    card_number: str
    listed: BagList | None
    this_week: bool
    last_day: bool
    back_by: date | None
    back_late: bool
    undo_until: datetime | None


class Overview(NamedTuple):
    """A facility, how many bags are on each of its piles, and its blank cards if it hands out kits (RULES 54)."""

    facility: Facility
    counts: dict[BagList, int]
    kits: Stock | None


def view_current(library: Library, facility: str) -> list[BagView]:
    """This week's bags of a facility, and those of earlier weeks whose last day has not passed (RULES 29)."""
    today = library.today
    newest = opened_batch(today, library.policy)
    found = [
        bag
        for bag in _of_weeks(library.table, facility, weeks_opening(newest - _BACK, newest, library.policy))
        if bag.barcodes and is_current(bag, today, library.policy)
    ]
    return _views(library, found)


def view_lists(library: Library, facility: str, wanted: Iterable[BagList]) -> list[BagView]:
    """The bags of a facility that are on some of its piles, the first week first, by card number."""
    piles = frozenset(wanted)
    found = [bag for bag in _all(library, facility) if list_of(bag, library.moment, library.policy) in piles]
    return sorted(_views(library, found), key=lambda view: (view.bag.pickup_from, view.card_number))


def overview(library: Library, facility: str) -> Overview:
    """What a facility is called, how many bags are on each of its piles, and what it has of kits.

    Raises:
        Refused: there is no such facility.
    """
    known = facilities.find(library.table, facility)
    if known is None:
        raise Refused("not_found")
    piles = [list_of(bag, library.moment, library.policy) for bag in _all(library, facility)]
    kits = card_stock(library.table, known)
    return Overview(known, {pile: piles.count(pile) for pile in BagList}, kits)


def find_bag(table: Table, facility: str, bag_id: str) -> Bag:
    """The bag that a facility calls so.

    Raises:
        Refused: the facility has no such bag.
    """
    sunday, number = batch_of(bag_id)
    try:
        batch = bags.of_week(table, date.fromisoformat(sunday), facility) if number == facility else ()
    except ValueError:
        raise Refused("not_found") from None
    bag = next((bag for bag in batch if bag.bag_id == bag_id), None)
    if bag is None:
        raise Refused("not_found")
    return bag


def current_number(table: Table, bag: Bag) -> str:
    """The number of the patron's card now (RULES 28)."""
    return patrons.card_numbers(table, {bag.patron_id}).get(bag.patron_id, bag.card_number)


def _all(library: Library, facility: str) -> list[Bag]:
    newest = opened_batch(library.today, library.policy)
    ahead = max(-(-run.pickup_days_after // DAYS_OF_WEEK) for run in library.policy.runs)
    coming = newest + timedelta(weeks=ahead)
    return _of_weeks(library.table, facility, weeks_opening(newest - _BACK, coming, library.policy))


def _of_weeks(table: Table, facility: str, weeks: list[Week]) -> list[Bag]:
    found = map_concurrently(lambda week: list(bags.of_week(table, week.pickup_from, facility)), weeks)
    return [bag for of_week in found for bag in of_week]


def _views(library: Library, found: list[Bag]) -> list[BagView]:
    numbers = patrons.card_numbers(library.table, {bag.patron_id for bag in found})
    return [_view(bag, numbers.get(bag.patron_id, bag.card_number), library.moment, library.policy) for bag in found]


def _view(bag: Bag, card_number: str, moment: datetime, policy: Policy) -> BagView:
    today, listed, undo_until = in_tokyo(moment).date(), list_of(bag, moment, policy), bag.undo_until(policy)
    due_back = back_by(bag, policy) if listed is BagList.TO_RETURN else None
    return BagView(
        bag=bag,
        card_number=card_number,
        listed=listed,
        this_week=today - timedelta(weeks=1) < bag.pickup_from <= today,
        last_day=bag.pickup_until == today,
        back_by=due_back,
        back_late=due_back is not None and due_back < today,
        undo_until=undo_until if undo_until and moment <= undo_until else None,
    )
