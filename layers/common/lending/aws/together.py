"""Several reads at once: each of them waits for the store, and the waits need not follow each other."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 8


def together(read: Callable[[T], R], values: Iterable[T]) -> list[R]:
    """What `read` gives for each of the values, in their order, a few of them at a time."""
    wanted = list(values)
    if len(wanted) < 2:
        return [read(value) for value in wanted]
    with ThreadPoolExecutor(min(_AT_ONCE, len(wanted))) as pool:
        return list(pool.map(read, wanted))
