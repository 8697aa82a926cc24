"""All benches: `python -m tests.benchmarks [--json] [name …]`. The keys of the JSON are fixed.

To add one, write a module with a function that answers JSON-able rows, and name it in `BENCHES`; a second function
may say more of what was measured to people.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import (
    allocation,
    bill,
    cold_start,
    contention,
    first_content,
    mail_cost,
    moving_in,
    nightly_file,
    page_cost,
    promises,
    release_cost,
    run_cost,
    search_kinds,
    searching,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, and what more there is to say of it."""

    run: Callable[[], Any]
    details: Callable[[Any], list[str]] = lambda _: []


BENCHES = {
    "allocation": Bench(allocation.run, allocation.details),
    "run": Bench(run_cost.run, run_cost.details),
    "cold_start": Bench(cold_start.run, cold_start.details),
    "release": Bench(release_cost.run),
    "mail": Bench(mail_cost.run),
    "search": Bench(searching.run),
    "search_kinds": Bench(search_kinds.run, search_kinds.details),
    "pages": Bench(page_cost.run),
    "promises": Bench(promises.run),
    "ranges": Bench(promises.cost),
    "first_content": Bench(first_content.run),
    "moving_in": Bench(moving_in.run, moving_in.details),
    "nightly_file": Bench(nightly_file.run),
    "contention": Bench(contention.run),
    "bill": Bench(bill.run, bill.details),
}


def main() -> None:
    """Run the benches asked for, all by default, and print them as tables or as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHES)}; all by default")
    parser.add_argument("--json", action="store_true", help="one JSON object, last on standard output")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHES):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    wanted = {name: bench for name, bench in BENCHES.items() if name in asked.names or not asked.names}
    if asked.json:
        print(json.dumps({name: bench.run() for name, bench in wanted.items()}))
        return
    for name, bench in wanted.items():
        print("\n".join(_lines(name, bench)), flush=True)


def _lines(name: str, bench: Bench) -> list[str]:
    result = bench.run()
    rows = result if isinstance(result, list) else [result]
    if not rows:
        return [name, "  left out: what it needs is not on this machine", ""]
    head = [f"{key:>{_width(key)}}" for key in rows[0]]
    cells = [[_cell(value, _width(key)) for key, value in row.items()] for row in rows]
    table = ["  ".join(line) for line in (head, *cells)]
    return [name, *(f"  {line}" for line in table + bench.details(result)), ""]


def _cell(value: float | str, width: int) -> str:
    return f"{value:>{width}}" if isinstance(value, str) else f"{value:>{width},}"


def _width(key: str) -> int:
    return max(len(key), 10)


if __name__ == "__main__":
    main()
