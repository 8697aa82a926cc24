"""Facilities: FACILITIES / FACILITY#nnn, all in one query."""

from lending.aws.table.codec import attributes, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put
from lending.domain.calendar.facility import Facility, in_order

_PARTITION = "FACILITIES"


def key(number: str) -> Key:
    """The key of a facility."""
    return _PARTITION, f"FACILITY#{in_order(number)}"


def find(table: Table, number: str) -> Facility | None:
    """The facility of a number as text, or None if it is not one."""
    item = table.get(key(str(int(number)))) if number.isascii() and number.isdigit() else None
    return value_of(Facility, item) if item else None


def all_facilities(table: Table) -> list[Facility]:
    """Every facility, by number."""
    return list(values_of(Facility, table.query(_PARTITION)))


def facility_record(facility: Facility) -> Write:
    """A facility as the library lists it now."""
    return put(key(str(facility.number)), attributes(facility))
