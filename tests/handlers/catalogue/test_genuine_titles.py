"""Genuine titles are found as readers ask for them (RULES 45)."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.public.handler import handler
from infra.catalogue.files import read
from lending.actions.catalogue.describe_titles import bring_in
from lending.actions.catalogue.refresh_search import refresh_search
from lending.aws.search_file import Entry, SearchFile
from lending.aws.search_making import build
from lending.aws.table import Table, in_batches
from lending.domain.catalogue.description import Kind
from lending.domain.catalogue.letters import plain
from lending.domain.catalogue.search_text import query_of
from lending.domain.catalogue.title_changes import DescribedTitle
from tests.handlers.conftest import context, request

GENUINE = Path(__file__).parents[3] / "infra" / "data" / "ndl-sample.mrc"
QUERIES = Path(__file__).parent / "queries.tsv"
MISSES = 3
TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ"))}


@pytest.fixture(scope="module")
def known() -> dict[str, DescribedTitle]:
    return read(GENUINE).titles


@pytest.fixture(scope="module")
def file(known: dict[str, DescribedTitle], tmp_path_factory: pytest.TempPathFactory) -> SearchFile:
    path = tmp_path_factory.mktemp("search") / "titles.sqlite"
    build(path, map(Entry.of, known.values()))
    return SearchFile(path)


@pytest.fixture
def catalogue(library: Table, known: dict[str, DescribedTitle]) -> Table:
    """The genuine titles, brought in."""
    for part in in_batches(known.values(), 40):
        bring_in(library, part)
    refresh_search(library, "catalogue", map(Entry.of, known.values()))
    return library


def ask(**query: str) -> Any:
    return json.loads(handler(request("GET", "/api/titles", query=query), context())["body"])


def asked_by(title: DescribedTitle) -> list[str]:
    """What finds a title: its name, its reading in katakana and hiragana, each author's reading, its ISBN."""
    readings = [title.title_kana, *title.author_kana.split(" ; ")]
    isbns = [title.isbn, title.isbn.replace("-", "")]
    return [title.title, *readings, *(each.translate(TO_HIRAGANA) for each in readings), *isbns]


def test_each_title_is_found_by_all_that_is_told_of_it(known: dict[str, DescribedTitle], file: SearchFile) -> None:
    # GIVEN all that is told of a title (RULES 45)
    assert len(known) == 156
    for title in known.values():
        for text in filter(None, asked_by(title)):
            query = query_of(text)
            found = {entry.title_id for entry in file.nearest(query, None, len(known))}
            assert title.title_id in found, text
            assert file.count(query, None, ()) == len(found), text
            # and a whole title is the first, or one of that name
            if text == title.title.partition(" : ")[0]:
                first = next(iter(sorted(file.nearest(query, None, 20), key=lambda entry: query.rank(entry.text))))
                assert plain(known[first.title_id].title).startswith(plain(text))


def test_queries_of_readers_find_what_they_mean(catalogue: Table) -> None:
    # GIVEN the genuine titles (RULES 45)
    lines = [line.split("\t") for line in QUERIES.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) == 60
    # WHEN readers ask THEN the title that they mean comes first
    missed = [query for query, title_id in lines
              if [each["title_id"] for each in ask(q=query, limit="1")["items"]] != [title_id]]  # fmt: skip
    assert len(missed) <= MISSES, missed


def test_a_search_is_narrowed_sorted_and_counted(catalogue: Table) -> None:
    # GIVEN the genuine titles, none of which has a copy
    whole = ask(q="電子書籍", limit="50")
    assert whole["total"] > 90
    # THEN the latest come first, or the first by their readings
    years = [title["year"] for title in ask(q="電子書籍", sort="year", limit="50")["items"]]
    assert years == sorted(years, reverse=True)
    readings = [plain(title["title_kana"]) for title in ask(q="図書館 電子書籍", sort="title")["items"]]
    assert readings == sorted(readings)
    # and pages go on in each order, to the very number that was told
    for sort in ("relevance", "year", "title"):
        ids, cursor = list[str](), ""
        while True:
            page = ask(q="電子書籍", sort=sort, limit="40", cursor=cursor)
            ids += [title["title_id"] for title in page["items"]]
            if not (cursor := page["cursor"] or ""):
                break
        assert (len(ids), len(set(ids))) == (whole["total"], whole["total"])
    # and of one kind, or on the shelf, there are fewer
    children = ask(q="本", kind=Kind.CHILDREN)
    assert [title["title"] for title in children["items"]] == ["カエサルくんと本のおはなし"]
    assert children["total"] == 1
    assert ask(q="図書館", available="true") == {"items": [], "cursor": None, "total": 0}


def test_how_many_there_are_is_told_where_a_page_has_them_all(
    catalogue: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a catalogue so large that counting would compare too many titles
    monkeypatch.setattr("lending.aws.search_file._COMPARED", 1)
    # WHEN more are found than a page has THEN their number is not told (RULES 45)
    page = ask(q="電子書籍", limit="2")
    assert (page["total"], len(page["items"])) == (None, 2)
    # AND where a page has all of them it is
    page = ask(q="図書館", limit="50")
    assert page["total"] == len(page["items"]) > 1
    assert (page["cursor"], ask(q="見つかりません")["total"]) == (None, 0)
