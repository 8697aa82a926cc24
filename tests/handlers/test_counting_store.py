"""The store that the benchmarks count on does what moto's does, and counts by AWS's published rules."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lending.aws.table import Overtaken, Table
from lending.aws.table.codec import to_wire
from lending.aws.table.writes import Write, check, delete, key_of, put, put_new, update
from tests.benchmarks.counting_store import CountingStore, Counts, Index
from tests.benchmarks.throttling_store import ThrottlingStore


@pytest.fixture
def store() -> CountingStore:
    return CountingStore({"work": Index("work", "work_order"), "by_title": Index("title_key", "title_order", None)})


@pytest.fixture
def counted(store: CountingStore) -> Table:
    return Table(store, "lending")


def units(counts: Counts) -> tuple[float, ...]:
    return tuple(round(sum(tally.values()), 6) for tally in (counts.requests, counts.read, counts.write))


# ---- the same as moto


def random_write(chance: random.Random, key: tuple[str, str]) -> Write:
    number, name = chance.randrange(5), chance.choice("abc")
    work = {"work": f"W{number % 2}", "work_order": f"{number}"}
    writes: list[Callable[[], Write]] = [
        lambda: put(key, {"n": number, "names": {name}, **work}),
        lambda: put_new(key, {"n": number, "inner": {"who": name}}),
        lambda: update(key, set={"n": number, "inner": {"who": name}} | work, condition="attribute_exists(#PK)"),
        lambda: update(key, add={"n": 1, "names": {name}}, condition="#n < :most", most=4),
        lambda: update(key, add={"n": -1}, condition="#n > :n AND NOT contains(#names, :name)", n=0, name=name),
        lambda: update(key, take={"names": {name}}, remove=("work", "work_order")),
        lambda: update(key, set={"n": None}, condition="#n IN (:a, :b) OR #inner.#who = :who", a=1, b=2, who=name),
        lambda: update(key, add={"n": 1}, condition="(#n <> :n OR #n >= :n) AND #work <= :w", n=number, w="W1"),
        lambda: delete(key, "attribute_not_exists(#inner) OR (#n = :n AND begins_with(#work, :w))", n=number, w="W"),
        lambda: check(key, "attribute_exists(#n) AND NOT #n = :n", n=number),
    ]
    return chance.choice(writes)()


def outcome(act: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return act(*arguments)
    except Overtaken as overtaken:
        return overtaken.failed


def everything(table: Table) -> list[Any]:
    pages = [table.query(f"P{n}", forward=forward) for n in range(2) for forward in (True, False)]
    pages += [table.query("P0", "S1"), table.query("P0", before="S1")]
    pages += [table.query(f"W{n}", index="work") for n in range(2)]
    return [list(page) for page in pages] + [table.page("P1", limit=2).last, table.get(("P0", "S0"))]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_written_moto_has_the_same(seed: int, library: Table, counted: Table) -> None:
    # GIVEN a random row of writes, alone or together, most of them with conditions
    chance = random.Random(seed)
    keys = [(f"P{p}", f"S{s}") for p in range(2) for s in range(3)]
    for _ in range(150):
        writes = [random_write(chance, key) for key in chance.sample(keys, chance.choice((1, 1, 2, 3)))]
        act = "write" if len(writes) == 1 and writes[0].action != "ConditionCheck" else "transact"
        # WHEN both carry them out
        outcomes = [outcome(getattr(table, act), *writes) for table in (library, counted)]
        # THEN the same ones lose
        assert outcomes[0] == outcomes[1], writes
    # AND the same is there, in the same order
    assert everything(counted) == everything(library)
    assert counted.get_many(keys) != []


# ---- units


def items(sizes: list[int], **more: str) -> list[dict[str, Any]]:
    """Items of just these sizes, keys included."""
    bare = [to_wire(key_of(("P", f"S{n:03}")) | {name: f"{v}" for name, v in more.items()}) for n in range(len(sizes))]
    held = len("PKPSKS000x") + sum(len(name) + len(value) for name, value in more.items())
    return [item | {"x": {"S": "a" * (size - held)}} for item, size in zip(bare, sizes, strict=True)]


def test_reads_are_rounded_up_each_or_together(store: CountingStore, counted: Table) -> None:
    # GIVEN three items of 3 KB
    store.load(items([3072] * 3, work="W", work_order="1"))
    keys = [("P", f"S{n:03}") for n in range(3)]
    reads: dict[Callable[[], object], tuple[float, float]] = {
        # consistent: 4 KB a unit
        lambda: counted.get(keys[0]): (1, 1),
        lambda: counted.get(("P", "nothing")): (1, 1),
        lambda: counted.get_many(keys): (1, 3),
        # 9 KB together
        lambda: list(counted.query("P")): (1, 3),
        # an index is read at half the price
        lambda: list(counted.query("W", index="work")): (1, 1.5),
    }
    for read, expected in reads.items():
        read()
        # WHEN they are read THEN that is what it costs
        assert units(store.count_from_here()) == (*expected, 0)


def test_a_query_is_cut_into_pages_of_a_megabyte(store: CountingStore, counted: Table) -> None:
    store.load(items([100 * 1024] * 25))
    assert len(list(counted.query("P"))) == 25
    # 11 + 11 + 3 items
    assert units(store.counts) == (3, 275 + 275 + 75, 0)


@pytest.mark.parametrize(
    ("write", "alone", "together"),
    [
        (put(("P", "S000"), {"x": "short"}), 2 + 2, 4 + 2),  # the larger of before and after; gone from the index
        (update(("P", "S000"), set={"y": 1}), 2 + 2, 4 + 2),  # the index holds it, too
        (update(("P", "S000"), set={"work_order": "1"}), 2, 4),  # nothing in the index changes
        (update(("P", "S000"), set={"work_order": "2"}), 2 + 4, 4 + 4),  # a new key there: out and in
        (delete(("P", "S000")), 2 + 2, 4 + 2),
        (delete(("P", "other")), 1, 2),
        (update(("P", "S000"), set={"y": 1}, condition="#z = :z", z=1), 4, 4),  # one with a condition is a transaction
    ],
)
def test_writes_cost_by_size_index_and_transaction(
    store: CountingStore, counted: Table, write: Write, alone: int, together: int
) -> None:
    for act, expected in (("write", alone), ("transact", together)):
        # GIVEN an item of 1.5 KB in an index
        store.load(items([1536], work="W", work_order="1"))
        store.count_from_here()
        # WHEN it is written
        outcome(getattr(counted, act), write)
        # THEN it costs by the rules
        expected_by_size = expected - 1 if "short" in str(write) and False else expected
        assert units(store.counts) == (1, 0, expected_by_size)


def test_an_index_that_does_not_hold_what_changes_costs_nothing() -> None:
    store = CountingStore({"work": Index("work", "work_order", frozenset({"kept"}))})
    table = Table(store, "lending")
    store.load(items([500], work="W", work_order="1", kept="a"))
    table.write(update(("P", "S000"), set={"x": "changed"}))
    assert units(store.count_from_here()) == (1, 0, 1)
    table.write(update(("P", "S000"), set={"kept": "b"}))
    assert units(store.counts) == (1, 0, 2)
    assert set(next(iter(table.query("W", index="work")))) == {"PK", "SK", "work", "work_order", "kept"}


# ---- limits


def test_the_limits_are_enforced(store: CountingStore, counted: Table) -> None:
    one = update(("P", "S"), add={"n": 1})
    keys = [to_wire(key_of(("P", f"{n}"))) for n in range(101)]
    puts = [{"PutRequest": {"Item": key}} for key in keys]
    too_much: list[Callable[[], Any]] = [
        lambda: counted.write(put(("P", "S"), {"x": "a" * 410_000})),
        lambda: counted.transact(one, one),
        lambda: counted.transact(*(put(("P", f"S{n}"), {"x": "a" * 390_000}) for n in range(11))),
        lambda: store.transact_write_items(TransactItems=[{"Delete": {"Key": key}} for key in keys]),
        lambda: store.batch_write_item(RequestItems={"lending": puts[:26]}),
        lambda: store.batch_get_item(RequestItems={"lending": {"Keys": keys}}),
    ]
    for act in too_much:
        with pytest.raises(ClientError, match="ValidationException"):
            act()
    assert store.items() == {}


def test_a_batch_gives_16_megabytes_at_most_and_the_table_asks_for_the_rest(
    store: CountingStore, counted: Table
) -> None:
    store.load(items([380 * 1024] * 60))
    assert len(counted.get_many(("P", f"S{n:03}") for n in range(60))) == 60
    assert units(store.counts) == (2, 60 * 95, 0)


# ---- the one that throttles


def test_a_second_takes_so_much_of_a_key_and_of_the_table() -> None:
    # GIVEN transactions of a hundred small items: two units each of the table, one of their key in an index
    crowded = ThrottlingStore()

    def refused(first: int, work: str) -> int:
        before = crowded.refused["ThrottlingError"]
        items = [put((f"P{first + n}", "S"), {"work": work, "work_order": str(n)}) for n in range(100)]
        with suppress(ClientError):
            crowded.transact_write_items([{"Put": {"TableName": "t", **item.parameters}} for item in items])
        return crowded.refused["ThrottlingError"] - before

    # WHEN eleven of them write one key of the index in a second THEN ten are taken
    assert [refused(1000 * n, "W") for n in range(11)] == [0] * 10 + [100]
    # AND of all keys together the table takes twenty of them
    assert [refused(1000 * n, f"W{n}") for n in range(11, 22)] == [0] * 10 + [100]
    # AND a second later there is room again
    crowded.wait(1)
    assert refused(0, "W") == 0


def test_an_item_is_in_one_transaction_at_a_time() -> None:
    # GIVEN two who write the same item at the same moment
    crowded, together = ThrottlingStore(), Barrier(2)
    write = [{"Put": {"TableName": "t", **put(("P", "S"), {"n": 1}).parameters}}]

    def written(_: int) -> str:
        crowded.wait(0)
        together.wait(60)
        try:
            crowded.transact_write_items(write)
        except ClientError as error:
            return error.response["CancellationReasons"][0]["Code"]
        return "written"

    # THEN one is written, and meets the other
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(written, range(2))) == ["TransactionConflict", "written"]
    # AND a moment later there is room
    crowded.transact_write_items(write)
