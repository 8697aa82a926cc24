"""Bags, by the numbers on their slips."""

from typing_extensions import TypedDict

from lending.domain.loans.bag import Bag


class BagNumbers(TypedDict):
    """A bag by its name and the numbers of its patron's card: that of now, and one on its slip that is another."""

    id: str
    card_number: str
    former_card_number: str | None


def shown_numbers(bag: Bag, current: str | None) -> BagNumbers:
    """A bag by its numbers; `current` is the card's number now, if it is known (RULES 24, 28)."""
    now, former = bag.numbers(current)
    return {"id": bag.bag_id, "card_number": now, "former_card_number": former}
