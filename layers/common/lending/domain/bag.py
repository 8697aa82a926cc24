"""One patron's books for one facility in one week (RULES 24)."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag; its slip bears card number and facility, no name."""

    patron_id: str
    card_number: str
    facility: str
    pickup_from: date
    pickup_until: date
    barcodes: frozenset[str] = frozenset()
    handed_over_at: datetime | None = None

    @property
    def bag_id(self) -> str:
        """What the facility calls it by: week, facility and patron, none of which says who it is."""
        return f"{self.pickup_from.isoformat()}.{self.facility}.{self.patron_id}"
