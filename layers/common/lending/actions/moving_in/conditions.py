"""Copies that are missing, lost or damaged on the day a library begins are so here, too (RULES 34, 42)."""

from lending.actions.catalogue.copy_condition import mark
from lending.actions.library import Library
from lending.actions.moving_in.take_in import Taken
from lending.aws.table import again_when_overtaken
from lending.aws.table.catalogue import copies
from lending.domain.catalogue.title import CopyState

_STAFF = "move-in"


@again_when_overtaken
def take_in_condition(library: Library, barcode: str, state: CopyState, *, dry: bool = False) -> Taken:
    """Let a copy be in a state; what became of it. One that is in use here stays as it is.

    Args:
        state: `MISSING`, `LOST` or `DAMAGED`.
        dry: nothing is written.
    """
    copy = copies.find(library.table, barcode)
    if copy is None:
        return Taken.UNKNOWN_COPY
    if copy.state is state:
        return Taken.SAME
    if copy.state is not CopyState.ON_SHELF or copy.pull:
        return Taken.IN_USE
    if dry:
        return Taken.CHANGED
    if state is CopyState.MISSING:
        library.table.write(copies.state_change(copy, state, on=library.today))
    else:
        mark(library, barcode, state, _STAFF)
    return Taken.CHANGED
