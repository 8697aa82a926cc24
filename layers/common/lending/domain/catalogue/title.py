"""What the library owns: titles and their copies (RULES 9, 11)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from lending.domain.catalogue.description import Description
from lending.domain.run_id import RunId
from lending.domain.week import Week


class CopyState(StrEnum):
    """Where a copy is. A pull on it (see `Copy.pull`) is a plan on top of `ON_SHELF` or `KEPT_ASIDE`."""

    ON_SHELF = "on_shelf"
    KEPT_ASIDE = "kept_aside"  # secured for one hold beyond the cap (RULES 20)
    READY = "ready"  # waits at the prefectural library's counter for one hold (RULES 15)
    ON_LOAN = "on_loan"
    ELSEWHERE = "elsewhere"  # lent by the library's own system (RULES 43)
    MISSING = "missing"  # not found on the shelf (RULES 23)
    LOST = "lost"  # RULES 34
    DAMAGED = "damaged"  # RULES 34


class LiesAt(StrEnum):
    """On which shelf a copy lies that nobody has at home; to be fetched there, or to be cleared from it (RULES 16)."""

    SHELF = "shelf"  # its own, by its call number
    COUNTER = "counter"  # the counter's, for books that are ready
    KEPT_ASIDE = "kept_aside"  # of the books secured for a later run
    RETURNS = "returns"  # checked in, and not put back since somebody waits


# Where a copy lies by its state, unless it is told otherwise.
_LIES_AT = {CopyState.KEPT_ASIDE: LiesAt.KEPT_ASIDE, CopyState.READY: LiesAt.COUNTER}


def usual_place(state: CopyState) -> LiesAt:
    """Where a copy of this state lies."""
    return _LIES_AT.get(state, LiesAt.SHELF)


@dataclass(frozen=True, slots=True)
class Pull:
    """The plan to take this copy from its shelf for one hold, until staff scan it (RULES 15, 23).

    `decision` is `lend`, `keep_aside` or `ready`; `run` made it; `pickup_place` is where the book goes; `cap` is the
    patron's cap in that run. `week` is the one a weekly run serves, whose days are those of then, whatever the policy
    becomes before the scan; a pull for the counter has none. `facts` are the numbers that the run found, for the
    reason should the book not be lent (27): place in the queue, or how the cap was filled.
    A pull for the counter stands for its day, a Thursday run's until its books are to be collected; later ones plan
    anew.
    """

    patron_id: str
    title_id: str
    decision: str
    run: RunId
    pickup_place: str
    cap: int
    week: Week | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day of the run or pull that planned it."""
        return self.run.day

    @property
    def of_weekly_run(self) -> bool:
        """Whether a weekly run planned it, for a partner facility; otherwise it is one for the counter."""
        return self.week is not None

    def stands_on(self, day: date) -> bool:
        """Whether staff fetch by it on `day`: for the counter on its day, otherwise until Sunday (RULES 15, 29)."""
        return day < self.week.pickup_from if self.week else self.day >= day


@dataclass(frozen=True, slots=True)
class Copy:
    """One book of the library. `lies_at` counts while nobody has it; `since` is the day of its last change of state."""

    barcode: str
    title_id: str
    call_number: str = ""
    reference_only: bool = False
    state: CopyState = CopyState.ON_SHELF
    holder: str = ""  # patron of the loan, or of the hold it is kept for
    due_on: date | None = None  # of the loan, here or elsewhere, so that a run need not read loans
    pull: Pull | None = None
    returned_on: date | None = None  # the last check-in, so that the same check-in again gets the same answer
    lies_at: LiesAt = LiesAt.SHELF
    since: date | None = None

    @property
    def is_out(self) -> bool:
        """Whether somebody has it at home, lent here or by the library's own system (RULES 43)."""
        return self.state in (CopyState.ON_LOAN, CopyState.ELSEWHERE)

    @property
    def can_be_lent(self) -> bool:
        """Whether this copy may ever leave the library again without a word from staff (RULES 9)."""
        return not self.reference_only and self.state not in (CopyState.LOST, CopyState.DAMAGED)


def lost_all_copies(copies: Iterable[Copy]) -> bool:
    """Whether a title without a copy to lend had one: all are lost, damaged or withdrawn, not 禁帯出 (RULES 9)."""
    left = list(copies)
    return not left or any(not copy.reference_only for copy in left)


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records of one work: `source` becomes part of `into`."""

    source: str
    into: str


@dataclass(frozen=True, slots=True)
class Title(Description):
    """A work in the catalogue; `barcodes` are all its copies, `lendable` how many of them may leave the library.

    While it is made one with another record of the same work, `merge` names both of them.
    """

    barcodes: tuple[str, ...] = ()
    lendable: int = 0
    merge: Merge | None = None

    @property
    def merging_into(self) -> str:
        """The title that this one is becoming, empty if none."""
        return self.merge.into if self.merge and self.merge.source == self.title_id else ""
