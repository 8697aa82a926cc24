"""The lists staff go through: what is missing, kept, to be cleared, lost, overdue … (RULES 9, 16, 20, 23, 34, 35).

A page that shows card numbers leaves one trace with its list, which names nobody, as a look at a queue does (RULES 41).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from lending.aws.table import Table, holds, loans, patrons, titles, traces
from lending.domain.hold import Hold
from lending.domain.loan import Loan
from lending.domain.problems import Refused
from lending.domain.title import Copy, CopyState, Title
from lending.domain.viewing import Viewing
from lending.domain.week import in_tokyo

_Page = tuple[list["Line"], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One book of a list, or of titles without a copy only the title, with whom it concerns.

    `since` is the day from which it is on the list; `waiting` is how many holds wait for the title.
    """

    title_id: str
    copy: Copy | None = None
    since: date | None = None
    hold: Hold | None = None
    loan: Loan | None = None
    title: Title | None = None
    card_number: str = ""
    waiting: int = 0


def list_books(
    table: Table, name: str, staff: str, why: str, moment: datetime, start: Any, limit: int
) -> tuple[list[Line], Any]:
    """A part of a list, the longest there first, and where the next part goes on.

    Args:
        name: `missing`, `lost`, `damaged`, `kept_aside`, `to_clear`, `ready`, `without_copy` or `overdue`.
        why: what it is looked at for, as staff say it.

    Raises:
        Refused: there is no such list.
    """
    if name not in _LISTS:
        raise Refused("not_found")
    lines, last = _LISTS[name](table, name, in_tokyo(moment).date(), start, limit)
    if any(line.hold or line.loan for line in lines):
        table.write(traces.on_list(name, Viewing(moment, staff, why)))
    return _told(table, lines), last


def _told(table: Table, lines: list[Line]) -> list[Line]:
    """The lines with titles, card numbers and how many wait: whatever their number, some four requests."""
    title_ids = {line.title_id for line in lines}
    found, waiting = titles.find_many(table, title_ids), titles.waiting_counts(table, title_ids)
    people = patrons.find_many(table, {of.patron_id for line in lines if (of := line.hold or line.loan)})
    cards = {patron_id: patron.card_number for patron_id, patron in people.items()}
    return [
        replace(
            line,
            title=found.get(line.title_id),
            card_number=cards.get(of.patron_id, "") if (of := line.hold or line.loan) else "",
            waiting=waiting[line.title_id],
        )
        for line in lines
    ]


def _copies(table: Table, name: str, today: date, start: Any, limit: int) -> _Page:
    copies, last = titles.listed(table, name, start, limit)
    return list(_lines_of(table, copies)), last


def _lines_of(table: Table, copies: list[Copy]) -> Iterable[Line]:
    """Copies with the holds they are kept for, or the loans they are lost with."""
    kept = [(copy.holder, copy.title_id) for copy in copies if copy.state is CopyState.KEPT_ASIDE]
    lent = [(copy.holder, copy.barcode) for copy in copies if copy.holder and copy.state is not CopyState.KEPT_ASIDE]
    held = {hold.barcode: hold for hold in holds.find_each(table, kept)} if kept else {}
    out = {loan.barcode: loan for loan in loans.find_many(table, lent)} if lent else {}
    for copy in copies:
        yield Line(copy.title_id, copy, copy.since, held.get(copy.barcode), out.get(copy.barcode))


def _ready(table: Table, name: str, today: date, start: Any, limit: int) -> _Page:
    found, last = holds.page_of_ready(table, start, limit)
    copies = {copy.barcode: copy for copy in titles.find_copies(table, [hold.barcode for hold in found])}
    return [Line(hold.title_id, copies.get(hold.barcode), hold.ready_on, hold) for hold in found], last


def _overdue(table: Table, name: str, today: date, start: Any, limit: int) -> _Page:
    found = ((place, loan) for place, loan in loans.by_due_date(table, today, start or "", limit) if _late(loan, today))
    page = list(islice(found, limit + 1))
    shown = page[:limit]
    copies = {copy.barcode: copy for copy in titles.find_copies(table, [loan.barcode for _, loan in shown])}
    lines = [Line(loan.title_id, copies.get(loan.barcode), loan.due_on, loan=loan) for _, loan in shown]
    return lines, shown[-1][0] if len(page) > limit else None


def _late(loan: Loan, today: date) -> bool:
    """Not what is lost, which staff settle, and not what is on its way back (RULES 34, 35)."""
    return loan.due_on < today and not loan.lost and loan.released_at is None


def _without_copy(table: Table, name: str, today: date, start: Any, limit: int) -> _Page:
    found, last = titles.page_without_copy(table, start, limit)
    waiting = titles.waiting_counts(table, {title.title_id for title in found})
    return [Line(title.title_id) for title in found if waiting[title.title_id]], last


_LISTS: dict[str, Callable[[Table, str, date, Any, int], _Page]] = {
    **dict.fromkeys(("missing", "lost", "damaged", "kept_aside", "to_clear"), _copies),
    "ready": _ready,
    "without_copy": _without_copy,
    "overdue": _overdue,
}
