"""Facilities: FACILITIES / FACILITY#nn, all in one query."""

from lending.aws.table.codec import attributes, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put
from lending.domain.calendar.facility import Facility

_PARTITION = "FACILITIES"


def key(number: int) -> Key:
    """The key of a facility."""
    return _PARTITION, f"FACILITY#{number:02}"


def find(table: Table, number: str) -> Facility | None:
    """The facility of a number as text, or None if it is not one."""
    item = table.get(key(int(number))) if number.isascii() and number.isdigit() else None
    return value_of(Facility, item) if item else None


def all_facilities(table: Table) -> list[Facility]:
    """Every facility, by number."""
    return list(values_of(Facility, table.query(_PARTITION)))


def facility_record(facility: Facility) -> Write:
    """A facility as the library lists it now."""
    return put(key(facility.number), attributes(facility))
