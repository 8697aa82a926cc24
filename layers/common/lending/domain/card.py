"""The card with a number, printed and bar-coded (RULES 1, 5)."""

from dataclasses import dataclass
from enum import StrEnum


class CardState(StrEnum):
    """A card's life."""

    BLANK = "blank"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Card:
    """A card; `facility` is who hands the kit out, empty for one issued at the counter; `patron_id` whose it is."""

    number: str
    state: CardState = CardState.BLANK
    facility: str = ""
    patron_id: str = ""
