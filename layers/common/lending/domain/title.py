"""What the library owns: titles and their copies (RULES 9, 11)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CopyState(StrEnum):
    """Where a copy is. A pull on it (see `Copy.pull`) is a plan on top of `ON_SHELF` or `KEPT_ASIDE`."""

    ON_SHELF = "on_shelf"
    KEPT_ASIDE = "kept_aside"  # secured for one hold beyond the cap (RULES 20)
    READY = "ready"  # waits at the prefectural library's counter for one hold (RULES 15)
    ON_LOAN = "on_loan"
    MISSING = "missing"  # not found on the shelf (RULES 23)
    LOST = "lost"  # RULES 34
    DAMAGED = "damaged"  # RULES 34


@dataclass(frozen=True, slots=True)
class Pull:
    """The plan to take this copy from its shelf for one hold, until staff scan it (RULES 15, 23).

    `decision` is `lend`, `keep_aside` or `ready`; `run` is `YYYY-MM-DD` of the Thursday run, or `YYYY-MM-DDam`
    or `…pm` of a prefectural pull; `pickup_place` is where the book goes; `cap` is the patron's cap in that run.
    A pull for the counter stands for its day, a Thursday run's until its books are to be collected; later ones plan
    anew.
    """

    patron_id: str
    title_id: str
    decision: str
    run: str
    pickup_place: str
    cap: int


@dataclass(frozen=True, slots=True)
class Copy:
    """One book of the library."""

    barcode: str
    title_id: str
    call_number: str = ""
    reference_only: bool = False
    state: CopyState = CopyState.ON_SHELF
    holder: str = ""  # patron of the loan, or of the hold it is kept for
    due_on: date | None = None  # of the loan, kept here so that a run need not read loans
    pull: Pull | None = None
    returned_on: date | None = None  # the last check-in, so that the same check-in again gets the same answer

    @property
    def can_be_lent(self) -> bool:
        """Whether this copy may ever leave the library again without a word from staff (RULES 9)."""
        return not self.reference_only and self.state not in (CopyState.LOST, CopyState.DAMAGED)


@dataclass(frozen=True, slots=True)
class Title:
    """A work in the catalogue; `barcodes` are all its copies, `lendable` how many of them may leave the library."""

    title_id: str
    title: str
    author: str = ""
    isbn: str = ""
    barcodes: tuple[str, ...] = ()
    lendable: int = 0
