"""What an invocation takes: seconds for each of its steps, and what it asks of the table."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from lending.aws.table import Table
from lending.domain.run.run_record import Cost


class Meter:
    """Measures from the moment it is made. The steps are those that `Cost` names."""

    def __init__(self, table: Table) -> None:
        self._table, self._before = table, table.used
        self._seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """The time of this block counts as `reading`, `planning` or `writing`."""
        started = monotonic()
        try:
            yield
        finally:
            self._seconds[name] += monotonic() - started

    @property
    def cost(self) -> Cost:
        """What was taken up to now, by one invocation."""
        used = self._table.used.since(self._before)
        reading, planning, writing = (round(self._seconds[step] * 1000) for step in ("reading", "planning", "writing"))
        return Cost(1, used.requests, used.read_units, used.write_units, reading, planning, writing)
