"""A store behind a real client: requests are packed and answers unpacked as for AWS, and nothing leaves the process."""

import json
import time
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from tests.benchmarks.counting_store import CountingStore


class _Body:
    """What is read of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Any:
        """All at once."""
        yield self._content


@dataclass
class Wire:
    """Between a client and a store. It tells how many bytes came, and the processor time that was the store's own."""

    store: CountingStore
    requests: int = 0
    bytes: int = 0
    store_seconds: float = 0.0

    def behind(self, client: Any) -> "Wire":
        """From now on the client asks this store."""
        client.meta.events.register_first("before-send.dynamodb", self._answer)
        return self

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        started = time.thread_time()
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        status, answer = self._asked(operation, json.loads(request.body))
        content = json.dumps(answer).encode()
        self.requests += 1
        self.bytes += len(content)
        self.store_seconds += time.thread_time() - started
        headers = {"content-type": "application/x-amz-json-1.0", "content-length": str(len(content))}
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Body(content))

    def _asked(self, operation: str, asked: dict[str, Any]) -> tuple[int, Any]:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]
        try:
            return 200, getattr(self.store, name)(**asked)
        except ClientError as error:
            told = error.response
            return 400, {"__type": told["Error"]["Code"], "message": told["Error"]["Message"], **{
                name: held for name, held in told.items() if name == "CancellationReasons"}}  # fmt: skip
