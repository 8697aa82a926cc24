"""What is sent by mistake or on purpose, over HTTP: what the gateway and what the functions make of it."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.stack import Stack

PROBLEM = "application/problem+json; charset=utf-8"


def answered(stack: Stack, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, Any]:
    """Status, type and body of an answer; the path goes out as it is, whatever is in it."""
    address = urlsplit(stack.outputs["ApiUrl"])
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    try:
        connection.request(method, address.path + path, body or None, headers)
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], json.loads(response.read() or b"null")
    finally:
        connection.close()


ODD = [
    ("GET", "/titles/" + "9" * 3000, 404),
    ("GET", "/titles?q=" + "9" * 3000, 422),
    ("GET", "/titles?q=%ED%A0%80", None),
    ("GET", "/titles/%ED%A0%80", None),
    ("GET", "/titles?cursor=%FF%FE&limit=%FF", None),
    ("GET", "/titles?limit=" + "9" * 5000, 422),
    ("GET", "/facilities?cursor=A", 400),
]


@pytest.mark.parametrize(("method", "path", "status"), ODD)
def test_an_odd_address_is_answered(stack: Stack, method: str, path: str, status: int | None) -> None:
    found, kind, problem = answered(stack, method, path)
    assert found == status or (status is None and found < 500), problem
    assert found < 400 or (kind, problem["status"]) == (PROBLEM, found)


JSON = {"Content-Type": "application/json"}
BODIES = [
    (b"[" * 60_000, JSON, 400),
    (b'{"a":' * 12_000, JSON, 400),
    (b'{"name": "\\ud800"}', JSON, 400),
    (b'{"name": "\xed\xa0\x80"}', JSON, None),
    (b"{" + b" " * 70_000 + b"}", JSON, 413),
    (b"name=%ED%A0%80", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
]


@pytest.mark.parametrize(("body", "headers", "status"), BODIES)
def test_an_odd_body_is_answered(stack: Stack, body: bytes, headers: dict[str, str], status: int | None) -> None:
    found, kind, problem = answered(stack, "POST", "/applications", body, **headers)
    assert found == status or (status is None and 400 <= found < 500), problem
    assert (kind, problem["status"]) == (PROBLEM, found)


@pytest.mark.parametrize("path", ["/nothing", "", "/titles/T0001/copies", "/me/nothing", "/facilities/1"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_no_route_is_a_problem(stack: Stack, method: str, path: str) -> None:
    status, kind, problem = answered(stack, method, path)
    assert (status, kind, problem["code"]) == (404, PROBLEM, "not_found")


def test_another_method_is_a_problem(stack: Stack) -> None:
    # GIVEN a path of the function that answers for what is no route, and one of another's
    for path, expected in (("/facilities", 405), ("/applications", 404)):
        status, kind, problem = answered(stack, "DELETE", path)
        assert (status, kind, problem["status"]) == (expected, PROBLEM, expected)


def test_the_gateway_turns_away_who_has_no_token_in_its_own_words(stack: Stack) -> None:
    """As it is said in docs/api.md: before any function, in the one form that cannot be shaped."""
    for path in ("/me", "/desk/today", "/facility/bags"):
        status, _, told = answered(stack, "GET", path, Authorization="Bearer nonsense")
        assert (status, told) == (401, {"message": "Unauthorized"})
