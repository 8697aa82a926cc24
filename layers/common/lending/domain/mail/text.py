"""The text of a mail: plain Japanese in lines that a phone shows whole (RULES 36, 37)."""

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias
from unicodedata import category, east_asian_width

LINE_COLUMNS = 38
"""What a phone shows in one line; a full-width character takes two columns."""

Lines: TypeAlias = list[str]

_PAUSES = "、。 "
_NEVER_FIRST = "、。」』)）!！?？ー・…,."


class Text(NamedTuple):
    """What goes out: one line of subject, and a body of short lines."""

    subject: str
    body: str


def columns(text: str) -> int:
    """How many half-width columns a text takes on a screen."""
    return sum(2 if east_asian_width(character) in "FWA" else 1 for character in text)


def masked(card_number: str) -> str:
    """A card number of which only the last four digits can be read."""
    return "*" * max(len(card_number) - 4, 0) + card_number[-4:]


def book_list(heading: str, books: Iterable[str]) -> Lines:
    """Titles, an entry each, under a heading with their number."""
    titles = list(books)
    return [f"■{heading}({len(titles)}冊)", *(line for title in titles for line in entry(title))]


def entry(text: str) -> Lines:
    """One entry of a list, its further lines set in."""
    first, *rest = folded(text, LINE_COLUMNS - 2)
    return [f"・{first}", *set_in(rest)]


def set_in(lines: Iterable[str]) -> Lines:
    """Lines that belong to the entry above them."""
    return [f"  {line}" for line in lines]


def paragraphs(text: str) -> Lines:
    """What staff wrote, in their lines, folded to a phone's."""
    return [line for written in text.strip().splitlines() for line in folded(written)]


def folded(text: str, width: int = LINE_COLUMNS) -> Lines:
    """Break a text into lines of at most `width` columns; a single longer word of ASCII stays whole."""
    lines: Lines = [""]
    for word in re.findall(r"[!-~]+|.", _one_line(text)):
        if columns(lines[-1] + word) > width and lines[-1]:
            cut = _cut(lines[-1], word, width)
            lines[-1], start = lines[-1][:cut], lines[-1][cut:].lstrip()
            lines.append(start)
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines]


def _one_line(text: str) -> str:
    """A text of others on one line, without control characters: it can neither break nor forge our lines."""
    return " ".join("".join(" " if category(c).startswith("C") else c for c in text).split())


def _cut(line: str, word: str, width: int) -> int:
    """Where to end a line that has no room for the next word: after a pause not too far back, as a person would,
    else at its end; one character earlier if the next line would begin with a closing mark."""
    closing = word in _NEVER_FIRST
    pauses = [at for at, character in enumerate(line, 1) if character in _PAUSES and columns(line[:at]) * 3 >= width]
    if pauses and columns(line[pauses[-1] :] + word) <= width and not (closing and pauses[-1] == len(line)):
        return pauses[-1]
    return len(line) - 1 if closing and columns(line[-1]) == 2 else len(line)
