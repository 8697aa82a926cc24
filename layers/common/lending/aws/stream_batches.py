"""What the stream of the table tells. Who takes it raises on any failure, and the whole batch comes again."""

from typing import Any

from lending.aws.table.writes import Key


def is_of_stream(event: dict[str, Any]) -> bool:
    """Whether an event is one of the stream."""
    return any(record.get("eventSource") == "aws:dynamodb" for record in event["Records"])


def changed_keys(event: dict[str, Any]) -> list[Key]:
    """The keys of the items that an event tells of."""
    return [_key(record) for record in event["Records"]]


def new_keys(event: dict[str, Any]) -> list[Key]:
    """The keys of those that are new."""
    return [_key(record) for record in event["Records"] if record["eventName"] == "INSERT"]


def _key(record: dict[str, Any]) -> Key:
    keys = record["dynamodb"]["Keys"]
    return keys["PK"]["S"], keys["SK"]["S"]
