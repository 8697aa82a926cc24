"""Lists of `work` that many write to at once, in parts: one key of an index takes a thousand writes a second.

What is on such a list is on a part by its own name, and who reads it reads all parts, merged.
"""

from collections.abc import Iterator
from heapq import merge
from typing import Any
from zlib import crc32

from lending.aws.table.codec import Item
from lending.aws.table.store import Table

_SHARDS = 8


def shard(name: str, of: str) -> str:
    """The part of the list `name` on which something stands that is called `of`."""
    return f"{name}#{crc32(of.encode()) % _SHARDS}"


def merged(table: Table, name: str, **how: Any) -> Iterator[Item]:
    """What is on all parts of a list, in order; `how` is as for `Table.page`."""
    parts = [table.query(f"{name}#{number}", index="work", **how) for number in range(_SHARDS)]
    return merge(*parts, key=lambda item: str(item["work_order"]))
