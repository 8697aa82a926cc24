"""The card with a number, printed and bar-coded (RULES 1, 5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CardState(StrEnum):
    """A card's life."""

    BLANK = "blank"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Card:
    """A card; `facility` is the place where it lay blank, empty if it never did; `patron_id` whose it is."""

    number: str
    state: CardState = CardState.BLANK
    facility: str = ""
    patron_id: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """The cards brought to a place: how many lie there blank, how many were given out, and when the last."""

    place: str
    blank: int = 0
    given: int = 0
    last_given_at: datetime | None = None
