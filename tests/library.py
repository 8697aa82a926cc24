"""The library that the tests are told about."""

import re
from typing import Any

from infra.library import Library, read_library
from lending.domain.calendar.facility import Facility
from lending.domain.own_words import in_own_words
from lending.domain.policy import Policy

AOMORI = read_library("aomori")

# Another one, with a word of its own for everything, some of them long. Its week
# knows Monday, Tuesday, Wednesday and Friday alone.
WORDS = {
    "library_name": "瀬戸府立中央図書館",
    "service_name": "とどけ便",
    "registration_name": "カード申込サービス",
    "lending_word": "とどけ貸し",
    "return_word": "とどけ返し",
    "counter_name": "とどけ便デスク",
    "counter_phone": "06-0000-0000",
    "counter_hours": "10:00～17:00",
    "mail_domain": "seto.example.jp",
    "mail_sender": "とどけ便係",
    "owner_word": "瀬戸府立中央図書館本館",
    "owner_short": "本館",
    "partner_word": "とどけ便受渡ステーション",
    "region_word": "府",
    "card_word": "としょかん利用証(共通)",
    "kit_word": "新しい利用証の封筒",
    "kit_short": "封筒",
    "example_name": "瀬戸 花子",
    "example_kana": "セト ハナコ",
    "example_postal_code": "530-0001",
}
_MONDAY = {
    "weekday": 0,
    "cut_off": "17:00",
    "mail_days_after": 1,
    "pickup_days_after": 1,
    "pickup_days": 4,
    "checked_in_days_after_pickup": 3,
    "place_change_days_before": 6,
    "place_change_until": "12:00",
}
_TUESDAY = _MONDAY | {"weekday": 1, "pickup_days": 3}
OTHER = Library(
    name="other",
    policy=Policy.model_validate(WORDS | {"runs": (_MONDAY, _TUESDAY), "run_at": "17:30"}),
    facilities=(Facility(1, "南部", "見本市", "見本館", gives_out_kits=False),),
)
# What would be Aomori's in what another library says.
AOMORIS = re.compile(
    "|".join(re.escape(value) for name, value in AOMORI.policy if name in WORDS.keys() - {"region_word"})
    + "|県内|青森|弘前|aomori|plib|[木土日]曜日"
)


def aomori(**changes: Any) -> Policy:
    """Its policy, with some values changed."""
    return Policy.model_validate(AOMORI.policy.model_dump(exclude_defaults=True) | changes)


def aomori_library(**changes: Any) -> Library:
    """The whole of it, with some values of its policy changed."""
    return AOMORI.model_copy(update={"policy": aomori(**changes)})


def told(sentence: str, **changes: Any) -> str:
    """A sentence as people read it there."""
    return in_own_words(sentence, aomori(**changes))
