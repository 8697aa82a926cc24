"""Books that are out on the day a library begins are loans here, too (RULES 42).

One whose loan cannot be one here, as nobody is known with that card, is out all the same: it is elsewhere (RULES 43).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from lending.actions.moving_in.conditions import came_back
from lending.actions.moving_in.take_in import Planned, Taken, take_in
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.aws.table.writes import Write, as_one
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.exchange.copies_file import may_be_told
from lending.domain.loans.loan import Loan

# So many loans of one patron are within what a transaction takes.
AT_MOST = 30
_TO_BE_LENT = (CopyState.ON_SHELF, CopyState.MISSING, CopyState.ELSEWHERE)
_ELSEWHERE = (Taken.UNKNOWN_CARD, Taken.TITLE_ON_LOAN, Taken.TITLE_HELD)


@dataclass(frozen=True, slots=True)
class LentBook:
    """A loan as the library's own system has it."""

    card_number: str
    barcode: str
    lent_at: datetime
    due_on: date
    renewals: int
    pickup_place: str


class _Known(NamedTuple):
    """What is here of the people and books of some rows."""

    patron_ids: Mapping[str, str]
    copies: Mapping[str, Copy]
    titles: Mapping[str, Title]
    held: frozenset[tuple[str, str]]
    lent_titles: Mapping[str, frozenset[str]]


def take_in_loans(
    table: Table, lent: Sequence[Sequence[LentBook]], as_of: date, *, dry: bool = False
) -> list[list[Taken]]:
    """Make loans of books that are out.

    Args:
        lent: the books by who has them, at most `AT_MOST` of one; no book twice.
        as_of: the day of which it is told.
        dry: nothing is written.

    Returns:
        What became of each book, in their order.
    """
    told: dict[str, Taken] = {}
    done = take_in(table, lent, partial(_planned, table, as_of, told), dry=dry)
    return [
        [Taken.OVERTAKEN if of_one is Taken.OVERTAKEN else told[book.barcode] for book in books]
        for books, of_one in zip(lent, done, strict=True)
    ]


def _planned(table: Table, as_of: date, told: dict[str, Taken], lent: Sequence[Sequence[LentBook]]) -> list[Planned]:
    known = _known(table, [book for books in lent for book in books])
    return [_plan(books, known, as_of, told) for books in lent]


def _plan(books: Sequence[LentBook], known: _Known, as_of: date, told: dict[str, Taken]) -> Planned:
    """What is to become of the books of one person; `told` learns it of each."""
    writes: list[Write] = []
    lent: dict[str, Loan] = {}
    for book in books:
        patron_id, copy = known.patron_ids.get(book.card_number, ""), known.copies.get(book.barcode)
        taken = Taken.CAME_BACK if copy and came_back(copy, as_of) else _taken(patron_id, copy, known, lent)
        told[book.barcode] = taken
        if taken is Taken.ADDED and copy:
            loan = _loan(book, patron_id, known.titles[copy.title_id])
            lent[copy.title_id] = loan
            day = book.lent_at.date()
            out = copies.state_change(copy, CopyState.ON_LOAN, on=day, holder=patron_id, due_on=book.due_on)
            writes += [loans.addition(loan), out]
        elif taken in _ELSEWHERE and copy:
            writes += _elsewhere(copy, book)
    if not writes:
        return Planned(Taken.SAME)
    if not lent:
        return Planned(Taken.CHANGED, as_one(*writes))
    (patron_id,) = {loan.patron_id for loan in lent.values()}
    return Planned(Taken.ADDED, as_one(patrons.loans_addition(patron_id, set(lent)), *writes))


def _elsewhere(copy: Copy, book: LentBook) -> list[Write]:
    """Somebody has a book whose loan is none here."""
    same = copy.state is CopyState.ELSEWHERE and copy.due_on == book.due_on
    if same or not may_be_told(copy):
        return []
    return [copies.state_change(copy, CopyState.ELSEWHERE, on=book.lent_at.date(), due_on=book.due_on)]


def _taken(patron_id: str, copy: Copy | None, known: _Known, lent: Mapping[str, Loan]) -> Taken:
    if not patron_id:
        return Taken.UNKNOWN_CARD
    if copy is None or copy.title_id not in known.titles:
        return Taken.UNKNOWN_COPY
    if copy.state is CopyState.ON_LOAN:
        return Taken.SAME if copy.holder == patron_id else Taken.LENT_TO_ANOTHER
    if copy.holder or copy.pull:
        return Taken.IN_USE
    if copy.state not in _TO_BE_LENT:
        return Taken.NOT_TO_BE_LENT
    if copy.title_id in lent or copy.title_id in known.lent_titles.get(patron_id, ()):
        return Taken.TITLE_ON_LOAN
    return Taken.TITLE_HELD if (patron_id, copy.title_id) in known.held else Taken.ADDED


def _known(table: Table, books: Sequence[LentBook]) -> _Known:
    found = {copy.barcode: copy for copy in copies.find_many(table, [book.barcode for book in books])}
    active = cards.find_many(table, {book.card_number for book in books})
    patron_ids = {card.number: card.patron_id for card in active if card.patron_id}
    of_titles = {copy.title_id for copy in found.values()}
    pairs = {
        (patron_ids[book.card_number], found[book.barcode].title_id)
        for book in books
        if book.card_number in patron_ids and book.barcode in found
    }
    people = patrons.find_many(table, set(patron_ids.values()))
    return _Known(
        {number: patron_id for number, patron_id in patron_ids.items() if patron_id in people},
        found,
        titles.find_many(table, of_titles),
        frozenset((hold.patron_id, hold.title_id) for hold in holds.find_each(table, pairs)),
        {patron_id: patron.lent_titles for patron_id, patron in people.items()},
    )


def _loan(book: LentBook, patron_id: str, title: Title) -> Loan:
    return Loan(
        patron_id=patron_id,
        barcode=book.barcode,
        title_id=title.title_id,
        title=title.title,
        pickup_place=book.pickup_place,
        lent_at=book.lent_at,
        due_on=book.due_on,
        renewals=book.renewals,
    )
