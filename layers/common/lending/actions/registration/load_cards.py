"""Blank cards become known when they are brought to a place, and are counted there (RULES 5, 44, 54)."""

from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.calendar import facilities
from lending.aws.table.registration import cards
from lending.domain.calendar.facility import Facility
from lending.domain.holds.hold import PREFECTURAL
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.registration.card import Card, CardState, Stock

# With the count of the place's cards they fill a transaction.
_AT_ONCE = 99
# As many as can be read and written while a request lasts.
RANGE = 5000


def numbers_between(first: str, last: str) -> list[str]:
    """All numbers from one to another, both counted, with the zeros they begin with.

    Raises:
        Refused: they are not of one length, not in order, or too many.
    """
    count = int(last) - int(first) + 1
    if len(first) != len(last) or not 1 <= count <= RANGE:
        raise Refused("invalid_fields", Reason("no_range", {"most": RANGE}, field="to"))
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]


@again_when_overtaken
def load_cards(table: Table, place: str, numbers: list[str], field: str) -> int:
    """Make numbers of blank cards at a place known.

    Sent again, whole or cut off half-way, it ends the same: numbers that are known as this place's are passed over.

    Args:
        place: `prefectural`, or a facility's number as text.
        numbers: regular card numbers.
        field: what named the place.

    Returns:
        How many became known just now.

    Raises:
        Refused: the place is none or hands out no kits, or numbers are known otherwise: then none is added.
    """
    _check_place(table, place, field)
    kits = {number: Card(number, CardState.BLANK, place) for number in numbers}
    known = {card.number: card for card in cards.find_many(table, kits)}
    if others := sorted(number for number, card in known.items() if card.facility != place):
        facts = {"numbers": others[:100], "count": len(others)}
        raise Refused("cards_known", Reason("cards_known", facts, field="numbers"))
    new = [cards.addition(card) for number, card in kits.items() if number not in known]
    for start in range(0, len(new), _AT_ONCE):
        table.transact(*new[start : start + _AT_ONCE])
    return len(new)


def card_stocks(table: Table, policy: Policy) -> list[tuple[Stock, str]]:
    """What each place has of blank cards, with its name: the prefectural library, and whoever hands kits out."""
    counted = {stock.place: stock for stock in cards.stocks(table)}
    named = {str(each.number): each.name for each in facilities.all_facilities(table) if each.gives_out_kits}
    named = {PREFECTURAL: policy.library_name} | named
    return [(counted.get(place, Stock(place)), name) for place, name in named.items()]


def card_stock(table: Table, facility: Facility) -> Stock | None:
    """What a facility has of blank cards; None if it hands out no kits (RULES 54)."""
    return cards.stock(table, str(facility.number)) if facility.gives_out_kits else None


def _check_place(table: Table, place: str, field: str) -> None:
    if place == PREFECTURAL:
        return
    facility = facilities.find(table, place)
    if facility is None:
        raise Refused("invalid_fields", Reason("unknown_facility", field=field))
    if not facility.gives_out_kits:
        raise Refused("invalid_fields", Reason("facility_without_kits", field=field))
