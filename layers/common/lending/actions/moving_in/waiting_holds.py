"""Holds that wait on the day a library begins keep their place by the moment they were placed (RULES 11, 42)."""

from dataclasses import dataclass
from datetime import datetime

from lending.actions.holds.place import refusals_of_place
from lending.actions.library import Library
from lending.actions.moving_in.take_in import Taken
from lending.aws.table import again_when_overtaken
from lending.aws.table.catalogue import titles
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.holds.hold import Hold


@dataclass(frozen=True, slots=True)
class WaitingHold:
    """A hold as the library's own system has it."""

    card_number: str
    title_id: str
    placed_at: datetime
    pickup_place: str


@again_when_overtaken
def take_in_hold(library: Library, waiting: WaitingHold, *, dry: bool = False) -> Taken:
    """Put a patron in a title's queue, at the place of the moment the hold was placed; what became of it.

    Args:
        dry: nothing is written.
    """
    table = library.table
    card = next(iter(cards.find_many(table, [waiting.card_number])), None)
    patron = patrons.find(table, card.patron_id) if card and card.patron_id else None
    if patron is None:
        return Taken.UNKNOWN_CARD
    title = titles.find(table, waiting.title_id)
    if title is None or title.merging_into:
        return Taken.UNKNOWN_TITLE
    if holds.find(table, patron.patron_id, title.title_id):
        return Taken.SAME
    if refusals_of_place(library, waiting.pickup_place):
        return Taken.UNKNOWN_PLACE
    if title.title_id in patron.lent_titles:
        return Taken.TITLE_ON_LOAN
    if not title.lendable:
        return Taken.NOT_TO_BE_LENT
    if patron.open_holds >= library.policy.hold_limit:
        return Taken.HOLD_LIMIT
    if not dry:
        placed_at = waiting.placed_at
        hold = Hold(patron.patron_id, title.title_id, waiting.pickup_place, placed_at=placed_at, queued_at=placed_at)
        table.transact(
            patrons.hold_increment(patron.patron_id, title.title_id, library.policy.hold_limit),
            holds.addition(hold),
            titles.lendable_check(title.title_id),
        )
    return Taken.ADDED
