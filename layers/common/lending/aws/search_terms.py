"""What the index of the search file is asked for a query: its rarest pairs of characters."""

from collections.abc import Mapping
from dataclasses import dataclass

from lending.domain.catalogue.search_text import Query, Word, grams_of_word

# Of so many grams of a query the index is asked, the rarest, and of more if all are frequent: further ones would take
# longer than comparing what is left.
_ASKED, _ASKED_IF_FREQUENT = 2, 3


@dataclass(frozen=True, slots=True)
class Term:
    """A full-text query; `titles` have at most it, 0 if they are few. `whole` says that there is nothing to compare."""

    match: str
    titles: int
    whole: bool


def term_of(query: Query, counts: Mapping[str, int]) -> Term:
    """What to ask for a query that has words.

    Args:
        counts: how many titles have a gram or a character, if it is a frequent one.
    """
    asked = _rarest({each for word in query.words for each in _of_word(word, counts)})
    whole = len(query.words) == 1 and len(query.words[0]) == 1 and len(query.words[0][0]) <= 2
    return Term(" AND ".join(match for _, match in asked), asked[0][0], whole)


def _of_word(word: Word, counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """The grams of a word with how many titles have each. One with two forms is one: either will do."""
    forms = [_of_form(form, counts) for form in word]
    if len(forms) == 1:
        return forms[0]
    either = [_rarest(set(form)) for form in forms]
    match = " OR ".join(f"({' AND '.join(match for _, match in form)})" for form in either)
    return [(sum(form[0][0] for form in either), f"({match})")]


def _of_form(form: str, counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """The grams of a form; of a single character all grams that begin with it."""
    if len(form) == 1:
        return [(counts.get(form, 0), f'"{form}" *')]
    return [(counts.get(gram, 0), f'"{gram}"') for gram in grams_of_word(form)]


def _rarest(grams: set[tuple[int, str]]) -> list[tuple[int, str]]:
    rarest = sorted(grams)
    return rarest[: _ASKED_IF_FREQUENT if rarest[0][0] else _ASKED]
