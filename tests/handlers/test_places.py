"""One form for a place everywhere: `prefectural`, or a facility's number as text (RULES, words)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.handlers.conftest import Given
from tests.handlers.desk import SUNDAY, SampleLibrary
from tests.handlers.surface import ROUTES, furnished, sent

PLACES = ("facility", "pickup_place", "next_pickup_place")


def held(given: Given, place: Any) -> tuple[int, dict[str, Any]]:
    """What a patron is answered who wants to collect a book at a place; there is facility 1."""
    library = SampleLibrary(given)
    library.patron(), library.facility(1)
    given.title("t-4")
    status, body = sent(("holds", "POST", "/api/me/holds"), body={"title_id": "t-4", "pickup_place": place})
    return status, json.loads(body)


@pytest.mark.parametrize("place", [1, "1", "01", "１"])
def test_a_facility_is_named_by_its_number_however_it_is_written(given: Given, place: Any) -> None:
    status, hold = held(given, place)
    assert (status, hold["pickup_place"]) == (201, "1")


@pytest.mark.parametrize("place", [True, False, None, 1.0, [1], {"number": 1}, "", "one", "-1", "1" * 30])
def test_what_is_no_place_is_none(given: Given, place: Any) -> None:
    status, problem = held(given, place)
    assert status == 422
    assert [reason["field"] for reason in problem["reasons"]] == ["pickup_place"]


def values(answered: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of an answer with its name, however deep."""
    if isinstance(answered, dict):
        for inner, value in answered.items():
            yield from values(value, inner)
    elif isinstance(answered, list):
        for value in answered:
            yield from values(value, name)
    else:
        yield name, answered


def test_every_answer_names_places_alike(given: Given) -> None:
    # GIVEN something of everything WHEN all is looked at
    furnished(given)
    query = {"pickup_from": str(SUNDAY), "list": "coming", "q": "見本"}
    told: dict[str, list[tuple[str, Any]]] = {}
    for route in (route for route in ROUTES if route[1] == "GET"):
        status, body = sent(route, query=query)
        told |= {route[2]: list(values(json.loads(body)))} if status == 200 else {}
    # THEN each place is text, without leading zeros
    places = [(path, value) for path, found in told.items() for name, value in found if name in PLACES]
    assert {path for path, _ in places} >= {"/api/me/holds", "/api/me/loans", "/api/notices", "/api/desk/crates"}
    assert [each for each in places if each[1] not in (None, "", "12", "13")] == []
    # AND a number is only told where it is the facility itself that is described, or a card (RULES 41)
    numbers = {path for path, found in told.items() for name, _ in found if name == "number"}
    assert numbers <= {"/api/facilities", "/api/facility", "/api/facility-links/<link>", "/api/me/export"}


def test_a_crate_is_asked_for_by_either_form(given: Given) -> None:
    furnished(given)
    crates = ("desk", "GET", "/api/desk/crates")
    found = [json.loads(sent(crates, query={"facility": text})[1])["items"] for text in ("12", "012", "１２")]
    assert [[crate["facility"] for crate in each] for each in found] == [["12"]] * 3
