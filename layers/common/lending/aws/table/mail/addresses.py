"""Mail addresses: ADDRESS#address / ADDRESS while nothing reaches it, / PATRON#id for each patron who uses it (39).

An address that has yet to prove itself is with its patron: PATRON#id / PENDING#field (RULES 7).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lending.aws.table.codec import Item, attributes, each_of, epoch, stamp, value_of, values_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.patrons.mail_address import PendingAddress
from lending.domain.patrons.patron import Patron

_USER = "PATRON#"
_MARKS = "UNREACHABLE"


@dataclass(frozen=True, slots=True)
class _Mark:
    since: datetime
    cause: BounceCause


def key(address: str) -> Key:
    """The key of what is known of an address. Its domain is in small letters, as `check_mail_address` makes it."""
    return f"ADDRESS#{address}", "ADDRESS"


def user_key(address: str, patron_id: str) -> Key:
    """The key of a patron's use of an address."""
    return f"ADDRESS#{address}", f"{_USER}{patron_id}"


def users(table: Table, address: str) -> list[str]:
    """Ids of all patrons who use an address."""
    return [item["SK"].removeprefix(_USER) for item in table.query(f"ADDRESS#{address}", _USER)]


def unreachable(table: Table, addresses: Iterable[str]) -> set[str]:
    """Which of the addresses are marked: a mail there came back for good, or was complained about."""
    return {item["PK"].removeprefix("ADDRESS#") for item in table.get_many(map(key, addresses))}


def cause_of_mark(table: Table, address: str) -> BounceCause | None:
    """Why nothing reaches an address, None if it is not marked."""
    item = table.get(key(address))
    return value_of(_Mark, item).cause if item else None


def user_addition(address: str, patron_id: str) -> Write:
    """A patron uses an address, from now on or still."""
    return put(user_key(address, patron_id), {})


def user_removal(address: str, patron_id: str) -> Write:
    """A patron no longer uses an address."""
    return delete(user_key(address, patron_id))


def user_changes(before: Patron | None, after: Patron | None, named: str = "") -> list[Write]:
    """Uses follow a patron's addresses, in the transaction that changes them.

    `before` is None for a new patron, `after` for one who goes.

    Addresses that are taken up or given up may be tried again, and so may one that is `named` anew (RULES 39).
    """
    was, now = (_of(patron) if patron else set() for patron in (before, after))
    left, taken = sorted(was - now), sorted(now - was)
    uses = [user_removal(address, before.patron_id) for address in left if before]
    uses += [user_addition(address, after.patron_id) for address in taken if after]
    return uses + [mark_removal(address) for address in sorted({*left, *taken, named} - {""})]


def _of(patron: Patron) -> set[str]:
    return {patron.email, patron.mail_to} - {""}


def mark_addition(address: str, moment: datetime, cause: str) -> Write:
    """Nothing reaches the address, for every patron who uses it (RULES 39)."""
    listed = {"work": _MARKS, "work_order": f"{stamp(moment)}#{address}"}
    return put(key(address), {"since": stamp(moment), "cause": cause} | listed)


def marked_until(table: Table, moment: datetime) -> Iterator[tuple[str, datetime]]:
    """Addresses that were marked by a moment, each with when, the oldest first (RULES 41)."""
    yield from each_of(_marked, table.query(_MARKS, index="work", before=f"{stamp(moment)}#~"))


def _marked(item: Item) -> tuple[str, datetime]:
    return item["PK"].removeprefix("ADDRESS#"), value_of(_Mark, item).since


def mark_removal(address: str) -> Write:
    """The address may be tried again: a patron has changed or proved it (RULES 39)."""
    return delete(key(address))


def mark_removal_of_earlier(address: str, since: datetime) -> Write:
    """A mail arrived after all: the mark goes, if it is not a newer one."""
    return delete(key(address), "attribute_not_exists(#PK) OR #since = :since", since=stamp(since))


def pending_key(patron_id: str, field: str) -> Key:
    """The key of a wish for `email` or `mail_to`: the latest is the one that counts."""
    return partition(patron_id), f"PENDING#{field}"


def pending(table: Table, patron_id: str) -> list[PendingAddress]:
    """A patron's wishes, also those that were confirmed of late."""
    return list(values_of(PendingAddress, table.query(partition(patron_id), "PENDING#")))


def wish_addition(wish: PendingAddress) -> Write:
    """A wish in the place of an earlier one, whose link is void from now on."""
    item = attributes(wish) | {"expires_at": epoch(wish.valid_until + timedelta(days=1))}
    return put(pending_key(wish.patron_id, wish.field), item)


def wish_removal(patron_id: str, field: str) -> Write:
    """No wish for the field any more."""
    return delete(pending_key(patron_id, field))


def wish_confirmation(wish: PendingAddress) -> Write:
    """The wish is granted, if it still is the latest. It stays a while, so that its link can be followed twice."""
    item = attributes(wish) | {"expires_at": epoch(wish.valid_until + timedelta(days=1))}
    condition = "#pending_id = :pending_id AND attribute_not_exists(#confirmed_at)"
    return put(pending_key(wish.patron_id, wish.field), item, condition, pending_id=wish.pending_id)
