"""The library an action is carried out in: its table, what it has set for itself, and the moment."""

from dataclasses import dataclass
from datetime import date, datetime

from lending.aws.settings import settings
from lending.aws.table import Busy, Overtaken, Table, library_table
from lending.domain.policy import Policy
from lending.domain.week import in_tokyo

__all__ = ["Busy", "Library", "Overtaken", "library_at"]


@dataclass(frozen=True, slots=True)
class Library:
    """The library as of a moment, in Tokyo's time."""

    table: Table
    policy: Policy
    moment: datetime

    @property
    def today(self) -> date:
        """The day of the moment."""
        return in_tokyo(self.moment).date()


def library_at(moment: datetime) -> Library:
    """The library that this function serves, as of a moment in Tokyo's time."""
    return Library(library_table(), settings().policy, moment)
