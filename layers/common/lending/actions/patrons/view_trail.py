"""What staff did, by person and by who did it. Looking at it is an act itself (RULES 41)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.actions.lookup import patron_of_card
from lending.aws.table import Table
from lending.aws.table.patrons import audit_log, patrons
from lending.domain.patrons.audit_log import Act, Deed, Trace
from lending.domain.problems import Refused
from lending.domain.week import in_tokyo

_NOTE = "trail"


@dataclass(frozen=True, slots=True)
class Line:
    """A trace with what it is on: a `patron`, by the card's number now, an `application`, a `title` or a `list`."""

    trace: Trace
    on: str
    number: str


class LinePage(NamedTuple):
    """A part of what somebody did; `following` is where it goes on, None at the end."""

    lines: list[Line]
    following: Any


def trail_of_patron(library: Library, card_number: str, staff: str, start: Any, limit: int) -> tuple[list[Trace], Any]:
    """Some of what staff did with a patron, the latest first, and where the list goes on.

    Raises:
        Refused: no such card.
    """
    patron, _ = patron_of_card(library.table, card_number)
    read, last = audit_log.of_patron(library.table, patron.patron_id, start, limit)
    library.table.write(
        audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.LOOK, _NOTE), library.policy)
    )
    return [trace for trace in read if _first_day(library) <= in_tokyo(trace.act.at).date()], last


def _first_day(library: Library) -> date:
    """The first day of which traces are still kept; TTL may take two days more (RULES 41)."""
    return library.today - timedelta(days=library.policy.trail_days)


def trail_of_staff(library: Library, of: str, first: date | None, staff: str, start: Any, limit: int) -> LinePage:
    """Some of what somebody of the staff did, the earliest first.

    Args:
        of: their user name.
        first: from which day on; None for all there is.
        start: where the list went on after the page before, None at its beginning.

    Raises:
        Refused: it went on so in somebody else's list.
    """
    if start and start[0] != of:
        raise Refused("bad_cursor")
    today = library.today
    first = max(first or date.min, _first_day(library))
    month, inner = (date.fromisoformat(start[1]), start[2]) if start else (first.replace(day=1), None)
    found: list[Trace] = []
    while month <= today and len(found) < limit:
        more, inner = audit_log.of_staff(library.table, of, month, first, inner, limit - len(found))
        found += more
        month = month if inner else _next(month)
    following = [of, month.isoformat(), inner] if month <= today else None
    library.table.write(audit_log.entry_of_list(_NOTE, Act(library.moment, staff, Deed.LOOK, of), library.policy))
    return LinePage(_lines(library.table, found), following)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _lines(table: Table, found: list[Trace]) -> list[Line]:
    parts = [trace.on.partition("#") for trace in found]
    numbers = patrons.card_numbers(table, {name for kind, _, name in parts if kind == "PATRON"})
    return [
        Line(trace, kind.lower(), numbers.get(name, "") if kind == "PATRON" else name)
        for trace, (kind, _, name) in zip(found, parts, strict=True)
    ]
