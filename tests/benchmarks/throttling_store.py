"""`counting_store` that takes no more than DynamoDB does, on a clock of its own that no time passes on.

A new on-demand table takes 4,000 write units a second, and one key of the table or of an index 1,000; what is more is
refused, and so is what meets a transaction of the same item that is under way. Bursts that DynamoDB may grant are left
out. A write takes its latency, a pause its length, in the thread that makes it; reads are answered at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import get_ident, local
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from tests.benchmarks.capacity import index_units, size_of, write_units
from tests.benchmarks.counting_store import Answer, Change, CountingStore, error

OF_KEY, OF_TABLE = 1_000, 4_000  # write units a second, of a new on-demand table
LATENCY = 0.02  # seconds of a write
_TABLE = ("", "")


class ThrottlingStore(CountingStore):
    """The client. `now` is the latest that any of those who ask has come to; who made it has waited for all others."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.refused: Counter[str] = Counter()
        self._maker, self._asking = get_ident(), local()
        self._taken: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._under_way: dict[Any, float] = {}

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Within it the pauses of the table are pauses of this clock."""
        with patch("lending.aws.table.store.time", SimpleNamespace(sleep=self.wait)):
            yield

    def wait(self, seconds: float) -> None:
        """Who asks waits."""
        with self._lock:
            self._asking.at = self._at() + seconds
            self.now = max(self.now, self._asking.at)

    def _at(self) -> float:
        """What time it is for who asks."""
        at: float = self.now if get_ident() == self._maker else getattr(self._asking, "at", self.now)
        return at

    def transact_write_items(self, TransactItems: list[dict[str, Any]], **request: Any) -> Answer:  # noqa: N803
        """All of the writes or none, if there is room for them."""
        with self._lock:
            changes = [self._change(*next(iter(each.items()))) for each in TransactItems]
            reasons = self._refusals(changes)
            self.wait(LATENCY)
            if any(reasons):
                self.refused.update(filter(None, reasons))
                told = [{"Code": reason or "None"} for reason in reasons]
                raise error("TransactionCanceledException", "cancelled", "request", CancellationReasons=told)
            self._under_way.update((change.key, self._at()) for change in changes)
            return super().transact_write_items(TransactItems=TransactItems, **request)

    def _refusals(self, changes: Sequence[Change]) -> list[str]:
        """Why each of the writes is refused, "" for none; if none is, there is so much less room."""
        at = self._at()
        taken = self._taken[int(at)].copy()
        refusals = []
        for change in changes:
            asked = list(self._asked(change))
            taken.update({key: units for key, units, _ in asked})
            over = any(taken[key] > limit for key, _, limit in asked)
            conflict = self._under_way.get(change.key, 0) > at
            refusals.append("TransactionConflict" if conflict else "ThrottlingError" if over else "")
        if not any(refusals):
            self._taken[int(at)] = taken
        return refusals

    def _asked(self, change: Change) -> Iterator[tuple[tuple[str, str], int, int]]:
        """What a write asks of each key and of the table, and how much of it there is each second."""
        own = write_units(size_of(change.before), size_of(change.after), transactional=True)
        yield _TABLE, own, OF_TABLE
        yield ("", change.key[0]), own, OF_KEY
        for name, index in self._indexes.items():
            before, after = index.entry(change.before), index.entry(change.after)
            units = index_units(before, after)
            for entry in {each[0][0]: each for each in (before, after) if each}.values():
                yield (name, entry[0][0]), units, OF_KEY
