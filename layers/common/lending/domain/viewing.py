"""What staff look at leaves a trace (RULES 41)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Viewing:
    """Who looked at what of a person, and when."""

    at: datetime
    by: str
    what: str
