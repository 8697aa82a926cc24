"""Baskets: PATRON#id / BASKET#title. A basket only remembers titles; it counts for nothing (RULES, words)."""

from dataclasses import dataclass
from datetime import datetime

from lending.aws.table.codec import Item, each_of, stamp, value_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put

_ENTRY = "BASKET#"


def key(patron_id: str, title_id: str) -> Key:
    """The key of an entry."""
    return partition(patron_id), f"{_ENTRY}{title_id}"


def of_patron(table: Table, patron_id: str) -> dict[str, str]:
    """When each of the titles in a patron's basket was put there, by the title's id, in that order."""
    entries = each_of(_entry_of, table.query(partition(patron_id), _ENTRY))
    return dict(sorted(entries, key=lambda entry: (entry[1], entry[0])))


def has(table: Table, patron_id: str, title_id: str) -> bool:
    """Whether a title is in the basket."""
    return table.get(key(patron_id, title_id)) is not None


@dataclass(frozen=True, slots=True)
class _Entry:
    added_at: str


def _entry_of(item: Item) -> tuple[str, str]:
    return item["SK"].removeprefix(_ENTRY), value_of(_Entry, item).added_at


def addition(patron_id: str, title_id: str, moment: datetime) -> Write:
    """A title is in the basket, from now on or still."""
    return put(key(patron_id, title_id), {"added_at": stamp(moment)})


def removal(patron_id: str, title_id: str) -> Write:
    """A title is not in the basket."""
    return delete(key(patron_id, title_id))
