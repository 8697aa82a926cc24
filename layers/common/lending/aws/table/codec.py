"""Values of the domain to items of the table and back. Empty attributes are left out, so indexes stay sparse."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from lending.aws.metrics import emit_counts
from lending.aws.telemetry import logger
from lending.domain.week import TOKYO

Item = dict[str, Any]
T = TypeVar("T")


def to_wire(item: Item) -> Item:
    """An item in DynamoDB's own typed form."""
    return {name: _typed(value) for name, value in item.items()}


def from_wire(item: Item) -> Item:
    """A plain item from DynamoDB's typed form."""
    return {name: _plain(value) for name, value in item.items()}


def _typed(value: Any) -> Item:
    if type(value) is str:
        return {"S": value}
    for kinds, write in _WRITTEN:
        if isinstance(value, kinds):
            return write(value)
    raise TypeError(f"a {type(value).__name__} cannot be stored")


def _typed_set(values: Any) -> Item:
    """A set of texts or one of numbers; an empty one cannot be stored."""
    kinds = {next(iter(_typed(value))) for value in values}
    if kinds not in ({"S"}, {"N"}):
        raise TypeError(f"a set of {sorted(kinds)} cannot be stored")
    return {f"{kinds.pop()}S": [next(iter(_typed(value).values())) for value in values]}


# The first that fits: a truth value is a number to Python, a moment is a day.
_WRITTEN: tuple[tuple[Any, Callable[[Any], Item]], ...] = (
    (str, lambda value: {"S": str(value)}),
    (bool, lambda value: {"BOOL": value}),
    ((int, float, Decimal), lambda value: {"N": str(value)}),
    (datetime, lambda value: {"S": stamp(value)}),
    (date, lambda value: {"S": value.isoformat()}),
    (dict, lambda value: {"M": to_wire(value)}),
    ((list, tuple), lambda value: {"L": [_typed(inner) for inner in value]}),
    ((set, frozenset), _typed_set),
    (bytes, lambda value: {"B": value}),
    (type(None), lambda _: {"NULL": True}),
)


def _plain(value: Item) -> Any:
    ((kind, held),) = value.items()
    return _READ[kind](held)


def _number(text: str) -> int | float:
    """Numbers come back as int where they are whole: nothing here counts in fractions."""
    if text.isdecimal():
        return int(text)
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


_READ: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": _number,
    "BOOL": bool,
    "M": from_wire,
    "L": lambda held: [_plain(inner) for inner in held],
    "SS": set,
    "NS": lambda held: {_number(text) for text in held},
    "B": bytes,
    "NULL": lambda _: None,
}


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def attributes(value: Any) -> Item:
    """A dataclass as attributes: dates and enums as text; what is None or empty is left out."""
    plain = _adapter(type(value)).dump_python(value, mode="json")
    return {name: inner for name, inner in plain.items() if inner not in (None, "", [], {})}


class Unreadable(Exception):
    """An item is not of its kind. It says which fields are wrong, and not what is in them: it may come to a log."""

    def __init__(self, kind: str, fields: list[str]) -> None:
        super().__init__(f"{kind}: {', '.join(fields)}")
        self.kind = kind
        self.fields = fields


def read_as(kind: type[T], told: Item) -> T:
    """The dataclass of what was told by its fields' names; other names are ignored.

    Raises:
        Unreadable: it is not of that kind.
    """
    try:
        value: T = _adapter(kind).validate_python(told)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False)
        wrong = sorted({str(fault["loc"][0]) if fault["loc"] else "" for fault in faults})
        raise Unreadable(kind.__name__, wrong) from None
    return value


def value_of(kind: type[T], item: Item) -> T:
    """The dataclass that an item of the table holds; keys and index attributes are ignored.

    Raises:
        Unreadable: the item is not of that kind; it was told of, see `broken`.
    """
    try:
        return read_as(kind, item)
    except Unreadable as error:
        raise broken(item, error.kind, error.fields) from None


def broken(item: Item, kind: str, fields: list[str]) -> Unreadable:
    """What to raise of an item that is not of its kind, whoever meets it first.

    It is named in the log by its key's hash, with the fields that are wrong and not what is in them, and counted for
    an alarm.
    """
    told = {"item": key_hash(item), "kind": kind, "fields": fields}
    logger().error("an item cannot be read", extra=told)
    emit_counts(BrokenItems=1)
    return Unreadable(kind, fields)


def each_of(read: Callable[[Item], T], items: Iterable[Item]) -> Iterator[T]:
    """What `read` makes of each of the items. One that it cannot read stops nothing but itself."""
    for item in items:
        with suppress(Unreadable):
            yield read(item)


def values_of(kind: type[T], items: Iterable[Item]) -> Iterator[T]:
    """The dataclasses that items hold, see `each_of`."""
    return each_of(lambda item: value_of(kind, item), items)


def key_hash(item: Item) -> str:
    """What a log calls an item: its key may be a card number or a mail address."""
    return hashlib.sha256(f"{item['PK']}\n{item['SK']}".encode()).hexdigest()[:16]


def stamp(moment: datetime) -> str:
    """A moment as text of fixed length, so that its order as text is its order in time."""
    return moment.isoformat(timespec="milliseconds")


def from_epoch(seconds: int) -> datetime:
    """The moment that `epoch` told, in Tokyo."""
    return datetime.fromtimestamp(seconds, TOKYO)


def epoch(moment: datetime) -> int:
    """Seconds since 1970, as TTL wants them."""
    return int(moment.timestamp())
