"""Mail addresses: ADDRESS#address / ADDRESS while nothing reaches it, / PATRON#id for each patron who uses it (39)."""

from collections.abc import Iterable
from datetime import datetime

from lending.aws.table.codec import stamp
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put

_USER = "PATRON#"


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


def use(address: str, patron_id: str) -> Write:
    """A patron uses an address, from now on or still."""
    return put(user_key(address, patron_id), {})


def leave(address: str, patron_id: str) -> Write:
    """A patron no longer uses an address."""
    return delete(user_key(address, patron_id))


def mark_unreachable(address: str, moment: datetime, cause: str) -> Write:
    """Nothing reaches the address, for every patron who uses it (RULES 39)."""
    return put(key(address), {"since": stamp(moment), "cause": cause})


def mark_reachable(address: str) -> Write:
    """The address may be tried again: a patron has changed or proved it (RULES 39)."""
    return delete(key(address))
