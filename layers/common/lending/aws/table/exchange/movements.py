"""MOVEMENTS / moment#barcode#kind: what the library's own system is still to be told (RULES 43).

A movement exists because its item was put in the same transaction as the change it tells of. EXCHANGE / MOVEMENTS has
the moment of the newest file, and its rows until it has been sent: what goes into a file is settled before it is sent.
"""

from dataclasses import dataclass
from datetime import datetime

from lending.aws.table.codec import attributes, each_of, stamp, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put, still, update
from lending.domain.exchange.movement import Movement

_WAITING = "MOVEMENTS"
_NEWEST = ("EXCHANGE", "MOVEMENTS")


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file of movements: the moment that names it, and its rows; none are left once it was sent."""

    moment: datetime
    rows: tuple[str, ...] = ()


def addition(movement: Movement) -> Write:
    """A movement to be told; put it in the transaction of what it tells of."""
    return put(_key(_row(movement)), attributes(movement))


def waiting(table: Table, until: datetime, limit: int) -> list[str]:
    """Rows of the movements up to a moment that are in no file yet, the oldest first."""
    page = table.page(_WAITING, before=f"{stamp(until)}#~", limit=limit)
    return list(each_of(lambda item: _row(value_of(Movement, item)), page.items))


def removal(row: str) -> Write:
    """The movement of a row has been told."""
    return delete(_key(row))


def newest(table: Table) -> OutFile | None:
    """The newest file, None before the first."""
    item = table.get(_NEWEST)
    return value_of(OutFile, item) if item else None


def file_record(before: OutFile | None, file: OutFile) -> Write:
    """A file is to be sent, if the one before is the newest still, and was sent."""
    condition, values = still(attributes(before) if before else {}, "moment", "rows")
    return update(_NEWEST, set=attributes(file), condition=condition, **values)


def sent_change(file: OutFile) -> Write:
    """A file was sent."""
    condition, values = still(attributes(file), "moment")
    return update(_NEWEST, remove=("rows",), condition=f"{condition} AND attribute_exists(#rows)", **values)


def _row(movement: Movement) -> str:
    due_on = movement.due_on.isoformat() if movement.due_on else ""
    return f"{stamp(movement.moment)},{movement.kind},{movement.barcode},{due_on}"


def _key(row: str) -> Key:
    moment, kind, barcode, _ = row.split(",")
    return _WAITING, f"{moment}#{barcode}#{kind}"
