"""How the Thursday run grows: seconds and memory for a thousand to a million holds, one core, a fresh process each."""

import gc
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TypedDict

from lending.domain.run.allocation import allocate
from tests.benchmarks.generator import library, with_wishes

SIZES = (1_000, 10_000, 100_000, 1_000_000)


class Row(TypedDict):
    """One size. `peak_mb` is the whole process, the library it was given included."""

    holds: int
    seconds: float
    peak_mb: float


def measure(holds: int, wishes: bool = False) -> Row:
    """Allocate once, in this process. It waits for nothing, so its processor time is what it takes on a free core."""
    given = with_wishes(library(holds)) if wishes else library(holds)
    # As a caller should: all of it stays to the end of the run, so the collector would only look at it in vain.
    gc.collect()
    gc.disable()
    started = time.process_time()
    decisions = allocate(given.holds, given.copies_by_title, given.patrons, given.calendar, given.policy, given.run)
    seconds = time.process_time() - started
    if len(decisions) != holds:
        raise RuntimeError(f"{len(decisions)} decisions for {holds} holds")
    return {"holds": holds, "seconds": round(seconds, 4), "peak_mb": peak_mb()}


def measure_apart(holds: int) -> Row:
    """Allocate once in a process of its own, so that no size profits from another."""
    command = [sys.executable, "-m", "tests.benchmarks.allocation", str(holds)]
    row: Row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return row


def run(sizes: tuple[int, ...] = SIZES, repeats: int = 2) -> list[Row]:
    """One row a size; the best of `repeats`, because a busy machine can only make it slower."""
    return [min((measure_apart(holds) for _ in range(repeats)), key=lambda row: row["seconds"]) for holds in sizes]


def details(rows: list[Row]) -> list[str]:
    """How seconds grow with holds, for people."""
    return [f"growth exponent {growth_exponent([(row['holds'], row['seconds']) for row in rows])}"]


def growth_exponent(measured: Sequence[tuple[int, float]]) -> float:
    """The slope of seconds over holds on logarithmic scales, least squares: 1 is linear, and so is a single size."""
    xs = [math.log(holds) for holds, _ in measured]
    ys = [math.log(seconds) for _, seconds in measured]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else 1
    return round(slope, 3)


def peak_mb() -> float:
    """The most memory that this process has had."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / 1024 if sys.platform != "darwin" else kilobytes / 1024**2, 1)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]), wishes=sys.argv[2:] == ["wishes"])))
    else:
        table = run()
        for line in table:
            print(f"{line['holds']:>9,} holds {line['seconds']:>9.3f} s {line['peak_mb']:>9.1f} MB")
        print(*details(table))
