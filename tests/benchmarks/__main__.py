"""All benches: `python -m tests.benchmarks [--json] [name …]`. The keys are those of `make bench` in docs/api.md.

To add one, write a module with a function that answers JSON-able rows, and name it in `BENCHES`.
"""

import argparse
import json
from collections.abc import Callable
from typing import Any

from tests.benchmarks import allocation

BENCHES: dict[str, Callable[[], Any]] = {
    "allocation": allocation.run,
}


def main() -> None:
    """Run the benches asked for, all by default, and print them as tables or as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHES)}; all by default")
    parser.add_argument("--json", action="store_true", help="one JSON object, last on standard output")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHES):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    measured = {name: bench() for name, bench in BENCHES.items() if name in asked.names or not asked.names}
    print(json.dumps(measured) if asked.json else "\n\n".join(_table(*each) for each in measured.items()))


def _table(name: str, result: Any) -> str:
    rows = result if isinstance(result, list) else [result]
    return "\n".join([name, *(_line(row) for row in rows), *_summary(name, rows)])


def _line(row: dict[str, Any]) -> str:
    return "  " + "  ".join(f"{key} {value:>12,}" for key, value in row.items())


def _summary(name: str, rows: list[Any]) -> list[str]:
    return [f"  growth exponent {allocation.growth_exponent(rows):.3f}"] if name == "allocation" else []


if __name__ == "__main__":
    main()
