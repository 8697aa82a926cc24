"""The demo that needs no account: a folder of its own, with the recorded weeks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from infra.demo import PAGES, pages_of_demo, references, write_demo
from infra.local.recording import Record
from lending.domain.week import TOKYO
from tests.library import AOMORI, AOMORIS, OTHER

NOW = datetime(2026, 10, 1, 9, tzinfo=TOKYO)
DECISION = {
    "title_id": "T1",
    "title": "見本の本",
    "card_number": "20100001",
    "code": "lent",
    "message": "",
    "barcode": "B1",
}
RUN = {"date": "2026-10-01", "decisions": [DECISION]}
WORDS = {"japanese": ("何か", "なぜか"), "english": ("What", "Why")}
STEPS: list[dict[str, Any]] = [
    {"at": "2026-10-01T08:31:00+09:00", "run": "2026-10-01", "counts": {"lend": 1}} | WORDS,
    {"at": "2026-10-01T09:00:00+09:00", "run": "", "counts": {"pulls": 1}} | WORDS,
]
ANSWERS = {"calendar": {"items": [], "closed_days": []}, "facilities": {"items": [], "cursor": None}}
WHOLE = Record(NOW, STEPS, [RUN], [(26, "twice is the same as once", "2度しても同じ結果")], ANSWERS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written demo."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, AOMORI, WHOLE)
    return folder


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((str(path.relative_to(folder)), path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def test_nothing_of_it_refers_outside_of_its_folder(folder: Path) -> None:
    # GIVEN each file of the demo THEN whatever it leads to or loads lies in the folder
    led = {name: set(references(name, body)) for name, body in files(folder)}
    assert {name: away for name, found in led.items() if (away := found - led.keys())} == {}
    # AND nothing is asked of another host, or of the root of this one: the folder may lie anywhere
    for name, body in files(folder):
        text = body.decode().replace("http://www.w3.org/2000/svg", "")
        assert not [sign for sign in ("http://", "https://", '="/', '"/api"') if sign in text], name


def test_each_page_is_there_with_its_words_and_the_replay_is_its_heart(folder: Path) -> None:
    for page in PAGES:
        text = (folder / page).read_text("utf-8")
        assert AOMORI.policy.library_name in text
        assert "{{" not in text
        # The browser asks nobody else, whatever a module says.
        assert "content=\"default-src 'self'\"" in text
    assert (folder / "js" / "runs" / "player.js").exists()
    # Nobody signs in, and no link says so.
    assert "library.html" not in (folder / "index.html").read_text("utf-8")


def test_another_librarys_demo_says_nothing_of_aomori() -> None:
    # GIVEN the demo of a library with words of its own THEN they are on each page, and nobody else's anywhere
    found = {name: body.decode() for name, body in pages_of_demo(OTHER, NOW).items()}
    assert [page for page in PAGES if OTHER.policy.library_name not in found[page]] == []
    assert {name: said[0] for name, text in found.items() if (said := AOMORIS.search(text))} == {}


def test_the_record_is_written_whole(folder: Path) -> None:
    week = json.loads((folder / "week.json").read_bytes())
    assert week["runs"] == [RUN]
    assert [step["at"] for step in week["steps"]] == [step["at"] for step in STEPS]
    assert json.loads((folder / "api" / "facilities").read_bytes()) == ANSWERS["facilities"]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"runs": []}, "a run is missing"),
        ({"runs": [RUN | {"decisions": []}]}, "the run of 2026-10-01 is not all there"),
        ({"steps": STEPS[:1]}, "the steps do not lead up to"),
        ({"steps": STEPS[1:]}, "the run of 2026-10-01 is not all there"),
    ],
)
def test_a_record_that_lacks_something_makes_no_demo(part: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=told):
        write_demo(tmp_path, AOMORI, replace(WHOLE, **part))
    assert not list(tmp_path.iterdir())
