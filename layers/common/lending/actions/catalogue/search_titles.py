"""Finding titles, and what anyone is told of one (RULES 9, 11; API.md, Anyone)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from botocore.exceptions import ClientError

from lending.actions.library import Library
from lending.aws import search_file
from lending.aws.search_file import Entry
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, queues, search_index, titles
from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.search_text import matches, words_of
from lending.domain.catalogue.title import Copy, Title
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.run.expected_pickup import available, earliest_pickup

_WORDS = 20


@dataclass(frozen=True, slots=True)
class TitleCard:
    """A title as anyone sees it; `earliest_pickup` is that of a hold placed now."""

    title: Title
    copies: int
    copies_available: int
    holds_waiting: int
    earliest_pickup: date | None


def view_title(library: Library, title_id: str, place: str) -> TitleCard:
    """A title, for somebody who would collect it at `place`.

    Raises:
        Refused: there is no such title.
    """
    cards = _cards(library, library.table, [title_id], place)
    if not cards:
        raise Refused("not_found")
    return cards[0]


def search_titles(
    library: Library, bucket: str, query: str, place: str, start: int, limit: int
) -> tuple[list[TitleCard], int | None]:
    """Titles that have every word of a query in title, author or ISBN, those with just this title first.

    Args:
        start: how many of them to pass over.
        limit: how many to answer.

    Returns:
        The titles, and where the list goes on, None at its end.

    Raises:
        Refused: the query has more words than anybody searches for.
    """
    words = words_of(query)
    if len(words) > _WORDS:
        raise Refused("invalid_fields", Reason("too_many_words", {"most": _WORDS}, field="q"))
    found = _found(library.table, bucket, words, start + limit + 1) if words else []
    page = [entry.title_id for entry in found[start : start + limit]]
    return _cards(library, library.table.as_shown(), page, place), start + limit if len(found) > start + limit else None


def _found(table: Table, bucket: str, words: Sequence[str], most: int) -> list[Entry]:
    state = search_index.state(table)
    changed = {change.title_id: Entry.of(change.title_id, change.title, change.author, change.isbn)
               for change in state.changes}  # fmt: skip
    found = {entry.title_id: entry for entry in changed.values() if matches(entry.text, words)}
    in_file = _in_file(bucket, state.file_key, words, most + len(changed)) if state.file_key else iter(())
    found |= {entry.title_id: entry for entry in in_file if entry.title_id not in changed}
    heading = "".join(words)
    order = sorted(found.values(), key=lambda entry: (entry.heading != heading, entry.heading, entry.title_id))
    return order[:most]


def _in_file(bucket: str, file_key: str, words: Sequence[str], most: int) -> Iterator[Entry]:
    try:
        return search_file.opened(bucket, file_key).find(words, most)
    except ClientError as error:
        # Just now another file took its place.
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            raise Refused("busy") from None
        raise


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
    return [
        _card(known[title_id], found_copies[title_id], waiting[title_id], place, library.moment, closed, library.policy)
        for title_id in title_ids
        if title_id in known
    ]


def _card(
    title: Title, copies: list[Copy], waiting: int, place: str, moment: datetime, closed: Calendar, policy: Policy
) -> TitleCard:
    return TitleCard(
        title=title,
        copies=len(copies),
        copies_available=available(copies, moment),
        holds_waiting=waiting,
        earliest_pickup=earliest_pickup(moment, place, waiting + 1, copies, closed, policy),
    )
