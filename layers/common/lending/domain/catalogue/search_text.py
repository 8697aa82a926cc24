"""What titles are found by, and in which order: any part, words in any order, whole titles first (RULES 45)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import add

from lending.domain.catalogue.description import Description, Kind
from lending.domain.catalogue.letters import in_kana, plain

# What separates the fields of a title's text: no query holds it, so nothing is found across two fields.
BETWEEN = "\n"
# What begins a gram that tells what a title is, not what is written on it: `plain` leaves none of it.
MARK = "_"
_PARTS = re.compile(r"\s+[:=;]\s+|[:;]\s*")
# Where a query falls into words: also before a number at the end, which may be that of a volume.
_SPACES = re.compile(r"[\s:/=]+|(?<=[^\W\d_]{2})(?=[0-9]+(?:\s|$))")
# Particles as readings of national bibliographies write them, by their sound.
_PARTICLES = {
    "ワ": "ハ",
    "エ": "ヘ",
    "デワ": "デハ",
    "ニワ": "ニハ",
    "トワ": "トハ",
    "ノワ": "ノハ",
    "エノ": "ヘノ",
}
_MACRONS = str.maketrans({"ā": "aa", "ī": "ii", "ū": "uu", "ē": "ee", "ō": "ou", "Ā": "aa", "Ū": "uu", "Ō": "ou"})
_ISBN = re.compile(r"[0-9]{9}(?:[0-9x]|[0-9]{3}[0-9x])")
_ISBN_PREFIX = "978"
_PART_NUMBER = re.compile(r"第?([0-9]+)(?:巻|号|集|冊|部|編|輯|期)?")
_NUMBER = re.compile(r"[0-9]+")
_ORDER = {"上": "1", "前": "1", "中": "2", "下": "3", "後": "3"}
_LONG_NUMBER = re.compile(r"[0-9]{3,}")
# What is so frequent that it tells little by itself: kana, Latin letters, digits.
_OFTEN = frozenset("0123456789abcdefghijklmnopqrstuvwxyzー") | {*map(chr, range(ord("ぁ"), ord("ゖ") + 1))}
_NOT_ALONE = _OFTEN | {BETWEEN}
# Parts of a text that the index does not have for it.
LOOSE = _OFTEN | {f"{number:02}" for number in range(100)}

# The forms of one word, each of which will do.
Word = tuple[str, ...]


def searched(of: Description) -> str:
    """What a title is found by: the main part of its name, its reading if it is another, its volume, and all else, made
    plain; its ISBN and its year at the end."""
    name, *more = _PARTS.split(of.title)
    heading, readings = plain(name), _readings(of.title_kana)
    reading = next((each for each in readings[:1] if each != heading), "")
    rest = [
        *map(plain, more),
        *readings[1:],
        *map(plain, (of.author, of.author_kana, of.publisher, of.ndc)),
    ]
    more_to_find = (each for each in dict.fromkeys(rest) if each not in ("", heading, reading))
    numbers = filter(None, (_isbn_13(plain(of.isbn)), str(of.year or "")))
    return BETWEEN.join([heading, reading, plain(of.volume), *more_to_find, *numbers])


def _readings(kana: str) -> list[str]:
    """The parts of a reading, as people write them; if particles are by their sound there, so as well."""
    as_written = " ".join(_PARTICLES.get(word, word) for word in kana.split())
    parts = [plain(part) for part in _PARTS.split(as_written)]
    return parts if as_written == kana else [*parts, *map(plain, _PARTS.split(kana))]


def order_of(text: str) -> str:
    """What a title with this text (see `searched`) is sorted by: its reading, its name, its volume."""
    heading, reading, volume = names_of(text)
    numbered = _NUMBER.sub(lambda found: found[0].zfill(6), volume)
    return BETWEEN.join((reading or heading, heading, _ORDER.get(numbered[:1], "") + numbered))


def names_of(text: str) -> list[str]:
    """The main part of a title's name, its reading unless that is the same, and its volume."""
    return text.split(BETWEEN, 3)[:3]


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: words, each of which must be found somewhere in one of its forms.

    `wholes` are what a title is called that has just this name; `series` what it is called if the last word names its
    volume, by one of `volumes`.
    """

    words: tuple[Word, ...]
    wholes: tuple[str, ...]
    series: tuple[str, ...]
    volumes: frozenset[str]

    def matches(self, text: str) -> bool:
        """Whether a title's text (see `searched`) has every word."""
        return all(any(form in text for form in word) for word in self.words)

    def rank(self, text: str) -> int:
        """How near a title is that matches: of this name and volume, of this name or reading, beginning so."""
        name, reading, volume = names_of(text)
        if self.volumes & _volume_names(volume) and {name, reading} & {*self.series}:
            return 0
        for rank, called in ((1, name), (2, reading)):
            if called in self.wholes:
                return rank
        for rank, called in ((3, name), (4, reading)):
            if called.startswith(self.wholes):
                return rank
        return 5


def query_of(text: str) -> Query:
    """A query as somebody typed it."""
    parts = _SPACES.split(unicodedata.normalize("NFKC", text))
    words = tuple(dict.fromkeys(forms for part in parts if (forms := _forms(part))))
    before, last = words[:-1], words[-1:]
    return Query(words, _joined(words), _joined(before), frozenset(chain(*last)) if before else frozenset())


def _volume_names(volume: str) -> set[str]:
    """What a volume may be called, of a title's plain text: all of it, or its first number."""
    number = _NUMBER.search(volume)
    return {volume, str(int(number[0]))} if number else {volume} - {""}


def _joined(words: Sequence[Word]) -> tuple[str, ...]:
    """All words in one, as they were typed and as they may be meant."""
    if not words:
        return ()
    return tuple(dict.fromkeys(("".join(word[0] for word in words), "".join(word[-1] for word in words))))


def _forms(part: str) -> Word:
    """A word as it is typed, and as a reading in kana, the number of a volume, or the longer ISBN."""
    word = plain(part)
    if not word:
        return ()
    meant = ""
    if word.isascii() and word.isalpha() and len(word) > 1:
        meant = in_kana(plain(part.translate(_MACRONS)))
    elif (number := _PART_NUMBER.fullmatch(word)) and number[1] != word:
        meant = number[1]
    elif _ISBN.fullmatch(word):
        meant = _isbn_13(word)
    return (word, meant) if meant and meant != word else (word,)


def parts(text: str) -> set[str]:
    """The parts of a title's text of which is counted how many titles have them: every character, every two that stand
    together, of numbers every three and four digits."""
    return {*text, *map(add, text, text[1:]), *_digits(text, 3), *_digits(text, 4)}


def grams(text: str) -> set[str]:
    """The parts of a title's text that the index has, as it has those of any word in it."""
    return grams_among(parts(text))


def grams_among(found: set[str]) -> set[str]:
    """Those of the parts of a text that the index has: each kanji, and what else is rare; of all else every two that
    stand together, also with a kanji, of numbers every three digits instead."""
    alone = {part for part in found if len(part) == 1} - _NOT_ALONE
    several = {part for part in found if 1 < len(part) <= 3 and not _OFTEN.isdisjoint(part) and BETWEEN not in part}
    return alone | (several - LOOSE)


def is_part(word: str) -> bool:
    """Whether a word is all of a part that is counted."""
    return len(word) <= 2 or (len(word) <= 4 and _LONG_NUMBER.fullmatch(word) is not None)


def kind_gram(kind: Kind) -> str:
    """The gram of all titles of a kind."""
    return f"{MARK}{kind}"


def year_gram(year: int) -> str:
    """The gram of all titles of a year."""
    return f"{MARK}{year}"


def _digits(text: str, length: int) -> Iterator[str]:
    """Of numbers every so many digits."""
    for number in _LONG_NUMBER.findall(text):
        yield from (number[place : place + length] for place in range(len(number) - length + 1))


def _isbn_13(isbn: str) -> str:
    """An ISBN in its longer form, whatever else it is as it is."""
    if not _ISBN.fullmatch(isbn) or len(isbn) > 10:
        return isbn
    body = _ISBN_PREFIX + isbn[:9]
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    return f"{body}{check}"
