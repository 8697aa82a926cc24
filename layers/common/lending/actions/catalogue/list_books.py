"""The lists staff go through: what is missing, kept, to be cleared, lost, overdue … (RULES 9, 16, 20, 23, 34, 35, 43).

A page that shows card numbers leaves one trace with its list, which names nobody, as a look at a queue does (RULES 41).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.exchange import copies_files
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.patrons import audit_log, patrons
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.exchange.copies_file import may_be_told
from lending.domain.holds.hold import Hold
from lending.domain.loans.loan import Loan
from lending.domain.loans.release import with_deadline
from lending.domain.loans.reminders import overdue_from
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused

_Page = tuple[list["Line"], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One book of a list, or of titles without a copy only the title, with whom it concerns.

    `since` is the day from which it is on the list; `waiting` is how many holds wait for the title; `elsewhere_until`
    is the due date by the library's own system, if that says otherwise than this service.
    """

    title_id: str
    copy: Copy | None = None
    since: date | None = None
    hold: Hold | None = None
    loan: Loan | None = None
    title: Title | None = None
    card_number: str = ""
    waiting: int = 0
    elsewhere_until: date | None = None


class _ListRequest(NamedTuple):
    """Which part of which list is asked for, and by what its dates are told."""

    library: Library
    name: str
    start: Any
    limit: int


def list_books(library: Library, name: str, staff: str, why: str, start: Any, limit: int) -> tuple[list[Line], Any]:
    """A part of a list, the longest there first, and where the next part goes on.

    Args:
        name: `missing`, `lost`, `damaged`, `kept_aside`, `to_clear`, `ready`, `without_copy`, `overdue` or
            `differences`.
        why: what it is looked at for, as staff say it.

    Raises:
        Refused: there is no such list.
    """
    if name not in _LISTS:
        raise Refused("not_found")
    lines, last = _LISTS[name](_ListRequest(library, name, start, limit))
    if any(line.hold or line.loan for line in lines):
        library.table.write(audit_log.entry_of_list(name, Act(library.moment, staff, Deed.LOOK, why), library.policy))
    return _with_titles(library.table, lines), last


def _with_titles(table: Table, lines: list[Line]) -> list[Line]:
    """The lines with titles, card numbers and how many wait: whatever their number, some four requests."""
    title_ids = {line.title_id for line in lines}
    found, waiting = titles.find_many(table, title_ids), queues.waiting_counts(table, title_ids)
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


def _copies(asked: _ListRequest) -> _Page:
    found_copies, last = copies.page_of_list(asked.library.table, asked.name, asked.start, asked.limit)
    return list(_lines_of(asked.library.table, found_copies)), last


def _lines_of(table: Table, copies: list[Copy]) -> Iterable[Line]:
    """Copies with the holds they are kept for, or the loans they are lost with."""
    kept = [(copy.holder, copy.title_id) for copy in copies if copy.state is CopyState.KEPT_ASIDE]
    lent = [(copy.holder, copy.barcode) for copy in copies if copy.holder and copy.state is not CopyState.KEPT_ASIDE]
    held = {hold.barcode: hold for hold in holds.find_each(table, kept)} if kept else {}
    out = {loan.barcode: loan for loan in loans.find_many(table, lent)} if lent else {}
    for copy in copies:
        yield Line(copy.title_id, copy, copy.since, held.get(copy.barcode), out.get(copy.barcode))


def _ready(asked: _ListRequest) -> _Page:
    """By the deadlines kept with the holds; each line tells the one that counts by the calendar as it is now."""
    closed = calendar.load(asked.library.table)
    found, last = holds.page_of_ready(asked.library.table, asked.start, asked.limit)
    found = [with_deadline(hold, asked.library.today, closed, asked.library.policy) for hold in found]
    found_copies = {
        copy.barcode: copy for copy in copies.find_many(asked.library.table, [hold.barcode for hold in found])
    }
    return [Line(hold.title_id, found_copies.get(hold.barcode), hold.ready_on, hold) for hold in found], last


def _overdue(asked: _ListRequest) -> _Page:
    """By due date; a loan is called overdue once the carriage that could have brought it was checked in (RULES 35)."""
    closed = calendar.load(asked.library.table)
    due = loans.by_due_date(asked.library.table, asked.library.today, asked.start or "", asked.limit)
    since = ((place, loan, overdue_from(loan, closed, asked.library.policy)) for place, loan in due)
    late = ((place, loan, day) for place, loan, day in since if day is not None and day <= asked.library.today)
    page = list(islice(late, asked.limit + 1))
    shown = page[: asked.limit]
    found_copies = {
        copy.barcode: copy for copy in copies.find_many(asked.library.table, [loan.barcode for _, loan, _ in shown])
    }
    lines = [Line(loan.title_id, found_copies.get(loan.barcode), day, loan=loan) for _, loan, day in shown]
    return lines, shown[-1][0] if len(page) > asked.limit else None


def _without_copy(asked: _ListRequest) -> _Page:
    found, last = titles.page_without_copy(asked.library.table, asked.start, asked.limit)
    waiting = queues.waiting_counts(asked.library.table, {title.title_id for title in found})
    return [Line(title.title_id) for title in found if waiting[title.title_id]], last


def _differences(asked: _ListRequest) -> _Page:
    """What the library's own system says otherwise, as long as it is so; the next file of copies clears up."""
    table = asked.library.table
    found, last = copies_files.page_of_differences(table, asked.start, asked.limit)
    told = {each.barcode: each for each in found}
    here = [copy for copy in copies.find_many(table, told) if not may_be_told(copy)]
    lines = ((line, told[line.copy.barcode]) for line in _lines_of(table, here) if line.copy)
    return [replace(line, since=each.since, elsewhere_until=each.due_on) for line, each in lines], last


_LISTS: dict[str, Callable[[_ListRequest], _Page]] = {
    **dict.fromkeys(("missing", "lost", "damaged", "kept_aside", "to_clear"), _copies),
    "ready": _ready,
    "without_copy": _without_copy,
    "overdue": _overdue,
    "differences": _differences,
}
