"""What people type (RULES 7)."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain import form_fields as ff
from lending.domain.form_fields import FieldFault

TODAY = date(2026, 6, 4)
TEXT_CHECKS: list[Callable[[str, str], str | FieldFault]] = [
    ff.check_card_number,
    ff.check_postal_code,
    ff.check_phone,
    ff.check_kana,
    ff.check_mail_address,
    ff.check_name,
    ff.check_address,
]


def fault(found: object) -> FieldFault:
    assert isinstance(found, FieldFault), found
    return found


@pytest.mark.parametrize(
    "typed", ["1234567890", "１２３４５６７８９０", " 12-3456-7890 ", "１２３４ー５６７８ー９０", "1234 5678　90"]
)
def test_a_card_number_is_its_digits_however_typed(typed: str) -> None:
    """GIVEN full-width digits, hyphens or spaces WHEN read THEN they are the number on the card."""
    assert ff.check_card_number(typed) == "1234567890"


@pytest.mark.parametrize("typed", ["", "12345", "1" * 15, "A1234567", "12345678.0", "１２３４５六"])
def test_a_card_number_is_nothing_but_digits(typed: str) -> None:
    assert fault(ff.check_card_number(typed)).code == "card_number"


@pytest.mark.parametrize("typed", ["030-0184", "0300184", "〒０３０－０１８４", "030ー0184", "030 0184"])
def test_a_postal_code_is_written_one_way(typed: str) -> None:
    assert ff.check_postal_code(typed) == "030-0184"


@pytest.mark.parametrize("typed", ["", "030-018", "03-00184", "030-01845"])
def test_a_postal_code_has_seven_digits(typed: str) -> None:
    assert fault(ff.check_postal_code(typed)).code == "postal_code"


@pytest.mark.parametrize(
    ("typed", "regular"),
    [
        ("０１７－７２９－４３００", "017-729-4300"),
        ("(017)729-4300", "017-729-4300"),
        ("090ー1234ー5678", "090-1234-5678"),
        ("09012345678", "09012345678"),
        ("+81 (0)90 1234 5678", "090-1234-5678"),
        ("+81-90-1234-5678", "090-1234-5678"),
    ],
)
def test_a_phone_number_keeps_the_groups_a_person_reads(typed: str, regular: str) -> None:
    assert ff.check_phone(typed) == regular


@pytest.mark.parametrize("typed", ["", "119", "1234567890", "017-729-430", "090-1234-56789", "017-729-4300 内線2"])
def test_a_phone_number_can_be_called_from_outside(typed: str) -> None:
    assert fault(ff.check_phone(typed)).code == "phone"


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("あおもり　たろう", "アオモリ タロウ"),
        ("ｱｵﾓﾘ ｻﾞﾌﾞﾛｰ", "アオモリ ザブロー"),
        ("マリ－", "マリー"),
        ("ヴァン・ゴッホ", "ヴァン・ゴッホ"),
        ("か\u3099", "ガ"),
    ],
)
def test_kana_becomes_full_width_katakana(typed: str, kana: str) -> None:
    assert ff.check_kana(typed) == kana


def test_kana_names_the_characters_that_are_none() -> None:
    """GIVEN kanji among kana WHEN read THEN the message names them."""
    found = fault(ff.check_kana("青森 タロウ"))
    assert found.code == "kana"
    assert "「青」「森」" in found.message


@pytest.mark.parametrize("typed", ["1980-04-01", "１９８０／４／１", "1980年4月1日", "19800401", "1980.4.1"])
def test_a_birth_date_is_read_as_people_write_it(typed: str) -> None:
    assert ff.check_birth_date(typed, TODAY) == date(1980, 4, 1)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "not_a_date"),
        ("昭和55年4月1日", "not_a_date"),
        ("1980-111", "not_a_date"),
        ("2025-02-29", "not_a_date"),
        ("2026-06-05", "in_future"),
        ("1905-12-31", "too_old"),
    ],
)
def test_a_birth_date_is_in_the_calendar_and_in_a_life(typed: str, code: str) -> None:
    assert fault(ff.check_birth_date(typed, TODAY)).code == code


@pytest.mark.parametrize("typed", ["2026-06-04", "1906-01-01", "2024-02-29"])
def test_the_edges_of_a_life_count(typed: str) -> None:
    assert ff.check_birth_date(typed, TODAY) == date.fromisoformat(typed)


@pytest.mark.parametrize(
    "typed",
    ["taro@example.com", "taro.aomori+lib@mail.example.co.jp", "taro.@docomo.ne.jp", "ta..ro@ezweb.ne.jp", ".t@a.jp"],
)
def test_a_good_address_stays_as_it_is(typed: str) -> None:
    """GIVEN an address, also one of a carrier's old with odd dots WHEN read THEN it is taken as it is (RULES 7)."""
    assert ff.check_mail_address(f" {typed}\n") == typed


def test_only_the_domain_loses_its_capitals() -> None:
    assert ff.check_mail_address("Taro@Example.COM") == "Taro@example.com"


@pytest.mark.parametrize(
    ("typed", "code", "named"),
    [
        ("taro＠example.com", "full_width", "5文字目の「＠」が全角です。半角の「@」"),
        ("taro@ｅxample.com", "full_width", "6文字目の「ｅ」が全角です。半角の「e」"),
        ("taro@example。com", "full_width", "13文字目の「。」が全角です。半角の「.」"),
        ("taro@example,com", "comma", "13文字目の「,」はコンマです。「.」(ドット)ではありませんか"),
        ("taro@example，com", "comma", "13文字目の「，」はコンマです"),
        ("ta ro@example.com", "space", "3文字目の空白は使えません"),
        ("ta\u200bro@example.com", "space", "3文字目のU+200Bは使えません"),
        ("太郎@example.com", "not_half_width", "1文字目の「太」、2文字目の「郎」は使えません"),
        ("taro.example.com", "no_at", "0個"),
        ("taro@home@example.com", "many_at", "2個"),
        ("taro@example", "mail_domain", "「@」の後"),
        ("taro@example..com", "mail_domain", "「@」の後"),
        ("taro@example.com.", "mail_domain", "「@」の後"),
        ("@example.com", "mail_local", "「@」の前"),
        ('"taro"@example.com', "mail_local", '「"」'),
        ("", "missing_field", "メールアドレス"),
        ("a" * 250 + "@a.jp", "too_long", "254文字"),
    ],
)
def test_a_wrong_address_names_what_is_wrong_and_where(typed: str, code: str, named: str) -> None:
    """GIVEN a mail address with a fault WHEN read THEN the offending character is named with its place (RULES 7)."""
    found = fault(ff.check_mail_address(typed))
    assert (found.field, found.code) == ("email", code)
    assert named in found.message


def test_all_that_is_wrong_with_an_address_is_said_at_once() -> None:
    """GIVEN a full-width letter, a comma and no @ WHEN read THEN one message names the three."""
    message = fault(ff.check_mail_address("ｔaro,example", "mail_to")).message
    assert "「ｔ」" in message
    assert "コンマ" in message
    assert "アットマーク" in message


def test_a_name_keeps_its_characters() -> None:
    """GIVEN a name in characters a normalisation would exchange WHEN read THEN only its spaces are made regular."""
    assert ff.check_name("　神﨑  ｱﾝ子 ") == "神﨑 ｱﾝ子"


def test_an_address_is_one_line() -> None:
    assert ff.check_address("青森市荒川\r\n藤戸１１９－７") == "青森市荒川 藤戸１１９－７"


@pytest.mark.parametrize("char", ["\x00", "\x7f", "\u202e", "\ud800", "\ue000"])
def test_a_name_has_no_characters_that_cannot_be_seen(char: str) -> None:
    found = fault(ff.check_name(f"青森{char}太郎"))
    assert found.code == "characters"
    assert f"3文字目のU+{ord(char):04X}" in found.message
    found.message.encode()


def test_names_and_addresses_have_a_length() -> None:
    assert fault(ff.check_name("あ" * 61)).code == "too_long"
    assert fault(ff.check_address("あ" * 201)).code == "too_long"
    assert fault(ff.check_name(" 　\n")).code == "missing_field"


@given(st.text() | st.text("０１２３45678９ー－-+()〒 ａ@＠.．,ｱがカﾞ゛\u3099"))
def test_reading_what_was_read_changes_nothing(typed: str) -> None:
    """GIVEN any text at all WHEN read THEN it never fails, a fault can be printed, a value is its own reading."""
    for check in TEXT_CHECKS:
        found = check(typed, "field")
        if isinstance(found, FieldFault):
            assert found.field == "field"
            assert found.message.encode()
        else:
            assert check(found, "field") == found
    born = ff.check_birth_date(typed, TODAY)
    assert isinstance(born, FieldFault) or ff.check_birth_date(born.isoformat(), TODAY) == born


@given(
    st.from_regex(r"[a-z0-9._+-]{1,20}", fullmatch=True),
    st.from_regex(r"([a-z][a-z0-9]{0,8}\.){1,3}(jp|com|net)", fullmatch=True),
)
def test_every_ordinary_address_is_taken_and_one_comma_or_wide_letter_is_not(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert ff.check_mail_address(address) == address
    assert fault(ff.check_mail_address(address.replace(".", ",", 1))).code == "comma" or "." not in address
    wide = "".join(chr(ord(char) + 0xFEE0) for char in address)
    assert fault(ff.check_mail_address(wide)).code == "full_width"


@given(st.integers(10**9, 10**10 - 1).map(str), st.sampled_from(["", "-", "ー", "－", "　"]))
def test_any_width_and_grouping_is_the_same_number(digits: str, between: str) -> None:
    wide = between.join(chr(ord(digit) + 0xFEE0) for digit in digits)
    assert ff.check_card_number(wide) == digits
