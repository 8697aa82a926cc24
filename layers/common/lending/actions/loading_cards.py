"""Kit cards become known when they are handed to a facility (RULES 5)."""

from lending.aws.table import Table, again_when_overtaken, cards, facilities
from lending.domain.card import Card, CardState
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused

_AT_ONCE = 100


@again_when_overtaken
def load_cards(table: Table, facility: str, numbers: list[str], policy: Policy) -> int:
    """Make kit numbers of a facility known.

    Sent again, whole or cut off half-way, it ends the same: numbers that are known as this very kit are passed over.

    Args:
        facility: its number as text.
        numbers: regular card numbers.

    Returns:
        How many became known just now.

    Raises:
        Refused: the facility is none or hands out no kits, or numbers are known otherwise: then none is added.
    """
    place = facilities.find(table, facility)
    if place is None:
        raise Refused("invalid_fields", Reason("unknown_facility", field="facility"))
    if not place.gives_out_kits or place.number in policy.facilities_without_kits:
        raise Refused("invalid_fields", Reason("facility_without_kits", field="facility"))
    kits = {number: Card(number, CardState.BLANK, str(place.number)) for number in numbers}
    known = {card.number: card for card in cards.find_many(table, kits)}
    if others := sorted(number for number, card in known.items() if card.facility != str(place.number)):
        raise Refused("cards_known", Reason("cards_known", {"numbers": others, "count": len(others)}, field="numbers"))
    new = [cards.add(card) for number, card in kits.items() if number not in known]
    for start in range(0, len(new), _AT_ONCE):
        table.transact(*new[start : start + _AT_ONCE])
    return len(new)
