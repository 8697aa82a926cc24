"""The file that is searched: SQLite with a full-text index of every two characters that stand together.

It is made whole and never changed, lies in a bucket under the name of its content, and is read from the function's own
disk. So an idle catalogue costs its storage, a search no request but the one that asks which file it is, and a million
titles are some hundred megabytes. SQLite's own trigrams would not find 「漱石」: most words asked for are that short.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lending.aws.clients import client
from lending.domain.catalogue.search_text import grams, matches, plain, searched

FOLDER = "search/"

_SCHEMA = """
PRAGMA page_size = 8192;
CREATE TABLE entry (
    n INTEGER PRIMARY KEY, title_id TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
    title TEXT NOT NULL, author TEXT NOT NULL, isbn TEXT NOT NULL
);
CREATE VIRTUAL TABLE gram USING fts5(
    grams, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '#$+<=>^`|~'"
);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A title as the search knows it."""

    title_id: str
    title: str
    author: str
    isbn: str = ""

    @property
    def text(self) -> str:
        """What it is found by."""
        return searched(self.title, self.author, self.isbn)

    @property
    def heading(self) -> str:
        """What it is sorted by."""
        return plain(self.title)


class SearchFile:
    """A search file, open for reading."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def find(self, words: Sequence[str], most: int) -> Iterator[Entry]:
        """Titles that have every word: first those with exactly this heading, then all by heading.

        Args:
            words: as `words_of` gives them, at least one.
            most: how many of each to read; a title may come twice.
        """
        rows = "SELECT title_id, title, author, isbn, text FROM entry"
        exact = self._db.execute(f"{rows} WHERE heading = ? ORDER BY n LIMIT ?", ("".join(words), most))
        found = self._db.execute(
            f"{rows} WHERE n IN (SELECT rowid FROM gram WHERE gram MATCH ?)"  # noqa: S608
            f"{' AND instr(text, ?)' * len(words)} ORDER BY n LIMIT ?",
            (_match(words), *words, most),
        )
        for cursor in (exact, found):
            for *fields, text in cursor:
                if matches(text, words):
                    yield Entry(*fields)

    def entries(self) -> Iterator[Entry]:
        """Everything in the file."""
        for fields in self._db.execute("SELECT title_id, title, author, isbn FROM entry"):
            yield Entry(*fields)


def _match(words: Sequence[str]) -> str:
    """A full-text query: all pairs of each word, and for a single character every pair that begins with it."""
    single = {f'"{word}" *' for word in words if len(word) == 1}
    pairs = {f'"{gram}"' for word in words for gram in grams(word) if len(gram) == 2}
    return " AND ".join(sorted(single | pairs))


def build(path: Path, entries: Iterable[Entry]) -> int:
    """Make a search file; of several entries with one title id the last counts. Answers how many titles it has."""
    db = sqlite3.connect(path)
    db.executescript(_SCHEMA)
    db.execute("CREATE TEMP TABLE raw (title_id TEXT PRIMARY KEY, heading, text, title, author, isbn) WITHOUT ROWID")
    rows = ((e.title_id, e.heading, e.text, e.title, e.author, e.isbn) for e in entries)
    db.executemany("INSERT OR REPLACE INTO raw VALUES (?, ?, ?, ?, ?, ?)", rows)
    db.execute(
        "INSERT INTO entry (title_id, heading, text, title, author, isbn) "
        "SELECT title_id, heading, text, title, author, isbn FROM raw ORDER BY heading, title_id"
    )
    db.execute("CREATE INDEX by_heading ON entry (heading)")
    texts = db.execute("SELECT n, text FROM entry ORDER BY n")
    db.executemany(
        "INSERT INTO gram (rowid, grams) VALUES (?, ?)", ((n, " ".join(sorted(set(grams(t))))) for n, t in texts)
    )
    db.execute("INSERT INTO gram (gram) VALUES ('optimize')")
    (count,) = db.execute("SELECT count(*) FROM entry").fetchone()
    db.commit()
    db.close()
    return int(count)


_open: dict[str, SearchFile] = {}


def opened(bucket: str, file_key: str) -> SearchFile:
    """The search file of a key, from the function's own disk if it is there. One other than before takes its place."""
    if file_key not in _open:
        path = Path(tempfile.gettempdir()) / f"lending-search-{file_key.removeprefix(FOLDER)}"
        if not path.exists():
            _download(bucket, file_key, path)
        _open.clear()
        _open[file_key] = SearchFile(path)
    return _open[file_key]


def _download(bucket: str, file_key: str, path: Path) -> None:
    for old in path.parent.glob("lending-search-*.sqlite"):
        old.unlink(missing_ok=True)
    # Under another name until it is whole.
    handle, part = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(client("s3").get_object(Bucket=bucket, Key=file_key)["Body"], file)
    Path(part).replace(path)


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
