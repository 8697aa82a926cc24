"""Pauses of which the patron is still to be told that they end: PATRON#id / PAUSE; `work` lists them by day."""

from collections.abc import Iterator
from datetime import date

from lending.aws.table.codec import attributes, values_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.patrons.pause import Pause

_WORK = "PAUSE"


def _key(patron_id: str) -> Key:
    return partition(patron_id), _WORK


def ending_until(table: Table, day: date) -> Iterator[Pause]:
    """Pauses whose last day is on or before a day, the first first."""
    yield from values_of(Pause, table.query(_WORK, index="work", before=f"{day.isoformat()}#~"))


def record(pause: Pause) -> Write:
    """A pause, in place of one that was chosen before."""
    listed = {"work": _WORK, "work_order": f"{pause.until.isoformat()}#{pause.patron_id}"}
    return put(_key(pause.patron_id), attributes(pause) | listed)


def removal(patron_id: str) -> Write:
    """There is no pause any more."""
    return delete(_key(patron_id))


def told_removal(pause: Pause) -> Write:
    """The patron is told that it ends, if it still is this one."""
    return delete(_key(pause.patron_id), "#until = :until", until=pause.until)
