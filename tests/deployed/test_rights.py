"""Every route belongs to one group: no token, or another group's, is turned away (API.md, tokens)."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.local.people import Caller
from infra.local.stack import Stack
from tests.deployed.conftest import NOON, Given

FUNCTIONS = Path(__file__).parents[2] / "functions"
ROUTE = re.compile(r'@api\.(get|post|put|patch|delete)\("/api(/[^"]+)"')
OWNERS = {"me": "patron", "desk": "desk", "facility": "facility-01"}


def routes() -> list[tuple[str, str, str]]:
    """Each route of each function that belongs to a group: group, method, path."""
    found = []
    for source in sorted(FUNCTIONS.glob("*/handler.py")):
        for method, path in ROUTE.findall(source.read_text(encoding="utf-8")):
            owner = OWNERS.get(path.split("/")[1])
            if owner:
                found.append((owner, method.upper(), re.sub(r"<\w+>", "1", path)))
    return found


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
