"""The file that is searched: SQLite with a full-text index of every two characters that stand together.

It is made whole and never changed, lies in a bucket under the name of its content, and is read from the function's own
disk. So an idle catalogue costs its storage, a search no request but the one that asks which file it is, and a million
titles are two hundred megabytes. SQLite's own trigrams would not find 「漱石」: most words asked for are that short.

Titles are numbered in the order of their names, so that the first ones found are the first ones shown, and that one of
a certain name is looked for as in a dictionary. Their texts are kept in two bytes a character (GB 18030 has all of
Unicode); what the index and a comparison of bytes propose is read and compared again.
"""

import fcntl
import hashlib
import shutil
import sqlite3
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from pathlib import Path

from lending.aws.clients import client
from lending.domain.catalogue.search_text import grams, grams_of_word, heading, matches, searched

FOLDER = "search/"

_ENCODING = "gb18030"
_SCHEMA = """
PRAGMA page_size = 8192;
CREATE TABLE entry (n INTEGER PRIMARY KEY, title_id TEXT NOT NULL, text BLOB NOT NULL);
CREATE VIRTUAL TABLE gram USING fts5(
    grams, content='', detail=none, columnsize=0, prefix='1', tokenize="ascii tokenchars '#$+<=>^`|~'"
);
INSERT INTO gram (gram, rank) VALUES ('pgsz', 8000), ('hashsize', 33554432);
CREATE TABLE frequent (gram TEXT PRIMARY KEY, titles INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE raw (title_id TEXT PRIMARY KEY, heading TEXT, text BLOB) WITHOUT ROWID;
"""
# Of so many grams of a query the index is asked, the rarest, and of more if all are frequent: further ones would take
# longer than comparing what is left.
_ASKED, _ASKED_IF_FREQUENT = 2, 3
# So many titles make a gram or a character a frequent one.
_FREQUENT = 500
_ON_DISK = "lending-search"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A title as the search knows it; `text` is what it is found by (see `searched`)."""

    title_id: str
    text: str

    @classmethod
    def of(cls, title_id: str, title: str, author: str, isbn: str = "") -> "Entry":
        """The entry of a title."""
        return cls(title_id, searched(title, author, isbn))

    @property
    def heading(self) -> str:
        """What it is sorted by."""
        return heading(self.text)


class SearchFile:
    """A search file, open for reading."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        (self._count,) = self._db.execute("SELECT coalesce(max(n), 0) FROM entry").fetchone()
        self._titles: dict[str, int] = dict(self._db.execute("SELECT gram, titles FROM frequent"))

    def find(self, words: Sequence[str], most: int) -> Iterator[Entry]:
        """Titles that have every word: first those with exactly this heading, then all by heading.

        Args:
            words: as `words_of` gives them, at least one.
            most: how many of each to read; a title may come twice.
        """
        found = self._entries(
            "SELECT title_id, text FROM gram CROSS JOIN entry ON entry.n = gram.rowid "  # noqa: S608
            f"WHERE gram MATCH ?{' AND instr(text, ?)' * len(words)} ORDER BY gram.rowid",
            self._match(words),
            *(word.encode(_ENCODING) for word in words),
        )
        return chain(
            islice(self._of_heading("".join(words)), most),
            islice((entry for entry in found if matches(entry.text, words)), most),
        )

    def entries(self) -> Iterator[Entry]:
        """Everything in the file."""
        return self._entries("SELECT title_id, text FROM entry ORDER BY n")

    def close(self) -> None:
        """Let the file go, so that its place on the disk is free once it is deleted."""
        self._db.close()

    def _match(self, words: Sequence[str]) -> str:
        """A full-text query: the rarest grams of the words, and for a single character all that begin with it."""
        single = {(self._titles.get(word, 0), f'"{word}" *') for word in words if len(word) == 1}
        whole = {(self._titles.get(gram, 0), f'"{gram}"') for word in words for gram in grams_of_word(word)}
        rarest = sorted(single | whole)
        asked = _ASKED_IF_FREQUENT if rarest[0][0] else _ASKED
        return " AND ".join(term for _, term in rarest[:asked])

    def _of_heading(self, wanted: str) -> Iterator[Entry]:
        first = 1 + bisect_left(range(1, self._count + 1), wanted, key=self._heading)
        entries = self._entries("SELECT title_id, text FROM entry WHERE n >= ? ORDER BY n", first)
        return takewhile(lambda entry: entry.heading == wanted, entries)

    def _heading(self, n: int) -> str:
        (text,) = self._db.execute("SELECT text FROM entry WHERE n = ?", (n,)).fetchone()
        return heading(text.decode(_ENCODING))

    def _entries(self, sql: str, *values: str | bytes | int) -> Iterator[Entry]:
        for title_id, text in self._db.execute(sql, values):
            yield Entry(title_id, text.decode(_ENCODING))


def build(path: Path, entries: Iterable[Entry]) -> int:
    """Make a search file; of several entries with one title id the last counts. Answers how many titles it has."""
    db = sqlite3.connect(path)
    db.executescript(_SCHEMA)
    rows = ((entry.title_id, entry.heading, entry.text.encode(_ENCODING)) for entry in entries)
    db.executemany("INSERT OR REPLACE INTO raw VALUES (?, ?, ?)", rows)
    db.execute("INSERT INTO entry (title_id, text) SELECT title_id, text FROM raw ORDER BY heading, title_id")
    titles = Counter[str]()
    db.executemany("INSERT INTO gram (rowid, grams) VALUES (?, ?)", _grams(db, titles))
    db.execute("INSERT INTO gram (gram) VALUES ('optimize')")
    frequent = (each for each in titles.items() if each[1] >= _FREQUENT)
    db.executemany("INSERT INTO frequent VALUES (?, ?)", frequent)
    (count,) = db.execute("SELECT count(*) FROM entry").fetchone()
    db.commit()
    # What the index was merged from has left empty pages.
    db.execute("VACUUM")
    db.close()
    return int(count)


def _grams(db: sqlite3.Connection, titles: Counter[str]) -> Iterator[tuple[int, str]]:
    """The grams of each title, which are counted on the way, as its characters are."""
    for n, text in db.execute("SELECT n, text FROM entry ORDER BY n"):
        found = set(grams(text.decode(_ENCODING)))
        titles.update(found.union(*found))
        yield n, " ".join(sorted(found))


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
