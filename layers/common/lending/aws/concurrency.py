"""Several requests at once: each of them waits for the store, and the waits need not follow each other."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 8


def map_concurrently(ask: Callable[[T], R], values: Iterable[T], at_once: int = _AT_ONCE) -> list[R]:
    """What `ask` gives for each of the values, in their order, a few of them at a time.

    What it raises for one of them is raised when those under way have ended.
    """
    wanted = list(values)
    if len(wanted) < 2 or at_once < 2:
        return [ask(value) for value in wanted]
    with ThreadPoolExecutor(min(at_once, len(wanted))) as pool:
        return list(pool.map(ask, wanted))
