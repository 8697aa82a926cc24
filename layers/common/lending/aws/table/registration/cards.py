"""Cards: CARD#number / CARD: blank at a place, active for a patron, or retired. A number is one card (RULES 5).

CARDS / STOCK#place counts the cards brought to a place, in the very writes that bring them and give them out.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from lending.aws.table.codec import attributes, stamp, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Count, Key, Write, as_one, put_new, update
from lending.domain.registration.card import Card, CardState, Stock

_STOCK = "STOCK#"


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


def stocks(table: Table) -> list[Stock]:
    """How many cards each place has and gave out; none of a place that never had any."""
    found = table.query("CARDS", _STOCK)
    return list(values_of(Stock, (item | {"place": item["SK"].removeprefix(_STOCK)} for item in found)))


def stock(table: Table, place: str) -> Stock:
    """How many cards a place has and gave out."""
    item = table.get(_stock_key(place))
    return value_of(Stock, item | {"place": place}) if item else Stock(place)


def addition(card: Card) -> Write:
    """A card that was not known: a blank one for a place to hand out, or one issued elsewhere."""
    write = put_new(key(card.number), attributes(card))
    brought = card.state is CardState.BLANK and card.facility
    return replace(write, counts=(Count(_stock_key(card.facility), "blank", 1),)) if brought else write


def activation(card: Card, patron_id: str, moment: datetime) -> Write:
    """A blank card becomes a patron's: exactly one application gets it (RULES 5)."""
    active = update(
        key(card.number),
        set={"state": CardState.ACTIVE, "patron_id": patron_id},
        condition="#state = :blank",
        blank=CardState.BLANK,
    )
    return as_one(active, _given(card, moment)) if card.facility else active


def retirement(number: str, patron_id: str) -> Write:
    """A patron's card ends: a re-issue has replaced it."""
    return update(
        key(number),
        set={"state": CardState.RETIRED},
        condition="#state = :active AND #patron_id = :patron",
        active=CardState.ACTIVE,
        patron=patron_id,
    )


def patron_removal(number: str) -> Write:
    """A card whose patron leaves ends: nothing says whose it was, and nobody gets its number again (RULES 41)."""
    return update(
        key(number), set={"state": CardState.RETIRED}, remove=("patron_id",), condition="attribute_exists(#PK)"
    )


def _given(card: Card, moment: datetime) -> Write:
    return update(_stock_key(card.facility), set={"last_given_at": stamp(moment)}, add={"blank": -1, "given": 1})


def _stock_key(place: str) -> Key:
    return "CARDS", f"{_STOCK}{place}"
