"""Rows of a file are taken in, each on its own; brought again, nothing changes (RULES 42)."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from lending.aws.table import Table
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.writes import Write

Row = TypeVar("Row")
_TRIES = 5


class Taken(StrEnum):
    """What became of a row: it is new, differs from what was here, was here; or why it cannot be used."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    UNKNOWN_CARD = "unknown_card"
    KIT_CARD = "kit_card"
    CARD_ENDED = "card_ended"
    UNKNOWN_COPY = "unknown_copy"
    UNKNOWN_TITLE = "unknown_title"
    UNKNOWN_PLACE = "unknown_place"
    LENT_TO_ANOTHER = "lent_to_another"
    IN_USE = "in_use"
    CAME_BACK = "came_back"
    NOT_TO_BE_LENT = "not_to_be_lent"
    TITLE_ON_LOAN = "title_on_loan"
    TITLE_HELD = "title_held"
    HOLD_LIMIT = "hold_limit"
    OVERTAKEN = "overtaken"

    @property
    def is_fault(self) -> bool:
        """Whether the row cannot be used."""
        return self not in (Taken.ADDED, Taken.CHANGED, Taken.SAME)


class Planned(NamedTuple):
    """What is to become of a row, and the write that does it, if one is needed."""

    taken: Taken
    write: Write | None = None


def take_in(
    table: Table, rows: Sequence[Row], plan: Callable[[Sequence[Row]], list[Planned]], *, dry: bool
) -> list[Taken]:
    """Plan some rows together and carry it out; what is overtaken is planned anew.

    Args:
        rows: whose writes are of different items.
        dry: nothing is written.

    Returns:
        What became of each row, in their order.
    """
    done: dict[int, Taken] = {}
    left = list(range(len(rows)))
    for _ in range(_TRIES):
        planned = dict(zip(left, plan([rows[number] for number in left]), strict=True))
        done |= {number: each.taken for number, each in planned.items()}
        writes = {number: each.write for number, each in planned.items() if each.write and not dry}
        left = [list(writes)[position] for position in write_what_holds(table, writes.values())]
        if not left:
            break
    return [Taken.OVERTAKEN if number in left else done[number] for number in range(len(rows))]
