"""Every answer is what its route says that it gives."""

import json
from typing import Any

from pydantic import TypeAdapter

from tests.handlers.conftest import Given
from tests.handlers.desk import SUNDAY
from tests.handlers.surface import ROUTES, Route, api_of, furnished, sent

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
