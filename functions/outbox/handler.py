"""New mails of the table's stream, handed on to the queue. Any failure raises, and the stream brings them again."""

from typing import Any

from lending.actions.mail.outbox import carry_on


def handler(event: dict[str, Any], context: Any) -> None:
    """Hand on the keys of an event's new mails."""
    carry_on(_key(record) for record in event["Records"] if _is_new_mail(record))


def _is_new_mail(record: dict[str, Any]) -> bool:
    return record["eventName"] == "INSERT" and bool(_key(record)[1].startswith("MAIL#"))


def _key(record: dict[str, Any]) -> tuple[str, str]:
    keys = record["dynamodb"]["Keys"]
    return keys["PK"]["S"], keys["SK"]["S"]
