"""People: PEOPLE#list / text#PATRON#id, by what they are found at the desk, and seen to be registered twice (4, 44)."""

from datetime import date

from lending.aws.table.codec import Item
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.patrons.patron import Patron
from lending.domain.patrons.people import Place, found_by, namesakes_of

_PATRON = "#PATRON#"


def namesakes(table: Table, kana: str, birth_date: date) -> list[str]:
    """Ids of the patrons with the same reading, however it is spaced, and the same birthday."""
    place = namesakes_of(kana, birth_date)
    if place is None:
        return []
    list_, text = place
    return [_id_of(item) for item in table.query(_partition(list_), f"{text}{_PATRON}")]


def page(table: Table, place: Place, limit: int, start: Item | None) -> tuple[list[str], Item | None]:
    """Ids of some of the patrons of a list whose text begins so, in its order, and where the list goes on."""
    list_, beginning = place
    found = table.page(_partition(list_), beginning, start=start, limit=limit)
    return [_id_of(item) for item in found.items], found.last


def name_changes(before: Patron | None, after: Patron | None) -> list[Write]:
    """What a patron is found by follows the patron; `before` is None for a new one, `after` for one who goes."""
    was, now = (_keys(patron) if patron else set() for patron in (before, after))
    return [*map(delete, sorted(was - now)), *(put(key, {}) for key in sorted(now - was))]


def _keys(patron: Patron) -> set[Key]:
    return {(_partition(list_), f"{text}{_PATRON}{patron.patron_id}") for list_, text in found_by(patron)}


def _partition(list_: str) -> str:
    return f"PEOPLE#{list_}"


def _id_of(item: Item) -> str:
    return str(item["SK"].rpartition(_PATRON)[2])
