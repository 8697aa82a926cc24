"""Answers kept for an Idempotency-Key: IDEMPOTENCY#hash / ANSWER, for a day."""

from datetime import datetime, timedelta
from typing import NamedTuple

from lending.aws.table.codec import Item, epoch, stamp
from lending.aws.table.store import Overtaken, Table
from lending.aws.table.writes import Key, delete, put, update

KEPT = timedelta(days=1)
_GIVEN_UP = timedelta(seconds=60)


class KeptAnswer(NamedTuple):
    """What was answered to a request with the same key; `status` is 0 while it is being worked on."""

    body_hash: str
    status: int = 0
    body: str = ""


def _key(request: str) -> Key:
    return f"IDEMPOTENCY#{request}", "ANSWER"


def claim(table: Table, request: str, body_hash: str, moment: datetime) -> KeptAnswer | None:
    """Claim a request for oneself.

    Args:
        request: hash of caller, route and key.
        moment: when it was made; a claim that was left without an answer can be taken over after a minute.

    Returns:
        None if it is ours to carry out, or what is known of it.
    """
    item: Item = {"body_hash": body_hash, "claimed_at": stamp(moment), "expires_at": epoch(moment + KEPT)}
    free = "attribute_not_exists(#PK) OR (attribute_not_exists(#answer) AND #claimed_at < :given_up)"
    try:
        table.write(put(_key(request), item, free, given_up=stamp(moment - _GIVEN_UP)))
        return None
    except Overtaken:
        found = table.get(_key(request)) or item
        return KeptAnswer(found["body_hash"], found.get("answer_status", 0), found.get("answer", ""))


def keep(table: Table, request: str, status: int, body: str) -> None:
    """Keep the answer, so that the same request gets it again."""
    table.write(update(_key(request), set={"answer_status": status, "answer": body or " "}))


def forget(table: Table, request: str) -> None:
    """Give the claim back: nothing came of the request."""
    table.write(delete(_key(request)))
