"""People: PERSON#kana#birth / PATRON#id, so that one who registers twice is seen (RULES 4)."""

from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.application import duplicate_key
from lending.domain.patron import Patron

_PATRON = "PATRON#"


def find(table: Table, duplicate: str) -> list[str]:
    """Ids of the patrons who have this key, see `duplicate_key`."""
    return [item["SK"].removeprefix(_PATRON) for item in table.query(f"PERSON#{duplicate}", _PATRON)]


def changed(before: Patron | None, after: Patron) -> list[Write]:
    """What a patron is found by follows the patron; `before` is None for a new one."""
    was, now = before and _key(before), _key(after)
    if was == now:
        return []
    return [*([delete(was)] if was else []), *([put(now, {})] if now else [])]


def _key(patron: Patron) -> Key | None:
    """None where the reading is unknown: people of one birthday are not one person."""
    if not patron.kana:
        return None
    return f"PERSON#{duplicate_key(patron.kana, patron.birth_date)}", f"{_PATRON}{patron.patron_id}"
