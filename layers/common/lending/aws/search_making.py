"""The making of a search file, as `search_file` reads it: sorted on the disk, title by title, in little memory."""

import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from lending.aws.search_file import FIRST, KINDS, Entry, numbered
from lending.aws.search_letters import encoded
from lending.domain.catalogue.search_text import (
    BETWEEN,
    LOOSE,
    grams_among,
    kind_gram,
    names_of,
    order_of,
    parts,
    year_gram,
)

_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA temp.cache_size = -200000;
CREATE TABLE entry (
    n INTEGER PRIMARY KEY, title_id TEXT NOT NULL, year INTEGER, kind INTEGER, isbn INTEGER, text BLOB NOT NULL
);
CREATE TABLE by_name (numbers BLOB NOT NULL);
CREATE VIRTUAL TABLE gram USING fts5(
    grams, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '_#$+<=>^`|~'"
);
INSERT INTO gram (gram, rank) VALUES ('pgsz', 8000), ('hashsize', 67108864), ('automerge', 0);
CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, gram, row);
CREATE TABLE frequent (part TEXT PRIMARY KEY, titles INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE loose (part TEXT PRIMARY KEY, first BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE years (year INTEGER PRIMARY KEY);
CREATE TEMP TABLE raw (
    title_id TEXT PRIMARY KEY, place TEXT, name TEXT, year INTEGER, kind INTEGER, isbn INTEGER, text BLOB
) WITHOUT ROWID;
"""
_NUMBERED = """
INSERT INTO entry
SELECT row_number() OVER (ORDER BY place, title_id), title_id, year, kind, isbn, text FROM raw;
INSERT INTO years SELECT DISTINCT ifnull(year, 0) FROM raw;
"""
_BY_NAME = """
SELECT n FROM (SELECT row_number() OVER (ORDER BY place, title_id) AS n, name FROM raw) ORDER BY name, n
"""
_FREQUENT = "INSERT INTO frequent SELECT term, doc FROM vocabulary WHERE doc >= ?"
_ISBN = re.compile(rf"{BETWEEN}([1-9][0-9]{{12}})$")


def build(path: Path, entries: Iterable[Entry]) -> int:
    """Make a search file; of several entries with one title id the last counts. Answers how many titles it has."""
    db = sqlite3.connect(path)
    db.executescript(_SCHEMA)
    db.executemany("INSERT OR REPLACE INTO raw VALUES (?, ?, ?, ?, ?, ?, ?)", map(_raw, entries))
    db.executescript(_NUMBERED)
    numbers = array("I", (n for (n,) in db.execute(_BY_NAME)))
    db.execute("INSERT INTO by_name VALUES (?)", (numbers.tobytes(),))
    db.execute("DROP TABLE raw")
    counted = _Counted()
    db.executemany("INSERT INTO gram (rowid, grams) VALUES (?, ?)", map(counted.grams_of, numbered(db)))
    db.execute("INSERT INTO gram (gram) VALUES ('optimize')")
    db.execute(_FREQUENT, (FIRST,))
    db.executemany("INSERT INTO frequent VALUES (?, ?)", counted.frequent())
    db.executemany("INSERT INTO loose VALUES (?, ?)", counted.first())
    db.commit()
    # What the index was merged from has left empty pages.
    db.execute("VACUUM")
    db.close()
    return len(numbers)


def _raw(entry: Entry) -> tuple[str, str, str, int | None, int, int | None, bytes]:
    """A title as it is kept: its ISBN and its year as numbers, without them the text they stand at the end of."""
    name, _, _ = names_of(entry.text)
    text, isbn = entry.text.removesuffix(f"{BETWEEN}{entry.year}") if entry.year else entry.text, None
    if found := _ISBN.search(text):
        text, isbn = text[: found.start()], int(found[1])
    kind = KINDS.index(entry.kind)
    return entry.title_id, order_of(entry.text), name, entry.year or None, kind, isbn, encoded(text)


class _Counted:
    """How many titles have each part of a text that the index does not have, and the first that have the loose ones."""

    def __init__(self) -> None:
        self._titles = Counter[str]()
        self._first = {part: array("I") for part in LOOSE}
        self._sought = set(LOOSE)

    def grams_of(self, numbered: tuple[int, Entry]) -> tuple[int, str]:
        """The grams of a title with its number; its other parts are counted."""
        n, entry = numbered
        found = parts(entry.text)
        known = grams_among(found)
        others = found - known
        self._titles.update(others)
        for part in others & self._sought:
            self._first[part].append(n)
            if len(self._first[part]) == FIRST:
                self._sought.remove(part)
        return n, " ".join((*known, year_gram(entry.year), kind_gram(entry.kind)))

    def frequent(self) -> Iterator[tuple[str, int]]:
        """The parts of many titles, and of how many."""
        return (each for each in self._titles.items() if each[1] >= FIRST and BETWEEN not in each[0])

    def first(self) -> Iterator[tuple[str, bytes]]:
        """The loose parts that there are, and the titles that have them first."""
        return ((part, numbers.tobytes()) for part, numbers in self._first.items() if numbers)
