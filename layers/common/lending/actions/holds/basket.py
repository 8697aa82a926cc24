"""The basket 「予約かご」: titles a patron wants to remember. No limit looks at it (RULES, words; 10)."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import baskets
from lending.domain.catalogue.title import Copy, Title
from lending.domain.problems import Refused
from lending.domain.run.expected_pickup import available


class Entry(NamedTuple):
    """A title in a basket, when it was put there, and how soon it could be had."""

    title: Title
    added_at: str
    copies_available: int
    holds_waiting: int


def show_basket(library: Library, patron_id: str) -> list[Entry]:
    """The titles in a patron's basket that the catalogue still has, in the order they were put there."""
    table = library.table
    entries = baskets.of_patron(table, patron_id)
    known = titles.find_many(table, set(entries))
    waiting = queues.waiting_counts(table, known)
    copies_of: dict[str, list[Copy]] = defaultdict(list)
    for copy in copies.find_many(table, [barcode for title in known.values() for barcode in title.barcodes]):
        copies_of[copy.title_id].append(copy)
    return [
        Entry(known[title_id], added_at, available(copies_of[title_id], library.moment), waiting[title_id])
        for title_id, added_at in entries.items()
        if title_id in known
    ]


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
