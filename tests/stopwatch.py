"""What work takes of the processor, on a machine that may stand still meanwhile: such seconds are counted as used."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import process_time
from typing import TypeVar

T = TypeVar("T")

# A machine that stands still now and then does not do so each time.
_TIMES_MORE = 2


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What some work answers, and how many seconds of the processor it has taken."""
    began = process_time()
    answer = work()
    return answer, process_time() - began


def lasts_again(work: Callable[[], object], most: float) -> bool:
    """Whether work that has once taken more than `most` seconds does so whenever it is done.

    It is done in a process apart, with which all goes that it has changed.
    """
    return all(_seconds_apart(work) > most for _ in range(_TIMES_MORE))


def _seconds_apart(work: Callable[[], object]) -> float:
    with ProcessPoolExecutor(1, get_context("fork")) as apart:
        return apart.submit(_seconds, work).result()


def _seconds(work: Callable[[], object]) -> float:
    return timed(work)[1]
