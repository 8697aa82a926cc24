"""Patrons: PATRON#id / PATRON. Their counters change in the very transactions that change holds and loans."""

from lending.aws.table.codec import Item, attributes, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put_new, update
from lending.domain.patron import Patron

WORK_CARD_EXPIRY = "CARD_EXPIRY"


def partition(patron_id: str) -> str:
    """The partition that holds all of one patron: My Library is one query."""
    return f"PATRON#{patron_id}"


def key(patron_id: str) -> Key:
    """The key of the patron's own item."""
    return partition(patron_id), "PATRON"


def patron_of(item: Item) -> Patron:
    """The patron that an item holds."""
    return value_of(Patron, item)


def find(table: Table, patron_id: str) -> Patron | None:
    """The patron as of now."""
    item = table.get(key(patron_id))
    return patron_of(item) if item else None


def find_many(table: Table, patron_ids: set[str]) -> dict[str, Patron]:
    """Many patrons by id; those who don't exist are not in the answer."""
    patrons = map(patron_of, table.get_many(map(key, sorted(patron_ids))))
    return {patron.patron_id: patron for patron in patrons}


def add(patron: Patron) -> Write:
    """A new patron."""
    return put_new(key(patron.patron_id), _item(patron))


def _item(patron: Patron) -> Item:
    item = attributes(patron) | {"work": WORK_CARD_EXPIRY, "work_order": _expiry_order(patron)}
    # An empty set cannot be stored; the first loan's ADD makes it.
    return {name: value for name, value in item.items() if name != "lent_titles"}


def _expiry_order(patron: Patron) -> str:
    return f"{patron.expires_on.isoformat()}#{patron.patron_id}"


def count_hold(patron_id: str, title_id: str, limit: int) -> Write:
    """One more open hold: below the limit, and not of a title on loan to the same patron (RULES 9, 10)."""
    return update(
        key(patron_id),
        add={"open_holds": 1},
        condition="attribute_exists(#PK) AND #open_holds < :limit AND NOT contains(#lent_titles, :title)",
        limit=limit,
        title=title_id,
    )


def uncount_hold(patron_id: str) -> Write:
    """One open hold fewer."""
    return update(key(patron_id), add={"open_holds": -1}, condition="#open_holds > :none", none=0)


def count_loan(patron_id: str, title_id: str, cap: int, holds: int = 0) -> Write:
    """One more loan, within the cap (RULES 19); `holds` is how many open holds it spends, 0 or 1."""
    return update(
        key(patron_id),
        add={"loans": 1, "open_holds": -holds, "lent_titles": {title_id}},
        condition="#loans < :cap AND #open_holds >= :holds AND NOT contains(#lent_titles, :title)",
        cap=cap,
        holds=holds,
        title=title_id,
    )


def uncount_loan(patron_id: str, title_id: str, returning: bool) -> Write:
    """One loan fewer: the book was checked in (RULES 32); `returning` if the release had counted it as on its way."""
    return update(
        key(patron_id),
        add={"loans": -1, "returning": -int(returning)},
        take={"lent_titles": {title_id}},
        condition="#loans > :none",
        none=0,
    )
