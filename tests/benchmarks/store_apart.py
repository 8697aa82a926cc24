"""`counting_store` in a process of its own, asked by the client that the functions use.

So processor time and memory of the asking process are the service's own: what botocore takes is in them, what the store
takes is not. Requests end where botocore would hand them to the network; TLS and sockets are left out.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from lending.aws.clients import client
from lending.aws.table import Table
from tests.benchmarks.counting_store import CountingStore, Counts, Item

Stock = Callable[[int], Iterable[Item]]
"""The items of a library of so many holds, made where they are kept."""


class StoreApart:
    """The store in its process, as who asks it sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._one_at_a_time = Lock()

    def count_from_here(self) -> Counts:
        """What was counted so far; from now on everything counts anew."""
        counts: Counts = self._ask(("count_from_here", b""))
        return counts

    def answer(self, request: AWSRequest, **_: Any) -> AWSResponse:
        """What botocore gets instead of what the network would bring."""
        target = request.headers["X-Amz-Target"]
        name = (target.decode() if isinstance(target, bytes) else target).partition(".")[2]
        status, body = self._ask((re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), request.body))
        return AWSResponse(str(request.url), status, HTTPHeaders(), _Raw(body))

    def _ask(self, message: tuple[str, Any]) -> Any:
        with self._one_at_a_time:
            self._connection.send(message)
            return self._connection.recv()


class _Raw(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()


@contextmanager
def table_apart(stock: Stock, holds: int) -> Iterator[tuple[Table, StoreApart]]:
    """A table whose items are in another process, and its store."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, stock, holds), daemon=True)
    process.start()
    theirs.close()
    ours.recv()
    store, dynamodb = StoreApart(ours), client("dynamodb")
    dynamodb.meta.events.register("before-send.dynamodb.*", store.answer)
    try:
        yield Table(dynamodb, "lending"), store
    finally:
        dynamodb.meta.events.unregister("before-send.dynamodb.*", store.answer)
        ours.close()
        process.join()


def _serve(connection: Connection, stock: Stock, holds: int) -> None:
    """The other process: answer until nobody asks any more."""
    store = CountingStore()
    store.load(stock(holds))
    connection.send("ready")
    while True:
        try:
            operation, body = connection.recv()
        except EOFError:
            return
        asked = store.count_from_here() if operation == "count_from_here" else _answer(store, operation, body)
        connection.send(asked)


def _answer(store: CountingStore, operation: str, body: bytes) -> tuple[int, bytes]:
    """Status and body, as DynamoDB writes them."""
    try:
        return 200, json.dumps(getattr(store, operation)(**_read(body)), default=_text).encode()
    except ClientError as error:
        told: dict[str, Any] = {**error.response}
        fault = told.pop("Error")
        return 400, json.dumps({"__type": fault["Code"], "message": fault["Message"], **told}).encode()


def _read(body: bytes) -> Any:
    return json.loads(body, object_hook=_with_bytes if b'"B":' in body else None)


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    return {"B": b64decode(value["B"])} if isinstance(value.get("B"), str) else value


def _text(value: bytes) -> str:
    return b64encode(value).decode()
