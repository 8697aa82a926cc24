"""What the library's own system says of copies becomes so here, or a difference for the desk (RULES 43)."""

from collections.abc import Iterable, Iterator

from lending.actions.library import Library
from lending.aws.metrics import emit_counts
from lending.aws.table import Overtaken, Table, in_batches
from lending.aws.table.catalogue import copies
from lending.aws.table.exchange import copies_files
from lending.aws.table.exchange.copies_files import Newest
from lending.aws.table.writes import Write
from lending.aws.telemetry import logger
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.copies_file import CopiesFile, Difference, may_be_told

# One of a transaction's writes demands that the file is the newest still.
_AT_ONCE = 99


def refused(why: str) -> str:
    """A file is refused as a whole, and the alarm hears it."""
    logger().warning("a file of copies was refused", extra={"why": why})
    emit_counts(CopiesRefused=1)
    return why


def taken_away(found: Iterable[Copy], told: CopiesFile) -> int:
    """How many of these copies are to go from the shelf."""
    return sum(
        copy.state is CopyState.ON_SHELF and may_be_told(copy) and copy.barcode in told.elsewhere for copy in found
    )


def changes_of(library: Library, copy: Copy, told: CopiesFile, known: Difference | None) -> Iterator[Write]:
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


def carry_out(table: Table, newest: Newest | None, writes: list[Write]) -> None:
    """Make every write whose condition holds; a copy that has changed meanwhile is left to the next file.

    Args:
        newest: the file of all copies that is to be the newest still.

    Raises:
        Overtaken: a newer file has come.
    """
    for part in in_batches(writes, _AT_ONCE):
        while part:
            try:
                table.transact(copies_files.newest_check(newest), *part)
                break
            except Overtaken as overtaken:
                if 0 in overtaken.failed:
                    raise
                part = [write for number, write in enumerate(part, 1) if number not in overtaken.failed]
