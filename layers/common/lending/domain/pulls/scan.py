"""A scan of a book by its plan, and what there was before it (RULES 23)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lending.domain.catalogue.title import LiesAt, Pull
from lending.domain.holds.hold import Hold, HoldStatus


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


def with_wishes_since(before: Hold, now: Hold) -> Hold:
    """The hold as it was before a scan that is undone, but for what was asked for since (RULES 13, 14, 23, 47-49).

    A scan itself changes the pickup place of a book that it makes ready, and takes one that it keeps out of its group.
    """
    wished: dict[str, Any] = {
        "queued_at": now.queued_at,
        "after": now.after,
        "rank": now.rank,
        "asked_on": now.asked_on,
    }
    if now.status is not HoldStatus.READY:
        wished |= {
            "pickup_place": now.pickup_place,
            "next_pickup_place": now.next_pickup_place,
            "next_pickup_from": now.next_pickup_from,
        }
    if before.status is now.status:
        wished["group"] = now.group
    return replace(before, **wished)
