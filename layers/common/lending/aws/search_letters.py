"""The letters of the search file: texts in as few bytes as they go, so that no part of one is found where it is not.

Plain texts (see `letters.plain`) have no capitals. What remains of ASCII is itself, kana are a byte each, the common
kanji two, all else four; no byte that begins a letter stands inside another.
"""

import codecs
import re

_KANA = "".join(char for char in map(chr, (*range(0x3042, 0x3095), 0x30FC)) if char not in "ぃぅぇぉっゃゅょゎをぢづゔ")
_KANJI = [bytes((0xA0 + row, 0xA0 + cell)).decode("euc_jp") for row in range(16, 47) for cell in range(1, 95)]
_FREE = [chr(code) for code in (*range(1, 0x0A), *range(0x0B, 0x20), *range(ord("A"), ord("Z") + 1), 0x7F)]
_FREE += [chr(code) for code in range(0x80 + len(_KANA), 0x100)]
_LONG, _LEADS = _FREE[:5], _FREE[5:54]
_TRAILS = _FREE[54:]
_BASE = len(_TRAILS)
_ENCODED: dict[int, str] = {ord(char): chr(0x80 + place) for place, char in enumerate(_KANA)}
_ENCODED |= {ord(char): _LEADS[place // _BASE] + _TRAILS[place % _BASE]
             for place, char in enumerate(["々", *_KANJI][: len(_LEADS) * _BASE])}  # fmt: skip
_PLACES = {letter: place for place, letter in enumerate(_TRAILS)}
_SEVERAL = re.compile(f"([{re.escape(''.join(_LONG))}]...|[{re.escape(''.join(_LEADS))}].)", re.DOTALL)
# What each byte is if it is a letter by itself, or else as it is.
_ALONE = "".join(map(chr, range(0x80))) + _KANA + "".join(map(chr, range(0x80 + len(_KANA), 0x100)))
_KEPT = frozenset({*map(ord, "\n"), *range(0x20, 0x41), *range(0x5B, 0x7F)})


class _Letters(dict[int, str]):
    """What each character is written as; those that are not common are worked out when they are first met."""

    def __missing__(self, code: int) -> str:
        letters = chr(code) if code in _KEPT else _four(code)
        self[code] = letters
        return letters


def _four(code: int) -> str:
    rest, third = divmod(code, _BASE)
    rest, second = divmod(rest, _BASE)
    lead, first = divmod(rest, _BASE)
    return _LONG[min(lead, 4)] + _TRAILS[first] + _TRAILS[second] + _TRAILS[third]


class _Characters(dict[str, str]):
    """The character of each letter of several bytes."""

    def __missing__(self, letters: str) -> str:
        code = _LONG.index(letters[0])
        for trail in letters[1:]:
            code = code * _BASE + _PLACES[trail]
        self[letters] = chr(code)
        return chr(code)


_LETTERS = _Letters(_ENCODED)
_CHARACTERS = _Characters((letters, chr(code)) for code, letters in _ENCODED.items() if len(letters) > 1)


def encoded(text: str) -> bytes:
    """A plain text as the file keeps it."""
    return text.translate(_LETTERS).encode("latin-1")


def decoded(data: bytes) -> str:
    """The text that was kept."""
    letters = _SEVERAL.split(codecs.charmap_decode(data, "strict", _ALONE)[0])
    letters[1::2] = map(_CHARACTERS.__getitem__, letters[1::2])
    return "".join(letters)
