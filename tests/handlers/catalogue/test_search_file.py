"""The file that is searched finds what reading all texts one by one would find, in the same order."""

import io
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.aws import clients, search_file, search_making
from lending.aws.search_file import Entry, SearchFile
from lending.aws.search_letters import decoded, encoded
from lending.aws.search_making import build
from lending.domain.catalogue.description import Description, Kind
from lending.domain.catalogue.letters import plain
from lending.domain.catalogue.search_text import Query, names_of, query_of

TEXT = st.text(alphabet="あいう猫犬齋ー aB12 0-:", max_size=10)
ISBN = st.sampled_from(["", "9784101010137", "978-4-10-101001-4", "410101013x", "4-00-310101-0", "2101"])
TITLE = st.builds(
    Description,
    st.just("t"),
    TEXT.filter(str.strip),
    TEXT,
    ISBN,
    title_kana=st.text(alphabet="アイカ ワ:", max_size=6),
    volume=st.sampled_from(["", "1", "2", "上"]),
    year=st.sampled_from([None, 1999, 2012]),
    kind=st.sampled_from([None, Kind.BOOK, Kind.CD]),
)
QUERY = st.one_of(TEXT, st.text(alphabet="0123478x", min_size=1, max_size=13), st.sampled_from("あ猫a1"))


def made(path: Path, entries: list[Entry]) -> SearchFile:
    assert build(path, entries) == len({entry.title_id for entry in entries})
    return SearchFile(path)


def near(query: Query) -> Callable[[Entry], tuple[int, str, tuple[str, str]]]:
    def key(entry: Entry) -> tuple[int, str, tuple[str, str]]:
        rank = query.rank(entry.text)
        return rank, names_of(entry.text)[0] if rank == 3 else "", entry.order

    return key


def first(found: Iterable[Entry], query: Query, most: int) -> list[Entry]:
    return sorted({entry.title_id: entry for entry in found}.values(), key=near(query))[:most]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(TITLE, max_size=30),
    st.lists(QUERY, min_size=1, max_size=8),
    st.sampled_from([1, 3, 500]),
    st.sampled_from([None, Kind.BOOK, Kind.CD]),
)
def test_what_is_found_is_what_reading_all_texts_finds(
    told: list[Description], queries: list[str], frequent: int, kind: Kind | None
) -> None:
    entries = [Entry.of(replace(each, title_id=f"t-{number:02}")) for number, each in enumerate(told)]
    # GIVEN a file of some titles, few of which already make a word a frequent one
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(search_file, "FIRST", frequent)
        patched.setattr(search_making, "FIRST", frequent)
        patched.setattr(search_file, "_MANY", 2 * frequent)
        file = made(Path(folder) / "titles.sqlite", entries)
        # WHEN anything is searched, or a whole title, or a volume of it
        names = [text for each in told[:3] for text in (each.title, each.title_kana, f"{each.title} {each.volume}")]
        for query in filter(lambda each: each.words, map(query_of, [*queries, *names])):
            matching = [each for each in entries if query.matches(each.text) and kind in (None, each.kind)]
            latest = sorted(matching, key=lambda each: (-each.year, each.order))
            # THEN it is those that match, in each order, and their number
            for most in (2, 100):
                assert first(file.nearest(query, kind, most), query, most) == sorted(matching, key=near(query))[:most]
                assert list(file.in_order(query, kind, most)) == sorted(matching, key=lambda e: e.order)[:most]
                assert list(file.latest(query, kind, most)) == latest[:most]
            assert file.count(query, kind, ()) == len(matching)
        assert list(file.entries()) == sorted(entries, key=lambda each: each.order)
        file.close()


def test_what_must_be_compared_with_many_titles_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN three titles that are found by what Latin letters mean, and one that is found by them
    for module in (search_file, search_making):
        monkeypatch.setattr(module, "FIRST", 2)
    named = ["かき", "かに", "いか", "kayak"]
    file = made(tmp_path / "titles.sqlite", [Entry.of(Description(f"t-{name}", name)) for name in named])
    assert file.count(query_of("ka"), None, ()) == 4
    # WHEN more than three are too many THEN it says so, and the first ones of both are still found
    monkeypatch.setattr(search_file, "_COMPARED", 3)
    assert file.count(query_of("ka"), None, ()) is None
    assert [entry.title_id for entry in file.in_order(query_of("ka"), None, 3)] == ["t-kayak", "t-いか", "t-かき"]


@given(st.text())
def test_letters_of_the_file_are_those_that_were_written(text: str) -> None:
    told = plain(text)
    assert decoded(encoded(told)) == told


@given(st.text(alphabet="あ猫齉ー1\n", max_size=12), st.text(alphabet="あ猫齉ー1", min_size=1, max_size=3))
def test_no_letter_is_found_inside_others(text: str, word: str) -> None:
    assert (encoded(word) in encoded(text)) == (word in text)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The disk of a function that has searched nothing yet."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(search_file, "_open", {})
    return tmp_path


def kept(disk: Path) -> list[str]:
    return sorted(path.name for path in disk.iterdir() if path.suffix != ".lock")


def uploaded(folder: Path, title: str) -> str:
    path = folder / "new"
    build(path, [Entry.of(Description("t-1", title))])
    key = search_file.upload("catalogue", path)
    path.unlink()
    return key


class Interrupted(io.BytesIO):
    """What ends in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError("broken off")
        return super().read(1000)


@pytest.mark.usefixtures("library")
def test_an_interrupted_download_leaves_nothing(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a file whose download breaks off
    key = uploaded(disk, "雪国")
    with monkeypatch.context() as patched:
        body = Interrupted(b"x" * 5000)
        patched.setattr(
            search_file, "client", lambda _: type("S3", (), {"get_object": lambda *_, **__: {"Body": body}})()
        )
        with pytest.raises(OSError, match="broken off"):
            search_file.opened("catalogue", key)
    # THEN nothing of it is on the disk, and what an ended function left goes with the next one
    assert kept(disk) == []
    (disk / "lending-search-older.part").write_bytes(b"x")
    assert list(search_file.opened("catalogue", key).in_order(query_of("雪国"), None, 1))
    assert kept(disk) == [f"lending-search-{key.removeprefix('search/')}"]


@pytest.mark.usefixtures("library")
def test_a_new_file_is_brought_when_the_old_one_has_gone(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a file that is searched
    old, new = uploaded(disk, "雪国"), uploaded(disk, "こころ")
    before = search_file.opened("catalogue", old)
    s3, seen = clients.client("s3"), []

    def get_object(**what: str) -> object:
        seen.append(kept(disk))
        with pytest.raises(sqlite3.ProgrammingError):
            next(before.entries())
        return s3.get_object(**what)

    monkeypatch.setattr(search_file, "client", lambda _: type("S3", (), {"get_object": staticmethod(get_object)}))
    # WHEN another takes its place THEN the first is closed and deleted before the second comes
    assert list(search_file.opened("catalogue", new).in_order(query_of("こころ"), None, 1))
    assert not [name for name in seen[0] if name.endswith(".sqlite")]
