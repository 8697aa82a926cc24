"""The file that is searched: SQLite with a full-text index of kanji, and of what else stands together.

It is made whole and never changed, lies in a bucket under the name of its content, and is read from the function's own
disk. So an idle catalogue costs its storage, and a search no request but the one that asks which file it is. SQLite's
own trigrams would not find 「漱石」: most words asked for are that short.

Titles are numbered in the order of their readings, so that the first ones found are the first ones shown; `by_name` has
their numbers in the order of their names, so that whole titles and beginnings are looked for as in a dictionary. What
the index proposes is compared with the titles' texts, see `search_letters`. Of what is too frequent for the index the
first titles are known; what they do not answer is read title by title. The kind and the year of a title are grams as
well.
"""

import fcntl
import hashlib
import json
import shutil
import sqlite3
import tempfile
from array import array
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import NamedTuple

from lending.aws.clients import client
from lending.aws.search_dictionary import Dictionary
from lending.aws.search_letters import decoded
from lending.aws.search_terms import Term, Value, Where, compared, term_of
from lending.domain.catalogue.description import Description, Kind
from lending.domain.catalogue.search_text import (
    BETWEEN,
    LOOSE,
    Query,
    kind_gram,
    names_of,
    order_of,
    parts,
    searched,
    year_gram,
)

FOLDER = "search/"

KINDS = list(Kind)
# Of a part that the index does not have, so many titles are known, the first ones; one that has as many is frequent.
FIRST = 500
_ENTRY = "SELECT n, title_id, year, kind, isbn, text"
# So many titles are not all read to find the latest: the years are asked for one after the other.
_MANY = 20_000
# To know how many titles a query has, so many are compared with it, and no more.
_COMPARED = 1000
# So much of the file is read where it lies, without a copy of each page: all of it.
_MAPPED = 1 << 31
_ON_DISK = "lending-search"
_CHUNK = 1 << 20


class Entry(NamedTuple):
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
        self._db.execute(f"PRAGMA mmap_size = {_MAPPED}")
        (numbers,) = self._db.execute("SELECT numbers FROM by_name").fetchone()
        self._by_name = Dictionary(array("I", numbers), self._name)
        self._by_reading = Dictionary(range(1, len(self._by_name.numbers) + 1), self._reading)
        self._titles: dict[str, int] = dict(self._db.execute("SELECT part, titles FROM frequent"))

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
        if len(query.words) == 1 and len(query.words[0]) > 1:
            forms = (replace(query, words=((form,),)) for form in query.words[0])
            found = {entry.title_id: entry for form in forms for entry in self.in_order(form, kind, most)}
            return iter(sorted(found.values(), key=lambda entry: entry.order)[:most])
        where = self._where(query, kind, enough=most)
        return self._entries(f"{where.sql} ORDER BY {where.number} LIMIT ?", *where.values, most)

    def latest(self, query: Query, kind: Kind | None, most: int) -> Iterator[Entry]:
        """So many titles that have every word, the latest first, those of a year by their readings."""
        term, where = term_of(query, self._titles), self._where(query, kind)
        if where.few or (term.match and term.titles < _MANY):
            return self._entries(f"{where.sql} ORDER BY year DESC, {where.number} LIMIT ?", *where.values, most)
        years = (year for (year,) in self._db.execute("SELECT year FROM years ORDER BY year DESC"))
        return islice(chain.from_iterable(self._of_year(query, kind, year, most) for year in years), most)

    def count(self, query: Query, kind: Kind | None, without: Collection[str]) -> int | None:
        """How many titles have every word, without some ids; None if too many must be compared for it.

        Of a frequent part of a text it is how many had it when the file was made.
        """
        term = term_of(query, self._titles)
        if kind is None and term.part in self._titles:
            return self._titles[term.part]
        where = self._where(query, kind)
        of_others = "title_id NOT IN (SELECT value FROM json_each(?))"
        proposed = f"SELECT {where.compared} AND {of_others} AS fits {where.proposed} LIMIT ?"
        compared, fitting = self._db.execute(
            f"SELECT count(*), total(fits) FROM ({proposed})",  # noqa: S608
            (*where.of_compared, json.dumps(sorted(without)), *where.of_proposed, _COMPARED + 1),
        ).fetchone()
        return int(fitting) if compared <= _COMPARED else None

    def entries(self) -> Iterator[Entry]:
        """Everything in the file."""
        return self._entries("FROM entry ORDER BY n")

    def close(self) -> None:
        """Let the file go, so that its place on the disk is free once it is deleted."""
        self._db.close()

    def _where(self, query: Query, kind: Kind | None, *marks: str, enough: int | None = None) -> Where:
        """The titles that have every word, and more grams.

        Args:
            enough: so many of the first ones will do, None if it must be all.
        """
        term = term_of(query, self._titles)
        texts = compared(() if term.whole else query.words)
        numbers = None if term.match or marks else self._first(query, term, None if kind else enough)
        if numbers is not None:
            listed = "FROM entry WHERE n IN (SELECT value FROM json_each(?)) AND ifnull(kind = ?, 1)"
            number = None if kind is None else KINDS.index(kind)
            return Where(listed, [json.dumps(numbers), number], *texts, "n", few=True)
        marks = (*marks, *([kind_gram(kind)] if kind else []))
        match = " AND ".join((*filter(None, [term.match]), *(f'"{mark}"' for mark in marks)))
        if not match:
            return Where("FROM entry WHERE 1", [], *texts, "n")
        found = "FROM gram CROSS JOIN entry ON entry.n = gram.rowid WHERE gram MATCH ?"
        return Where(found, [match], *texts, "gram.rowid")

    def _first(self, query: Query, term: Term, enough: int | None) -> list[int] | None:
        """The numbers of some titles among which are all that have every word, or at least the first ones."""
        if term.part in LOOSE and enough is not None and enough <= FIRST:
            return self._having(term.part)[:enough]
        alone = (part for forms in query.words if len(forms) == 1 for part in parts(forms[0]) & LOOSE)
        rare = next((part for part in alone if part not in self._titles), None)
        return None if rare is None else self._having(rare)

    def _having(self, part: str) -> list[int]:
        row = self._db.execute("SELECT first FROM loose WHERE part = ?", (part,)).fetchone()
        return array("I", row[0]).tolist() if row else []

    def _of_year(self, query: Query, kind: Kind | None, year: int, most: int) -> Iterator[Entry]:
        where = self._where(query, kind, year_gram(year))
        return self._entries(f"{where.sql} ORDER BY {where.number} LIMIT ?", *where.values, most)

    def _begun(self, name: str) -> Iterator[Entry]:
        """The titles whose names begin so, by name."""
        places = range(self._by_name.place(name), len(self._by_name.numbers))
        found = (self._entry(self._by_name.numbers[place]) for place in places)
        return takewhile(lambda entry: names_of(entry.text)[0].startswith(name), found)

    def _read(self, name: str) -> Iterator[Entry]:
        """The titles whose readings begin so, or names where there is no reading, by them."""
        found = self._entries("FROM entry WHERE n > ? ORDER BY n", self._by_reading.place(name))
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

    def _name(self, n: int) -> str:
        return decoded(self._names(n)[0])

    def _reading(self, n: int) -> str:
        name, reading, *_ = self._names(n)
        return decoded(reading or name)

    def _entries(self, sql: str, *values: Value) -> Iterator[Entry]:
        return (entry for _, entry in numbered(self._db, sql, *values))


def numbered(db: sqlite3.Connection, sql: str = "FROM entry ORDER BY n", *values: Value) -> Iterator[tuple[int, Entry]]:
    """Titles of a file with their numbers; the ISBN and the year are at the end of a text again."""
    for n, title_id, year, kind, isbn, text in db.execute(f"{_ENTRY} {sql}", values):
        numbers = [str(number) for number in (isbn, year) if number]
        yield n, Entry(title_id, BETWEEN.join([decoded(text), *numbers]), year or 0, KINDS[kind])


def _is_called(name: str, entry: Entry) -> bool:
    return name in names_of(entry.text)[:2]


def _reading_of(text: str) -> str:
    name, reading, _ = names_of(text)
    return reading or name


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
