"""Values of the domain to items of the table and back. Empty attributes are left out, so indexes stay sparse."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import TypeAdapter

Item = dict[str, Any]
T = TypeVar("T")


class _Deserializer(TypeDeserializer):
    """Numbers come back as int where they are whole: nothing here counts in fractions."""

    def _deserialize_n(self, value: str) -> int | float:
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else float(number)


_serializer = TypeSerializer()
_deserializer = _Deserializer()


def to_wire(item: Item) -> Item:
    """An item in DynamoDB's own typed form."""
    return {name: _serializer.serialize(_plain(value)) for name, value in item.items()}


def from_wire(item: Item) -> Item:
    """A plain item from DynamoDB's typed form."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return set(value) if isinstance(value, frozenset) else value


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def attributes(value: Any) -> Item:
    """A dataclass as attributes: dates and enums as text; what is None or empty is left out."""
    plain = _adapter(type(value)).dump_python(value, mode="json")
    return {name: inner for name, inner in plain.items() if inner not in (None, "", [], {})}


def value_of(kind: type[T], item: Item) -> T:
    """The dataclass that an item holds; keys and index attributes are ignored.

    Raises:
        pydantic.ValidationError: the item is not of that kind.
    """
    value: T = _adapter(kind).validate_python(item)
    return value


def stamp(moment: datetime) -> str:
    """A moment as text of fixed length, so that its order as text is its order in time."""
    return moment.isoformat(timespec="milliseconds")


def epoch(moment: datetime) -> int:
    """Seconds since 1970, as TTL wants them."""
    return int(moment.timestamp())
