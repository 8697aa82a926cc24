"""Finding titles, and what anyone is told of one (RULES 9, 11; API.md, Anyone)."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from lending.actions.library import Library
from lending.aws import search_file
from lending.aws.search_file import Entry
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, queues, search_index, titles
from lending.domain.catalogue.description import Kind
from lending.domain.catalogue.search_text import Query, names_of, query_of
from lending.domain.catalogue.title import Copy, Title
from lending.domain.problems import Reason, Refused
from lending.domain.run.expected_pickup import available, earliest_pickup
from lending.domain.run.pickup_range import ExpectedPickup, Forecast

_WORDS = 20
# So many titles are looked at for those that are on the shelf.
_LOOKED_AT = 100
# The rank of titles that begin with what is searched for: by their names, as the file has them.
_BEGINS_SO = 3


class TitleCard(NamedTuple):
    """A title as anyone sees it; `earliest_pickup` and `expected_pickup` are those of a hold placed now."""

    title: Title
    copies: int
    copies_available: int
    holds_waiting: int
    earliest_pickup: date | None
    expected_pickup: ExpectedPickup | None


class Sort(StrEnum):
    """In which order titles are answered."""

    RELEVANCE = "relevance"
    YEAR = "year"
    TITLE = "title"


class Search(NamedTuple):
    """What is searched for: words, of one kind only, on the shelf now; by somebody who would collect it at `place`."""

    text: str
    place: str
    kind: Kind | None = None
    available: bool = False
    sort: Sort = Sort.RELEVANCE


class Found(NamedTuple):
    """A part of what was found, where it goes on, None at its end, and how many titles there are in all.

    How many there are is not told where many match.
    """

    cards: list[TitleCard]
    last: int | None
    total: int | None


def view_title(library: Library, title_id: str, place: str) -> TitleCard:
    """A title, for somebody who would collect it at `place`.

    Raises:
        Refused: there is no such title.
    """
    cards = _cards(library, library.table, [title_id], place)
    if not cards:
        raise Refused("not_found")
    return cards[0]


def search_titles(library: Library, bucket: str, search: Search, start: int, limit: int) -> Found:
    """Titles that have every word of a query in something that is told of them (RULES 45).

    Args:
        start: how many of them to pass over.
        limit: how many to answer.

    Raises:
        Refused: the query has more words than anybody searches for.
    """
    query = query_of(search.text)
    if len(query.words) > _WORDS:
        raise Refused("invalid_fields", Reason("too_many_words", {"most": _WORDS}, field="q"))
    if not query.words:
        return Found([], None, 0)
    if search.available:
        return _on_shelf(library, bucket, search, query, start, limit)
    found, total = _matching(library.table, bucket, search, query, start + limit + 1)
    page = [entry.title_id for entry in found[start : start + limit]]
    cards = _cards(library, library.table.as_shown(), page, search.place)
    return Found(cards, start + limit if len(found) > start + limit else None, total)


def _on_shelf(library: Library, bucket: str, search: Search, query: Query, start: int, limit: int) -> Found:
    """Those with a book on its shelf of the titles that match: the table alone knows, so some are looked at."""
    found, matching = _matching(library.table, bucket, search, query, start + _LOOKED_AT + 1)
    all_looked_at = matching is not None and matching <= _LOOKED_AT
    first = 0 if all_looked_at else start
    looked_at = [entry.title_id for entry in found[first : first + _LOOKED_AT]]
    places = {title_id: place for place, title_id in enumerate(looked_at, start=first)}
    cards = _cards(library, library.table.as_shown(), looked_at, search.place)
    there = [card for card in cards if card.copies_available]
    rest = [card for card in there if places[card.title.title_id] >= start]
    end = first + _LOOKED_AT if len(found) > first + _LOOKED_AT else None
    last = places[rest[limit].title.title_id] if len(rest) > limit else end
    return Found(rest[:limit], last, len(there) if all_looked_at else None)


def _matching(table: Table, bucket: str, search: Search, query: Query, most: int) -> tuple[list[Entry], int | None]:
    """The first titles that match, in order, and how many do: those of the file, and those that it lacks."""
    state = search_index.state(table)
    changed = {change.title_id: Entry.of(change) for change in state.changes}
    found = {entry.title_id: entry for entry in changed.values() if _fits(entry, search, query)}
    total: int | None = len(found)
    if state.file_key:
        entries, count = _in_file(bucket, state.file_key, search, query, most + len(changed), changed)
        total = None if count is None else len(found) + count
        found |= {entry.title_id: entry for entry in entries if entry.title_id not in changed}
    return sorted(found.values(), key=_ORDERS[search.sort](query))[:most], total


def _fits(entry: Entry, search: Search, query: Query) -> bool:
    return search.kind in (None, entry.kind) and query.matches(entry.text)


def _by_rank(query: Query) -> Callable[[Entry], Any]:
    def key(entry: Entry) -> tuple[int, str, tuple[str, str]]:
        rank = query.rank(entry.text)
        return rank, names_of(entry.text)[0] if rank == _BEGINS_SO else "", entry.order

    return key


_ORDERS: dict[Sort, Callable[[Query], Callable[[Entry], Any]]] = {
    Sort.RELEVANCE: _by_rank,
    Sort.YEAR: lambda _: lambda entry: (-entry.year, entry.order),
    Sort.TITLE: lambda _: lambda entry: entry.order,
}


def _in_file(
    bucket: str, file_key: str, search: Search, query: Query, most: int, without: Collection[str]
) -> tuple[list[Entry], int | None]:
    """The first titles of the file that match, and how many do besides some."""
    try:
        file = search_file.opened(bucket, file_key)
    except ClientError as error:
        # Just now another file took its place.
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            raise Refused("busy") from None
        raise
    ways = {Sort.RELEVANCE: file.nearest, Sort.YEAR: file.latest, Sort.TITLE: file.in_order}
    found = {entry.title_id: entry for entry in ways[search.sort](query, search.kind, most)}
    count = len(found.keys() - without) if len(found) < most else file.count(query, search.kind, without)
    return [*found.values()], count


def _cards(library: Library, table: Table, title_ids: list[str], place: str) -> list[TitleCard]:
    """The titles that exist, in their order: whatever their number, some four requests of `table`."""
    found = titles.find_many(table, set(title_ids))
    known = {title_id: title for title_id, title in found.items() if not title.merging_into}
    if not known:
        return []
    waiting, closed = queues.waiting_counts(table, set(known)), calendar.load(library.table)
    found_copies: dict[str, list[Copy]] = defaultdict(list)
    for copy in copies.find_many(table, [barcode for title in known.values() for barcode in title.barcodes]):
        found_copies[copy.title_id].append(copy)
    forecast = Forecast(library.moment, closed, library.policy)
    return [
        _card(known[title_id], found_copies[title_id], waiting[title_id], place, library, forecast)
        for title_id in title_ids
        if title_id in known
    ]


def _card(
    title: Title, copies: list[Copy], waiting: int, place: str, library: Library, forecast: Forecast
) -> TitleCard:
    moment, policy, position = library.moment, library.policy, waiting + 1
    return TitleCard(
        title=title,
        copies=len(copies),
        copies_available=available(copies, moment),
        holds_waiting=waiting,
        earliest_pickup=earliest_pickup(moment, place, position, copies, forecast.calendar, policy),
        expected_pickup=forecast.of_place(place, position, copies),
    )
