"""What a file of movements tells, and what is to be done about each in the other system."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

HEAD = "moment,kind,barcode,due_on"


class Act(StrEnum):
    """What is done in the other system."""

    LEND = "lend"
    RENEW = "renew"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class Movement:
    """A row of the file `name`, its `line` counted from 1."""

    name: str
    line: int
    moment: datetime
    kind: str
    barcode: str
    due_on: date | None

    @property
    def row(self) -> str:
        """The row as it was told."""
        return f"{self.moment.isoformat(timespec='milliseconds')},{self.kind},{self.barcode},{self.due_on or ''}"


def read_movements(name: str, data: bytes) -> list[Movement]:
    """The movements of a file, in order.

    Raises:
        ValueError: it is no file of movements; nothing of it is to be taken in.
    """
    head, *rows = data.decode().splitlines()
    if head != HEAD or not data.endswith(b"\n"):
        raise ValueError(f"{name} is no whole file of movements")
    return [_movement(name, line, row) for line, row in enumerate(rows, 1)]


def _movement(name: str, line: int, row: str) -> Movement:
    moment, kind, barcode, due_on = row.split(",")
    return Movement(
        name, line, datetime.fromisoformat(moment), kind, barcode, date.fromisoformat(due_on) if due_on else None
    )


def act_of(movement: Movement, lent_by_us: bool) -> Act | None:
    """What a movement asks for. Of what was never lent there, only a return is told: it may be another's loan."""
    if movement.kind == "lent":
        return Act.LEND
    if movement.due_on:
        return Act.RENEW if movement.kind in ("renewed", "due_changed") else None
    return Act.TAKE_BACK if lent_by_us or movement.kind == "returned" else None
