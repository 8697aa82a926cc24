"""What a search of each kind takes in many titles, in processor time: half of them take p50, one in a hundred p99.

The search file alone, without the table, beside what else could be searched. Of each of our queries the best of
three counts: a busy machine can only make it slower. BENCH_TITLES says of how many titles; a million take a quarter of
an hour and 3 GB.
"""

import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lending.aws.search_file import Entry
from lending.domain.catalogue.description import Description
from lending.domain.catalogue.letters import plain
from lending.domain.catalogue.search_text import Query, query_of
from tests.benchmarks.search_engines import Engine, Ours, engines
from tests.benchmarks.titles import Catalogue

TITLES, QUERIES, ROUNDS = int(os.environ.get("BENCH_TITLES", "100000")), 200, 3
# What a function downloads a second, which is what its first answer after a cold start mostly waits for.
BYTES_A_SECOND = 100_000_000

Times = dict[str, list[float]]


@cache
def measure(titles: int, queries: int) -> tuple[dict[str, Times], list[str]]:
    """The milliseconds of each engine by kind of query, and what there is to say of each."""
    rows = list(Catalogue().titles(titles))
    entries = [Entry.of(row) for row in rows]
    asked = _queries(rows, queries, random.Random(2))
    found, said = dict[str, Times](), []
    for engine in engines():
        with TemporaryDirectory() as folder:
            times, line = _measured(engine, Path(folder), entries, asked)
        found[engine.name] = times
        said.append(line)
    return found, said


def _measured(
    kind: type[Engine], folder: Path, entries: list[Entry], asked: dict[str, list[Query]]
) -> tuple[Times, str]:
    started = time.process_time()
    engine = kind(folder, entries)
    built = time.process_time() - started
    size = sum(path.stat().st_size for path in folder.iterdir())
    started = time.process_time()
    engine.open()
    engine.find(next(iter(asked.values()))[0])
    first = time.process_time() - started + size / BYTES_A_SECOND
    rounds = ROUNDS if kind is Ours else 1
    times = {name: [min(_milliseconds(engine, query) for _ in range(rounds)) for query in queries]
             for name, queries in asked.items()}  # fmt: skip
    return times, f"{kind.name}: {size / 1e6:.0f} MB, made in {built:.0f} s, first answer after {first:.2f} s"


def _milliseconds(engine: Engine, query: Query) -> float:
    started = time.process_time_ns()
    engine.find(query)
    return (time.process_time_ns() - started) / 1e6


def run(titles: int = TITLES, queries: int = QUERIES) -> list[dict[str, Any]]:
    """For each kind of query p50 and p99 of our file in milliseconds, and p99 of the others."""
    found, _ = measure(titles, queries)
    ours = found.pop(Ours.name)
    return [
        {"titles": titles, "kind": kind, "p50_ms": _part(times, 0.5), "p99_ms": _part(times, 0.99)}
        | {f"{name}_p99_ms": _part(others[kind], 0.99) for name, others in found.items()}
        for kind, times in ours.items()
    ]


def details(rows: list[dict[str, Any]]) -> list[str]:
    """Size, making and first answer of each, and what is not there."""
    found, said = measure(rows[0]["titles"], QUERIES)
    return said if "tantivy" in found else [*said, "tantivy is not installed"]


def _part(times: list[float], part: float) -> float:
    return round(sorted(times)[min(len(times) - 1, int(len(times) * part))], 3)


def _queries(rows: list[Description], count: int, chance: random.Random) -> dict[str, list[Query]]:
    """So many queries of each kind, each made of a title that is there."""
    found = defaultdict[str, list[Query]](list)
    while not found or min(map(len, found.values())) < count:
        for kind, text in _of_title(chance.choice(rows), chance):
            if len(found[kind]) < count and (query := query_of(text)).words:
                found[kind].append(query)
    return dict(found)


def _of_title(row: Description, chance: random.Random) -> Iterator[tuple[str, str]]:
    """What people type who look for a title: parts of it, its author, its number."""
    title, author, isbn = row.title, row.author, row.isbn
    name, family = plain(title), author.split()[0]
    if len(name) < 8:
        return
    start = chance.randrange(len(name) - 6)
    yield "one character", name[start]
    yield "two", name[start : start + 2]
    yield "a word", name[start : start + chance.randrange(3, 7)]
    parts = sorted(chance.sample(range(len(name) - 1), 4))
    yield "four words", " ".join(name[part : part + 2] for part in parts)
    yield "author", family + author.split()[1].removesuffix(",")
    yield "word and author", f"{name[:3]} {family}"
    yield "year", str(chance.randrange(1950, 2027))
    if isbn:
        yield "ISBN", isbn
        yield "old ISBN", f"{isbn[3:12]}{_check(isbn)}"
    reading = plain(row.title_kana)
    start = chance.randrange(len(reading) - 6)
    yield "a reading", reading[start : start + chance.randrange(3, 8)]
    yield "a whole title", title.partition(" : ")[0]
    yield "author's reading", row.author_kana.split(",")[0]


def _check(isbn: str) -> str:
    """The check digit of an ISBN of ten digits."""
    check = -sum(int(digit) * weight for digit, weight in zip(isbn[3:12], range(10, 1, -1), strict=True)) % 11
    return "X" if check == 10 else str(check)
