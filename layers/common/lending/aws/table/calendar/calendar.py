"""Closures and suspensions: CALENDAR / CLOSURE#…, SUSPENSION#…, and what else is told of days to come goes by.

LATEST is the latest weekly run that is through, RETURNS how late books came back of late.

The whole calendar is one query. Every change of it
is marked in the same transaction, in CALENDAR_VERSION, so that a process need not read again what it has read.
"""

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from secrets import randbelow

from lending.aws.table.codec import Item, attributes, epoch, values_of
from lending.aws.table.store import Overtaken, Table
from lending.aws.table.writes import Count, Key, Write, delete, put, put_new, update
from lending.domain.calendar.calendar import Calendar, LatestRun
from lending.domain.calendar.closures import Closure, Suspension
from lending.domain.coming_back import Returns
from lending.domain.run.run import Run
from lending.domain.week import DAY, TOKYO

_PARTITION = "CALENDAR"
_VERSION: Key = ("CALENDAR_VERSION", "VERSION")
# Books of eight weeks back may still be released, and a ready hold waits for ten open days.
_COUNTED_OVER = timedelta(days=120)


def closure_key(closure_id: str) -> Key:
    """The key of a closure."""
    return _PARTITION, f"CLOSURE#{closure_id}"


def suspension_key(suspension_id: str) -> Key:
    """The key of a suspension."""
    return _PARTITION, f"SUSPENSION#{suspension_id}"


_read: dict[str, tuple[int, Calendar]] = {}  # by table: what this process has read, and of which version


def load(table: Table) -> Calendar:
    """Everything that closes a door or stops a run, and the latest run, as of now."""
    # The version comes first: what is read after it may be newer, but never older.
    version = (table.get(_VERSION) or {}).get("version", 0)
    known, found = _read.get(table.name, (0, Calendar()))
    if not version or known != version:
        found = _load(table)
        if table.consistent:
            _read[table.name] = version, found
    return found


def _load(table: Table) -> Calendar:
    found = defaultdict[str, list[Item]](list)
    for item in table.query(_PARTITION):
        found[item["SK"].split("#")[0]].append(item)
    return Calendar(
        closures=tuple(values_of(Closure, found["CLOSURE"])),
        suspensions=tuple(values_of(Suspension, found["SUSPENSION"])),
        latest_run=next(values_of(LatestRun, found["LATEST"]), None),
        returns=next(values_of(Returns, found["RETURNS"]), Returns()),
    )


def note_latest(table: Table, run: Run) -> None:
    """This weekly run has considered every hold; one of a later date stands (RULES 27)."""
    latest = {"date": run.week.run_date, "cut_off": run.cut_off, "cycle": run.week.cycle}
    with suppress(Overtaken):
        condition = "attribute_not_exists(#date) OR #date < :run_date"
        noted = update((_PARTITION, "LATEST"), set=latest, condition=condition, run_date=run.week.run_date)
        table.write(_told(noted))


def returns_record(returns: Returns) -> Write:
    """How late books came back of late, as expectations are to go by (RULES 50)."""
    return _told(put((_PARTITION, "RETURNS"), attributes(returns)))


def closure_addition(closure: Closure) -> Write:
    """A closure that was not known. It is erased when no deadline is counted over its days any more."""
    # What is closed for good is never erased, for that day is beyond the calendar.
    erased = datetime.combine(min(closure.ends_on, date.max - _COUNTED_OVER - DAY), time(), TOKYO) + _COUNTED_OVER
    return _told(put_new(closure_key(closure.closure_id), attributes(closure) | {"expires_at": epoch(erased)}))


def suspension_addition(suspension: Suspension) -> Write:
    """A suspension that was not known."""
    return _told(put_new(suspension_key(suspension.suspension_id), attributes(suspension)))


def removal(key: Key) -> Write:
    """Take a closure or suspension back."""
    return _told(delete(key, "attribute_exists(#PK)"))


def _told(change: Write) -> Write:
    """A change of the calendar, which whoever has read it will learn of."""
    # By any number: then no version comes again, not even in a table that was emptied.
    return replace(change, counts=(Count(_VERSION, "version", 1 + randbelow(10**12)),))
