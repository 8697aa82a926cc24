"""A scan of a book by its plan, and what there was before it (RULES 23)."""

from dataclasses import dataclass
from datetime import datetime

from lending.domain.catalogue.title import LiesAt, Pull
from lending.domain.holds.hold import Hold


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan did: `lend`, `keep_aside`, `shelve_ready`, `missing` or `taken`.

    `pull` is the plan that stood on the book, `hold` the one that got it, or missed it, as it was before. `instead` is
    the copy that was planned for that hold in its place, `lies_at` where the book lay; `ended` are the other holds of
    its group (RULES 48).
    """

    barcode: str
    action: str
    at: datetime
    pull: Pull
    lies_at: LiesAt
    hold: Hold | None = None
    instead: str = ""
    ended: tuple[Hold, ...] = ()
