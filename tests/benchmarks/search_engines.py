"""The search file, and what else could be searched, with one surface: all find titles whose texts have every word."""

import importlib.util
import sqlite3
from abc import ABC, abstractmethod
from itertools import islice
from pathlib import Path
from typing import Any

from lending.aws.search_file import Entry, SearchFile
from lending.aws.search_making import build
from lending.domain.catalogue.search_text import Query, grams

MOST = 21  # a page, and whether there is more


class Engine(ABC):
    """Something that was made of entries and finds them."""

    name: str

    @abstractmethod
    def __init__(self, folder: Path, entries: list[Entry]) -> None:
        """Make it in an empty folder."""

    @abstractmethod
    def open(self) -> None:
        """Make it ready to be asked."""

    @abstractmethod
    def find(self, query: Query) -> int:
        """How many titles of the first page there are."""


class Ours(Engine):
    """The search file."""

    name = "ours"

    def __init__(self, folder: Path, entries: list[Entry]) -> None:
        self._path = folder / "titles.sqlite"
        build(self._path, entries)

    def open(self) -> None:
        self._file = SearchFile(self._path)

    def find(self, query: Query) -> int:
        found = {entry.title_id for entry in self._file.nearest(query, None, MOST)}
        if len(found) >= MOST:
            self._file.count(query, None, ())
        return min(MOST, len(found))


class Trigrams(Engine):
    """SQLite's own index of three characters, which reads all texts for less."""

    name = "trigram"

    def __init__(self, folder: Path, entries: list[Entry]) -> None:
        self._path = folder / "trigrams.sqlite"
        db = sqlite3.connect(self._path)
        db.execute("CREATE VIRTUAL TABLE entry USING fts5(text, title_id UNINDEXED, tokenize='trigram')")
        ordered = sorted(entries, key=lambda entry: entry.order)
        db.executemany("INSERT INTO entry VALUES (?, ?)", ((entry.text, entry.title_id) for entry in ordered))
        db.execute("INSERT INTO entry (entry) VALUES ('optimize')")
        db.commit()
        db.close()

    def open(self) -> None:
        self._db = sqlite3.connect(self._path)

    def find(self, query: Query) -> int:
        words = [word[-1] for word in query.words]
        match = " AND ".join(f'"{word}"' for word in words if len(word) > 2)
        short = [word for word in words if len(word) <= 2]
        where = " AND ".join([*(["entry MATCH ?"] if match else []), *(["instr(text, ?)"] * len(short))])
        found = self._db.execute(
            f"SELECT title_id FROM entry WHERE {where} ORDER BY rowid LIMIT {MOST}",  # noqa: S608
            [*([match] if match else []), *short],
        )
        return len(found.fetchall())


class Tantivy(Engine):
    """Tantivy's index of the same grams. What it proposes is not compared, and is in the order of its score."""

    name = "tantivy"

    def __init__(self, folder: Path, entries: list[Entry]) -> None:
        self._tantivy: Any = importlib.import_module("tantivy")
        builder = self._tantivy.SchemaBuilder()
        builder.add_text_field("title_id", stored=True, tokenizer_name="raw")
        builder.add_text_field("grams", tokenizer_name="whitespace", index_option="basic")
        self._schema = builder.build()
        self._index = self._tantivy.Index(self._schema, path=str(folder))
        writer = self._index.writer(heap_size=256 << 20, num_threads=1)
        for entry in entries:
            found = set(grams(entry.text))
            text = " ".join(found.union(*found))
            writer.add_document(self._tantivy.Document(title_id=entry.title_id, grams=text))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def find(self, query: Query) -> int:
        words = [word[-1] for word in query.words]
        wanted = {gram for word in words for gram in grams(word) if len(gram) == min(2, len(word))}
        term, must = self._tantivy.Query.term_query, self._tantivy.Occur.Must
        query = self._tantivy.Query.boolean_query([(must, term(self._schema, "grams", gram)) for gram in wanted])
        hits = self._searcher.search(query, MOST, count=False).hits
        return len([self._searcher.doc(address)["title_id"] for _, address in islice(hits, MOST)])


def engines() -> list[type[Engine]]:
    """Ours first, then those that are installed."""
    has_tantivy = importlib.util.find_spec("tantivy") is not None
    return [Ours, Trigrams, *([Tantivy] if has_tantivy else [])]
