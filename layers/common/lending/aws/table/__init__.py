"""The one table: the only place that knows keys and expressions (docs/data-model.md).

`store` reads and writes; each module beside it knows one entity: its keys, its items, its conditional writes.
"""

from functools import cache

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table.codec import Unreadable
from lending.aws.table.store import CROWD_TRIES, Busy, Overtaken, Page, Table, again_when_overtaken, in_batches

__all__ = [
    "CROWD_TRIES",
    "Busy",
    "Overtaken",
    "Page",
    "Table",
    "Unreadable",
    "again_when_overtaken",
    "in_batches",
    "library_table",
]


@cache
def library_table() -> Table:
    """The table this function was given."""
    return Table(client("dynamodb"), settings().table_name)
