"""The desk registers a person who comes or writes, issues cards, and hands out a password on a slip (5, 6, 42, 44).

Registering makes no account: nobody needs one before they sign in, and the slip makes it then.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from lending.actions.library import Library
from lending.actions.lookup import patron_of_card
from lending.actions.mend_accounts import see_to_account, temporary_password
from lending.aws import suppression
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import account_work, audit_log, patrons, people
from lending.aws.table.registration import cards
from lending.aws.table.writes import Write
from lending.domain.form_fields import required
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.registration.card import Card, CardState
from lending.domain.registration.decision import years_after
from lending.domain.registration.form import is_child

NAMESAKE = "namesake"


@again_when_overtaken
def register_person(
    library: Library, known: dict[str, Any], patron_id: str, confirmed: list[str], staff: str
) -> Patron:
    """Make a person a patron, with a blank card of any place or a number that is new. Sent again, it is done already.

    Args:
        known: the card's number and what is known of the person, as fields of a patron.
        patron_id: a new one.
        confirmed: `namesake` if staff say that it is none of those who have the same reading and birthday.

    Raises:
        Refused: a child has no guardian, the card is another's or has ended, or there are namesakes, who are named.
    """
    today = library.today
    if is_child(known["birth_date"], today, library.policy) and not known.get("guardian"):
        raise Refused("invalid_fields", Reason("missing_field", {}, "guardian", required("guardian").message))
    card = cards.find(library.table, known["card_number"])
    if card and (patron := _registered_before(library.table, card, known)):
        return patron
    _check_blank(card)
    patron = Patron(patron_id, **({"expires_on": years_after(today, library.policy.card_years)} | known))
    if NAMESAKE not in confirmed:
        _refuse_namesakes(library.table, patron, Act(library.moment, staff, Deed.LOOK, NAMESAKE), library.policy)
    for address in addresses.unreachable(library.table, {patron.email, patron.mail_to} - {""}):
        suppression.remove_from_suppression_list(address)
    library.table.transact(
        patrons.addition(patron),
        _issue(card, patron, library.moment),
        *people.name_changes(None, patron),
        *addresses.user_changes(None, patron),
        audit_log.entry_of_patron(patron_id, Act(library.moment, staff, Deed.REGISTER_PERSON), library.policy),
    )
    return patron


def _registered_before(table: Table, card: Card, known: dict[str, Any]) -> Patron | None:
    """The patron whom this very request has made, if it has."""
    patron = patrons.find(table, card.patron_id) if card.state is CardState.ACTIVE else None
    return patron if patron and replace(patron, **known) == patron else None


def _check_blank(card: Card | None) -> None:
    if card and card.state is not CardState.BLANK:
        facts = {"card_state": card.state}
        raise Refused("card_taken", Reason("card_taken", facts, "card_number", _TAKEN[card.state]))


_TAKEN = {
    CardState.ACTIVE: "この番号のカードは、ほかの方が使っています。番号を確かめるか、別のカードをお渡しください。",
    CardState.RETIRED: "この番号のカードは使用が終わっています。別のカードをお渡しください。",
}


def _refuse_namesakes(table: Table, patron: Patron, look: Act, policy: Policy) -> None:
    found = patrons.find_many(table, set(people.namesakes(table, patron.kana, patron.birth_date)))
    if not found:
        return
    table.transact(*(audit_log.entry_of_patron(patron_id, look, policy) for patron_id in found))
    named = ("card_number", "name", "address")
    facts = [{name: getattr(other, name) for name in named} for other in found.values()]
    raise Refused("namesake", *(Reason("namesake", each) for each in facts))


def _issue(card: Card | None, patron: Patron, moment: datetime) -> Write:
    """The blank card becomes the patron's; a number nobody knows is a card that the library itself has issued (44)."""
    if card:
        return cards.activation(card, patron.patron_id, moment)
    return cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id=patron.patron_id))


def issue_card(library: Library, card_number: str, new_number: str, staff: str) -> Patron:
    """Give a patron another card, of any place; the one they had ends. Sent again, it is done already (RULES 1, 44).

    Raises:
        Refused: no such card, or the new one is another's or has ended.
    """
    patron = _issued(library, card_number, new_number, staff)
    see_to_account(library.table, patron.patron_id)
    return patron


@again_when_overtaken
def _issued(library: Library, card_number: str, new_number: str, staff: str) -> Patron:
    patron, _ = patron_of_card(library.table, card_number)
    if patron.card_number == new_number:
        return patron
    new = cards.find(library.table, new_number)
    _check_blank(new)
    after = patron.with_card(new_number)
    library.table.transact(
        patrons.change(patron, after),
        cards.retirement(patron.card_number, patron.patron_id),
        _issue(new, after, library.moment),
        account_work.addition(patron.patron_id, library.moment),
        audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.ISSUE_CARD), library.policy),
    )
    return after


def password_slip(library: Library, card_number: str, staff: str) -> tuple[Patron, str]:
    """A temporary password to be handed out on paper, with the account if there is none yet (RULES 6, 42, 44).

    It is nowhere but in the answer. Whatever password there was is void.

    Raises:
        Refused: no such card.
    """
    patron, _ = patron_of_card(library.table, card_number)
    library.table.write(
        audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.PASSWORD_SLIP), library.policy)
    )
    return patron, temporary_password(library.table, patron.patron_id)
