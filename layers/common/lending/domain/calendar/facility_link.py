"""The signed link by which a facility works without an account (RULES 53)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FacilityLink:
    """A facility's one link: `link_id` is what tells it from those before, `valid_until` its last day."""

    facility: str
    link_id: str
    valid_until: date

    def counts_on(self, day: date) -> bool:
        """Whether it is not over."""
        return day <= self.valid_until

    def opens(self, link_id: str, today: date) -> bool:
        """Whether it is the link that somebody comes with, and not over."""
        return self.link_id == link_id and self.counts_on(today)
