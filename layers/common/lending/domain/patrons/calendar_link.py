"""The link by which a patron's own calendar shows when books are to be collected and given back (RULES 16, 25, 29)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A patron's one link: `link_id` tells it from those before, `titles` is whether it shows which books they are."""

    patron_id: str
    link_id: str
    titles: bool = False
