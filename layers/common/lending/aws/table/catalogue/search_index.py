"""What the search knows: CATALOGUE / INDEX, the file that is searched, and CATALOGUE / CHANGED#title, what it lacks.

One query of the partition shows both, the changes first: a change that is gone when they are read is in the file that
the index names afterwards.
"""

from dataclasses import dataclass
from typing import NamedTuple

from lending.aws.table.codec import Item, attributes, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Write, delete, put, put_new
from lending.domain.catalogue.description import Description, facts_of
from lending.domain.catalogue.title import Title

_PARTITION = "CATALOGUE"
_CHANGED = "CHANGED#"
_INDEX = "INDEX"


@dataclass(frozen=True, slots=True)
class Change(Description):
    """A title whose words the file does not have yet; `version` is a name for this very change.

    Without words it is a title that is to be found no more.
    """

    title: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Index:
    file_key: str


class SearchState(NamedTuple):
    """The key of the file, empty as long as there is none, and the changes since."""

    file_key: str
    changes: list[Change]


def state(table: Table) -> SearchState:
    """What is to be searched, as of now."""
    items = list(table.query(_PARTITION))
    changes = values_of(Change, (item for item in items if item["SK"] != _INDEX))
    index = next(values_of(_Index, (item for item in items if item["SK"] == _INDEX)), None)
    return SearchState(index.file_key if index else "", list(changes))


def title_change(title: Title, version: str) -> Write:
    """A title has other words than the file knows; put it in the transaction that writes the title."""
    change = Change(**facts_of(title), version=version)
    return put((_PARTITION, f"{_CHANGED}{title.title_id}"), attributes(change))


def title_removal(title_id: str, version: str) -> Write:
    """A title is found no more, whatever the file knows; put it in the transaction that takes it away."""
    return put((_PARTITION, f"{_CHANGED}{title_id}"), attributes(Change(title_id, version=version)))


def change_removal(change: Change) -> Write:
    """The file has this change, if no later one has taken its place."""
    return delete((_PARTITION, f"{_CHANGED}{change.title_id}"), "#version = :version", version=change.version)


def file_change(file_key: str, before: str) -> Write:
    """Search another file from now on, if it still is the one it was made from."""
    item: Item = {"file_key": file_key}
    if not before:
        return put_new((_PARTITION, _INDEX), item)
    return put((_PARTITION, _INDEX), item, "#file_key = :before", before=before)
