"""What a file of titles says, and what of it cannot be used, in words for the people of the library."""

from dataclasses import dataclass, field, replace

from lending.domain.catalogue.title_changes import (
    AUTHOR_LENGTH,
    ISBN_LENGTH,
    NDC_LENGTH,
    NUMBER,
    PUBLISHER_LENGTH,
    TITLE_LENGTH,
    VOLUME_LENGTH,
    DescribedCopy,
    DescribedTitle,
)

# How long the texts of a title may be, by any way they come.
MOST = {
    "title": TITLE_LENGTH,
    "title_kana": TITLE_LENGTH,
    "author": AUTHOR_LENGTH,
    "author_kana": AUTHOR_LENGTH,
    "isbn": ISBN_LENGTH,
    "volume": VOLUME_LENGTH,
    "publisher": PUBLISHER_LENGTH,
    "ndc": NDC_LENGTH,
}


def at(unit: str, place: int) -> str:
    """A place of a file in words."""
    return f"{place}行目" if unit == "line" else f"{place}件目のレコード"


@dataclass(slots=True)
class Catalogue:
    """Titles by id, the places where each is told of first, and what cannot be used, as (place, why).

    A place is the number of a line, or of a record; `unit` says which.
    """

    unit: str = "line"
    titles: dict[str, DescribedTitle] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    bad: list[tuple[int, str]] = field(default_factory=list)
    _owners: dict[str, int] = field(default_factory=dict)

    def take(self, title: DescribedTitle, place: int) -> str:
        """Add a title without its copies; answers why not, or nothing."""
        if empty := [name for name in ("title_id", "title") if not getattr(title, name)]:
            return f"空欄です:{'、'.join(empty)}"
        if long := [f"{name}({most}字まで)" for name, most in MOST.items() if len(getattr(title, name)) > most]:
            return f"長すぎます:{'、'.join(long)}"
        if not NUMBER.fullmatch(title.title_id):
            return f"書誌の番号ではありません:{title.title_id}"
        known = self.titles.setdefault(title.title_id, title)
        if replace(known, copies=()) != title:
            return f"前にある書誌{title.title_id}と内容が違います。"
        self.places.setdefault(title.title_id, place)
        return ""

    def take_copy(self, title_id: str, copy: DescribedCopy, place: int) -> str:
        """Add a copy of a title that is there; answers why not, or nothing."""
        if not copy.call_number:
            return "空欄です:call_number"
        if (first := self._owners.setdefault(copy.barcode, place)) != place:
            return f"資料番号{copy.barcode}は{at(self.unit, first)}にもあります。"
        title = self.titles[title_id]
        self.titles[title_id] = replace(title, copies=(*title.copies, copy))
        return ""
