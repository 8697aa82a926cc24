"""Titles, authors and ISBNs as they are searched: by any part, however they were typed (API.md, `GET /titles`).

Width, case, hiragana or katakana, spaces, punctuation and the common old forms of characters make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# What separates the fields of a title's text: no query holds it, so nothing is found across two fields.
_BETWEEN = "\n"
_HIRAGANA = {code: code - 0x60 for code in (*range(ord("ァ"), ord("ヶ") + 1), ord("ヽ"), ord("ヾ"))}
# Long vowels as they are found in catalogues, typed as a hyphen after kana.
_LONG_VOWEL = re.compile(r"(?<=[ぁ-ゖー])[-‐‑‒–—―−]")
_OLD_FORMS = str.maketrans(
    "澤齋斎齊髙﨑邊邉濵濱嶋廣國龍櫻眞榮惠學藝萬會鷗圓壽實寶瀨淺靜德塚增橫黑鄕曾彌與冨",
    "沢斉斉斉高崎辺辺浜浜島広国竜桜真栄恵学芸万会鴎円寿実宝瀬浅静徳塚増横黒郷曽弥与富",
)
_SPACES = re.compile(r"\s+")
_ISBN = re.compile(r"[0-9]{9}(?:[0-9x]|[0-9]{3}[0-9x])")
_ISBN_PREFIX = "978"
_DIGITS = 4
_LONG_NUMBER = re.compile(rf"[0-9]{{{_DIGITS},}}")


def plain(text: str) -> str:
    """A text without what makes no difference, and without spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
    folded = _LONG_VOWEL.sub("ー", folded).translate(_OLD_FORMS)
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "PZC" or char == "#")


def searched(title: str, author: str, isbn: str) -> str:
    """What a title is found by: its fields made plain, the ISBN in both its lengths."""
    return _BETWEEN.join([plain(title), plain(author), *_isbns(plain(isbn))])


def heading(text: str) -> str:
    """What a title with this text (see `searched`) is sorted by: its name."""
    return text.partition(_BETWEEN)[0]


def words_of(query: str) -> list[str]:
    """The parts of a query, made plain; each of them must be found somewhere."""
    spaced = unicodedata.normalize("NFKC", query)
    return [word for word in dict.fromkeys(map(plain, _SPACES.split(spaced))) if word]


def matches(text: str, words: Iterable[str]) -> bool:
    """Whether a title's text (see `searched`) has every word."""
    return all(word in text for word in words)


def grams(text: str) -> Iterator[str]:
    """Every two characters that stand together in a title's text, the last one of each field by itself, and of longer
    numbers every four digits: any two of them stand in most ISBNs."""
    for field in text.split(_BETWEEN):
        for place in range(len(field)):
            yield field[place : place + 2]
        yield from _fours(field)


def grams_of_word(word: str) -> Iterator[str]:
    """Grams that every text with a word of two or more characters has: of long numbers the four digits, of all else the
    pairs. A single character is found by the grams that begin with it."""
    for part in _LONG_NUMBER.split(word):
        yield from (part[place : place + 2] for place in range(len(part) - 1))
    yield from _fours(word)


def _fours(text: str) -> Iterator[str]:
    for number in _LONG_NUMBER.findall(text):
        yield from (number[place : place + _DIGITS] for place in range(len(number) - _DIGITS + 1))


def _isbns(isbn: str) -> list[str]:
    if not _ISBN.fullmatch(isbn):
        return [isbn] if isbn else []
    if len(isbn) == 10:
        return [isbn, _isbn_13(isbn)]
    return [isbn, _isbn_10(isbn)] if isbn.startswith(_ISBN_PREFIX) else [isbn]


def _isbn_13(isbn: str) -> str:
    body = _ISBN_PREFIX + isbn[:9]
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    return f"{body}{check}"


def _isbn_10(isbn: str) -> str:
    body = isbn[3:12]
    check = -sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
    return f"{body}{'x' if check == 10 else check}"
