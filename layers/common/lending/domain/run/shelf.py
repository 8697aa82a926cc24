"""Which copies of a title a run may give, and for whom others are being fetched already (RULES 15, 18, 23, 29)."""

from collections.abc import Iterable, Mapping, Sequence

from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import Hold
from lending.domain.run.obstacles import Gate
from lending.domain.run.run import Run, RunKind

# A member of an enum is slow to look up, and a run asks for these millions of times.
_ON_SHELF, _KEPT_ASIDE = CopyState.ON_SHELF, CopyState.KEPT_ASIDE


def standing_pulls(copies: Sequence[Copy], queue: Iterable[Hold], gate: Gate) -> Mapping[str, str]:
    """The patrons, with their copies, for whom staff are already fetching by another run's plan (RULES 15, 23).

    A plan stands for its day. One of a later day stands as well: it can only be met when a run is made up for late.
    What a Thursday run has planned, no pull for the counter takes away until its books are to be collected (RULES 29).
    """
    standing = {
        copy.pull.patron_id: copy.barcode
        for copy in copies
        if copy.pull is not None and stands_beside(copy.pull, copy, gate.run)
    }
    return (
        {hold.patron_id: standing[hold.patron_id] for hold in queue if hold.patron_id in standing} if standing else {}
    )


def stands_beside(pull: Pull, copy: Copy, run: Run) -> bool:
    """Whether a plan on a copy is another run's by which staff fetch it, as `standing_pulls` says."""
    if pull.run == run.run_id or copy.state not in (_ON_SHELF, _KEPT_ASIDE):
        return False
    return pull.day >= run.day or (run.kind is RunKind.PREFECTURAL and pull.of_weekly_run and pull.stands_on(run.day))


def free_copies(copies: Sequence[Copy], standing: Mapping[str, str]) -> list[Copy]:
    """Copies to be taken from the end, so that the first in shelf order goes first."""
    free = [copy for copy in copies if copy.state is _ON_SHELF and copy.can_be_lent]
    if standing:
        taken = frozenset(standing.values())
        free = [copy for copy in free if copy.barcode not in taken]
    if len(free) > 1:
        free.sort(key=_shelf_order, reverse=True)
    return free


def _shelf_order(copy: Copy) -> tuple[str, str]:
    return copy.call_number, copy.barcode
