"""What happens to copies here, as the library's own system is told of it (RULES 43). None names a person (RULES 41)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

HEAD = "moment,kind,barcode,due_on"


class MovementKind(StrEnum):
    """What has happened. `due_changed`: its batch was shifted; `replaced`: its loan is over, and it does not come back.

    Lost or damaged a copy may be on loan still; `found` with a due date it is.
    """

    LENT = "lent"
    RETURNED = "returned"
    RENEWED = "renewed"
    DUE_CHANGED = "due_changed"
    LOST = "lost"
    DAMAGED = "damaged"
    FOUND = "found"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened to a copy, when, and until when it is lent now."""

    moment: datetime
    kind: MovementKind
    barcode: str
    due_on: date | None = None


def name_of_file(moment: datetime) -> str:
    """The name of a file of movements: it tells a moment to the millisecond, so that names are in order of time."""
    return f"{moment:%Y%m%d-%H%M%S}-{moment.microsecond // 1000:03}.csv"


def file_of(rows: Iterable[str]) -> bytes:
    """The file with these rows, its last line whole."""
    return "".join(f"{row}\n" for row in (HEAD, *rows)).encode()
