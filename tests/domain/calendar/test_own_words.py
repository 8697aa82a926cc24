"""Days and hours of a week in words, for one run a week and for more (RULES 57)."""

from datetime import time
from typing import Any

import pytest

from lending.domain.own_words import in_own_words, own_words, pickup_in_words, place_change_in_words
from tests.library import aomori
from tests.weeks import runs_of_week

THURSDAY: dict[str, Any] = {}
TUESDAY = {"weekday": 1, "pickup_days_after": 2, "pickup_days": 5, "checked_in_days_after_pickup": 2}
# Made on Sunday of what was held by the end of Saturday, collected from Friday to Thursday.
SUNDAY = {
    "weekday": 6,
    "cut_off": time(23, 59),
    "cut_off_days_before": 1,
    "mail_days_after": 4,
    "pickup_days_after": 5,
    "pickup_days": 7,
}

IN_WORDS = {
    "run_name": ("木曜日の処理", "貸出処理", "日曜日の処理"),
    "run_day": ("木曜日", "火曜日か木曜日", "日曜日"),
    "run_days": ("木曜日", "火曜日と木曜日", "日曜日"),
    "cut_off": ("木曜日の朝8時30分", "火曜日か木曜日の朝8時30分", "土曜日"),
    "cut_offs": ("木曜日の朝8時30分", "火曜日と木曜日の朝8時30分", "土曜日"),
    "prepared_on": ("その日", "その日", "日曜日"),
    "mail_day": ("土曜日", "木曜日か土曜日", "木曜日"),
    "pickup_day": ("日曜日", "木曜日か日曜日", "金曜日"),
    "day_before_pickup": ("土曜日", "水曜日か土曜日", "木曜日"),
    "check_in_day": ("水曜日", "水曜日", "日曜日"),
    "pickup_span": (
        "日曜日から翌週の日曜日まで",
        "木曜日から翌週の月曜日まで、日曜日から翌週の日曜日まで",
        "金曜日から翌週の木曜日まで",
    ),
    "carriages": ("週1回", "週2回", "週1回"),
    "shown_until": (
        "日曜日までに返された本は、水曜日ごろまで",
        "月曜日までに返された本は水曜日ごろまで、日曜日までに返された本は水曜日ごろまで、",
        "木曜日までに返された本は、日曜日ごろまで",
    ),
    "a_run_later": ("1週間ほど", "1回分", "1週間ほど"),
}


@pytest.mark.parametrize("name", IN_WORDS)
def test_a_week_is_said_in_words(name: str) -> None:
    weeks = (runs_of_week(THURSDAY), runs_of_week(TUESDAY, THURSDAY), runs_of_week(SUNDAY))
    assert tuple(own_words(aomori(runs=runs))[name] for runs in weeks) == IN_WORDS[name]


def test_cut_offs_at_different_hours_are_all_said() -> None:
    runs = runs_of_week({"weekday": 1, "cut_off": time(17)}, THURSDAY)
    assert own_words(aomori(runs=runs, run_at="17:30"))["cut_offs"] == "火曜日の17時と木曜日の朝8時30分"


@pytest.mark.parametrize(("run", "told"), [(THURSDAY, "その週の日曜日"), (SUNDAY, "翌週の金曜日")])
def test_the_first_pickup_day_is_told_as_seen_from_the_cut_off(run: dict[str, Any], told: str) -> None:
    (one,) = runs_of_week(run)
    assert pickup_in_words(one, one.cut_off_days_before) == told


def test_a_place_is_changed_until_the_day_before_if_that_is_closed() -> None:
    (run,) = runs_of_week({"weekday": 0, "pickup_days_after": 2})
    assert place_change_in_words(run) == (
        "日曜日の19時(日曜日が休館日のときは土曜日の19時)までにご連絡いただくと、翌週の水曜日からの受取りに間に合います"
    )


def test_only_what_a_library_says_is_filled_in() -> None:
    text = "{card_word}を{count}枚、{partner_word} {{}} {Card_word}"
    assert in_own_words(text, aomori(card_word="利用券", partner_word="受取館")) == (
        "利用券を{count}枚、受取館 {{}} {Card_word}"
    )
