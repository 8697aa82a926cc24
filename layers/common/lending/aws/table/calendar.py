"""Closures and suspensions: CALENDAR / CLOSURE#…, SUSPENSION#…: the whole calendar is one query."""

from lending.aws.table.codec import Item, attributes, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put_new
from lending.domain.closure import Calendar, Closure, Suspension

_PARTITION = "CALENDAR"


def closure_key(closure_id: str) -> Key:
    """The key of a closure."""
    return _PARTITION, f"CLOSURE#{closure_id}"


def suspension_key(suspension_id: str) -> Key:
    """The key of a suspension."""
    return _PARTITION, f"SUSPENSION#{suspension_id}"


def load(table: Table) -> Calendar:
    """Everything that closes a door or stops a run, as of now."""
    found: dict[str, list[Item]] = {"CLOSURE": [], "SUSPENSION": []}
    for item in table.query(_PARTITION):
        found[item["SK"].split("#")[0]].append(item)
    return Calendar(
        closures=tuple(value_of(Closure, item) for item in found["CLOSURE"]),
        suspensions=tuple(value_of(Suspension, item) for item in found["SUSPENSION"]),
    )


def add_closure(closure: Closure) -> Write:
    """A closure that was not known."""
    return put_new(closure_key(closure.closure_id), attributes(closure))


def add_suspension(suspension: Suspension) -> Write:
    """A suspension that was not known."""
    return put_new(suspension_key(suspension.suspension_id), attributes(suspension))


def remove(key: Key) -> Write:
    """Take a closure or suspension back."""
    return delete(key, "attribute_exists(#PK)")
