"""The basket 「予約かご」: titles a patron wants to remember. No limit looks at it (RULES, words; 10)."""

from dataclasses import dataclass
from datetime import datetime

from lending.aws.table import Table
from lending.aws.table.catalogue import titles
from lending.aws.table.holds import baskets
from lending.domain.catalogue.title import Title
from lending.domain.problems import Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """A title in a basket, and when it was put there."""

    title: Title
    added_at: str


def show_basket(table: Table, patron_id: str) -> list[Entry]:
    """The titles in a patron's basket that the catalogue still has, in the order they were put there."""
    entries = baskets.of_patron(table, patron_id)
    known = titles.find_many(table, set(entries))
    return [Entry(known[title_id], added_at) for title_id, added_at in entries.items() if title_id in known]


def put_in_basket(table: Table, patron_id: str, title_id: str, moment: datetime) -> None:
    """Remember a title.

    Raises:
        Refused: there is no such title.
    """
    if titles.find(table, title_id) is None:
        raise Refused("not_found")
    table.write(baskets.addition(patron_id, title_id, moment))


def take_from_basket(table: Table, patron_id: str, title_id: str) -> None:
    """Forget a title; one that is not in the basket is forgotten already."""
    table.write(baskets.removal(patron_id, title_id))
