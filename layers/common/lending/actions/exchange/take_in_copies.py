"""The nightly file of copies: what has changed since is brought in, what contradicts is told to the desk (RULES 43)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lending.actions.library import Library
from lending.aws.metrics import emit_counts
from lending.aws.table import Overtaken, Table, in_batches
from lending.aws.table.catalogue import copies
from lending.aws.table.exchange import copies_files
from lending.aws.table.exchange.copies_files import Newest
from lending.aws.table.writes import Write
from lending.aws.telemetry import logger
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.copies_file import (
    CopiesFile,
    Difference,
    NotWhole,
    may_be_told,
    moment_of_file,
    read_copies,
    takes_too_much,
)

# One of a transaction's writes demands that the file is the newest still.
_AT_ONCE = 99


@dataclass(slots=True)
class _Changes:
    """What a file changes: copies, and differences; `taken_away` of the copies were on the shelf."""

    writes: list[Write]
    taken_away: int = 0


def take_in_copies(library: Library, name: str, arrived: datetime, data: bytes) -> str:
    """Take in a file of copies; safe to repeat, and an older one after a newer one changes nothing.

    Args:
        name: the file's; a moment in it says as of when it tells.
        arrived: when it came, which counts if its name tells no moment.

    Returns:
        `taken`, `older`, or why it was refused as a whole: `columns`, `cut`, or `too_much`.
    """
    newest = copies_files.newest(library.table)
    try:
        told = read_copies(data)
    except NotWhole as fault:
        return _refused(str(fault))
    mine = Newest(moment_of_file(name, arrived), told.rows)
    if newest and newest.moment > mine.moment:
        return "older"
    library = replace(library, moment=mine.moment)
    if takes_too_much(_changes(library, told).taken_away, told, newest.rows if newest else 0, library.policy):
        return _refused("too_much")
    try:
        library.table.write(copies_files.newest_change(mine))
        _carry_out(library.table, mine, _changes(library, told).writes)
    except Overtaken:
        return "older"
    logger().info("a file of copies was taken in", extra={"rows": told.rows, "bad": told.bad})
    return "taken"


def _refused(why: str) -> str:
    logger().warning("a file of copies was refused", extra={"why": why})
    emit_counts(CopiesRefused=1)
    return why


def _changes(library: Library, told: CopiesFile) -> _Changes:
    """What is to be written: of the copies only those are read of which the file tells something new."""
    table = library.table
    known = {copy.barcode: copy.due_on for copy in copies.elsewhere(table)}
    different = {each.barcode: each for each in copies_files.differences(table)}
    new = {barcode for barcode, due_on in told.elsewhere.items() if known.get(barcode, table) != due_on}
    found = copies.find_many(table, sorted(new | (known.keys() & told.on_shelf) | different.keys()))
    changes = _Changes([])
    for copy in found:
        changes.writes += _of_copy(library, copy, told, different.get(copy.barcode))
        on_shelf = copy.state is CopyState.ON_SHELF and may_be_told(copy)
        changes.taken_away += on_shelf and copy.barcode in told.elsewhere
    gone = different.keys() - {copy.barcode for copy in found}
    changes.writes += map(copies_files.difference_removal, sorted(gone))
    return changes


def _of_copy(library: Library, copy: Copy, told: CopiesFile, known: Difference | None) -> Iterator[Write]:
    """What becomes of one copy, and of the difference that there was."""
    lent, day = copy.barcode in told.elsewhere, library.today
    due_on = told.elsewhere.get(copy.barcode)
    if lent and not may_be_told(copy):
        difference = Difference(copy.barcode, copy.title_id, known.since if known else day, due_on)
        if difference != known:
            yield copies_files.difference_record(difference)
        return
    if known:
        yield copies_files.difference_removal(copy.barcode)
    if lent and (copy.state is not CopyState.ELSEWHERE or copy.due_on != due_on):
        yield copies.state_change(copy, CopyState.ELSEWHERE, on=day, due_on=due_on)
    elif copy.barcode in told.on_shelf and copy.state is CopyState.ELSEWHERE:
        yield copies.state_change(copy, CopyState.ON_SHELF, on=day)


def _carry_out(table: Table, mine: Newest, writes: list[Write]) -> None:
    """Make every write whose condition holds; a copy that has changed meanwhile is left to the next file.

    Raises:
        Overtaken: a newer file has come.
    """
    for part in in_batches(writes, _AT_ONCE):
        while part:
            try:
                table.transact(copies_files.newest_check(mine), *part)
                break
            except Overtaken as overtaken:
                if 0 in overtaken.failed:
                    raise
                part = [write for number, write in enumerate(part, 1) if number not in overtaken.failed]
