"""What people type into a form: made regular where the meaning is plain, refused in clear words where not (RULES 7).

Every `check_…` takes the text as typed and the name of its field, and answers the regular value or one `FieldFault`
whose message says everything that is wrong with it. None of them raises, whatever the text; all are idempotent.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

# Kit numbers are digits; whether one exists is asked of the table (RULES 5), so the pattern stays wide.
CARD_NUMBER = re.compile(r"[0-9]{6,14}")
POSTAL_CODE = re.compile(r"([0-9]{3})-?([0-9]{4})")
PHONE = re.compile(r"0[0-9]{9,10}")
BIRTH_DATE = re.compile(r"([0-9]{4})(?:([0-9]{2})([0-9]{2})|[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?)")
KANA = re.compile(r"[ァ-ヺー・]+(?: [ァ-ヺー・]+)*")
# Dots may stand anywhere before the @: carriers once gave out `name.@…` and `na..me@…`, and people still have them.
MAIL_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
MAIL_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]+)"
)

NAME_LENGTH = 60
KANA_LENGTH = 80
ADDRESS_LENGTH = 200
MAIL_LENGTH = 254
OLDEST_AGE = 120
# Normalising can make a text eighteen times longer; nobody types this much into one field.
TYPED_LENGTH = 1000
# How many wrong characters one message names.
NAMED_CHARACTERS = 3

# All of them stand for the dot a person meant.
_COMMAS = frozenset(",，、")
# What Japanese keyboards give for a hyphen, the long-vowel mark included.
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−ーｰ─━－﹣"), "-")
# A long-vowel mark typed as one of them.
_LONG_VOWELS = dict.fromkeys(map(ord, "-‐‑‒–—―−─━－﹣"), "ー")
_KATAKANA = {code: code + 0x60 for code in (*range(ord("ぁ"), ord("ゖ") + 1), ord("ゝ"), ord("ゞ"))}
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class FieldFault(NamedTuple):
    """What is wrong with one field: `field` as in the API, a stable `code`, a sentence for the person."""

    field: str
    code: str
    message: str


def check_card_number(
    text: str, field: str = "card_number", pattern: re.Pattern[str] = CARD_NUMBER
) -> str | FieldFault:
    """The number on a card: digits, however wide and however grouped they were typed (RULES 5)."""
    number = _digits_and_hyphens(text).replace("-", "")
    if pattern.fullmatch(number):
        return number
    return _too_long_or(
        text, FieldFault(field, "card_number", "利用者番号は、カードに印刷された数字だけを入力してください。")
    )


def check_postal_code(text: str, field: str = "postal_code") -> str | FieldFault:
    """A postal code as `NNN-NNNN`."""
    found = POSTAL_CODE.fullmatch(_digits_and_hyphens(text).removeprefix("〒"))
    if found:
        return f"{found[1]}-{found[2]}"
    return _too_long_or(
        text,
        FieldFault(field, "postal_code", "郵便番号は「{example_postal_code}」のように7けたの数字で入力してください。"),
    )


def check_phone(text: str, field: str = "phone") -> str | FieldFault:
    """A telephone number of Japan, ten or eleven digits, the hyphens kept where they were typed."""
    grouped = re.sub(r"[()]", "-", unicodedata.normalize("NFKC", text[:TYPED_LENGTH]).strip())
    grouped = re.sub(r"^\+81-?(?:-?0-)?0?", "0", _digits_and_hyphens(grouped, between="-"))
    grouped = re.sub(r"-+", "-", grouped).strip("-")
    if PHONE.fullmatch(grouped.replace("-", "")):
        return grouped
    return _too_long_or(
        text,
        FieldFault(
            field,
            "phone",
            "電話番号は「{counter_phone}」のように、市外局番から10けたか11けたの数字で入力してください。",
        ),
    )


def check_kana(text: str, field: str = "kana") -> str | FieldFault:
    """A name's reading in full-width katakana, its parts set apart by one space."""
    kana = unicodedata.normalize("NFKC", text[:TYPED_LENGTH]).translate(_LONG_VOWELS).translate(_KATAKANA)
    kana = " ".join(unicodedata.normalize("NFC", kana).split())
    if len(text) > TYPED_LENGTH or len(kana) > KANA_LENGTH:
        return _too_long(field, KANA_LENGTH)
    if not KANA.fullmatch(kana):
        return _not_kana(kana, field) if kana else required(field)
    return kana


def check_birth_date(text: str, today: date, field: str = "birth_date") -> date | FieldFault:
    """A date of birth, not after `today` and not more than `OLDEST_AGE` years before it.

    The year is the Christian one; `1980-04-01`, `1980/4/1`, `1980年4月1日` and `19800401` are understood.
    """
    found = BIRTH_DATE.fullmatch(_digits_and_hyphens(text))
    if not found:
        return FieldFault(field, "not_a_date", "生年月日は「1980-04-01」のように、西暦の年・月・日で入力してください。")
    try:
        born = date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        return FieldFault(field, "not_a_date", "生年月日が、暦にない日付になっています。年・月・日を確かめてください。")
    if born > today:
        return FieldFault(field, "in_future", "生年月日が、今日より後の日付になっています。")
    if born.year < today.year - OLDEST_AGE:
        return FieldFault(
            field, "too_old", f"生年月日が{OLDEST_AGE}年より前になっています。西暦の年を確かめてください。"
        )
    return born


def check_mail_address(text: str, field: str = "email") -> str | FieldFault:
    """A mail address: half-width, exactly one @, no comma for a dot (RULES 7).

    A wrong character is named with its place, counted from 1 in the address without the spaces around it.
    """
    address = text.strip()
    if len(address) > MAIL_LENGTH:
        return _too_long(field, MAIL_LENGTH)
    if not address:
        return required(field)
    characters = _wrong_characters(address)
    wrong = characters + (_wrong_count(address) or ([] if characters else _wrong_shape(address)))
    if wrong:
        return FieldFault(field, wrong[0][0], "".join(sentence for _, sentence in wrong))
    local, domain = address.split("@")
    return f"{local}@{domain.lower()}"


def check_name(text: str, field: str = "name", longest: int = NAME_LENGTH) -> str | FieldFault:
    """A name as the person writes it.

    Only spaces are made regular: every Unicode normalisation would exchange the person's own characters for others.
    """
    return _plain_text(text, field, longest)


def check_address(text: str, field: str = "address") -> str | FieldFault:
    """A postal address, in one line."""
    return _plain_text(text, field, ADDRESS_LENGTH)


def check_reason(text: str, field: str = "reason", longest: int = 500) -> str | FieldFault:
    """A sentence of staff to an applicant."""
    return _plain_text(text, field, longest)


def shown(char: str) -> str:
    """A character as it can be put into a message: itself, or its code where there is nothing to see."""
    if char.isspace():
        return "空白"
    return f"「{char}」" if char.isprintable() else f"U+{ord(char):04X}"


def _wrong_characters(address: str) -> list[tuple[str, str]]:
    """Faults of single characters, each class of them with a code and a sentence."""
    found: dict[str, list[tuple[int, str]]] = {"full_width": [], "comma": [], "space": [], "not_half_width": []}
    for place, char in enumerate(address, 1):
        if code := _wrong_character(char):
            found[code].append((place, char))
    halves = "".join(shown(_half_width(char)) for _, char in found["full_width"][:NAMED_CHARACTERS])
    tails = {
        "full_width": f"が全角です。半角の{halves}に直してください。",
        "comma": "はコンマです。「.」(ドット)ではありませんか。",
        "space": "は使えません。取り除いてください。",
        "not_half_width": "は使えません。メールアドレスは半角英数字で入力してください。",
    }
    return [(code, _named(places) + tails[code]) for code, places in found.items() if places]


def _wrong_character(char: str) -> str:
    """The code of a character that is in no address, nothing if it may be."""
    if char.isspace() or not char.isprintable():
        return "space"
    if char in _COMMAS:
        return "comma"
    if char.isascii():
        return ""
    return "full_width" if _half_width(char) else "not_half_width"


def _wrong_count(address: str) -> list[tuple[str, str]]:
    """The fault of an address with no @ or several; a full-width one counts as the one it stands for."""
    ats = sum("@" in (char, _half_width(char)) for char in address)
    if ats == 1:
        return []
    return [("many_at" if ats else "no_at", f"「@」(アットマーク)は1つだけ必要ですが、{ats}個あります。")]


def _wrong_shape(address: str) -> list[tuple[str, str]]:
    """Faults of an address whose characters are all half-width, and whose @ is one."""
    local, domain = address.split("@")
    faults = []
    if not MAIL_LOCAL.fullmatch(local):
        faults.append(("mail_local", f"「@」の前{_odd_part(local)}が正しくありません。"))
    if not MAIL_DOMAIN.fullmatch(domain):
        faults.append(
            ("mail_domain", f"「@」の後{_odd_part(domain)}が正しくありません。「.」(ドット)の位置も確かめてください。")
        )
    return faults


def _odd_part(part: str) -> str:
    """The first character that is in no address, in brackets; nothing if it is the order that is wrong."""
    odd = next((char for char in part if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]", char)), "")
    return f"({shown(odd)})" if odd else ""


def _half_width(char: str) -> str:
    """The half-width character a full-width one stands for, nothing if there is none."""
    half = "." if char == "。" else unicodedata.normalize("NFKC", char)
    return half if not char.isascii() and len(half) == 1 and half.isascii() else ""


def _named(found: Iterable[tuple[int, str]]) -> str:
    """Wrong characters with their places: 「3文字目の「＠」、…」."""
    places = [f"{place}文字目の{shown(char)}" for place, char in found]
    more = "など" if len(places) > NAMED_CHARACTERS else ""
    return "、".join(places[:NAMED_CHARACTERS]) + more


def _digits_and_hyphens(text: str, between: str = "") -> str:
    """Half-width digits and hyphens; what stood between them as spaces becomes `between`."""
    return re.sub(r"\s+", between, unicodedata.normalize("NFKC", text[:TYPED_LENGTH]).translate(_HYPHENS).strip())


def _not_kana(kana: str, field: str) -> FieldFault:
    """Names the characters, not their places: normalising has moved them."""
    odd = list(dict.fromkeys(char for char in kana if char != " " and not KANA.fullmatch(char)))
    wrong = "".join(map(shown, odd[:NAMED_CHARACTERS])) + (
        "などは使えません。" if len(odd) > NAMED_CHARACTERS else "は使えません。"
    )
    return FieldFault(field, "kana", f"フリガナはカタカナで入力してください。{wrong}")


def _plain_text(text: str, field: str, longest: int) -> str | FieldFault:
    plain = " ".join(text[: TYPED_LENGTH + 1].split())
    if not plain:
        return required(field)
    if len(plain) > longest:
        return _too_long(field, longest)
    wrong = _named((place, char) for place, char in enumerate(plain, 1) if unicodedata.category(char) in _CONTROL)
    return FieldFault(field, "characters", f"{wrong}は使えません。") if wrong else plain


def required(field: str) -> FieldFault:
    """The fault of a field that was left empty."""
    return FieldFault(field, "missing_field", f"{FIELD_LABELS.get(field, 'この欄')}を入力してください。")


def _too_long(field: str, longest: int) -> FieldFault:
    return FieldFault(field, "too_long", f"{FIELD_LABELS.get(field, 'この欄')}は{longest}文字までで入力してください。")


def _too_long_or(text: str, fault: FieldFault) -> FieldFault:
    return _too_long(fault.field, TYPED_LENGTH) if len(text) > TYPED_LENGTH else fault


FIELD_LABELS = {
    "kind": "申請の種類",
    "card_number": "利用者番号(カードの番号)",
    "old_card_number": "これまでの利用者番号(カードの番号)",
    "name": "お名前",
    "kana": "フリガナ",
    "birth_date": "生年月日",
    "postal_code": "郵便番号",
    "address": "ご住所",
    "phone": "電話番号",
    "email": "メールアドレス",
    "mail_to": "予約関連メール配信先",
    "online_lending": "{service_name}の申込み",
    "documents": "確認書類",
    "reason": "理由",
    "guardian": "保護者のお名前",
    "note": "メモ",
}


def shown_text(text: str, longest: int = 40) -> str:
    """Somebody's text as it can be put into a message."""
    return "「" + "".join(char if char.isprintable() else shown(char) for char in text[:longest]) + "」"
