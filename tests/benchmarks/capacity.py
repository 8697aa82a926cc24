"""What DynamoDB counts: sizes of items, and the read and write units of requests, by AWS's published rules.

Sizes: names and texts in UTF-8 bytes; a number a byte for two significant digits and one more; a truth value 1; a list
or map 3 and 1 for each element. Units: 4 KB to read, half of that price if eventually consistent; 1 KB to write.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

KB = 1024
READ_STEP, WRITE_STEP = 4 * KB, KB


def size_of(item: Mapping[str, Any]) -> int:
    """The size of an item in bytes."""
    size = 0
    for name, value in item.items():
        size += len(name.encode()) + _size(value)
    return size


def _size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    measure = _SIZES.get(kind)
    return measure(held) if measure else 1


@cache
def _number(text: str) -> int:
    number = Decimal(text).normalize()
    digits = len(number.as_tuple().digits)
    return (digits + 1) // 2 + 1 + (number < 0)


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "N": _number,
    "B": len,
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "NS": lambda numbers: sum(map(_number, numbers)),
    "BS": lambda parts: sum(map(len, parts)),
    "L": lambda values: 3 + sum(1 + _size(value) for value in values),
    "M": lambda held: 3 + len(held) + size_of(held),
}


def steps(size: int, step: int) -> int:
    """How many steps a size takes; nothing takes one, too."""
    return max(1, -(-size // step))


def read_units(size: int, consistent: bool) -> float:
    """Read units for what one request reads together, or one item of a batch."""
    return steps(size, READ_STEP) * (1 if consistent else 0.5)


def write_units(before: int, after: int, transactional: bool) -> int:
    """Write units of the table for one item: the larger of what it was and is, twice in a transaction."""
    return steps(max(before, after), WRITE_STEP) * (2 if transactional else 1)


Entry = tuple[tuple[Any, ...], Mapping[str, Any]] | None
"""What an index holds of an item: its key there and the projected attributes; None if the item is not in it."""


def index_units(before: Entry, after: Entry) -> int:
    """Write units of one index for one write: none if nothing projected changes, two writes if the key there does.

    An index follows its table after the transaction, so its units are not doubled.
    """
    sizes = [steps(size_of(entry[1]), WRITE_STEP) if entry else 0 for entry in (before, after)]
    if before is None or after is None or before[0] != after[0]:
        return sum(sizes)
    return 0 if before[1] == after[1] else max(sizes)
