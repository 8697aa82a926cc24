"""`{{name}}` in the pages, scripts and styles of web/ becomes what a library says by that name.

In a script a name stands inside a string, in a style where a value stands. No value gets out of there: a page takes it
escaped, scripts and styles refuse one that could.
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"\{\{\s*([\w-]*)\s*\}\}")
# What would end a string of a script, whichever its quotes, or the element that the script may stand in.
OUT_OF_A_STRING = re.compile(r"[\"'`\\<\x00-\x1f\u2028\u2029]|\$\{")
_IN_A_STYLE = re.compile(r"[#\w.% -]+")


class Markup(str):
    """A value that is markup or data already, and goes into a page as it stands."""

    __slots__ = ()


def as_data(value: Any) -> Markup:
    """A value as JSON for an element of data: nothing in it may end that element."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))


class Unfillable(Exception):
    """A text cannot be published for a library; the message says in words which, and why."""


def filled(name: str, text: str, facts: Mapping[str, str]) -> str:
    """A text of web/ with what it names.

    Args:
        name: its file's, whose ending says what it is.
        facts: what can be named.

    Raises:
        Unfillable: it names what is not there, or a value that would break out of where it stands.
    """

    def value_of(match: re.Match[str]) -> str:
        named = match[1]
        if named not in facts:
            raise Unfillable(f"{name} names {match[0]}, and nothing is called so.")
        return _safe(name, named, facts[named])

    return NAME.sub(value_of, text)


def _safe(name: str, named: str, value: str) -> str:
    if name.endswith(".js"):
        if fault := OUT_OF_A_STRING.search(value):
            raise Unfillable(f"{named} ({value}) has {fault[0]!r} in it, which the script {name} cannot take.")
        return value
    if name.endswith(".css"):
        if not _IN_A_STYLE.fullmatch(value):
            raise Unfillable(f"{named} ({value}) is nothing that the style {name} can take.")
        return value
    return value if isinstance(value, Markup) else html.escape(value)
