"""What the search file is asked for a query: of its index the rarest grams, and what is compared."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lending.aws.search_letters import encoded
from lending.domain.catalogue.search_text import Query, Word, grams, is_part

Value = str | bytes | int | None

# Of so many grams of a query the index is asked, the rarest, and of more if all are frequent: further ones would take
# longer than comparing what is left.
_ASKED, _ASKED_IF_FREQUENT = 2, 3


class Term(NamedTuple):
    """A full-text query, empty if the index has nothing of the words; `titles` have at most it, 0 if they are few.

    `part` is the only word, if that is all of a part whose titles are counted; `whole` says that the index has it, so
    that there is nothing to compare.
    """

    match: str
    titles: int
    part: str
    whole: bool


class Where(NamedTuple):
    """Which titles to read, and what in their texts to compare.

    `few` says that there are not many, `number` what to order them by.
    """

    proposed: str
    of_proposed: list[Value]
    compared: str
    of_compared: list[Value]
    number: str
    few: bool = False

    @property
    def sql(self) -> str:
        """Those that have what is compared."""
        return f"{self.proposed} AND {self.compared}"

    @property
    def values(self) -> list[Value]:
        """What stands for the question marks in `sql`."""
        return self.of_proposed + self.of_compared


def term_of(query: Query, counts: Mapping[str, int]) -> Term:
    """What to ask for a query that has words.

    Args:
        counts: how many titles have a part of a text, if it is a frequent one.
    """
    asked = _rarest({each for word in query.words for each in _of_word(word, counts)})
    part = query.words[0][0] if len(query.words) == len(query.words[0]) == 1 and is_part(query.words[0][0]) else ""
    titles = asked[0][0] if asked else 0
    return Term(" AND ".join(match for _, match in asked), titles, part, part in grams(part))


def _of_word(word: Word, counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """The grams of a word with how many titles have each. One with two forms is one: either will do."""
    forms = [[(counts.get(gram, 0), f'"{gram}"') for gram in grams(form)] for form in word]
    if len(forms) == 1:
        return forms[0]
    if not all(forms):
        return []
    either = [_rarest(set(form)) for form in forms]
    match = " OR ".join(f"({' AND '.join(match for _, match in form)})" for form in either)
    return [(sum(form[0][0] for form in either), f"({match})")]


def _rarest(grams: set[tuple[int, str]]) -> list[tuple[int, str]]:
    rarest = sorted(grams)
    return rarest[: _ASKED_IF_FREQUENT if rarest and rarest[0][0] else _ASKED]


def compared(words: Iterable[Word]) -> tuple[str, list[Value]]:
    """What the text of a title has of each word, and the values: a number may be in its year or its ISBN."""
    sql, values = [], list[Value]()
    for word in words:
        forms = list[str]()
        for form in word:
            kept = encoded(form)
            numbers = form.isascii() and form.isdigit()
            forms.append(f"instr(text, ?){' OR instr(year, ?) OR instr(isbn, ?)' if numbers else ''}")
            values += [kept, form, form] if numbers else [kept]
        sql.append(f"({' OR '.join(forms)})")
    return " AND ".join(sql) or "1", values
