"""Bags: WEEK#sunday / BAG#facility#patron, one for a patron, a facility and a week (RULES 24)."""

from collections.abc import Iterable, Iterator, Set
from datetime import date, datetime, timedelta
from typing import Any

from lending.aws.table.codec import Item, each_of, epoch, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, still, update
from lending.domain.calendar.facility import in_order
from lending.domain.loans.bag import Arrival, Bag
from lending.domain.policy import Policy
from lending.domain.week import TOKYO

_PACKED = ("patron_id", "card_number", "facility", "pickup_from", "pickup_until")


def key(pickup_from: date, facility: str, patron_id: str) -> Key:
    """The key of a bag."""
    return f"WEEK#{pickup_from.isoformat()}", f"BAG#{in_order(facility)}#{patron_id}"


def bag_of(item: Item) -> Bag:
    """The bag that an item holds."""
    return value_of(Bag, item)


def find(table: Table, pickup_from: date, facility: str, patron_id: str) -> Bag | None:
    """The bag as of now."""
    item = table.get(key(pickup_from, facility, patron_id))
    return bag_of(item) if item else None


def find_many(table: Table, wanted: Iterable[tuple[date, str, str]]) -> list[Bag]:
    """Those of the bags, by Sunday, facility and patron, that there are."""
    return list(each_of(bag_of, table.get_many(key(*each) for each in wanted)))


def of_week(table: Table, pickup_from: date, facility: str = "") -> Iterator[Bag]:
    """The bags of a week, of all facilities or of one, by facility and patron."""
    prefix = f"BAG#{in_order(facility)}#" if facility else "BAG#"
    yield from each_of(bag_of, table.query(f"WEEK#{pickup_from.isoformat()}", prefix))


def book_addition(bag: Bag, barcode: str, policy: Policy) -> Write:
    """Put a book in a patron's bag; the first one makes the bag."""
    gone = datetime.combine(bag.pickup_until, datetime.min.time(), TOKYO) + timedelta(days=policy.history_days)
    return update(
        key(bag.pickup_from, bag.facility, bag.patron_id),
        set={name: getattr(bag, name) for name in _PACKED} | {"expires_at": epoch(gone)},
        add={"barcodes": {barcode}},
        condition="attribute_not_exists(#barcodes) OR NOT contains(#barcodes, :barcode)",
        barcode=barcode,
    )


def last_day_change(bag: Bag, last_day: date, policy: Policy) -> Write:
    """The bag has another last pickup day (RULES 40)."""
    gone = datetime.combine(last_day, datetime.min.time(), TOKYO) + timedelta(days=policy.history_days)
    return update(
        key(bag.pickup_from, bag.facility, bag.patron_id),
        set={"pickup_until": last_day, "expires_at": epoch(gone)},
        condition="attribute_exists(#PK)",
    )


def books_removal(bag: Bag, barcodes: Set[str]) -> Write:
    """Take books out of the bag's list: they were checked in (RULES 41)."""
    books: dict[str, Any] = {f"book_{n}": barcode for n, barcode in enumerate(sorted(barcodes))}
    return update(
        key(bag.pickup_from, bag.facility, bag.patron_id),
        take={"barcodes": set(barcodes)},
        condition=" AND ".join(f"contains(#barcodes, :{name})" for name in books),
        **books,
    )


def hand_over_record(bag: Bag, moment: datetime) -> Write:
    """The facility has handed the bag over (RULES 30). The first moment stands."""
    return _change(bag, {"handed_over_at": moment, "books_handed_over": len(bag.barcodes)})


def hand_over_removal(bag: Bag) -> Write:
    """The facility has not handed the bag over after all (RULES 30)."""
    return _change(bag, {"handed_over_at": None, "books_handed_over": None})


def arrival_record(bag: Bag, arrival: Arrival, moment: datetime) -> Write:
    """The facility says whether the bag has arrived (RULES 54)."""
    return _change(bag, {"arrival": arrival, "arrival_at": moment})


def _change(bag: Bag, changes: Item) -> Write:
    """What the facility says of a bag, if nothing else was said since it was read."""
    told = {name: getattr(bag, name) for name in ("arrival", "handed_over_at")}
    condition, was = still({name: value for name, value in told.items() if value}, *told)
    key_ = key(bag.pickup_from, bag.facility, bag.patron_id)
    return update(key_, set=changes, condition=f"attribute_exists(#PK) AND {condition}", **was)
