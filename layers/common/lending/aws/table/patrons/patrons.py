"""Patrons: PATRON#id / PATRON. Their counters change in the very transactions that change holds and loans."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from lending.aws.table.codec import Item, attributes, each_of, stamp, value_of
from lending.aws.table.shards import merged, shard
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, check, delete, put_new, still, update
from lending.domain.patrons.patron import Patron

# Cards by their last day: those that the daily job looks at, and those run out of which there is nothing to tell.
WORK_CARD_EXPIRY, WORK_CARD_EXPIRED = "CARD_EXPIRY", "CARD_EXPIRED"
_COUNTERS = frozenset({"open_holds", "loans", "returning", "lent_titles"})
# What other items know a patron by.
_FOUND_BY = ("name", "kana", "phone", "birth_date", "email", "mail_to")


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
    patrons = each_of(patron_of, table.get_many(map(key, sorted(patron_ids))))
    return {patron.patron_id: patron for patron in patrons}


def card_numbers(table: Table, patron_ids: set[str]) -> dict[str, str]:
    """The number of each patron's card now, by the patron's id."""
    return {patron_id: patron.card_number for patron_id, patron in find_many(table, patron_ids).items()}


def addition(patron: Patron) -> Write:
    """A new patron."""
    return put_new(key(patron.patron_id), _item(patron))


def change(before: Patron, after: Patron) -> Write:
    """A patron's record becomes another state of itself, but for its counters.

    Only what differs is written, if it still is what was read and the card still is the patron's; if nothing differs,
    just that is demanded.
    """
    was, now = attributes(before), attributes(after)
    names = sorted((was.keys() | now.keys()) - _COUNTERS)
    changed = {name: now.get(name) for name in names if was.get(name) != now.get(name)}
    condition, values = still(was, *dict.fromkeys(["card_number", *changed]))
    if not changed:
        return check(key(before.patron_id), condition, **values)
    if "expires_on" in changed:
        changed |= {"work": shard(WORK_CARD_EXPIRY, after.patron_id), "work_order": _expiry_order(after)}
    return update(key(before.patron_id), set=changed, condition=condition, **values)


def removal(patron: Patron) -> Write:
    """A patron goes, if nothing is open and what else is kept of them still is what was read (RULES 41)."""
    condition, values = still(attributes(patron), "card_number", "former_cards", "receipts", *_FOUND_BY)
    nothing_open = "#open_holds = :none AND #loans = :none"
    return delete(key(patron.patron_id), f"{nothing_open} AND {condition}", none=0, **values)


def password_record(patron_id: str, moment: datetime, not_since: datetime) -> Write:
    """A temporary password is sent anew, if none was since a moment (RULES 6)."""
    never = "attribute_exists(#PK) AND attribute_not_exists(#password_sent_at)"
    return update(
        key(patron_id),
        set={"password_sent_at": stamp(moment)},
        condition=f"({never}) OR #password_sent_at < :not_since",
        not_since=stamp(not_since),
    )


def _item(patron: Patron) -> Item:
    item = attributes(patron) | {"work": shard(WORK_CARD_EXPIRY, patron.patron_id), "work_order": _expiry_order(patron)}
    # An empty set cannot be stored; the first loan's ADD makes it.
    return {name: value for name, value in item.items() if name != "lent_titles"}


def _expiry_order(patron: Patron) -> str:
    return f"{patron.expires_on.isoformat()}#{patron.patron_id}"


def hold_increment(patron_id: str, title_id: str, limit: int) -> Write:
    """One more open hold: below the limit, and not of a title on loan to the same patron (RULES 9, 10)."""
    return update(
        key(patron_id),
        set={"work": shard(WORK_CARD_EXPIRY, patron_id)},
        add={"open_holds": 1},
        condition="attribute_exists(#PK) AND #open_holds < :limit AND NOT contains(#lent_titles, :title)",
        limit=limit,
        title=title_id,
    )


def hold_decrement(patron_id: str) -> Write:
    """One open hold fewer."""
    return update(key(patron_id), add={"open_holds": -1}, condition="#open_holds > :none", none=0)


def group_end(patron: Patron, others: int) -> Write:
    """The other holds of a group end, if it has not been changed since the patron was read (RULES 48)."""
    condition = f"#open_holds >= :others AND {_same_order(patron)}"
    return update(
        key(patron.patron_id),
        add={"open_holds": -others},
        condition=condition,
        others=others,
        order=patron.order_changes,
    )


def order_change(patron: Patron) -> Write:
    """The patron changes the order of their holds, and nobody else has since they were read (RULES 47, 48)."""
    return update(
        key(patron.patron_id),
        add={"order_changes": 1},
        condition=_same_order(patron),
        order=patron.order_changes,
    )


def _same_order(patron: Patron) -> str:
    exists = "attribute_exists(#PK) AND attribute_not_exists(#order_changes)"
    return "#order_changes = :order" if patron.order_changes else f"(#order_changes = :order OR ({exists}))"


def loan_increment(patron_id: str, title_id: str, cap: int, holds: int = 0, grouped: Patron | None = None) -> Write:
    """One more loan, within the cap (RULES 19).

    Args:
        holds: how many open holds it spends.
        grouped: the patron as read, if one of them is of a group, which must not have been changed since (RULES 48).
    """
    within = "#loans < :cap AND #open_holds >= :holds AND NOT contains(#lent_titles, :title)"
    order: dict[str, Any] = {"order": grouped.order_changes} if grouped else {}
    return update(
        key(patron_id),
        add={"loans": 1, "open_holds": -holds, "lent_titles": {title_id}},
        condition=f"{within} AND {_same_order(grouped)}" if grouped else within,
        cap=cap,
        holds=holds,
        title=title_id,
        **order,
    )


def loans_addition(patron_id: str, title_ids: set[str]) -> Write:
    """More loans, made by another system: of titles that the patron has not on loan, whatever the cap (RULES 42)."""
    books: dict[str, Any] = {f"title_{n}": title_id for n, title_id in enumerate(sorted(title_ids))}
    return update(
        key(patron_id),
        add={"loans": len(title_ids), "lent_titles": title_ids},
        condition=" AND ".join(["attribute_exists(#PK)", *(f"NOT contains(#lent_titles, :{name})" for name in books)]),
        **books,
    )


def loans_decrement(patron_id: str, title_ids: set[str], returning: int) -> Write:
    """Some loans fewer: the books were checked in (RULES 32); `returning` of them the release had counted as coming."""
    return update(
        key(patron_id),
        add={"loans": -len(title_ids), "returning": -returning},
        take={"lent_titles": title_ids},
        condition="#loans >= :books",
        books=len(title_ids),
    )


def title_absence_check(patron_id: str, title_id: str) -> Write:
    """Demand that the title is not on loan to the patron (RULES 9)."""
    return check(key(patron_id), "attribute_exists(#PK) AND NOT contains(#lent_titles, :title)", title=title_id)


def title_change(patron: Patron, was: str, now: str) -> Write:
    """A title on loan to the patron is known by another id, if what they have on loan still is what was read."""
    lent = {"lent_titles": patron.lent_titles - {was} | {now}}
    return update(key(patron.patron_id), set=lent, condition="#lent_titles = :lent", lent=patron.lent_titles)


def holds_addition(patron: Patron, holds: int, limit: int) -> Write:
    """Holds that had ended by mistake are there again, within the limit, beside the others as read (RULES 10, 23)."""
    return update(
        key(patron.patron_id),
        set={"work": shard(WORK_CARD_EXPIRY, patron.patron_id)},
        add={"open_holds": holds, "order_changes": 1},
        condition=f"#open_holds <= :most AND {_same_order(patron)}",
        most=limit - holds,
        order=patron.order_changes,
    )


def loan_removal(patron: Patron, title_id: str, hold_limit: int, holds: int = 1) -> Write:
    """A loan that was a mistake is the holds again that it had answered, within the limit of holds (RULES 10, 23)."""
    return update(
        key(patron.patron_id),
        set={"work": shard(WORK_CARD_EXPIRY, patron.patron_id)},
        add={"loans": -1, "open_holds": holds, "order_changes": 1},
        take={"lent_titles": {title_id}},
        condition=f"#loans > :none AND #open_holds <= :most AND {_same_order(patron)}",
        none=0,
        most=hold_limit - holds,
        order=patron.order_changes,
    )


def returning_change(patron_id: str, change: int) -> Write:
    """More or fewer loans counted as on their way back (RULES 30)."""
    return update(key(patron_id), add={"returning": change}, condition="#returning >= :fewer", fewer=max(0, -change))


def mail_addresses_change(patron: Patron, changes: dict[str, str]) -> Write:
    """A patron's `email` and `mail_to` from now on, if they still are what was read; an empty one is taken away (7)."""
    condition, values = still(attributes(patron), "email", "mail_to")
    return update(key(patron.patron_id), set=changes, condition=f"attribute_exists(#PK) AND {condition}", **values)


def expiring_until(table: Table, day: date) -> Iterator[Patron]:
    """Patrons who may be to be told of their card's last day, which is on or before a day (RULES 8, 37)."""
    yield from _by_last_day(table, WORK_CARD_EXPIRY, day)


def expired_until(table: Table, day: date) -> Iterator[Patron]:
    """All patrons whose card's last day is on or before a day of the past (RULES 41)."""
    yield from _by_last_day(table, WORK_CARD_EXPIRED, day)
    yield from _by_last_day(table, WORK_CARD_EXPIRY, day)


def _by_last_day(table: Table, list_: str, day: date) -> Iterator[Patron]:
    yield from each_of(patron_of, merged(table, list_, before=f"{day.isoformat()}#~"))


def expired_record(patron: Patron) -> Write:
    """A card has run out and there is nothing to tell, until a hold is placed or its last day changes (RULES 8)."""
    return update(
        key(patron.patron_id),
        set={"work": shard(WORK_CARD_EXPIRED, patron.patron_id)},
        condition="#expires_on = :expires_on AND (#open_holds = :none OR #told_expired = :expires_on)",
        expires_on=patron.expires_on,
        none=0,
    )


def told_record(patron: Patron, field: str) -> Write:
    """A mail about the card's last day was put: `told_expired` or `told_renewal` (RULES 8, 37)."""
    return update(
        key(patron.patron_id),
        set={field: patron.expires_on},
        condition=f"#expires_on = :expires_on AND (attribute_not_exists(#{field}) OR #{field} <> :expires_on)",
        expires_on=patron.expires_on,
    )
