"""Many holds on one title at the same instant: a model of how DynamoDB lets their transactions through, one by one.

All of them count in the same items, and of two transactions on an item at once the later is cancelled. Time is made
up: a transaction has its items for some ten milliseconds, one that is cancelled knows it after half of that, and
whoever was cancelled waits as `store` does. A title's items take no more than a thousand units a second, refused
attempts counted; what is beyond is throttled, and comes again.
"""

import heapq
import random
from typing import TypedDict

from lending.aws.table.store import CROWD_TRIES, TRIES, longest_pause

AT_ONCE = (200, 1_000)
_HELD, _TOLD = (0.008, 0.016), 0.006  # seconds: how long a transaction has its items; how soon a refusal is known
_UNITS, _UNITS_A_SECOND = 6, 1_000  # of the title's items: its check, its queue, and the day of that


class Row(TypedDict):
    """So many at once, tried as often as any transaction, and as often as a hold is."""

    at_once: int
    refused_before: int
    refused: int
    seconds: float
    attempts: float


def run(at_once: tuple[int, ...] = AT_ONCE) -> list[Row]:
    """One row a size."""
    rows: list[Row] = []
    for size in at_once:
        before, _, _ = _rush(size, TRIES)
        refused, seconds, attempts = _rush(size, CROWD_TRIES)
        rows.append({
            "at_once": size,
            "refused_before": before,
            "refused": refused,
            "seconds": round(seconds, 1),
            "attempts": round(attempts / size, 1),
        })  # fmt: skip
    return rows


def _rush(holds: int, tries: int) -> tuple[int, float, int]:
    """How many are refused, when the last one is through, and how many attempts there were."""
    chance = random.Random(holds)
    waiting = [(chance.uniform(0, 0.02), number, 0) for number in range(holds)]  # when, who, which attempt
    heapq.heapify(waiting)
    free_at, last, refused, attempts = 0.0, 0.0, 0, 0
    units, counted_at = float(_UNITS_A_SECOND), 0.0
    while waiting:
        now, who, attempt = heapq.heappop(waiting)
        attempts += 1
        units, counted_at = min(_UNITS_A_SECOND, units + (now - counted_at) * _UNITS_A_SECOND), now
        is_taken = units >= _UNITS
        units -= _UNITS if is_taken else 0
        if is_taken and now >= free_at:
            free_at = last = now + chance.uniform(*_HELD)
        elif attempt + 1 == tries:
            refused += 1
        else:
            again = now + _TOLD + chance.uniform(0, longest_pause(attempt))
            heapq.heappush(waiting, (again, who, attempt + 1))
    return refused, last, attempts
