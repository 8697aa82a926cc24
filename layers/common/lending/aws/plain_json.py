"""DynamoDB is asked and read in the JSON it speaks, by what botocore has for it: two of its events and a component.

Botocore walks each request and answer along a model of the service, to find the dates and bytes in it: more than half
of a run's processor time. What `codec` makes of an item is JSON already, its only bytes are in `B`, and it has no
dates. All else, endpoints, signing, tries and errors, stays botocore's.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.session import Session

_REQUEST = "plain_request"
_OF_ITEMS = frozenset({
    "GetItemOutput", "BatchGetItemOutput", "QueryOutput",
    "PutItemOutput", "UpdateItemOutput", "DeleteItemOutput", "TransactWriteItemsOutput",
})  # fmt: skip


def plain_session() -> Session:
    """A session like any other, but for how its clients of DynamoDB write requests and read items."""
    session = Session()
    session.register_component("response_parser_factory", _Readers())
    session.register("provide-client-params.dynamodb", _keep)
    session.register("before-call.dynamodb", _write)
    return session


def _keep(**event: Any) -> Any:
    """Keep a request, and give botocore nothing to walk along but where it looks for names of tables."""
    event["context"][_REQUEST] = event["params"]
    return {"RequestItems": {}} if "RequestItems" in event["params"] else {}


def _write(**event: Any) -> None:
    """Put the request into what botocore is about to sign and send."""
    event["params"]["body"] = json.dumps(event["context"][_REQUEST], separators=(",", ":"), default=_text).encode()


def _text(value: bytes) -> str:
    return b64encode(value).decode()


class _Readers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> Any:
        return _Reader() if protocol_name == "json" else super().create_parser(protocol_name)


class _Reader(JSONParser):
    def parse(self, response: Any, shape: Any) -> Any:
        """What an answer says, along its model `shape` unless it is one of items."""
        if response["status_code"] >= 300 or shape is None or shape.name not in _OF_ITEMS:
            return super().parse(response, shape)
        body = response["body"]
        told = json.loads(body, object_hook=_with_bytes if b'"B":' in body else None)
        return told | {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": dict(response["headers"])}}


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    # An attribute that is called B has a value of its own, which is no text.
    return {"B": b64decode(value["B"])} if isinstance(value.get("B"), str) else value
