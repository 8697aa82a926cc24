"""The four writes of a transaction. A condition names attributes as `#name` and values as `:name`."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from lending.aws.table.codec import Item, to_wire

Key = tuple[str, str]


class Count(NamedTuple):
    """A number of an item that goes up or down with a write of another item."""

    key: Key
    name: str
    change: int


@dataclass(frozen=True, slots=True)
class Write:
    """One write: what DynamoDB calls it, and its parameters but the table's name.

    `also` are writes that belong to it: who writes it writes them. `counts` are counters that it changes; several
    writes of one transaction may change the same, which is one write then, or none.
    """

    action: str
    parameters: dict[str, Any]
    also: tuple["Write", ...] = ()
    counts: tuple[Count, ...] = ()

    @property
    def size(self) -> int:
        """How many writes of a transaction it takes at the most."""
        return 1 + len(self.also) + len({count.key for count in self.counts})


def counted(writes: Iterable[Write]) -> list[Write]:
    """The counters that some writes change together, one write an item."""
    sums: dict[Key, Counter[str]] = {}
    for count in (count for write in writes for count in write.counts):
        sums.setdefault(count.key, Counter())[count.name] += count.change
    changed = {key: {name: change for name, change in each.items() if change} for key, each in sums.items()}
    return [update(key, add=changes) for key, changes in changed.items() if changes]


def as_one(*writes: Write) -> Write:
    """Writes that stand or fall together, as the first of them with the others in tow."""
    first, *others = writes
    also = [part for write in others for part in (replace(write, also=(), counts=()), *write.also)]
    return replace(first, also=(*first.also, *also), counts=tuple(count for write in writes for count in write.counts))


def key_of(key: Key) -> Item:
    """A key as a plain item."""
    return {"PK": key[0], "SK": key[1]}


def put(key: Key, item: Item, condition: str = "", **values: Any) -> Write:
    """Write a whole item."""
    return _write("Put", {"Item": to_wire(key_of(key) | item)}, condition, values)


def put_new(key: Key, item: Item) -> Write:
    """Write an item that must not exist yet: its key holds the uniqueness."""
    return put(key, item, "attribute_not_exists(#PK)")


def delete(key: Key, condition: str = "", **values: Any) -> Write:
    """Remove an item."""
    return _write("Delete", {"Key": to_wire(key_of(key))}, condition, values)


def check(key: Key, condition: str, **values: Any) -> Write:
    """Demand something of an item that is not written."""
    return _write("ConditionCheck", {"Key": to_wire(key_of(key))}, condition, values)


def update(
    key: Key,
    *,
    set: Item | None = None,
    add: Item | None = None,
    take: Item | None = None,
    remove: tuple[str, ...] = (),
    condition: str = "",
    **values: Any,
) -> Write:
    """Change an item.

    Args:
        set: attributes to set; one that is None or empty is removed instead.
        add: numbers to add, sets to unite.
        take: sets to take away from.
        remove: attributes to remove.
        condition: what must hold for the write to happen.
        values: the condition's values by name.
    """
    kept = {name: value for name, value in (set or {}).items() if value not in (None, "", [], {})}
    removed = [*remove, *(name for name in set or {} if name not in kept)]
    for word, given in (("set", kept), ("add", add or {}), ("take", take or {})):
        values = values | {f"{word}_{name}": value for name, value in given.items()}
    parts = [
        _clause("SET", [f"#{n} = :set_{n}" for n in kept]),
        _clause("ADD", [f"#{n} :add_{n}" for n in add or {}]),
        _clause("DELETE", [f"#{n} :take_{n}" for n in take or {}]),
        _clause("REMOVE", [f"#{n}" for n in removed]),
    ]
    expression = " ".join(part for part in parts if part)
    return _write("Update", {"Key": to_wire(key_of(key)), "UpdateExpression": expression}, condition, values)


def still(item: Item, *names: str) -> tuple[str, Item]:
    """The condition that an item still is what was read, as far as the named attributes go, and its values."""
    terms = [f"#{n} = :was_{n}" if n in item else f"attribute_not_exists(#{n})" for n in names]
    return " AND ".join(terms), {f"was_{n}": item[n] for n in names if n in item}


def _clause(word: str, terms: list[str]) -> str:
    return f"{word} {', '.join(terms)}" if terms else ""


def _write(action: str, parameters: dict[str, Any], condition: str, values: dict[str, Any]) -> Write:
    names = re.findall(r"#(\w+)", f"{parameters.get('UpdateExpression', '')} {condition}")
    if condition:
        parameters["ConditionExpression"] = condition
    if names:
        parameters["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    if values:
        parameters["ExpressionAttributeValues"] = {f":{name}": v for name, v in to_wire(values).items()}
    return Write(action, parameters)
