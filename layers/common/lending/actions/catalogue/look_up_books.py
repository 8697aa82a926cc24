"""What is this book, and who waits for it: by bar code and by title (RULES 11, 16, 23, 27, 41).

That card numbers are shown leaves a trace first. Where a book tells of a few patrons, it is with each of them and does
not say which book; where a queue tells of many, it is with the title and does not say who. So no trace ties the two.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lending.actions.library import Library
from lending.actions.lookup import copy_in_hand
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.codec import Item
from lending.aws.table.holds import holds, reasons
from lending.aws.table.loans import loans
from lending.aws.table.patrons import audit_log, patrons
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.holds.hold import Hold, HoldStatus, Queued
from lending.domain.loans.loan import Loan
from lending.domain.loans.release import with_deadline
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.policy import Policy
from lending.domain.problems import Refused

_KEPT = (CopyState.KEPT_ASIDE, CopyState.READY)


class BookView(NamedTuple):
    """A copy: who has it, or for whom it is kept or planned, and who waits for its title.

    Args:
        waiting: how many holds wait for the title; `first` is the first of them.
        cards: card numbers by patron, of all who are named here.
    """

    copy: Copy
    title: Title | None
    loan: Loan | None
    kept_for: Hold | None
    first: Hold | None
    waiting: int
    cards: dict[str, str]


class InQueue(NamedTuple):
    """An open hold with the patron's card number and, while it waits, its place."""

    hold: Hold
    card_number: str
    position: int | None


class TitleRecord(NamedTuple):
    """A title with its copies in the order of their shelves, and a part of its open holds in the order of the queue.

    `waiting` holds wait for it; `last` is where the next part goes on, None at the end.
    """

    title: Title
    copies: list[Copy]
    queue: list[InQueue]
    waiting: int
    last: Item | None


def look_up_copy(library: Library, barcode: str, staff: str, why: str) -> BookView:
    """What staff are told of the book in their hand.

    Args:
        why: what for, as staff say it.

    Raises:
        Refused: no such book.
    """
    copy = copy_in_hand(library.table, barcode)
    first = _first_waiting(library.table, copy.title_id)
    kept_for = holds.find(library.table, copy.holder, copy.title_id) if copy.state in _KEPT else None
    loan = loans.find(library.table, copy.holder, barcode) if copy.holder and copy.state not in _KEPT else None
    named = {copy.holder, copy.pull.patron_id if copy.pull else "", first.patron_id if first else ""} - {""}
    return BookView(
        copy=copy,
        title=titles.find(library.table, copy.title_id),
        loan=loan,
        kept_for=kept_for and with_deadline(kept_for, library.today, calendar.load(library.table), library.policy),
        first=first,
        waiting=queues.waiting_counts(library.table, {copy.title_id})[copy.title_id],
        cards=_seen(library.table, named, Act(library.moment, staff, Deed.LOOK, why), library.policy),
    )


def _first_waiting(table: Table, title_id: str) -> Hold | None:
    for page, _ in queues.pages(table, title_id):
        if waiting := [each.patron_id for each in page if each.status is HoldStatus.WAITING]:
            return next(iter(holds.find_many(table, title_id, waiting[:1])), None)
    return None


def _seen(table: Table, patron_ids: Iterable[str], act: Act, policy: Policy) -> dict[str, str]:
    """Card numbers of patrons; each has the trace first (RULES 41)."""
    found = patrons.find_many(table, set(patron_ids))
    if found:
        table.transact(*(audit_log.entry_of_patron(patron_id, act, policy) for patron_id in found))
    return {patron_id: patron.card_number for patron_id, patron in found.items()}


def look_up_title(library: Library, title_id: str, staff: str, why: str, start: Item | None, limit: int) -> TitleRecord:
    """A title with its copies, where each lies, and a part of its queue.

    Args:
        why: what for, as staff say it.
        start: `last` of the part before.
        limit: the most holds.

    Raises:
        Refused: there is no such title.
    """
    title = titles.find(library.table, title_id)
    if title is None:
        raise Refused("not_found")
    ahead, behind = (start["ahead"], start["behind"]) if start else (0, None)
    page, last = queues.page(library.table, title_id, behind, limit)
    queue = _part_of_queue(library, title_id, page, ahead)
    if queue:
        library.table.write(
            audit_log.entry_of_title(title_id, Act(library.moment, staff, Deed.LOOK, why), library.policy)
        )
    return TitleRecord(
        title=title,
        copies=copies.find_many(library.table, title.barcodes),
        queue=queue,
        waiting=queues.waiting_counts(library.table, {title_id})[title_id],
        last=last and {"ahead": ahead + sum(each.status is HoldStatus.WAITING for each in page), "behind": last},
    )


def _part_of_queue(library: Library, title_id: str, page: Sequence[Queued], ahead: int) -> list[InQueue]:
    """The holds of a part of the queue, behind so many who wait, as of a moment ago."""
    closed, shown = calendar.load(library.table), library.table.as_shown()
    found = reasons.read_with_title(shown, title_id, holds.in_queue(shown, title_id, page))
    people = patrons.find_many(shown, {hold.patron_id for hold in found})
    places = {hold.patron_id: n for n, hold in enumerate(filter(_waits, found), start=ahead + 1)}
    lines = [with_deadline(hold.as_of(closed.latest_run), library.today, closed, library.policy) for hold in found]
    return [
        InQueue(hold, people[hold.patron_id].card_number, places.get(hold.patron_id))
        for hold in lines
        if hold.patron_id in people
    ]


def _waits(hold: Hold) -> bool:
    return hold.status is HoldStatus.WAITING
