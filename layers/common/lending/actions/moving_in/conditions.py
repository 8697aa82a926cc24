"""Copies that are missing, lost, damaged or elsewhere on the day a library begins are so here, too (34, 42, 43)."""

from datetime import date

from lending.actions.catalogue.copy_condition import mark
from lending.actions.library import Library
from lending.actions.moving_in.take_in import Taken
from lending.aws.table import again_when_overtaken
from lending.aws.table.catalogue import copies
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.copies_file import may_be_told

_STAFF = "move-in"


@again_when_overtaken
def take_in_condition(
    library: Library, barcode: str, state: CopyState, due_on: date | None, as_of: date, *, dry: bool = False
) -> Taken:
    """Let a copy be in a state; what became of it. One that is in use here stays as it is.

    Args:
        state: `MISSING`, `LOST`, `DAMAGED` or `ELSEWHERE`.
        due_on: of the loan elsewhere.
        as_of: the day of which it is told.
        dry: nothing is written.
    """
    copy = copies.find(library.table, barcode)
    if copy is None:
        return Taken.UNKNOWN_COPY
    elsewhere = state is CopyState.ELSEWHERE
    if copy.state is state and (copy.due_on == due_on or not elsewhere):
        return Taken.SAME
    if elsewhere and came_back(copy, as_of):
        return Taken.CAME_BACK
    if not may_be_told(copy) if elsewhere else copy.state is not CopyState.ON_SHELF or copy.pull:
        return Taken.IN_USE
    if dry:
        return Taken.CHANGED
    if state in (CopyState.LOST, CopyState.DAMAGED):
        mark(library, barcode, state, _STAFF)
    else:
        library.table.write(copies.state_change(copy, state, on=as_of, due_on=due_on))
    return Taken.CHANGED


def came_back(copy: Copy, as_of: date) -> bool:
    """Whether a copy was checked in here since a day, so that what is told of that day is over."""
    return copy.returned_on is not None and copy.returned_on >= as_of
