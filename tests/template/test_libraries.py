"""A library is a folder: what is wrong with it is said in words, all of it, before anything is built (RULES 57)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.colours import LIGHT
from infra.facility_list import COLUMNS
from infra.faults import Faulty
from infra.library import LIBRARIES, as_parameter, read_library
from infra.local.open_work import must_be_playable
from tests.library import AOMORI, aomori_library

HEADINGS = ",".join(COLUMNS)
ROW = "1,県央地区,見本市,見本市立図書館,yes,,36.5,139.0"
SAID = json.loads((LIBRARIES / "aomori" / "library.json").read_bytes())
FOLDERS = sorted(path.parent.name for path in LIBRARIES.glob("*/library.json"))
# What AWS allows all variables of a function to take together, and what the others of a function take.
MOST_BYTES, OTHERS_BYTES = 4096, 1500

Write = Callable[..., list[str]]


@pytest.fixture
def faults_of(tmp_path: Path) -> Write:
    """What is wrong with a library whose files say something."""

    def write(policy: dict[str, Any], *rows: str, **rest: Any) -> list[str]:
        (tmp_path / "ours").mkdir(exist_ok=True)
        said = SAID | {"policy": SAID["policy"] | policy} | rest
        (tmp_path / "ours" / "library.json").write_text(json.dumps(said))
        (tmp_path / "ours" / "facilities.csv").write_text("\n".join([HEADINGS, *rows]), "utf-8")
        try:
            read_library("ours", tmp_path)
        except Faulty as error:
            return error.faults
        return []

    return write


@pytest.mark.parametrize("name", FOLDERS)
def test_every_folder_can_be_read_and_played(name: str) -> None:
    library = read_library(name)
    must_be_playable(library)
    assert len({facility.number for facility in library.facilities}) == len(library.facilities)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_policy_fits_into_the_environment_of_a_function(name: str) -> None:
    assert len(as_parameter(read_library(name).policy).encode()) <= MOST_BYTES - OTHERS_BYTES


def test_what_is_given_to_a_function_is_the_whole_policy() -> None:
    policy = AOMORI.policy
    assert type(policy).model_validate_json(as_parameter(policy)) == policy


def test_179_facilities_are_as_good_as_59(faults_of: Write) -> None:
    assert faults_of({}, *(f"{n},県央地区,見本市,見本市立第{n}図書館,yes,,36.5,139.0" for n in range(1, 180))) == []


def test_twenty_faults_are_told_in_twenty_sentences(faults_of: Write) -> None:
    # GIVEN a folder with twenty things that are wrong, each in another way (RULES 57)
    policy = {
        "loan_capp": 8,
        "hold_limit": 0,
        "renewal_days": "a week",
        "release_at": "25:00",
        "pull_times": [],
        "taken_away_percent": 101,
        "library_name": 17,
        "image_limit": None,
        "statistics_weeks": 107,
        "facility_link_days": 6,
    }
    rows = [
        "0,県央地区,見本市,見本市立図書館,yes,,36.5,139.0",
        "1a,県央地区,見本市,見本市立北図書館,yes,,36.5,139.0",
        "3,,例示町,例示町立図書館,yes,,36.5,139.0",
        "4,県央地区,見本市,,yes,,36.5,139.0",
        "5,県央地区,見本市,見本市立東図書館,maybe,,36.5,139.0",
        "6,県央地区,見本市,見本市立西図書館,yes,,139.0,139.0",
        "7,県央地区,見本市,見本市立南図書館,yes,,36.5,",
        "8,県央地区,見本市,見本市立駅前図書館,no,,,",
        "8,県央地区,見本市,見本市立駅前図書館,no,,,",
        "9,県北地区,見本市,見本市立港図書館,no,,,",
    ]
    # WHEN it is read THEN each is told by its file, its place, what stands there and what may, and no other
    found = faults_of(policy, *rows)
    assert len(found) == len(set(found)) == 20
    assert all(fault.startswith("ours: ") for fault in found)
    told = "\n".join(found)
    for words in (
        "facilities.csv, line 2: number: '0' is no whole number from 1 to 999",
        "facilities.csv, line 4: district: is empty",
        "facilities.csv, line 6: gives_out_kits: 'maybe' is neither yes nor no",
        "facilities.csv, line 7: latitude: '139.0' is not from 20 to 46 degrees",
        "facilities.csv, line 8: longitude: '' is not from 122 to 154 degrees",
        "facilities.csv: number '8' stands there 2 times",
        "facilities.csv: name '見本市立駅前図書館' stands there 2 times",
        "facilities.csv: municipality '見本市' is in more than one district: 県北地区, 県央地区",
        "library.json: policy.loan_capp: there is no such value",
        "library.json: policy.hold_limit: 0: Input should be greater than or equal to 1",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("library.json", "{", "library.json is no JSON: Expecting property name"),
        ("library.json", "[]", "library.json is no JSON object"),
        ("facilities.csv", "number,name\n1,x", "facilities.csv: has no column district, municipality, gives_out_kits"),
        ("facilities.csv", HEADINGS, "facilities.csv: has no line beside its headings"),
    ],
)
def test_a_file_of_another_form_is_told(tmp_path: Path, faults_of: Write, name: str, text: str, told: str) -> None:
    assert faults_of({}, "1,県央地区,見本市,見本市立図書館,yes,,,") == []
    (tmp_path / "ours" / name).write_text(text)
    with pytest.raises(Faulty) as found:
        read_library("ours", tmp_path)
    assert str(found.value).startswith(f"ours: {told}")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Faulty) as found:
        read_library("nowhere", tmp_path)
    assert found.value.faults == ["nowhere: facilities.csv cannot be read", "nowhere: library.json cannot be read"]


def test_a_library_that_cannot_be_played_is_told_what_is_missing() -> None:
    with pytest.raises(RuntimeError, match="has 3, 5 and 10"):
        must_be_playable(aomori_library(hold_limit=5))


@pytest.mark.parametrize("letter", ['"', "'", "\\", "`", "<", "\n"])
def test_a_word_that_would_get_out_of_a_text_is_refused_in_words(faults_of: Write, letter: str) -> None:
    (fault,) = faults_of({"card_word": f"利用{letter}券"}, ROW)
    assert fault.startswith("ours: library.json: policy.card_word: ")
    assert fault.endswith(f"{letter!r} can stand in no text of the pages")


def test_colours_that_cannot_be_read_are_refused(faults_of: Write) -> None:
    # GIVEN yellow links on white THEN nobody could read them, in the light
    light = LIGHT.model_dump() | {"link": "#ffd43d"}
    (fault,) = faults_of({}, ROW, colours={"light": light})
    assert "the contrast is below 4.5" in fault
    assert "light.accent_wash" in fault
    assert "light.link" in fault
    assert "dark" not in fault
