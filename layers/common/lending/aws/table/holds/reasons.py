"""Reasons PATRON#id / HOLD_REASONS: why the holds of a patron got no book, all in one item (RULES 27).

A run tells all of it anew, a scan that finds out more changes it. What it says of a hold that has ended is read no
more, and goes with the next run or, with the last hold, by its time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from lending.aws.table.codec import Item, attributes, epoch, value_of, values_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put, still
from lending.domain.holds.hold import Hold
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron
from lending.domain.policy import Policy

# Beside the holds, so that one query reads both.
SK = "HOLD_REASONS"


def key(patron_id: str) -> Key:
    """The key of what is told of a patron's holds."""
    return partition(patron_id), SK


def reasons_of(item: Item) -> ReasonsOfPatron:
    """What an item tells of a patron's holds."""
    return value_of(ReasonsOfPatron, item)


def find(table: Table, patron_id: str) -> ReasonsOfPatron:
    """What is told of a patron's holds, as of now."""
    item = table.get(key(patron_id))
    return reasons_of(item) if item else ReasonsOfPatron(patron_id)


def find_many(table: Table, patron_ids: Iterable[str]) -> dict[str, ReasonsOfPatron]:
    """The same of many patrons, by patron; of whom nothing is told is left out."""
    found = values_of(ReasonsOfPatron, table.get_many(key(patron_id) for patron_id in sorted(set(patron_ids))))
    return {each.patron_id: each for each in found}


def read_with(table: Table, holds: Sequence[Hold]) -> list[Hold]:
    """Holds with their reasons."""
    return _with(find_many(table, (hold.patron_id for hold in holds)), holds)


def read_with_title(table: Table, title_id: str, holds: Sequence[Hold]) -> list[Hold]:
    """Holds on one title with their reasons; of what else is told of their patrons nothing is handed over."""
    keys = [key(hold.patron_id) for hold in holds]
    found = values_of(ReasonsOfPatron, table.get_many(keys, ("patron_id",), ("told", title_id)))
    return _with({each.patron_id: each for each in found}, holds)


def _with(told: Mapping[str, ReasonsOfPatron], holds: Iterable[Hold]) -> list[Hold]:
    return [told[hold.patron_id].read_with(hold) if hold.patron_id in told else hold for hold in holds]


def change(before: ReasonsOfPatron, after: ReasonsOfPatron, moment: datetime, policy: Policy) -> list[Write]:
    """What is told of a patron's holds becomes something else, if it still is what was read; nothing if it does not."""
    if after == before:
        return []
    condition, values = still(attributes(before), "told", "day", "plan")
    return [put(key(before.patron_id), _item(after, moment, policy), condition, **values)]


def _item(reasons: ReasonsOfPatron, moment: datetime, policy: Policy) -> Item:
    return attributes(reasons) | {"expires_at": epoch(moment + timedelta(days=policy.history_days))}
