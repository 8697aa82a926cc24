"""How a library calls what a title has: `mapping.json`, with the headings of its columns and its codes.

    {"titles": {"headings": {"title_id": "書誌番号", "title": "書名"},
                "codes": {"kind": {"図書": "book", "*": "other"}}}}

What is not named is as `FileMapping` says.
"""

import json
from pathlib import Path

from lending.domain.exchange.csv_rows import FileMapping


class NoMapping(Exception):
    """A file is no mapping; it says why."""


def read_mapping(path: Path, part: str, known: frozenset[str]) -> FileMapping:
    """The part of a mapping for one kind of file.

    Args:
        known: the fields that such a file can have.

    Raises:
        NoMapping: it is not JSON of that form, or names fields that there are not.
    """
    try:
        told = json.loads(path.read_text("utf-8-sig")).get(part, {})
        headings, codes = told.get("headings", {}), told.get("codes", {})
        mapping = FileMapping(dict(headings), {name: dict(each) for name, each in codes.items()})
    except (ValueError, AttributeError, TypeError) as error:
        raise NoMapping(f"{path.name}を読めません:{error}") from None
    if unknown := sorted({*mapping.headings, *mapping.codes} - known):
        raise NoMapping(f"{path.name}に、ない項目の名前があります:{'、'.join(unknown)}")
    return mapping
