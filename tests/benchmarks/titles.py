"""A catalogue of any size, the same every time: genuine titles, multiplied, with other words in the places of theirs.

The genuine ones were made by the National Diet Library of Japan (`infra/data`) and are edited. In each copy of one its
runs of kanji, katakana and digits become others: words that are as unequally frequent as those of a language, so that
some pairs of characters stand in most titles and most in a few. A kanji is always read alike.
"""

import random
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from infra.catalogue.files import read
from lending.domain.catalogue.description import Description

_GENUINE = Path(__file__).parents[2] / "infra" / "data" / "ndl-sample.mrc"
_RUN = re.compile(r"[一-鿿々]+|[ァ-ヴー]+|[ぁ-ん]+|[A-Za-z]+|[0-9]+|.", re.DOTALL)
_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニノハヒフホマミムメモラリルレロンガジダデドバビブパプーッャョ"
_KANJI = [bytes((0xA0 + row, 0xA0 + cell)).decode("euc_jp") for row in range(16, 47) for cell in range(1, 95)]
_OWN_WORD, _REST, _SECOND_AUTHOR, _WITH_ISBN = 0.1, 0.35, 0.25, 0.85
_REST_LENGTH, _VOLUME_LENGTH = 40, 10


def _read(text: str) -> str:
    """A reading: two kana for each kanji, always the same."""
    return "".join(_KANA_OF.get(char, char) for char in text)


_KANA_OF = {char: _KATAKANA[place % 44] + _KATAKANA[place // 44 % 44] for place, char in enumerate(_KANJI)}


class Words:
    """So many words of some lengths, of which the n-th is chosen half as often as the n/2-th."""

    def __init__(
        self, chance: random.Random, characters: str | list[str], lengths: tuple[int, ...], count: int
    ) -> None:
        self._chance = chance
        letters = list(accumulate(1 / (place + 20) for place in range(len(characters))))
        self._words = ["".join(chance.choices(characters, cum_weights=letters, k=chance.choice(lengths)))
                       for _ in range(count)]  # fmt: skip
        self._weights = list(accumulate(1 / (place + 5) for place in range(count)))

    def one(self) -> str:
        """A word."""
        return self._chance.choices(self._words, cum_weights=self._weights)[0]


class Catalogue:
    """Titles without end."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._genuine = list(read(_GENUINE).titles.values())
        kanji = self._chance.sample(_KANJI, len(_KANJI))
        self._kanji = Words(self._chance, kanji, (2,), 20_000)
        self._katakana = Words(self._chance, _KATAKANA, (2, 3, 4, 5, 6), 8_000)
        self._family, self._given = (Words(self._chance, kanji, (1, 2, 2), 3_000) for _ in range(2))

    def titles(self, count: int) -> Iterator[Description]:
        """So many titles."""
        for number in range(count):
            genuine = self._chance.choice(self._genuine)
            name, _, rest = genuine.title.partition(" : ")
            title, author = self._altered(name), self._author()
            if rest and self._chance.random() < _REST:
                title = f"{title} : {self._altered(rest)[:_REST_LENGTH]}"
            yield Description(
                f"T{number:07}",
                title,
                f"{author} 著",
                self._isbn(),
                title_kana=_read(title),
                author_kana=_read(author),
                volume=genuine.volume[:_VOLUME_LENGTH],
                publisher=self._altered(genuine.publisher),
                year=self._chance.randrange(1950, 2027),
                ndc=genuine.ndc,
                kind=genuine.kind,
            )

    def _altered(self, text: str) -> str:
        return "".join(run if self._chance.random() < _OWN_WORD else self._other(run) for run in _RUN.findall(text))

    def _other(self, run: str) -> str:
        if run[0].isascii() and run[0].isdigit():
            return str(self._chance.randrange(1, 2030 if len(run) > 2 else 60))
        if "ァ" <= run[0] <= "ー":
            return self._katakana.one()
        return "".join(self._kanji.one() for _ in range((len(run) + 1) // 2)) if run[0] >= "一" else run

    def _author(self) -> str:
        names = [f"{self._family.one()} {self._given.one()}"]
        if self._chance.random() < _SECOND_AUTHOR:
            names.append(f"{self._family.one()} {self._given.one()}")
        return ", ".join(names)

    def _isbn(self) -> str:
        """Of a Japanese publisher, a few of which have most books."""
        if self._chance.random() > _WITH_ISBN:
            return ""
        publisher = int(min(self._chance.expovariate(1 / 150), 999))
        prefix = (
            f"{publisher:02}" if publisher < 20 else f"{publisher + 180}" if publisher < 700 else f"{publisher + 6300}"
        )
        body = "9784" + prefix + "".join(self._chance.choices("0123456789", k=8 - len(prefix)))
        check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
        return f"{body}{check}"
