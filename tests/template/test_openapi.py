"""docs/openapi.json describes the surface as the routes have it."""

import json
from typing import Any

import pytest

from infra.openapi import as_text, surfaces
from lending.api.guards import anyone
from tests.template.conftest import ROOT

# Whoever wants can see what the library offers, apply, and follow the link of a mail.
FOR_ANYONE = {
    "/api/facilities", "/api/notices", "/api/titles", "/api/titles/<title_id>", "/api/applications",
    "/api/applications/<receipt_number>", "/api/applications/<receipt_number>/uploads",
    "/api/applications/<receipt_number>/withdrawal", "/api/passwords", "/api/mail-address-confirmations",
    "/api/calendar", "/api/statistics", "/api/calendar-links/<token>",
}  # fmt: skip


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description that is kept."""
    found: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    return found


def test_the_description_is_made_from_the_routes() -> None:
    # WHEN it differs: make openapi
    assert (ROOT / "docs" / "openapi.json").read_text("utf-8") == as_text()


def test_every_route_has_a_guard_but_those_for_anyone() -> None:
    routes = [(area, route) for surface in surfaces() for area in surface.areas for route in area.routes]
    assert {route.path for area, route in routes if area.guard is anyone} == FOR_ANYONE
    assert len(routes) > len(FOR_ANYONE)


def test_every_operation_says_what_it_answers_and_who_may(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            told = {status for status in operation["responses"] if status not in ("401", "default")}
            assert told <= {"200", "201", "202", "204"}, (method, path)
            assert told, (method, path)
            assert operation["summary"], (method, path)
            # A facility's link is in the address; the function looks at it (RULES 53).
            open_to_all = (
                path.startswith("/api/facility-links/") or path.replace("{", "<").replace("}", ">") in FOR_ANYONE
            )
            assert (operation["security"] == []) == open_to_all, path


def test_names_of_operations_are_unique(described: dict[str, Any]) -> None:
    names = [each["operationId"] for operations in described["paths"].values() for each in operations.values()]
    assert len(names) == len(set(names))


def test_every_answer_has_a_type_of_its_own(described: dict[str, Any]) -> None:
    # GIVEN every answer of ours but the file of whatever is kept of a patron
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                schema = response.get("content", {}).get("application/json", {}).get("schema")
                if schema and path != "/api/me/export" and status != "401":
                    # THEN it is one of those described, or one of several
                    each = schema.get("anyOf", [schema])
                    assert all("$ref" in one for one in each), (method, path, status)


def test_a_free_form_has_a_reason(described: dict[str, Any]) -> None:
    # What a sentence names differs from code to code; the rest are counts and texts by name.
    free = {
        f"{model}.{name}"
        for model, schema in described["components"]["schemas"].items()
        for name, field in schema.get("properties", {}).items()
        if field.get("additionalProperties") is True
    }
    assert {name.split(".")[1] for name in free} == {"facts"}, free
