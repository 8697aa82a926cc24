"""A book in a patron's hands, or on its way there or back (RULES 17, 19, 25, 30-32)."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan, open until the book is checked in at the prefectural library (RULES 32).

    For a partner facility `pickup_from` is Sunday S and `pickup_until` S+7; both are None for a counter loan.
    `handed_over_at` is set when a facility records it, `released_at` by the Sunday release (RULES 30).
    """

    patron_id: str
    barcode: str
    title_id: str
    title: str
    pickup_place: str
    lent_at: datetime
    due_on: date
    renewals: int = 0
    pickup_from: date | None = None
    pickup_until: date | None = None
    handed_over_at: datetime | None = None
    released_at: datetime | None = None
    lost: bool = False
    damaged: bool = False

    def state_on(self, day: date) -> str:
        """`in_transit`, `to_collect`, `on_loan` or `returning`, as My Library shows it (RULES 28-30)."""
        if self.pickup_from is None or self.handed_over_at is not None:
            return "on_loan"
        if self.released_at is not None:
            return "returning"
        if day < self.pickup_from:
            return "in_transit"
        return "to_collect" if self.pickup_until is None or day <= self.pickup_until else "on_loan"
