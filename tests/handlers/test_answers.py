"""Every answer is what its route says that it gives."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from lending.aws import settings
from tests.handlers.conftest import Given, context, request
from tests.handlers.desk import SUNDAY
from tests.handlers.surface import ROUTES, USERS, Route, api_of, filled, furnished, group_of, sent

# The rest takes away what others look for, or is a file of whatever there is.
LOOKED_AT = [route for route in ROUTES if route[1] == "GET" and route[2] != "/api/me/export"]


def told(route: Route) -> Any:
    """The type of a route's answer."""
    function, method, path = route
    known = {(each.method, each.path): each for area in api_of(function).areas for each in area.routes}
    return known[method, path].types["return"]


def test_what_is_looked_at_is_answered_as_described(given: Given) -> None:
    # GIVEN a library with something of everything
    furnished(given)
    answered = 0
    for route in LOOKED_AT:
        # WHEN a route is asked
        status, body = sent(route, query={"pickup_from": str(SUNDAY)})
        if status == 200:
            # THEN its answer has just the fields of its type
            adapter = TypeAdapter(told(route))
            assert adapter.dump_python(adapter.validate_json(body), mode="json") == json.loads(body), route
            answered += 1
    assert answered >= 0.8 * len(LOOKED_AT), answered


def test_with_the_doors_closed_everybody_is_told_to_wait_and_nothing_is_done(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a library whose doors are closed, while its table is put in the place of another
    library = furnished(given)
    before = library.everything()
    monkeypatch.setenv("CLOSED", "true")
    settings.settings.cache_clear()
    for function, method, path in ROUTES:
        # WHEN anybody asks for anything
        group = group_of(path)
        answer = api_of(function)(request(method, filled(path), group=group, user=USERS[group]), context())
        # THEN they are told so, in words for people; programs are told when to come again
        problem = json.loads(answer["body"])
        assert (answer["statusCode"], problem["code"], answer["headers"]["Retry-After"]) == (503, "closed", "600"), path
        assert "停止しています" in problem["detail"]
    # AND nothing has changed
    assert library.everything() == before
