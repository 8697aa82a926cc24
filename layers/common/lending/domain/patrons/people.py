"""By what people are found at the desk, however it was typed (RULES 4, 44).

Width, hiragana or katakana, spaces and old forms of characters make no difference. Each thing that a person is found by
is a text in a list: readings and names in one for each first character, all others in one of their own.
"""

import unicodedata
from datetime import date
from typing import NamedTuple

from lending.domain.catalogue.letters import plain
from lending.domain.patrons.patron import Patron

Place = tuple[str, str]

# Longer ones are told apart by looking; no key of the table may be longer than some hundred characters.
_LONGEST = 60


class PersonSearch(NamedTuple):
    """Who is looked for: by the beginning of name or reading, and by phone number and birth date as a whole."""

    name: str = ""
    kana: str = ""
    phone: str = ""
    birth_date: date | None = None


def found_by(patron: Patron) -> set[Place]:
    """The lists in which a person stands, each with the text there."""
    name, kana, phone = _plain(patron.name), _plain(patron.kana), _digits(patron.phone)
    places = [
        name and (_list_of("NAME", name), name),
        kana and (_list_of("KANA", kana), kana),
        phone and (f"PHONE#{phone}", ""),
        (_born_on(patron.birth_date), kana),
    ]
    return {place for place in places if place}


def where_to_look(sought: PersonSearch) -> Place | None:
    """The shortest list that has everybody who is looked for, and how their texts begin; None if nothing is asked."""
    name, kana, phone = _plain(sought.name), _plain(sought.kana), _digits(sought.phone)
    if phone:
        return f"PHONE#{phone}", ""
    if sought.birth_date:
        return _born_on(sought.birth_date), kana
    if kana:
        return _list_of("KANA", kana), kana
    return (_list_of("NAME", name), name) if name else None


def fits(patron: Patron, sought: PersonSearch) -> bool:
    """Whether a person is one of those looked for."""
    return (
        _plain(patron.name).startswith(_plain(sought.name))
        and _plain(patron.kana).startswith(_plain(sought.kana))
        and _digits(sought.phone) in ("", _digits(patron.phone))
        and sought.birth_date in (None, patron.birth_date)
    )


def namesakes_of(kana: str, birth_date: date) -> Place | None:
    """Where those stand who may be one person registered twice: same reading, same birthday; None without a reading."""
    reading = _plain(kana)
    return (_born_on(birth_date), reading) if reading else None


def _list_of(kind: str, text: str) -> str:
    return f"{kind}#{text[0]}"


def _born_on(day: date) -> str:
    return f"BIRTH#{day.isoformat()}"


def _plain(text: str) -> str:
    return plain(text).replace("#", "")[:_LONGEST]


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text)))[:_LONGEST]
