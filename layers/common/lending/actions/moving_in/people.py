"""People who have a card today are patrons without a visit (RULES 42). Nobody has an account before they need one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from lending.actions.moving_in.take_in import Planned, Taken, take_in
from lending.aws.table import Table
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import patrons, people
from lending.aws.table.registration import cards
from lending.aws.table.writes import Write, as_one
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState

# What is filled in where nothing is known; what somebody has given since stays.
_FILLED = ("name", "kana", "postal_code", "address", "phone", "email", "mail_to", "guardian", "note")


def take_in_people(table: Table, found: Sequence[Patron], *, dry: bool = False) -> list[Taken]:
    """Make patrons of people, known by their cards' numbers, of which no two are the same.

    Of one who is known a block is as told, a card lasts as long as the longer of both says, and what is not known is
    filled in.

    Args:
        found: each with an id that a new patron gets.
        dry: nothing is written.

    Returns:
        What became of each, in their order.
    """
    return take_in(table, found, partial(_planned, table), dry=dry)


def _planned(table: Table, found: Sequence[Patron]) -> list[Planned]:
    known = {card.number: card for card in cards.find_many(table, (person.card_number for person in found))}
    before = patrons.find_many(table, {card.patron_id for card in known.values() if card.patron_id})
    return [_plan(person, known.get(person.card_number), before) for person in found]


def _plan(person: Patron, card: Card | None, known: Mapping[str, Patron]) -> Planned:
    if card is None:
        issued = cards.addition(Card(person.card_number, CardState.ACTIVE, patron_id=person.patron_id))
        return Planned(Taken.ADDED, as_one(patrons.addition(person), issued, *_found_by(None, person)))
    if card.state is CardState.BLANK:
        return Planned(Taken.KIT_CARD)
    before = known.get(card.patron_id)
    if before is None or card.state is CardState.RETIRED:
        return Planned(Taken.CARD_ENDED)
    after = _filled(before, person)
    if after == before:
        return Planned(Taken.SAME)
    return Planned(Taken.CHANGED, as_one(patrons.change(before, after), *_found_by(before, after)))


def _filled(before: Patron, told: Patron) -> Patron:
    missing = {name: getattr(told, name) for name in _FILLED if not getattr(before, name)}
    expires_on = max(before.expires_on, told.expires_on)
    return replace(before, **missing, blocked=told.blocked, expires_on=expires_on)


def _found_by(before: Patron | None, after: Patron) -> list[Write]:
    """What a person is found by. A mark on an address stays: several of a family, who share it, come together."""
    used = {before.email, before.mail_to} if before else set()
    taken_up = sorted({after.email, after.mail_to} - used - {""})
    uses = [addresses.user_addition(address, after.patron_id) for address in taken_up]
    return [*people.name_changes(before, after), *uses]
