"""The file that is searched finds what reading all texts one by one would find, in the same order."""

import io
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.aws import clients, search_file
from lending.aws.search_file import Entry, SearchFile, build
from lending.domain.catalogue.search_text import matches, words_of

TEXT = st.text(alphabet="あいう猫犬齋ー aB12 0-", max_size=10)
ISBN = st.sampled_from(["", "9784101010137", "978-4-10-101001-4", "410101013x", "4-00-310101-0", "2101"])
TITLE = st.tuples(TEXT.filter(str.strip), TEXT, ISBN)
QUERY = st.one_of(TEXT, st.text(alphabet="0123478x", min_size=1, max_size=13), st.sampled_from("あ猫a1"))


def made(path: Path, entries: list[Entry]) -> SearchFile:
    assert build(path, entries) == len({entry.title_id for entry in entries})
    return SearchFile(path)


@settings(max_examples=60, deadline=None)
@given(st.lists(TITLE, max_size=30), st.lists(QUERY, min_size=1, max_size=8), st.sampled_from([1, 3, 500]))
def test_what_is_found_is_what_reading_all_texts_finds(
    titles: list[tuple[str, str, str]], queries: list[str], frequent: int
) -> None:
    entries = [Entry.of(f"t-{number:02}", *title) for number, title in enumerate(titles)]
    in_order = sorted(entries, key=lambda entry: (entry.heading, entry.title_id))
    # GIVEN a file of some titles, few of which already make a word a frequent one
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(search_file, "_FREQUENT", frequent)
        file = made(Path(folder) / "titles.sqlite", entries)
        # WHEN anything is searched, or a whole title
        for words in filter(None, map(words_of, [*queries, *(title for title, _, _ in titles[:3])])):
            all_found = [entry for entry in in_order if matches(entry.text, words)]
            exact = [entry for entry in in_order if entry.heading == "".join(words)]
            # THEN it is those of just this name, and then all that match
            assert list(file.find(words, 100)) == exact + all_found
            assert list(file.find(words, 2)) == exact[:2] + all_found[:2]
        assert list(file.entries()) == in_order
        file.close()


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
    build(path, [Entry.of("t-1", title, "")])
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
    assert list(search_file.opened("catalogue", key).find(["雪国"], 1))
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
    assert list(search_file.opened("catalogue", new).find(["こころ"], 1))
    assert not [name for name in seen[0] if name.endswith(".sqlite")]
