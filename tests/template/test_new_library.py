"""A library of one's own is made by answers to a few questions, and plays at once (RULES 57)."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from infra.facility_list import COLUMNS
from infra.faults import Faulty
from infra.local.open_work import must_be_playable
from infra.local.pages import WEB, site_files
from infra.local.played_weeks import played_weeks
from infra.local.week import diary
from infra.new_library import Answers, ask, make_library
from infra.schedules import schedules_for
from lending.domain.week import TOKYO

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=TOKYO)
OURS: dict[str, Any] = {
    "library_name": "わたしの図書館", "counter_phone": "03-0000-0000", "weekdays": "月木", "cut_off": "18:00",
    "cut_off_days_before": 1, "mail_days_after": 1, "pickup_days_after": 2, "pickup_days": 7,
}  # fmt: skip


def test_a_library_of_ones_own_plays_at_once(tmp_path: Path) -> None:
    # GIVEN the answers of a library that lends on Monday and Thursday (RULES 57) WHEN its folder is made
    library = make_library("ours", OURS, tmp_path)
    # THEN its weeks can be played, its pages say its name, and its jobs are on its days
    must_be_playable(library)
    weeks = played_weeks(NOW, library.policy)
    assert diary(NOW, weeks)[-1][0] == NOW
    assert (weeks.latest.run_date.weekday(), weeks.second.run_date.weekday()) == (3, 0)
    pages = dict(site_files(WEB, library))
    assert "わたしの図書館" in pages["index.html"].decode()
    assert not [name for name, body in pages.items() if name.endswith(".html") and "青森".encode() in body]
    assert schedules_for(library.policy)["RunSchedule"] == "cron(31 8 ? * MON,THU *)"


def test_without_an_answer_it_is_as_proposed(tmp_path: Path) -> None:
    # GIVEN somebody who presses Enter at each question THEN a library is made all the same
    assert make_library("ours", ask(lambda question: ""), tmp_path).policy.library_name == "見本県立図書館"
    # AND each question shows what is proposed
    asked = ask(lambda question: question).values()
    assert len(asked) == len(Answers.model_fields)
    assert "貸出処理の曜日(週に2回なら「火木」のように) [木]: " in asked


def test_it_brings_its_own_facilities(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("\n".join([",".join(COLUMNS), "7,県央地区,例示市,例示市立図書館,yes,,,"]), "utf-8-sig")
    (facility,) = make_library("ours", OURS | {"facilities": str(own)}, tmp_path).facilities
    assert (facility.number, facility.name) == (7, "例示市立図書館")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"weekdays": "Thursday"}, "weekdays: 'Thursday'"),
        ({"weekday": "木"}, "weekday: there is no such value"),
        ({"pickup_days": 0}, "policy.runs.0.pickup_days: 0: Input should be greater than or equal to 1"),
        ({"cut_off": "half past"}, "policy.runs.0.cut_off: 'half past'"),
        ({"facilities": "nowhere.csv"}, "facilities: nowhere.csv cannot be read"),
    ],
)
def test_what_is_wrong_is_told_and_no_folder_is_left(tmp_path: Path, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(Faulty) as found:
        make_library("ours", OURS | changed, tmp_path)
    assert told in str(found.value)
    assert not (tmp_path / "ours").exists()


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    make_library("ours", OURS, tmp_path)
    with pytest.raises(Faulty, match="ours: there is such a folder already"):
        make_library("ours", {}, tmp_path)
