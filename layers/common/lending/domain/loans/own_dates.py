"""What a patron has to think of: pickup windows and due dates, as events of a calendar (RULES 16, 25, 28, 29, 31).

They tell a place and a number of books. Which books, is told only who wants it; whose, nobody (RULES 41).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from lending.domain.calendar.icalendar import Event
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.patrons.calendar_link import CalendarLink
from lending.domain.policy import Policy

_TO_BE_COLLECTED = ("in_transit", "to_collect")
_GIVEN_BACK = ("returning", "declared_returned")


class Window(NamedTuple):
    """From when until when books are to be collected, and where."""

    first: date
    last: date
    place: str


def windows(loans: Iterable[Loan], holds: Iterable[Hold], day: date) -> dict[Window, list[str]]:
    """The pickup windows that count on a day, in their order, each with the titles' ids of its books (RULES 16, 29)."""
    found: dict[Window, list[str]] = defaultdict(list)
    for loan in loans:
        if loan.pickup_from and loan.pickup_until and loan.state_on(day) in _TO_BE_COLLECTED:
            found[Window(loan.pickup_from, loan.pickup_until, loan.pickup_place)].append(loan.title_id)
    for hold in holds:
        if hold.status is HoldStatus.READY and hold.ready_on and hold.pickup_until:
            found[Window(hold.ready_on, hold.pickup_until, hold.pickup_place)].append(hold.title_id)
    return dict(sorted(found.items()))


def due_dates(loans: Iterable[Loan], day: date) -> dict[date, list[str]]:
    """The due dates that count on a day, in their order, each with the titles' ids of its books (RULES 25, 31)."""
    found: dict[date, list[str]] = defaultdict(list)
    for loan in loans:
        if not loan.lost and loan.state_on(day) not in _GIVEN_BACK:
            found[loan.due_on].append(loan.title_id)
    return dict(sorted(found.items()))


def own_events(
    loans: Sequence[Loan],
    holds: Iterable[Hold],
    day: date,
    link: CalendarLink,
    titles: Mapping[str, str],
    places: Mapping[str, str],
) -> list[Event]:
    """What a patron's calendar shows on a day.

    Args:
        titles: what the titles are called, by their ids; empty if they are not to be told.
        places: what the pickup places are called.
    """
    collect = [
        Event(
            uid=_uid(link, "pickup", *map(str, window)),
            first=window.first,
            last=window.last,
            summary=f"予約した本の受取り({len(books)}冊)",
            place=places.get(window.place, ""),
            description=_named(books, titles),
        )
        for window, books in windows(loans, holds, day).items()
    ]
    give_back = [
        Event(
            uid=_uid(link, "due", str(due_on)),
            first=due_on,
            last=due_on,
            summary=f"返却期限({len(books)}冊)",
            description=_named(books, titles),
        )
        for due_on, books in due_dates(loans, day).items()
    ]
    return collect + give_back


def place_in_words(name: str, number: str, policy: Policy) -> str:
    """What a partner facility is called, also one that is not listed any more."""
    return name or f"{policy.partner_word}No.{number}"


def _uid(link: CalendarLink, *parts: str) -> str:
    """What an event is known by, the same each time, and says nothing of the patron."""
    return hashlib.sha256(" ".join((link.link_id, *parts)).encode()).hexdigest()[:32]


def _named(books: Iterable[str], titles: Mapping[str, str]) -> str:
    return "\n".join(titles[title_id] for title_id in books if title_id in titles)
