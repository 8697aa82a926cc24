"""Reasons in plain Japanese: every code, with its facts, for patron and counter (RULES 27)."""

from datetime import datetime
from typing import Any

import pytest

from lending.domain.run.reasons import Code, counter_sentence, patron_sentence
from lending.domain.words import moment_in_words
from tests.library import told

QUEUE = {"position": 2, "of": 3, "copies": 1}

EXAMPLES: list[tuple[Code, dict[str, Any], list[str], list[str]]] = [
    (
        Code.LENT,
        {"pickup_from": "2026-06-07", "pickup_until": "2026-06-14", "due_on": "2026-06-21"},
        ["6月7日(日)から6月14日(日)まで"],
        ["6月7日(日)"],
    ),
    (Code.CAP, {"cap": 10, "on_loan": 10, "on_the_way_back": 2}, ["10冊", "2冊は"], ["返送中2冊", "上限10冊"]),
    (Code.QUEUE, QUEUE, ["3人で", "2番目", "1冊"], ["3人中2番目", "所蔵1冊"]),
    (Code.ALL_ON_LOAN, {**QUEUE, "next_due": "2026-06-21"}, ["6月21日(日)", "2番目"], ["全冊貸出中", "6月21日(日)"]),
    (Code.ALL_ON_LOAN, {**QUEUE, "copies": 3, "missing": 1}, ["2冊が今ほかの方", "1冊は見つからない"], ["所在不明1冊"]),
    (Code.NOT_PULLED, QUEUE, ["用意できません", "2番目"], ["取り出されず", "2番目"]),
    (Code.NO_COPY_LEFT, {**QUEUE, "copies": 0}, ["なくなりました"], ["所蔵なし"]),
    (Code.NOT_ON_SHELF, QUEUE, ["見つかりません", "2番目"], ["所在不明", "2番目"]),
    (Code.TAKEN_BY_VISITOR, QUEUE, ["来館された方", "2番目"], ["来館者", "2番目"]),
    (Code.CARD_EXPIRED, {"expired_on": "2026-06-01"}, ["2026年6月1日(月)", "更新"], ["2026-06-01"]),
    (Code.BLOCKED, {}, ["お電話"], ["利用停止"]),
    (Code.NOT_ENROLLED, {}, ["登録"], ["未登録"]),
    (
        Code.AFTER_CUTOFF,
        {
            "placed_at": "2026-06-04T08:30:01+09:00",
            "cut_off": "2026-06-04T08:30:00+09:00",
            "next_run": "2026-06-11",
        },
        ["締切(6月4日(木)午前8時30分)", "(6月4日(木)午前8時30分1秒)", "6月11日(木)"],
        ["午前8時30分1秒", "6月11日(木)"],
    ),
    (
        Code.RUN_SUSPENDED,
        {"until": "2026-06-10", "reason": "蔵書点検", "next_run": "2026-06-11"},
        ["蔵書点検", "6月10日(水)まで", "6月11日(木)"],
        ["蔵書点検", "6月10日(水)まで"],
    ),
    (
        Code.FACILITY_SUSPENDED,
        {"facility": "7", "until": "2026-06-30", "reason": "改修"},
        ["改修", "6月30日(火)まで"],
        ["改修", "6月30日(火)まで"],
    ),
    (Code.CAP, {"books_a_run": 2}, ["2冊まで", "変わりません"], ["1回2冊"]),
    (Code.PAUSED, {"until": "2026-06-30"}, ["お休み", "2026年6月30日(火)まで"], ["2026年6月30日(火)まで"]),
    (Code.READING_ORDER, {"after": "t1"}, ["先にお読みになる本"], ["順番予約"]),
    (Code.ANY_OF, {}, ["どれか1冊"], ["いずれか"]),
    (Code.PREFECTURAL, {}, ["県立図書館"], ["県立図書館"]),
    (Code.READY, {}, ["県立図書館"], ["県立図書館"]),
    (Code.PARTNER, {}, ["木曜日"], ["次回"]),
]


@pytest.mark.parametrize(("code", "facts", "for_patron", "for_counter"), EXAMPLES)
def test_a_sentence_names_its_facts(
    code: Code, facts: dict[str, Any], for_patron: list[str], for_counter: list[str]
) -> None:
    """GIVEN a code and its facts THEN both sentences say them, and no raw value slips in (RULES 27)."""
    sentences = patron_sentence(code, facts), counter_sentence(code, facts)
    patron, counter = (told(sentence) for sentence in sentences)
    assert [part for part in for_patron if part not in patron] == []
    assert [part for part in for_counter if part not in counter] == []
    assert patron.endswith("。")
    assert "None" not in patron + counter
    assert "{" not in patron + counter


def test_the_counter_reads_less() -> None:
    """GIVEN any reason THEN the counter's sentence is the shorter one (RULES 27)."""
    assert all(len(counter_sentence(code, facts)) < len(patron_sentence(code, facts)) for code, facts, *_ in EXAMPLES)


def test_every_code_has_its_sentence() -> None:
    """GIVEN the catalogue of codes THEN the examples above leave none out (RULES 27)."""
    assert {code for code, *_ in EXAMPLES} == set(Code)


@pytest.mark.parametrize("code", [code for code in Code if code != Code.CAP])
def test_what_is_not_known_is_left_out(code: Code) -> None:
    """GIVEN a reason without facts, as an old one may be stored THEN the sentence still stands (RULES 27)."""
    assert patron_sentence(code, {}).endswith("。")
    assert counter_sentence(code, {})


def test_nothing_is_on_the_way_back() -> None:
    """GIVEN a full cap with no loan on its way back THEN the patron's sentence does not speak of it (RULES 27)."""
    assert "途中" not in patron_sentence("cap", {"cap": 5, "on_loan": 5, "on_the_way_back": 0})


def test_an_unknown_code_is_an_error() -> None:
    """GIVEN a code that is none of ours THEN it is refused rather than explained away (RULES 27)."""
    with pytest.raises(ValueError, match="weather"):
        patron_sentence("weather", {})


def test_moments_are_told_on_tokyos_clock() -> None:
    """GIVEN a moment in another zone THEN people read Tokyo's time (RULES "The week")."""
    assert moment_in_words(datetime.fromisoformat("2026-06-04T04:05:00+00:00")) == "6月4日(木)午後1時5分"
