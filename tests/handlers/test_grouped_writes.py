"""Many independent writes: few transactions, some at once, each write by its own condition, and what it took."""

import threading
import time
from typing import Any

import pytest

from lending.aws.table import Busy, Table
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.writes import Write, put_new, update
from tests.benchmarks.counting_store import CountingStore


class Slow:
    """A client whose first writes wait for each other, and that remembers how many were under way together."""

    def __init__(self, client: Any, together: int) -> None:
        self._client, self._counting = client, threading.Lock()
        self._together, self._waiting = threading.Barrier(together), together
        self.under_way = self.most = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **request: Any) -> Any:
        with self._counting:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            waits, self._waiting = self._waiting > 0, self._waiting - 1
        if waits:
            self._together.wait(60)
        time.sleep(0.02)  # so that one more than allowed is seen
        answer = self._client.transact_write_items(**request)
        with self._counting:
            self.under_way -= 1
        return answer


def puts(numbers: range) -> list[Write]:
    return [put_new((f"P{n}", "S"), {"n": n}) for n in numbers]


@pytest.mark.parametrize("at_once", [1, 4])
def test_no_more_transactions_at_once_than_allowed(at_once: int) -> None:
    # GIVEN a thousand writes: ten transactions
    store = CountingStore()
    client = Slow(store, at_once)
    assert write_what_holds(Table(client, "lending", at_once), puts(range(1000))) == []
    # THEN as many as are allowed were under way, never more
    assert client.most == at_once
    assert len(store.items()) == 1000
    assert sum(store.counts.requests.values()) == pytest.approx(10)


@pytest.mark.parametrize("at_once", [1, 4])
def test_what_lost_is_named_whatever_the_order(at_once: int) -> None:
    table = Table(CountingStore(), "lending", at_once)
    # GIVEN every seventh of 500 there already WHEN all are put THEN just those lose, and all others are there
    write_what_holds(table, puts(range(0, 500, 7)))
    assert write_what_holds(table, puts(range(500))) == list(range(0, 500, 7))
    assert len(table.get_many([(f"P{n}", "S") for n in range(500)])) == 500


def test_one_that_fails_lets_the_others_end_and_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    store = CountingStore()
    table = Table(store, "lending", at_once=4)
    transact = table.transact

    all_under_way = threading.Barrier(3)

    def busy_with_the_first(*writes: Write) -> None:
        if len(writes) == 100:
            all_under_way.wait(60)
        if any(write.parameters["Item"]["PK"]["S"] == "P0" for write in writes):
            raise Busy
        transact(*writes)

    monkeypatch.setattr(table, "transact", busy_with_the_first)
    with pytest.raises(Busy):
        write_what_holds(table, puts(range(300)))
    assert ("P0", "S") not in store.items()
    assert {(f"P{n}", "S") for n in range(100, 300)} <= set(store.items())


def test_what_was_asked_is_counted_as_dynamodb_tells_it() -> None:
    # GIVEN reads and writes of every kind, four at a time
    store = CountingStore()
    table = Table(store, "lending", at_once=4)
    write_what_holds(table, puts(range(450)))
    table.write(update(("P1", "S"), add={"n": 1}))
    table.get(("P1", "S"))
    table.get_many([(f"P{n}", "S") for n in range(150)])
    list(table.query("P1"))
    # THEN the sums are those of the store, none lost between threads
    counts = store.count_from_here()
    assert table.used.requests == round(sum(counts.requests.values()))
    assert table.used.read_units == sum(counts.read.values())
    assert table.used.write_units == sum(counts.write.values())
    # AND a part of it can be told
    before = table.used
    table.get(("P1", "S"))
    used = table.used.since(before)
    assert (used.requests, used.read_units, used.write_units) == (1, 1, 0)
