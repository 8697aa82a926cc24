"""What a catalogue says of a title (RULES 45)."""

from dataclasses import KW_ONLY, dataclass, fields
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What kind of material a title is."""

    BOOK = "book"
    CHILDREN = "children"
    PICTURE_BOOK = "picture_book"
    COMIC = "comic"
    LARGE_PRINT = "large_print"
    BRAILLE = "braille"
    MAGAZINE = "magazine"
    NEWSPAPER = "newspaper"
    MAP = "map"
    SCORE = "score"
    CD = "cd"
    DVD = "dvd"
    DIGITAL = "digital"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Description:
    """A title by what is written on it and what it is found by (RULES 45).

    `title_kana` and `author_kana` are the readings; `kind` is that of a book as long as nothing is told.
    """

    title_id: str
    title: str
    author: str = ""
    isbn: str = ""
    _: KW_ONLY
    title_kana: str = ""
    author_kana: str = ""
    volume: str = ""
    publisher: str = ""
    year: int | None = None
    ndc: str = ""
    kind: Kind | None = None

    @property
    def material(self) -> Kind:
        """The kind it is shown and filtered by."""
        return self.kind or Kind.BOOK


def facts_of(described: Description) -> dict[str, Any]:
    """All that a catalogue says of a title, by its names: whatever else it is."""
    return {each.name: getattr(described, each.name) for each in fields(Description)}


def as_described(described: Description) -> Description:
    """A title as nothing but its description, to be compared with another."""
    return Description(**facts_of(described))
