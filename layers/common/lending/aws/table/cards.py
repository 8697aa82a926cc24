"""Cards: CARD#number / CARD: blank at a facility, active for a patron, or retired. A number is one card (RULES 5)."""

from collections.abc import Iterable

from lending.aws.table.codec import attributes, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put_new, update
from lending.domain.card import Card, CardState


def key(number: str) -> Key:
    """The key of a card."""
    return f"CARD#{number}", "CARD"


def find(table: Table, number: str) -> Card | None:
    """The card as of now."""
    item = table.get(key(number))
    return value_of(Card, item) if item else None


def find_many(table: Table, numbers: Iterable[str]) -> list[Card]:
    """Those of the cards that exist."""
    return list(values_of(Card, table.get_many(map(key, numbers))))


def add(card: Card) -> Write:
    """A card that was not known: a kit for a facility to hand out, or one issued at the counter."""
    return put_new(key(card.number), attributes(card))


def activate(number: str, patron_id: str) -> Write:
    """A blank card becomes a patron's: exactly one application gets it (RULES 5)."""
    return update(
        key(number),
        set={"state": CardState.ACTIVE, "patron_id": patron_id},
        condition="#state = :blank",
        blank=CardState.BLANK,
    )


def retire(number: str, patron_id: str) -> Write:
    """A patron's card ends: a re-issue has replaced it."""
    return update(
        key(number),
        set={"state": CardState.RETIRED},
        condition="#state = :active AND #patron_id = :patron",
        active=CardState.ACTIVE,
        patron=patron_id,
    )
