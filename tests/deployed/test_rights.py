"""Every route belongs to one group: no token, or another group's, is turned away (API.md, tokens)."""

import re
from typing import Any

import pytest

from infra.local.people import Caller
from infra.local.stack import Stack
from infra.openapi import surfaces
from tests.deployed.conftest import NOON, Given

OWNERS = {"me": "patron", "desk": "desk", "facility": "facility-01"}


def routes() -> list[tuple[str, str, str]]:
    """Each route of each function that belongs to a group: group, method, path."""
    known = [route for surface in surfaces() for route in surface.routes]
    owned = [(OWNERS.get(path.split("/")[2], ""), method, path.removeprefix("/api")) for method, path in known]
    return [(owner, method, re.sub(r"<\w+>", "1", path)) for owner, method, path in owned if owner]


def caller_of(group: str, given: Given) -> Caller:
    return given.patron()[1] if group == "patron" else given.account(group)


@pytest.fixture(scope="module")
def callers(given: Given) -> dict[str, Caller]:
    return {group: caller_of(group, given) for group in OWNERS.values()}


def test_there_are_routes_of_each_group() -> None:
    assert {owner for owner, _, _ in routes()} == set(OWNERS.values())


@pytest.mark.parametrize(("owner", "method", "path"), routes())
def test_another_groups_token_is_refused(
    callers: dict[str, Caller], stack: Stack, owner: str, method: str, path: str
) -> None:
    # GIVEN a route of one group WHEN it is called with no token THEN 401
    body: dict[str, Any] | None = None if method in ("GET", "DELETE") else {}
    assert Caller(stack).call(method, path, NOON, body).status_code == 401
    # WHEN it is called with each other group's token THEN 403, with the stable code
    for group, caller in callers.items():
        if group != owner:
            answer = caller.call(method, path, NOON, body)
            assert (group, answer.status_code, answer.json()["code"]) == (group, 403, "wrong_group")
