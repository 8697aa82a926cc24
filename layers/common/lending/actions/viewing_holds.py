"""What a patron sees of their holds (RULES 8, 11, 16, 27)."""

from dataclasses import dataclass

from lending.aws.table import Table, holds, titles
from lending.domain.hold import Hold, HoldStatus
from lending.domain.title import Title


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold with its title and, while it waits, its place: `position` of `of` waiting ones; otherwise None."""

    hold: Hold
    title: Title
    position: int | None
    of: int | None


def view_holds(table: Table, patron_id: str) -> list[HoldView]:
    """A patron's open holds, oldest first, each with its place in the queue (RULES 11)."""
    return [view for hold in holds.of_patron(table, patron_id) if (view := _view(table, hold))]


def _view(table: Table, hold: Hold) -> HoldView | None:
    found = titles.view(table, hold.title_id)
    if found is None:
        return None
    # The index may be a moment behind the hold itself, which was just read: the hold always counts.
    queue = {(other.queued_at, other.patron_id) for other in found.holds if other.status == HoldStatus.WAITING}
    if hold.status != HoldStatus.WAITING:
        return HoldView(hold, found.title, None, None)
    mine = (hold.queued_at, hold.patron_id)
    return HoldView(hold, found.title, sum(other < mine for other in queue) + 1, len(queue | {mine}))
