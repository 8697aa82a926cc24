"""How titles, authors and ISBNs are found (API.md, `GET /titles`)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.catalogue.search_text import grams, grams_of_word, matches, plain, searched, words_of

BOOK = searched("吾輩は猫である", "夏目 漱石", "978-4-10-101001-4")


@pytest.mark.parametrize(
    "query",
    ["吾輩", "輩は", "猫", "漱石", "夏目漱石", "夏目　漱石", "猫デアル 漱石", "9784101010014", "978-4-10-101001-4",
     "4-10-101001-3", "４１０１０１００１３", "01001"],
)  # fmt: skip
def test_found_by_any_part(query: str) -> None:
    assert matches(BOOK, words_of(query))


@pytest.mark.parametrize("query", ["坊っちゃん", "猫 坊っちゃん", "である夏目", "9784101010013"])
def test_not_found_by_anything_else(query: str) -> None:
    assert not matches(BOOK, words_of(query))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ｶﾞﾗｽ", "がらす"), ("ＡＢＣ", "abc"), ("スーパ-マン", "スーパーマン"), ("E-mail", "email"),
        ("齋藤", "斉藤"), ("髙橋", "高橋"), ("森鷗外", "森鴎外"), ("「こころ」", "こころ"), ("C#入門", "c#入門"),
        ("ヴァイオリン", "ゔぁいおりん"),
    ],
)  # fmt: skip
def test_what_makes_no_difference(one: str, other: str) -> None:
    assert plain(one) == plain(other)


def test_words_without_anything_to_find_are_left_out() -> None:
    assert words_of(" 「」　・ ") == []
    assert words_of("猫 猫") == ["猫"]


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_field_runs_into_the_next(title: str, author: str) -> None:
    assert searched(title, author, "").split("\n") == [plain(title), plain(author)]


@given(st.text(alphabet="あ猫a12", max_size=16), st.integers(0, 12), st.integers(1, 12))
def test_every_word_of_a_text_is_found_by_its_grams(text: str, start: int, length: int) -> None:
    # GIVEN a word that is in a text
    if word := text[start : start + length]:
        # THEN its grams are among the text's, and a single character begins one of them
        assert set(grams_of_word(word)) <= set(grams(text))
        assert bool(set(grams_of_word(word))) == (len(word) > 1)
        assert any(gram.startswith(word[0]) for gram in grams(text))
