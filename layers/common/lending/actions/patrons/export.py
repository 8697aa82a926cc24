"""All that is kept of a patron, for the patron to have as a file (RULES 41).

Whatever lies in their partition is in it, also what nobody has thought of here. Of the trail it says what was done and
when, not by whom: who of the staff it was is their own data, and the library tells on request.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from lending.actions.lookup import patron_with_id
from lending.aws.table import Table
from lending.aws.table.codec import Item, each_of, from_epoch
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import applications, cards
from lending.aws.table.writes import Key

# How the table finds things: says nothing that the rest does not.
_KEYS = frozenset({"PK", "SK", "work", "work_order", "title_key", "title_order", "expires_at"})
_NOT_THEIRS = frozenset({"by", "decided_by", "done_by", "access_code_hash"})
_SECTIONS = {
    "PATRON": "record", "HOLD": "holds", "LOAN": "loans", "BASKET": "basket", "PENDING": "addresses_to_be_proved",
    "MAIL": "mails", "CONTACT": "contact_tasks", "TRACE": "trail", "ACCOUNT": "account", "APPLICATION": "applications",
    "CARD": "cards", "BAG": "bags", "PAUSE": "pause",
}  # fmt: skip

Export = dict[str, Any]


def export_all(table: Table, patron_id: str, moment: datetime) -> Export:
    """All that is kept, by what it is.

    Raises:
        Refused: there is no such patron.
    """
    patron = patron_with_id(table, patron_id)
    items = list(table.query(patrons.partition(patron_id)))
    items += table.get_many(map(cards.key, patron.cards))
    items += table.get_many(_bags(items, patron_id))
    for receipt in patron.receipts:
        items += table.query(applications.partition(receipt))
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        kind = item["SK"].partition("#")[0]
        found[_SECTIONS.get(kind, kind.lower())].append(_shown(item))
    return {"exported_at": moment, **found}


def _bags(items: Iterable[Item], patron_id: str) -> Iterator[Key]:
    """The bags of the loans from facilities."""
    for loan in each_of(loans.loan_of, (item for item in items if item["SK"].startswith("LOAN#"))):
        if loan.pickup_from:
            yield bags.key(loan.pickup_from, loan.pickup_place, patron_id)


def _shown(item: Item) -> Item:
    """An item without what only the table is about, with what it is called and when it vanishes."""
    shown = {name: _plain(value) for name, value in item.items() if name not in _KEYS | _NOT_THEIRS}
    called = item["SK"].partition("#")[2]
    erased = {"erased_at": from_epoch(gone)} if isinstance(gone := item.get("expires_at"), int) else {}
    return ({"name": called} if called else {}) | shown | erased


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else value
