"""A DynamoDB in memory that counts: what `lending.aws.table.store` asks of boto3's client, atomically, with the limits.

It serves one process, whatever its threads. Indexes are up to date at once. Capacity is counted by `capacity`; a write
whose condition fails costs what it would have cost the table, and so does each write of a cancelled transaction.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from threading import RLock
from typing import Any

from botocore.exceptions import ClientError

from infra.local.translate import load_template
from tests.benchmarks.capacity import KB, Entry, index_units, read_units, size_of, write_units
from tests.benchmarks.expressions import Given, holds, parts_of, updated

MB = KB * KB
ITEM_BYTES, PAGE_BYTES, BATCH_BYTES, TRANSACTION_BYTES = 400 * KB, MB, 16 * MB, 4 * MB
BATCH_KEYS, BATCH_WRITES, TRANSACTION_WRITES = 100, 25, 100

Item = Mapping[str, Any]
Key = tuple[str, str]
Answer = dict[str, Any]

TEMPLATE = Path(__file__).parents[2] / "infra" / "template.yaml"
_NOTHING: Item = {}


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the table; `attributes` are those it holds beside keys, None for all."""

    hash_key: str
    range_key: str
    attributes: frozenset[str] | None = None

    @property
    def projection(self) -> dict[str, Any]:
        """As DynamoDB is told of it."""
        if self.attributes is None:
            return {"ProjectionType": "ALL"}
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": sorted(self.attributes)}

    def entry(self, item: Item) -> Entry:
        """What the index holds of an item, if it has both keys."""
        if self.hash_key not in item or self.range_key not in item:
            return None
        key = tuple(item[name]["S"] for name in (self.hash_key, self.range_key, "PK", "SK"))
        if self.attributes is None:
            return key, item
        kept = self.attributes | {self.hash_key, self.range_key, "PK", "SK"}
        return key, {name: value for name, value in item.items() if name in kept}


@cache
def indexes_of_template() -> dict[str, Index]:
    """The table's indexes as the template deploys them."""
    table = load_template(TEMPLATE)["Resources"]["LendingTable"]["Properties"]
    return {
        each["IndexName"]: Index(*_keys(each["KeySchema"]), attributes=_projected(each["Projection"]))
        for each in table["GlobalSecondaryIndexes"]
    }


def _keys(schema: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    hash_key, range_key = (key["AttributeName"] for key in schema)
    return hash_key, range_key


def _projected(projection: Mapping[str, Any]) -> frozenset[str] | None:
    return None if projection["ProjectionType"] == "ALL" else frozenset(projection.get("NonKeyAttributes", ()))


Tally = dict[tuple[str, str], float]


def _tally() -> Tally:
    return defaultdict(float)


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests, read units and write units, each by (operation, entity)."""

    requests: Tally = field(default_factory=_tally)
    read: Tally = field(default_factory=_tally)
    write: Tally = field(default_factory=_tally)


class _Partitions:
    """Items by partition, in the order of their sort keys."""

    def __init__(self) -> None:
        self._items: dict[str, dict[tuple[str, ...], Item]] = defaultdict(dict)
        self._sorted: dict[str, list[tuple[str, ...]]] = {}

    def put(self, partition: str, key: tuple[str, ...], item: Item) -> None:
        if key not in self._items[partition]:
            self._sorted.pop(partition, None)
        self._items[partition][key] = item

    def remove(self, partition: str, key: tuple[str, ...]) -> None:
        del self._items[partition][key]
        self._sorted.pop(partition, None)

    def in_order(self, partition: str) -> Iterator[tuple[tuple[str, ...], Item]]:
        if partition not in self._sorted:
            self._sorted[partition] = sorted(self._items[partition])
        return ((key, self._items[partition][key]) for key in self._sorted[partition])


def _one_at_a_time(call: Callable[..., Answer]) -> Callable[..., Answer]:
    @wraps(call)
    def alone(self: "CountingStore", **request: Any) -> Answer:
        with self._lock:
            return call(self, **request)

    return alone


@dataclass(frozen=True, slots=True)
class Change:
    """One write, as it would be."""

    key: Key
    before: Item
    after: Item
    holds: bool


class CountingStore:
    """The client. `counts` starts anew with `count_from_here`; `load` puts items without being counted."""

    def __init__(self, indexes: Mapping[str, Index] | None = None) -> None:
        self._indexes = indexes_of_template() if indexes is None else indexes
        self._items: dict[Key, Item] = {}
        self._table = _Partitions()
        self._entries = {name: _Partitions() for name in self._indexes}
        self._lock = RLock()
        self.counts = Counts()

    def count_from_here(self) -> Counts:
        """What was counted so far; from now on everything counts anew."""
        before, self.counts = self.counts, Counts()
        return before

    def load(self, items: Iterable[Item]) -> None:
        """Put items that are there before anybody counts."""
        for item in items:
            self._store(_change(item, self._items.get(_key(item), _NOTHING), item))

    def items(self) -> dict[Key, Item]:
        """Everything in the table."""
        return dict(self._items)

    # Reading

    @_one_at_a_time
    def get_item(self, Key: Item, ConsistentRead: bool = False, **_: Any) -> Answer:  # noqa: N803
        """One item."""
        item = self._items.get(_key(Key))
        read = read_units(size_of(item or {}), ConsistentRead)
        self._count("get", [_entity(Key)], read=[read])
        return ({"Item": item} if item else {}) | _consumed(read)

    @_one_at_a_time
    def batch_get_item(self, RequestItems: dict[str, Any], **_: Any) -> Answer:  # noqa: N803
        """Many items; each is rounded up on its own."""
        ((table, wanted),) = RequestItems.items()
        keys = wanted["Keys"]
        _demand(1 <= len(keys) <= BATCH_KEYS, f"{len(keys)} keys in a batch")
        _demand(len({_key(key) for key in keys}) == len(keys), "a key twice in a batch")
        found: list[Item] = []
        units, size = [], 0
        for read, key in enumerate(keys):
            item = self._items.get(_key(key))
            size += size_of(item or {})
            if size > BATCH_BYTES:
                keys, left = keys[:read], keys[read:]
                break
            units.append(read_units(size_of(item or {}), wanted.get("ConsistentRead", False)))
            found += [item] if item else []
        else:
            left = []
        self._count("batch get", [_entity(key) for key in keys], read=units)
        unprocessed = {table: {**wanted, "Keys": left}} if left else {}
        if "ProjectionExpression" in wanted:
            names = wanted.get("ExpressionAttributeNames", {})
            found = [parts_of(wanted["ProjectionExpression"], item, names) for item in found]
        return {"Responses": {table: found}, "UnprocessedKeys": unprocessed} | _consumed_by_table(table, sum(units))

    @_one_at_a_time
    def query(
        self,
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeNames: dict[str, str],  # noqa: N803
        ExpressionAttributeValues: dict[str, Any],  # noqa: N803
        IndexName: str = "",  # noqa: N803
        ConsistentRead: bool = False,  # noqa: N803
        ExclusiveStartKey: Item | None = None,  # noqa: N803
        ScanIndexForward: bool = True,  # noqa: N803
        Limit: int = 0,  # noqa: N803
        ProjectionExpression: str = "",  # noqa: N803
        FilterExpression: str = "",  # noqa: N803
        Select: str = "ALL_ATTRIBUTES",  # noqa: N803
        **_: Any,
    ) -> Answer:
        """A page of a partition: up to 1 MB, or `Limit` items; what it reads is rounded up together, filtered too."""
        _demand(not (IndexName and ConsistentRead), "an index cannot be read consistently")
        partition = ExpressionAttributeValues[":pk"]["S"]
        index = self._indexes[IndexName] if IndexName else Index("PK", "SK")
        given: Given = (ExpressionAttributeNames, ExpressionAttributeValues)
        keyed = [
            (key, item)
            for key, item in (self._entries[IndexName] if IndexName else self._table).in_order(partition)
            if holds(
                KeyConditionExpression, {index.hash_key: item[index.hash_key], index.range_key: {"S": key[0]}}, given
            )
        ]
        if not ScanIndexForward:
            keyed.reverse()
        if ExclusiveStartKey:
            there = {name: ExclusiveStartKey[name] for name in (index.hash_key, index.range_key)}
            _demand(holds(KeyConditionExpression, there, given), "a start outside of what is asked for")
            start = _sort_key(index, ExclusiveStartKey)
            keyed = [each for each in keyed if (each[0] > start if ScanIndexForward else each[0] < start)]
        page, size = _page(keyed, Limit)
        read = read_units(size, ConsistentRead)
        self._count("query", [partition.split("#")[0]], read=[read])
        kept = [item for item in page if not FilterExpression or holds(FilterExpression, item, given)]
        answer: Answer = {"Count": len(kept)} | _consumed(read) | ({} if Select == "COUNT" else {"Items": kept})
        if page and (len(page) < len(keyed) or len(page) == Limit):
            answer["LastEvaluatedKey"] = {n: page[-1][n] for n in {"PK", "SK", index.hash_key, index.range_key}}
        if ProjectionExpression:
            answer["Items"] = [parts_of(ProjectionExpression, item, ExpressionAttributeNames) for item in page]
        return answer

    # Writing

    @_one_at_a_time
    def put_item(self, **request: Any) -> Answer:
        """One item, whole."""
        return self._write("put", "Put", request)

    @_one_at_a_time
    def update_item(self, **request: Any) -> Answer:
        """One item, changed."""
        return self._write("update", "Update", request)

    @_one_at_a_time
    def delete_item(self, **request: Any) -> Answer:
        """One item, gone."""
        return self._write("delete", "Delete", request)

    @_one_at_a_time
    def batch_write_item(self, RequestItems: dict[str, list[Any]], **_: Any) -> Answer:  # noqa: N803
        """Puts and deletes without conditions, each on its own."""
        ((table, requests),) = RequestItems.items()
        _demand(1 <= len(requests) <= BATCH_WRITES, f"{len(requests)} writes in a batch")
        changes = [self._change(*next(iter(request.items()))) for request in requests]
        _demand(len({change.key for change in changes}) == len(changes), "an item twice in a batch")
        units = [self._units(change, transactional=False) for change in changes]
        self._count("batch write", [_entity_of(change.key) for change in changes], write=units)
        for change in changes:
            self._store(change)
        return {"UnprocessedItems": {}} | _consumed_by_table(table, sum(units))

    @_one_at_a_time
    def transact_write_items(self, TransactItems: list[dict[str, Any]], **_: Any) -> Answer:  # noqa: N803
        """All of the writes or none."""
        actions = [next(iter(each.items())) for each in TransactItems]
        _demand(1 <= len(actions) <= TRANSACTION_WRITES, f"{len(actions)} writes in a transaction")
        changes = [self._change(*action) for action in actions]
        _demand(len({change.key for change in changes}) == len(changes), "two writes of one item in a transaction")
        size = sum(max(size_of(change.before), size_of(change.after)) for change in changes)
        _demand(size <= TRANSACTION_BYTES, f"{size} bytes in a transaction")
        done = all(change.holds for change in changes)
        units = [self._units(change, transactional=True, done=done) for change in changes]
        self._count("transaction", [_entity_of(change.key) for change in changes], write=units)
        if not done:
            raise _cancelled(changes)
        for change in changes:
            self._store(change)
        return _consumed_by_table(actions[0][1]["TableName"], sum(units))

    def _write(self, operation: str, action: str, request: Answer) -> Answer:
        change = self._change(action, request)
        units = self._units(change, transactional=False, done=change.holds)
        self._count(operation, [_entity_of(change.key)], write=[units])
        if not change.holds:
            raise error("ConditionalCheckFailedException", "The conditional request failed", operation)
        self._store(change)
        return _consumed(units)

    def _change(self, action: str, request: Mapping[str, Any]) -> Change:
        """A write as it would be: what was there, what will be, and whether its condition holds."""
        given: Given = (request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))
        key = request["Item"] if "Item" in request else request["Key"]
        before = self._items.get(_key(key), _NOTHING)
        after = _AFTER[action](before, request, given)
        _demand(size_of(after) <= ITEM_BYTES, f"an item of {size_of(after)} bytes")
        condition = request.get("ConditionExpression")
        return _change(key, before, after, not condition or holds(condition, before, given))

    def _store(self, change: Change) -> None:
        self._table.put(change.key[0], (change.key[1],), change.after) if change.after else self._forget(change)
        if change.after:
            self._items[change.key] = change.after
        for name, index in self._indexes.items():
            before, after = index.entry(change.before), index.entry(change.after)
            if before and (after is None or before[0] != after[0]):
                self._entries[name].remove(before[0][0], before[0][1:])
            if after:
                self._entries[name].put(after[0][0], after[0][1:], after[1])

    def _forget(self, change: Change) -> None:
        if self._items.pop(change.key, None):
            self._table.remove(change.key[0], (change.key[1],))

    # Counting

    def _units(self, change: Change, transactional: bool, done: bool = True) -> int:
        table = write_units(size_of(change.before), size_of(change.after), transactional)
        indexes = self._indexes.values() if done and change.before is not change.after else ()
        return table + sum(index_units(index.entry(change.before), index.entry(change.after)) for index in indexes)

    def _count(
        self, operation: str, entities: Sequence[str], read: Sequence[float] = (), write: Sequence[float] = ()
    ) -> None:
        """A request of several items is shared among their entities."""
        for number, entity in enumerate(entities):
            self.counts.requests[operation, entity] += 1 / len(entities)
            if read:
                self.counts.read[operation, entity] += read[number]
            if write:
                self.counts.write[operation, entity] += write[number]


def _put(_: Item, request: Mapping[str, Any], __: Given) -> Item:
    return {name: _ordered(value) for name, value in request["Item"].items()}


def _ordered(value: Any) -> Any:
    # So that the same set is the same value.
    return {kind: sorted(held) if kind in ("SS", "NS") else held for kind, held in value.items()}


def _update(before: Item, request: Mapping[str, Any], given: Given) -> Item:
    return updated(request["UpdateExpression"], before or request["Key"], given)


_AFTER: dict[str, Callable[[Item, Mapping[str, Any], Given], Item]] = {
    "Put": _put,
    "PutRequest": _put,
    "Update": _update,
    "Delete": lambda *_: _NOTHING,
    "DeleteRequest": lambda *_: _NOTHING,
    "ConditionCheck": lambda before, *_: before,
}


def _change(key: Item, before: Item, after: Item, holds: bool = True) -> Change:
    return Change(_key(key), before, after, holds)


def _key(key: Item) -> Key:
    return key["PK"]["S"], key["SK"]["S"]


def _sort_key(index: Index, key: Item) -> tuple[str, ...]:
    names = (index.range_key,) if index.hash_key == "PK" else (index.range_key, "PK", "SK")
    return tuple(key[name]["S"] for name in names)


def _page(keyed: Sequence[tuple[Any, Item]], limit: int) -> tuple[list[Item], int]:
    """Items until the page is full; the one that fills it is still in."""
    size, page = 0, []
    for _, item in keyed[:limit] if limit else keyed:
        page.append(item)
        size += size_of(item)
        if size >= PAGE_BYTES:
            break
    return page, size


def _entity(key: Item) -> str:
    return _entity_of(_key(key))


def _entity_of(key: Key) -> str:
    """What kind of item a key names: the first part of its sort key, without a number."""
    return re.split(r"[#\d]", key[1])[0]


def _consumed(units: float) -> Answer:
    return {"ConsumedCapacity": {"CapacityUnits": units}}


def _consumed_by_table(table: str, units: float) -> Answer:
    return {"ConsumedCapacity": [{"TableName": table, "CapacityUnits": units}]}


def _demand(true: bool, complaint: str) -> None:
    if not true:
        raise error("ValidationException", complaint, "request")


def error(code: str, message: str, operation: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, **more}, operation)  # type: ignore[typeddict-item]  # the stubs know no more fields


def _cancelled(changes: Sequence[Change]) -> ClientError:
    reasons = [{"Code": "None" if change.holds else "ConditionalCheckFailed"} for change in changes]
    return error("TransactionCanceledException", "cancelled", "TransactWriteItems", CancellationReasons=reasons)
