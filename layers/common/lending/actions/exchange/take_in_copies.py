"""The nightly file of copies: what has changed since is brought in, what contradicts is told to the desk (RULES 43)."""

from dataclasses import replace
from datetime import datetime

from lending.actions.exchange.told_changes import carry_out, changes_of, refused, taken_away
from lending.actions.library import Library
from lending.aws.table import Overtaken
from lending.aws.table.catalogue import copies
from lending.aws.table.exchange import answers, copies_files
from lending.aws.table.exchange.copies_files import Newest
from lending.aws.table.writes import Write
from lending.aws.telemetry import logger
from lending.domain.exchange.copies_file import CopiesFile, NotWhole, moment_of_file, read_copies, takes_too_much


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
        return refused(str(fault))
    mine = Newest(moment_of_file(name, arrived), told.rows)
    if newest and newest.moment > mine.moment:
        return "older"
    library, told = replace(library, moment=mine.moment), _after_answer(library, mine, told)
    _, away = _changes(library, told)
    if takes_too_much(away, told, newest.rows if newest else 0, library.policy):
        return refused("too_much")
    try:
        library.table.write(copies_files.newest_change(mine))
        carry_out(library.table, mine, _changes(library, told)[0])
    except Overtaken:
        return "older"
    logger().info("a file of copies was taken in", extra={"rows": told.rows, "bad": told.bad})
    return "taken"


def _after_answer(library: Library, mine: Newest, told: CopiesFile) -> CopiesFile:
    """A file from before the newest answer about candidates puts nothing back: the answer may have taken it away."""
    answer = answers.newest(library.table) if library.policy.candidates else None
    return replace(told, on_shelf=set()) if answer and answer.moment > mine.moment else told


def _changes(library: Library, told: CopiesFile) -> tuple[list[Write], int]:
    """What is to be written, and how many copies go from the shelf; only those are read of which it tells news."""
    table = library.table
    known = {copy.barcode: copy.due_on for copy in copies.elsewhere(table)}
    different = {each.barcode: each for each in copies_files.differences(table)}
    new = {barcode for barcode, due_on in told.elsewhere.items() if known.get(barcode, table) != due_on}
    found = copies.find_many(table, sorted(new | (known.keys() & told.on_shelf) | different.keys()))
    writes = [write for copy in found for write in changes_of(library, copy, told, different.get(copy.barcode))]
    gone = different.keys() - {copy.barcode for copy in found}
    return [*writes, *map(copies_files.difference_removal, sorted(gone))], taken_away(found, told)
