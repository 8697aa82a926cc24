"""How titles are found: by any part of what is told of them, however it was typed (RULES 45)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.catalogue.description import Description
from lending.domain.catalogue.letters import in_kana, plain
from lending.domain.catalogue.search_text import LOOSE, grams, is_part, order_of, parts, query_of, searched

BOOK = searched(
    Description("t-1", "吾輩は猫である : 上編自序つき", "夏目 漱石", "4-10-101001-3",
                title_kana="ワガハイ ワ ネコ デアル", author_kana="ナツメ, ソウセキ", volume="第2巻",
                publisher="新潮社", year=2003, ndc="913.6")
)  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["吾輩", "輩は", "猫", "漱石", "夏目漱石", "夏目　漱石", "猫デアル 漱石", "9784101010014", "978-4-10-101001-4",
     "4-10-101001-3", "４１０１０１００１３", "01001", "わがはいはねこ", "ワガハイ ワ ネコ",
     "ﾜｶﾞﾊｲﾊﾈｺﾃﾞｱﾙ", "そうせき なつめ", "natsume", "Natsume Sōseki", "wagahai", "自序", "新潮社 2003", "913.6", "猫 2巻",
     "猫 第2巻", "猫 2", "吾輩は猫である：上編自序つき"],
)  # fmt: skip
def test_found_by_any_part(query: str) -> None:
    assert query_of(query).matches(BOOK)


@pytest.mark.parametrize("query", ["坊っちゃん", "猫 坊っちゃん", "である夏目", "9784101010013", "bocchan", "森 漱石"])
def test_not_found_by_anything_else(query: str) -> None:
    assert not query_of(query).matches(BOOK)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ｶﾞﾗｽ", "がらす"), ("ＡＢＣ", "abc"), ("スーパ-マン", "スーパーマン"), ("E-mail", "email"),
        ("齋藤", "斉藤"), ("髙橋", "高橋"), ("森鷗外", "森鴎外"), ("「こころ」", "こころ"), ("C#入門", "c#入門"),
        ("ヴァイオリン", "バイオリン"), ("ヴィヨン", "ゔぃよん"), ("鰺ヶ沢", "鰺ケ沢"), ("國學院大學", "国学院大学"),
        ("シヨセキ", "しょせき"), ("キヤツト", "キャット"), ("つづき", "ツズキ"), ("本を読む", "本お読む"),
        ("Café", "CAFE"), ("神\ufe00", "神"), ("か\u3099", "が"),
    ],
)  # fmt: skip
def test_what_makes_no_difference(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("typed", "kana"),
    [("denshishoseki", "でんししよせき"), ("shinbun", "しんぶん"), ("shimbun", "しんぶん"), ("matcha", "まつちや"),
     ("gakkou", "がつこう"), ("ryokan", "りよかん"), ("onna", "おんな"), ("kindle", ""), ("python", "")],
)  # fmt: skip
def test_latin_letters_may_be_kana(typed: str, kana: str) -> None:
    assert in_kana(typed) == kana


def test_words_without_anything_to_find_are_left_out() -> None:
    assert query_of(" 「」　・ ").words == ()
    assert query_of("猫 猫").words == (("猫",),)


def test_the_nearest_comes_first() -> None:
    # GIVEN titles that have the words somewhere
    told = [
        Description("v", "旅の本", volume="第2巻"),
        Description("w", "旅の本"),
        Description("r", "たび野もと", title_kana="タビ ノ ホン"),
        Description("b", "旅の本棚", volume="2"),
        Description("c", "海と旅の本", volume="2"),
    ]
    texts = {each.title_id: searched(each) for each in told}
    # THEN a volume that is asked for, the title by name, its beginning, anything else
    assert [query_of("旅の本 2").rank(texts[each]) for each in "vb"] == [0, 5]
    assert [query_of("旅の本").rank(texts[each]) for each in "vwbc"] == [1, 1, 3, 5]
    assert [query_of("たびのほん").rank(texts[each]) for each in "rw"] == [2, 5]
    assert query_of("たびの").rank(texts["r"]) == 4


def test_volumes_stand_in_their_order() -> None:
    volumes = ["第10巻", "下", "第2巻", "上", "中"]
    ordered = sorted(volumes, key=lambda volume: order_of(searched(Description("t", "旅", volume=volume))))
    assert ordered == ["上", "中", "下", "第2巻", "第10巻"]


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_field_runs_into_the_next(publisher: str, author: str) -> None:
    fields = searched(Description("t", "題", author, publisher=publisher)).split("\n")
    rest = dict.fromkeys(map(plain, (author, publisher)))
    assert fields == ["題", "", "", *(each for each in rest if each not in ("", "題"))]


@given(st.text(alphabet="あい猫ab12\n", max_size=16), st.integers(0, 12), st.integers(1, 12))
def test_every_word_of_a_text_is_found_by_its_grams(text: str, start: int, length: int) -> None:
    # GIVEN a word that is in a text
    if (word := text[start : start + length]) and "\n" not in word:
        # THEN its grams are among the text's, and so are its parts
        assert grams(word) <= grams(text)
        assert parts(word) <= parts(text)
        # and if it has no gram, it has nothing but what is loose
        assert grams(word) or set(word) <= LOOSE
        assert not grams(text) & LOOSE


@given(st.text(alphabet="あ猫a12", min_size=1, max_size=5), st.text(alphabet="あ猫a12", max_size=16))
def test_what_is_all_of_a_part_is_in_just_the_texts_that_have_it(word: str, text: str) -> None:
    if is_part(word):
        assert (word in parts(text)) == (word in text)
