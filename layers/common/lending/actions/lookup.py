"""Who asks, and what staff hold in their hands: a card, a book."""

from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.catalogue.title import Copy
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Refused
from lending.domain.registration.card import Card


def patron_with_id(table: Table, patron_id: str) -> Patron:
    """The patron who is signed in.

    Raises:
        Refused: there is no such patron any more.
    """
    patron = patrons.find(table, patron_id)
    if patron is None:
        raise Refused("not_found")
    return patron


def patron_of_card(table: Table, number: str) -> tuple[Patron, Card]:
    """Whose card it is; a card that was replaced still tells whose it was.

    Raises:
        Refused: nobody's.
    """
    card = cards.find(table, number)
    patron = patrons.find(table, card.patron_id) if card and card.patron_id else None
    if card is None or patron is None:
        raise Refused("unknown_card")
    return patron, card


def copy_in_hand(table: Table, barcode: str) -> Copy:
    """The book of a bar code.

    Raises:
        Refused: no book of the library.
    """
    copy = copies.find(table, barcode)
    if copy is None:
        raise Refused("unknown_barcode")
    return copy
