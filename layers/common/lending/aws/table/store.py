"""The table as a store: read by key or list, write one or all-or-nothing. The only place that calls DynamoDB."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, ParamSpec, TypeVar
from uuid import uuid4

from botocore.exceptions import ClientError

from lending.aws.table.codec import Item, from_wire, to_wire
from lending.aws.table.queries import counting, going_on, less, only, part_of_list
from lending.aws.table.refusals import failed_conditions, passes
from lending.aws.table.writes import Key, Write, counted, key_of

P = ParamSpec("P")
R = TypeVar("R")

TRANSACTION_WRITES = 100
BATCH_KEYS = 100
WRITES_AT_ONCE = 4
TRIES = 8
# For what many may do at the same instant: some twenty seconds, less than a request has.
CROWD_TRIES = 24
_READS = frozenset({"get_item", "batch_get_item", "query"})


class Overtaken(Exception):
    """A condition did not hold: somebody else was first. `failed` are the positions of the writes that lost."""

    def __init__(self, failed: list[int]) -> None:
        super().__init__(f"conditions failed at {failed}")
        self.failed = failed


class Busy(Exception):
    """The store would not take a request in time; nothing was written."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list; `last` is where the next page goes on, None at the end."""

    items: list[Item]
    last: Item | None


class Usage(NamedTuple):
    """What was asked of the table: requests, and the units that DynamoDB says they took.

    It does not say what a refused write took, so that only counts as a request.
    """

    requests: int = 0
    read_units: float = 0
    write_units: float = 0

    def since(self, before: "Usage") -> "Usage":
        """What came on top of what there was `before`."""
        return Usage(
            self.requests - before.requests,
            self.read_units - before.read_units,
            self.write_units - before.write_units,
        )


class Table:
    """DynamoDB's table, and nothing else of DynamoDB.

    Args:
        at_once: how many independent transactions `grouped` may have under way.
        consistent: read what is true now, or else at half the price what was true a moment ago.
    """

    def __init__(self, client: Any, name: str, at_once: int = WRITES_AT_ONCE, *, consistent: bool = True) -> None:
        self._client = client
        self.consistent = consistent
        self.name = name
        self.at_once = at_once
        self.used = Usage()
        self._counting = Lock()

    def as_shown(self) -> "Table":
        """The same table, for what is only shown: it is read as of a moment ago."""
        return Table(self._client, self.name, self.at_once, consistent=False)

    def _ask(self, operation: str, *, tries: int = TRIES, **request: Any) -> Any:
        """A request to DynamoDB. One that is throttled, or meets another transaction, is made again with jitter.

        Raises:
            Busy: it never was taken.
            ClientError: it was refused for good.
        """
        for attempt in range(tries):
            try:
                return self._ask_once(operation, **request)
            except ClientError as error:
                if not passes(error):
                    raise
            _pause(attempt)
        raise Busy

    def _ask_once(self, operation: str, **request: Any) -> Any:
        """One request to DynamoDB; it is counted whatever becomes of it."""
        answer = None
        try:
            answer = getattr(self._client, operation)(ReturnConsumedCapacity="TOTAL", **request)
            return answer
        finally:
            self._count(operation, answer)

    def _count(self, operation: str, answer: Any) -> None:
        told = (answer or {}).get("ConsumedCapacity") or []
        units = sum(each.get("CapacityUnits", 0) for each in ([told] if isinstance(told, dict) else told))
        reads, writes = (units, 0) if operation in _READS else (0, units)
        with self._counting:
            used = self.used
            self.used = Usage(used.requests + 1, used.read_units + reads, used.write_units + writes)

    def get(self, key: Key) -> Item | None:
        """The item of a key, or None."""
        answer = self._ask("get_item", TableName=self.name, Key=to_wire(key_of(key)), ConsistentRead=self.consistent)
        return from_wire(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], *parts: tuple[str, ...]) -> list[Item]:
        """The items of many keys that exist, in no order, 100 a request.

        Args:
            parts: paths of what is wanted of each beside its key; without any, all of it.
        """
        found: list[Item] = []
        waiting = [to_wire(key_of(key)) for key in dict.fromkeys(keys)]
        for attempt in range(10_000):
            if not waiting:
                return found
            batch, waiting = waiting[:BATCH_KEYS], waiting[BATCH_KEYS:]
            request = {self.name: {"Keys": batch, "ConsistentRead": self.consistent} | (only(*parts) if parts else {})}
            answer = self._ask("batch_get_item", RequestItems=request)
            found += [from_wire(item) for item in answer["Responses"].get(self.name, [])]
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if left:
                waiting = left + waiting
                _pause(min(attempt, 5))
        raise Busy

    def query(self, pk: str, sk_prefix: str = "", **how: Any) -> Iterator[Item]:
        """All items of one partition, in order, read page by page as they are asked for.

        Args:
            pk: the partition's key (of the table, or of the index named in `how`).
            sk_prefix: only sort keys that begin so.
            how: as for `page`.
        """
        start = None
        while True:
            page = self.page(pk, sk_prefix, start=start, **how)
            yield from page.items
            if (start := page.last) is None:
                return

    def page(
        self,
        pk: str,
        sk_prefix: str = "",
        *,
        index: str = "",
        after: str = "",
        before: str = "",
        start: Item | None = None,
        limit: int = 0,
        forward: bool = True,
        only_keys: bool = False,
    ) -> Page:
        """One page of a partition.

        Args:
            index: `by_title` or `work`; without one the table itself.
            after: only sort keys from this one on, of use only with `before`: only those up to it.
            start: `last` of the page before.
            limit: the most items; 0 for as many as fit.
            forward: ascending, or else descending.
            only_keys: of each item no more than its key, and what orders it.

        Raises:
            Refused: `start` is of another list.
        """
        request = part_of_list(index, pk, sk_prefix, after, before)
        request |= going_on(index, pk, (sk_prefix, after, before), start)
        request |= {"ScanIndexForward": forward} | ({} if index else {"ConsistentRead": self.consistent})
        request |= less(limit, only_keys, index)
        answer = self._ask("query", TableName=self.name, **request)
        last = answer.get("LastEvaluatedKey")
        return Page([from_wire(item) for item in answer["Items"]], from_wire(last) if last else None)

    def count(self, pk: str, condition: str, *, index: str, after: str, before: str, **values: Any) -> int:
        """How many items of a part of an index keep to a condition; they are read there and not handed over.

        Args:
            after, before: as for `page`.
            values: the condition's values by name.
        """
        request, found = counting(part_of_list(index, pk, "", after, before), condition, values), 0
        start: dict[str, Any] = {}
        while True:
            answer = self._ask("query", TableName=self.name, **request, **start)
            found += int(answer["Count"])
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def write(self, write: Write) -> None:
        """One write on its own.

        One with a condition is a transaction all the same: the SDK sends again what had no answer, and only a
        transaction's token tells our own write from somebody else's.

        Raises:
            Overtaken: its condition did not hold.
            Busy: the store would not take it in time; nothing was written.
        """
        if write.size > 1 or "ConditionExpression" in write.parameters:
            self.transact(write)
            return
        call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[write.action]
        self._ask(call, TableName=self.name, **write.parameters)

    def transact(self, *writes: Write, tries: int = TRIES) -> None:
        """All of the writes or none.

        Args:
            tries: how often it is tried while others write the same items.

        Raises:
            Overtaken: conditions did not hold; nothing was written. Its positions are those of `writes`.
            Busy: others kept writing the same items, or the store takes no more; nothing was written.
        """
        whole = [(n, part) for n, write in enumerate(writes) for part in (write, *write.also)]
        whole += [(len(writes), part) for part in counted(writes)]
        if len(whole) > TRANSACTION_WRITES:
            raise ValueError(f"{len(whole)} writes do not fit a transaction")
        items = [{part.action: {"TableName": self.name, **part.parameters}} for _, part in whole]
        try:
            # One token however often it is sent: what was written and not answered is not refused as overtaken.
            self._ask("transact_write_items", tries=tries, TransactItems=items, ClientRequestToken=uuid4().hex)
        except ClientError as error:
            if failed := failed_conditions(error):
                raise Overtaken(sorted({whole[n][0] for n in failed})) from None
            raise


def longest_pause(attempt: int) -> float:
    """The most seconds to wait before the next attempt; where many try again and again, they leave more room."""
    return min(1.0 if attempt < TRIES else 2.5, 0.02 * float(2**attempt))


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, longest_pause(attempt)))  # noqa: S311 - jitter, not a secret


def again_when_overtaken(action: Callable[P, R]) -> Callable[P, R]:
    """An action that reads, asks the rules and writes conditionally: when overtaken it reads and asks again.

    So what a person is told always comes from the rules on what is true now, and the condition only guards the write.

    Raises:
        Busy: overtaken again and again.
    """

    @wraps(action)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES):
            try:
                return action(*args, **kwargs)
            except Overtaken:
                _pause(min(attempt, 3))
        raise Busy

    return tried


def in_batches(values: Iterable[R], size: int) -> Iterator[list[R]]:
    """Lists of at most `size` values, in order."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
