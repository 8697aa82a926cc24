"""What the client remembers from one call to the next, in one file, so that each movement is carried out once."""

import sqlite3
from pathlib import Path
from types import TracebackType

from infra.exchange_client.movements import Act, Movement

_TABLES = """
CREATE TABLE IF NOT EXISTS last (what TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS begun (name TEXT, line INTEGER, before TEXT NOT NULL, PRIMARY KEY (name, line));
CREATE TABLE IF NOT EXISTS done (name TEXT, line INTEGER, PRIMARY KEY (name, line));
CREATE TABLE IF NOT EXISTS lent (barcode TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS refused (name TEXT, line INTEGER, row TEXT, why TEXT, PRIMARY KEY (name, line));
"""


class AtWork(Exception):
    """Another call of the client has not ended."""


class Memory:
    """The file, for one call at a time: who comes second is told so, and the lock ends with the process."""

    def __init__(self, path: Path) -> None:
        self._lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None)
        try:
            self._lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._lock.close()
            raise AtWork from error
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.executescript(_TABLES)

    def __enter__(self) -> "Memory":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._lock.close()

    def last(self, what: str) -> str:
        """The name of the last file of a kind that was dealt with, empty before the first."""
        found = self._file.execute("SELECT name FROM last WHERE what = ?", (what,)).fetchone()
        return str(found[0]) if found else ""

    def note_last(self, what: str, name: str) -> None:
        """A file was dealt with; what was noted of its movements is needed no more."""
        with self._file:
            self._file.execute("BEGIN")
            self._file.execute("INSERT OR REPLACE INTO last VALUES (?, ?)", (what, name))
            for table in ("begun", "done"):
                self._file.execute(f"DELETE FROM {table} WHERE name = ?", (name,))  # noqa: S608

    def is_done(self, movement: Movement) -> bool:
        """Whether it was carried out, or refused."""
        return self._has("SELECT 1 FROM done WHERE name = ? AND line = ?", movement.name, movement.line)

    def is_lent(self, barcode: str) -> bool:
        """Whether a copy was lent over there by the client and is not back."""
        return self._has("SELECT 1 FROM lent WHERE barcode = ?", barcode)

    def before(self, movement: Movement) -> str | None:
        """What the copy was before the movement was first begun, None if it was not."""
        key = (movement.name, movement.line)
        found = self._file.execute("SELECT before FROM begun WHERE name = ? AND line = ?", key).fetchone()
        return str(found[0]) if found else None

    def begin(self, movement: Movement, before: str) -> None:
        """A movement is about to be carried out."""
        self._file.execute("INSERT INTO begun VALUES (?, ?, ?)", (movement.name, movement.line, before))

    def finish(self, movement: Movement, act: Act | None, refused: str = "") -> None:
        """It was carried out, or refused."""
        with self._file:
            self._file.execute("BEGIN")
            self._file.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", (movement.name, movement.line))
            if refused:
                row = (movement.name, movement.line, movement.row, refused)
                self._file.execute("INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?)", row)
            elif act is Act.LEND:
                self._file.execute("INSERT OR IGNORE INTO lent VALUES (?)", (movement.barcode,))
            elif act is Act.TAKE_BACK:
                self._file.execute("DELETE FROM lent WHERE barcode = ?", (movement.barcode,))

    def refusals(self) -> list[tuple[str, str]]:
        """The rows that the other system has refused, each with why, in order."""
        found = self._file.execute("SELECT row, why FROM refused ORDER BY name, line")
        return [(str(row), str(why)) for row, why in found]

    def _has(self, question: str, *values: str | int) -> bool:
        return self._file.execute(question, values).fetchone() is not None
