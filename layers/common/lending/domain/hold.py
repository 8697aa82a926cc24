"""A patron's place in the queue of a title (RULES 9-14)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

PREFECTURAL = "prefectural"


class HoldStatus(StrEnum):
    """What a patron sees (RULES, words): 確保待ち, 確保済み, 貸出可能."""

    WAITING = "waiting"
    SECURED = "secured"
    READY = "ready"


STATUS_LABELS = {HoldStatus.WAITING: "確保待ち", HoldStatus.SECURED: "確保済み", HoldStatus.READY: "貸出可能"}


@dataclass(frozen=True, slots=True)
class LastRun:
    """Why the last run gave this hold no book, with the numbers the sentence needs (RULES 27)."""

    date: date
    code: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `queued_at` orders the queue of the title; it is `placed_at` until the hold is moved to the end (13).

    `pickup_place` is `prefectural` or a facility's number as text; `pickup_change` is a recorded change of it that
    counts from the run of its date (14). `barcode` is the copy kept for it while secured or ready.
    """

    patron_id: str
    title_id: str
    pickup_place: str
    placed_at: datetime
    queued_at: datetime
    status: HoldStatus = HoldStatus.WAITING
    barcode: str = ""
    pickup_until: date | None = None
    next_pickup_place: str = ""
    next_pickup_from: date | None = None
    last_run: LastRun | None = None

    def place_on(self, run_date: date) -> str:
        """The pickup place that counts in the run of `run_date` (RULES 14)."""
        if self.next_pickup_place and self.next_pickup_from and self.next_pickup_from <= run_date:
            return self.next_pickup_place
        return self.pickup_place
