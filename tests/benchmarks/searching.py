"""A catalogue of 100,000 copies: brought in from a CSV, and then searched.

The table is `counting_store` and the bucket moto's, both in this process: what is timed is our own work, without the
waits for AWS, of which the requests and units tell. A search is all that answers `GET /titles?q=`: asking for the state
of the catalogue, the search in the file, and the titles with their copies from the table.
"""

import csv
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from infra.import_catalogue import import_catalogue
from lending.actions.catalogue.search_titles import Search, search_titles
from lending.actions.library import Library
from lending.aws.table import Table
from lending.domain.run.expected_pickup import ANY_FACILITY
from lending.domain.week import TOKYO
from tests.benchmarks.cloud import cloud
from tests.benchmarks.counting_store import CountingStore
from tests.benchmarks.environment import BUCKET
from tests.library import aomori

COPIES, SEARCHES, PAGE = 100_000, 300, 20
_COPIES_PER_TITLE = 2
_MOMENT = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
_COLUMNS = ("title_id", "title", "author", "isbn", "barcode", "call_number", "reference_only")

_PLACES = ["青森", "弘前", "八戸", "津軽", "下北", "岩木山", "八甲田", "十和田", "陸奥湾", "白神", "鰺ヶ沢", "三沢"]
_THINGS = ["林檎", "ねぶた", "雪", "海峡", "鉄道", "方言", "民話", "漁業", "温泉", "縄文", "こぎん刺し", "三味線"]
_KINDS = ["の歴史", "を歩く", "入門", "の研究", "ものがたり", "図鑑", "の暮らし", "写真集", "大全", "殺人事件", "の謎"]
_FAMILIES = ["太宰", "寺山", "石坂", "佐藤", "工藤", "三浦", "成田", "長谷川", "棟方", "今", "齋藤", "髙橋", "澤田"]
_NAMES = ["治", "修司", "洋次郎", "花子", "健一", "美智子", "勝", "由紀", "昭", "誠", "直美", "一郎", "恵", "さくら"]


class Row(TypedDict):
    """The figures of `make bench`."""

    copies: int
    import_seconds: float
    p50_ms: float


def run(copies: int = COPIES, searches: int = SEARCHES) -> Row:
    """Bring so many copies in and search them so many times."""
    chance = random.Random(1)
    rows = list(_rows(copies, chance))
    table = Table(CountingStore(), "lending")
    with cloud(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.csv"
        _write(path, rows)
        started = time.perf_counter()
        report = import_catalogue(table, BUCKET, path)
        imported = time.perf_counter() - started
        if report.bad or report.copies != copies:
            raise RuntimeError(f"{report.copies} of {copies} copies, {report.bad[:3]}")
        found = [_search(table, query) for query in _queries(rows, searches, chance)]
    return {"copies": copies, "import_seconds": round(imported, 1), "p50_ms": round(statistics.median(found) * 1000, 2)}


def _search(table: Table, query: str) -> float:
    started = time.perf_counter()
    found = search_titles(Library(table, aomori(), _MOMENT), BUCKET, Search(query, ANY_FACILITY), 0, PAGE)
    taken = time.perf_counter() - started
    if not found.cards:
        raise RuntimeError(f"{query} was not found")
    return taken


def _rows(copies: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    for number in range(copies):
        title, copy = divmod(number, _COPIES_PER_TITLE)
        if copy == 0:
            words = f"{chance.choice(_PLACES)}{chance.choice(_THINGS)}{chance.choice(_KINDS)} {title % 97 + 1}"
            author = f"{chance.choice(_FAMILIES)} {chance.choice(_NAMES)}"
            isbn = f"978{chance.randrange(10**10):010}"
        shelf = f"{chance.randrange(1000):03}.{chance.randrange(10)}/{number:06}"
        yield f"T{title:07}", words, author, isbn, f"B{number:08}", shelf, "1" if chance.random() < 0.05 else ""


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_COLUMNS, *rows])


def _queries(rows: list[tuple[str, ...]], count: int, chance: random.Random) -> Iterator[str]:
    """What people type: two characters, a word, a word and an author, a whole title, an ISBN."""
    for _ in range(count):
        _, title, author, isbn, *_ = chance.choice(rows)
        start = chance.randrange(len(title) - 3)
        yield chance.choice(
            [title[start : start + 2].strip() or title[:2], title[:4], f"{title[:3]} {author[:2]}", title, isbn]
        )
