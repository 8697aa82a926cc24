"""The file that is searched: SQLite with a full-text index of every two characters that stand together.

It is made whole and never changed, lies in a bucket under the name of its content, and is read from the function's own
disk. So an idle catalogue costs its storage, and a search no request but the one that asks which file it is. SQLite's
own trigrams would not find 「漱石」: most words asked for are that short.

Titles are numbered in the order of their readings, so that the first ones found are the first ones shown; `by_name` has
their numbers in the order of their names, so that whole titles and beginnings are looked for as in a dictionary. What
the index proposes is compared with the titles' texts, see `search_letters`. The kind and the year of a title are grams
as well.
"""

import fcntl
import hashlib
import json
import shutil
import sqlite3
import tempfile
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, takewhile
from pathlib import Path

from lending.aws.clients import client
from lending.aws.search_letters import decoded, encoded
from lending.aws.search_terms import term_of
from lending.domain.catalogue.description import Description, Kind
from lending.domain.catalogue.search_text import Query, grams, kind_gram, names_of, order_of, searched, year_gram

FOLDER = "search/"

_SCHEMA = """
PRAGMA page_size = 8192;
CREATE TABLE entry (n INTEGER PRIMARY KEY, title_id TEXT NOT NULL, year INTEGER, kind INTEGER, text BLOB NOT NULL);
CREATE TABLE by_name (numbers BLOB NOT NULL);
CREATE VIRTUAL TABLE gram USING fts5(
    grams, content='', detail=none, columnsize=0, prefix='1', tokenize="ascii tokenchars '_#$+<=>^`|~'"
);
INSERT INTO gram (gram, rank) VALUES ('pgsz', 8000), ('hashsize', 33554432);
CREATE TABLE frequent (gram TEXT PRIMARY KEY, titles INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE years (year INTEGER PRIMARY KEY);
CREATE TEMP TABLE raw (title_id TEXT PRIMARY KEY, place TEXT, name TEXT, year INTEGER, kind INTEGER, text BLOB)
    WITHOUT ROWID;
"""
_NUMBERED = """
INSERT INTO entry SELECT row_number() OVER (ORDER BY place, title_id), title_id, year, kind, text FROM raw;
INSERT INTO years SELECT DISTINCT year FROM raw;
"""
_BY_NAME = """
SELECT n FROM (SELECT row_number() OVER (ORDER BY place, title_id) AS n, name FROM raw) ORDER BY name, n
"""
_ENTRY = "SELECT title_id, year, kind, text"
_KINDS = list(Kind)
# So many titles make a gram or a character a frequent one.
_FREQUENT = 500
# So many titles are not all read to find the latest: the years are asked for one after the other.
_MANY = 20_000
# More titles of a query are not counted: each is compared with it.
_COUNTED = 1000
_ON_DISK = "lending-search"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A title as the search knows it; `text` is what it is found by (see `searched`), `year` 0 if it is not told."""

    title_id: str
    text: str
    year: int = 0
    kind: Kind = Kind.BOOK

    @classmethod
    def of(cls, described: Description) -> "Entry":
        """The entry of a title."""
        return cls(described.title_id, searched(described), described.year or 0, described.material)

    @property
    def order(self) -> tuple[str, str]:
        """What it is sorted by."""
        return order_of(self.text), self.title_id


class SearchFile:
    """A search file, open for reading."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        (numbers,) = self._db.execute("SELECT numbers FROM by_name").fetchone()
        self._by_name = array("I", numbers)
        self._titles: dict[str, int] = dict(self._db.execute("SELECT gram, titles FROM frequent"))

    def nearest(self, query: Query, kind: Kind | None, most: int) -> Iterator[Entry]:
        """Titles that have every word, of each rank the first ones (see `Query.rank`); one may come twice.

        Args:
            most: how many of each rank to read.
        """
        near = set[str]()
        for found in (*map(self._begun, query.wholes), *map(self._read, query.wholes), self._of_volume(query)):
            for entry in islice((entry for entry in found if kind in (None, entry.kind)), most):
                near.add(entry.title_id)
                yield entry
        if len(near) < most:
            yield from self.in_order(query, kind, most)

    def in_order(self, query: Query, kind: Kind | None, most: int) -> Iterator[Entry]:
        """So many titles that have every word, by their readings."""
        where, values = self._where(query, kind)
        return self._entries(f"{where} ORDER BY gram.rowid LIMIT ?", *values, most)

    def latest(self, query: Query, kind: Kind | None, most: int) -> Iterator[Entry]:
        """So many titles that have every word, the latest first, those of a year by their readings."""
        if term_of(query, self._titles).titles < _MANY:
            where, values = self._where(query, kind)
            return self._entries(f"{where} ORDER BY year DESC, gram.rowid LIMIT ?", *values, most)
        years = (year for (year,) in self._db.execute("SELECT year FROM years ORDER BY year DESC"))
        return islice(chain.from_iterable(self._of_year(query, kind, year, most) for year in years), most)

    def count(self, query: Query, kind: Kind | None, without: Collection[str]) -> int | None:
        """How many titles have every word, without some ids; None if they are too many to be counted.

        Of a frequent pair or character it is how many had it when the file was made.
        """
        term = term_of(query, self._titles)
        if term.whole and term.titles and kind is None:
            return term.titles
        where, values = self._where(query, kind)
        ids = json.dumps(sorted(without))
        found = f"SELECT 1 {where} AND title_id NOT IN (SELECT value FROM json_each(?)) LIMIT ?"  # noqa: S608
        (count,) = self._db.execute(f"SELECT count(*) FROM ({found})", (*values, ids, _COUNTED + 1)).fetchone()  # noqa: S608
        return int(count) if count <= _COUNTED else None

    def entries(self) -> Iterator[Entry]:
        """Everything in the file."""
        return self._entries("FROM entry ORDER BY n")

    def close(self) -> None:
        """Let the file go, so that its place on the disk is free once it is deleted."""
        self._db.close()

    def _where(self, query: Query, kind: Kind | None, *more: str) -> tuple[str, list[str | bytes]]:
        """The titles that have every word, and more grams: what to ask, and with which values."""
        term = term_of(query, self._titles)
        marks = [*more, *([kind_gram(kind)] if kind else [])]
        compared = () if term.whole else query.words
        each = "".join(f" AND ({' OR '.join(['instr(text, ?)'] * len(word))})" for word in compared)
        match = " AND ".join([term.match, *(f'"{mark}"' for mark in marks)])
        forms = (encoded(form) for word in compared for form in word)
        return f"FROM gram CROSS JOIN entry ON entry.n = gram.rowid WHERE gram MATCH ?{each}", [match, *forms]

    def _of_year(self, query: Query, kind: Kind | None, year: int, most: int) -> Iterator[Entry]:
        where, values = self._where(query, kind, year_gram(year))
        return self._entries(f"{where} ORDER BY gram.rowid LIMIT ?", *values, most)

    def _begun(self, name: str) -> Iterator[Entry]:
        """The titles whose names begin so, by name."""
        first = bisect_left(self._by_name, name, key=lambda n: decoded(self._names(n)[0]))
        found = (self._entry(self._by_name[place]) for place in range(first, len(self._by_name)))
        return takewhile(lambda entry: names_of(entry.text)[0].startswith(name), found)

    def _read(self, name: str) -> Iterator[Entry]:
        """The titles whose readings begin so, or names where there is no reading, by them."""
        numbers = range(1, len(self._by_name) + 1)
        first = bisect_left(numbers, name, key=self._reading)
        found = (self._entry(n) for n in numbers[first:])
        return takewhile(lambda entry: _reading_of(entry.text).startswith(name), found)

    def _of_volume(self, query: Query) -> Iterator[Entry]:
        """The titles that are called by all words but the last, of the volume that the last one names."""
        for name in query.series:
            for found in (self._begun(name), self._read(name)):
                of_name = takewhile(partial(_is_called, name), found)
                yield from (entry for entry in of_name if query.rank(entry.text) == 0)

    def _entry(self, n: int) -> Entry:
        return next(self._entries("FROM entry WHERE n = ?", n))

    def _names(self, n: int) -> list[bytes]:
        (text,) = self._db.execute("SELECT text FROM entry WHERE n = ?", (n,)).fetchone()
        return bytes(text).split(b"\n", 2)

    def _reading(self, n: int) -> str:
        name, reading, *_ = self._names(n)
        return decoded(reading or name)

    def _entries(self, sql: str, *values: str | bytes | int) -> Iterator[Entry]:
        for title_id, year, kind, text in self._db.execute(f"{_ENTRY} {sql}", values):
            yield Entry(title_id, decoded(text), year, _KINDS[kind])


def _is_called(name: str, entry: Entry) -> bool:
    return name in names_of(entry.text)[:2]


def _reading_of(text: str) -> str:
    name, reading, _ = names_of(text)
    return reading or name


def build(path: Path, entries: Iterable[Entry]) -> int:
    """Make a search file; of several entries with one title id the last counts. Answers how many titles it has."""
    db = sqlite3.connect(path)
    db.executescript(_SCHEMA)
    db.executemany("INSERT OR REPLACE INTO raw VALUES (?, ?, ?, ?, ?, ?)", map(_raw, entries))
    db.executescript(_NUMBERED)
    numbers = array("I", (n for (n,) in db.execute(_BY_NAME)))
    db.execute("INSERT INTO by_name VALUES (?)", (numbers.tobytes(),))
    titles = Counter[str]()
    db.executemany("INSERT INTO gram (rowid, grams) VALUES (?, ?)", _grams(db, titles))
    db.execute("INSERT INTO gram (gram) VALUES ('optimize')")
    frequent = (each for each in titles.items() if each[1] >= _FREQUENT)
    db.executemany("INSERT INTO frequent VALUES (?, ?)", frequent)
    db.commit()
    # What the index was merged from has left empty pages.
    db.execute("VACUUM")
    db.close()
    return len(numbers)


def _raw(entry: Entry) -> tuple[str, str, str, int, int, bytes]:
    name, _, _ = names_of(entry.text)
    kind = _KINDS.index(entry.kind)
    return entry.title_id, order_of(entry.text), name, entry.year, kind, encoded(entry.text)


def _grams(db: sqlite3.Connection, titles: Counter[str]) -> Iterator[tuple[int, str]]:
    """The grams of each title, which are counted on the way, as its characters are, and its marks."""
    for n, year, kind, text in db.execute("SELECT n, year, kind, text FROM entry ORDER BY n"):
        found = set(grams(decoded(text)))
        titles.update(found.union(*found))
        yield n, " ".join((*sorted(found), year_gram(year), kind_gram(_KINDS[kind])))


_open: dict[str, SearchFile] = {}


def opened(bucket: str, file_key: str) -> SearchFile:
    """The search file of a key, from the function's own disk if it is there. One other than before takes its place."""
    if file_key not in _open:
        while _open:
            _open.popitem()[1].close()
        folder = Path(tempfile.gettempdir())
        # Of several functions on one machine one downloads, and none deletes what another just has.
        with (folder / f"{_ON_DISK}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            path = folder / f"{_ON_DISK}-{file_key.removeprefix(FOLDER)}"
            if not path.exists():
                _download(bucket, file_key, path)
            _open[file_key] = SearchFile(path)
    return _open[file_key]


def _download(bucket: str, file_key: str, path: Path) -> None:
    """Bring a file onto the disk, in the place of all before, and of what a function that was ended has left."""
    for old in path.parent.glob(f"{_ON_DISK}-*"):
        old.unlink()
    # Under another name until it is whole.
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            shutil.copyfileobj(client("s3").get_object(Bucket=bucket, Key=file_key)["Body"], file, _CHUNK)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def upload(bucket: str, path: Path) -> str:
    """Put a file into the bucket, under the name of its content; answers its key."""
    with path.open("rb") as file:
        key = f"{FOLDER}{hashlib.file_digest(file, 'sha256').hexdigest()[:32]}.sqlite"
        file.seek(0)
        client("s3").put_object(Bucket=bucket, Key=key, Body=file)
    return key


def forget(bucket: str, file_key: str) -> None:
    """Delete a file that is no longer searched."""
    client("s3").delete_object(Bucket=bucket, Key=file_key)
