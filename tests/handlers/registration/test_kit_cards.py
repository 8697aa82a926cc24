"""The stock of blank cards at the desk: RULES 5, 44."""

from typing import Any

import pytest

from functions.desk.handler import handler
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.aws.table.registration import cards
from lending.domain.calendar.facility import Facility
from lending.domain.registration.card import Card
from tests.handlers.applications import KIT, register, submitted
from tests.handlers.conftest import NOON, context, sample
from tests.handlers.crashing import Mortal, deaths, everything
from tests.handlers.desk import answered, ask, codes


@pytest.fixture
def library(library: Table) -> Table:
    """One facility that hands out kits and one that does not."""
    for number in (1, 14):
        library.write(facilities.facility_record(Facility(number, "東青", "青森市", f"見本館{number}", number == 1)))
    return library


def stock() -> dict[str, dict[str, Any]]:
    status, body = ask("GET", "/cards")
    assert (status, body["cursor"]) == (200, None)
    return {each["place"]: each for each in body["items"]}


def test_sample_a_row_of_cards_for_the_prefectural_library(library: Table) -> None:
    # GIVEN cards brought to the library's own counter, from the first to the last, RULES 44
    status, body = answered(handler(sample("desk/cards_row"), context()))
    assert (status, body) == (201, {"place": "prefectural", "numbers": 250, "added": 250})
    # THEN each of them is known there, with the zeros it begins with
    found = cards.find(library, "00123349")
    assert found == Card("00123349", facility="prefectural")
    assert cards.find(library, "00123350") is None
    # AND the row sent again changes nothing
    assert answered(handler(sample("desk/cards_row"), context()))[1]["added"] == 0
    assert stock()["prefectural"]["blank"] == 250


def test_sample_the_stock_tells_what_lies_where_and_what_was_given_out(library: Table) -> None:
    ask("POST", "/cards", {"place": "1", "numbers": [KIT, "20100002"]})
    submitted(library)
    # WHEN one of them is registered
    assert register()[0] == 200
    # THEN the place has one left, and tells when the last was used; who hands out none is not in the list
    status, body = answered(handler(sample("desk/cards_stock"), context()))
    assert status == 200
    assert body["items"] == [
        {"place": "prefectural", "place_name": "青森県立図書館", "blank": 0, "given": 0, "last_given_at": None},
        {"place": "1", "place_name": "見本館1", "blank": 1, "given": 1, "last_given_at": NOON.isoformat()},
    ]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"place": "prefectural", "from": "00000010", "to": "00000009"}, ["to"]),
        ({"place": "prefectural", "from": "0000010", "to": "00000019"}, ["to"]),
        ({"place": "prefectural", "from": "00000000", "to": "00005000"}, ["to"]),
        ({"place": "prefectural", "from": "00000001"}, ["to"]),
        ({"place": "prefectural", "to": "00000001"}, ["from"]),
        ({"place": "prefectural", "numbers": ["00000001"], "from": "00000001", "to": "00000002"}, ["numbers", "from"]),
        ({"place": "prefectural"}, ["numbers"]),
        ({"numbers": ["00000001"]}, ["facility"]),
        ({"place": "prefectural", "facility": "1", "numbers": ["00000001"]}, ["facility", "place"]),
        ({"place": "14", "from": "00000001", "to": "00000002"}, ["place"]),
        ({"place": "counter", "numbers": ["00000001"]}, ["place"]),
    ],
)
def test_what_is_no_row_or_no_place_brings_nothing(library: Table, asked: dict[str, Any], fields: list[str]) -> None:
    before = everything(library)
    status, body = ask("POST", "/cards", asked)
    assert (status, [reason["field"] for reason in body["reasons"]]) == (422, fields)
    assert everything(library) == before


def test_a_row_that_overlaps_another_places_cards_brings_nothing(library: Table) -> None:
    ask("POST", "/cards", {"place": "1", "from": "20100001", "to": "20100003"})
    before = everything(library)
    status, body = ask("POST", "/cards", {"place": "prefectural", "from": "20100003", "to": "20100009"})
    assert (status, codes(body), body["reasons"][0]["numbers"]) == (409, ["cards_known"], ["20100003"])
    assert everything(library) == before


def test_a_row_may_be_cut_off_anywhere(library: Table, mortal: Mortal) -> None:
    def bring() -> int:
        return ask("POST", "/cards", {"place": "prefectural", "from": "00000001", "to": "00000150"})[0]

    bring()
    whole, start = everything(library), [item for item in everything(library) if item["PK"]["S"] == "FACILITIES"]
    for death in deaths(library, mortal, start, bring):
        assert bring() == 201
        assert everything(library) == whole, death
