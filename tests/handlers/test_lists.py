"""Every list answers items and a cursor, as many as are asked for and all in the end (API.md, common)."""

import base64
import json
from typing import Any

import pytest

from lending.aws import signing
from lending.aws.table.holds import baskets, holds
from tests.handlers.conftest import NOON, Given
from tests.handlers.desk import SUNDAY, SampleLibrary
from tests.handlers.surface import ROUTES, Route, furnished, sent

# What a list is asked for with, so that there is something in it.
QUERY = {
    "/api/desk/shifts": {"pickup_from": str(SUNDAY)},
    "/api/facility/bags": {"list": "coming"},
    "/api/titles": {"q": "見本"},
}


@pytest.fixture
def there(given: Given) -> SampleLibrary:
    return furnished(given)


def page(route: Route, **query: str) -> dict[str, Any]:
    status, body = sent(route, query=QUERY.get(route[2], {}) | query)
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def pages(route: Route, **query: str) -> list[list[Any]]:
    """All pages of a list, from its first to its last, but for what each look at it counts up."""
    found = [page(route, **query)]
    while cursor := found[-1]["cursor"]:
        found.append(page(route, **query, cursor=cursor))
    return [[uncounted(item) for item in each["items"]] for each in found]


def uncounted(item: Any) -> Any:
    """A line of the trail counts how often staff looked, at itself too (RULES 41)."""
    return {name: value for name, value in item.items() if name != "times"} if isinstance(item, dict) else item


def is_list(route: Route) -> bool:
    status, body = sent(route, query=QUERY.get(route[2], {}))
    return status == 200 and "items" in json.loads(body)


def test_a_cursor_says_nothing_to_who_holds_it() -> None:
    # GIVEN the end of a page, with the internal id of a patron
    end = {"PK": "PATRON#" + "0123456789abcdef" * 2, "SK": "PATRON"}
    cursor = signing.sealed("cursor", end)
    # THEN only we can read it
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert not any(part in raw for part in (b"PATRON", b"0123456789abcdef", b'"PK"'))
    assert signing.opened("cursor", cursor) == end


LOOKING = [route for route in ROUTES if route[1] == "GET"]
WHOLE = {
    "/api/facilities", "/api/notices", "/api/calendar",
    "/api/me/holds", "/api/me/outlook", "/api/me/loans", "/api/me/basket", "/api/me/mails",
    "/api/desk/crates", "/api/desk/closures", "/api/desk/suspensions", "/api/desk/shifts", "/api/facility/bags",
    "/api/facility/closures",
}  # fmt: skip


def test_every_list_is_answered_in_pages_of_any_size(there: SampleLibrary) -> None:
    seen = set()
    for route in filter(is_list, LOOKING):
        seen.add(route[2])
        # WHEN a list is asked for whole, one by one, and two by two
        everything = [item for items in pages(route) for item in items]
        ones, twos = pages(route, limit="1"), pages(route, limit="2")
        # THEN nothing is left out, and nothing comes twice
        assert [item for items in ones for item in items] == everything, route
        assert [item for items in twos for item in items] == everything, route
        assert (max(map(len, ones)) <= 1, max(map(len, twos)) <= 2) == (True, True), route
    assert seen >= WHOLE


def test_who_does_not_page_loses_nothing(there: SampleLibrary) -> None:
    for route in LOOKING:
        if route[2] in WHOLE:
            whole = page(route)
            assert whole["cursor"] is None, route
            assert len(whole["items"]) >= 2, route


def test_a_cursor_is_for_its_list_and_its_reader_only(there: SampleLibrary) -> None:
    holds_, loans = ("holds", "GET", "/api/me/holds"), ("my_library", "GET", "/api/me/loans")
    cursor = page(holds_, limit="1")["cursor"]
    for route, text in ((loans, cursor), (holds_, cursor[:-1] + "A"), (holds_, "WzFd"), (holds_, "長")):
        status, body = sent(route, query={"cursor": text})
        assert (status, json.loads(body)["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.0"])
def test_a_limit_that_is_none_is_named(there: SampleLibrary, limit: str) -> None:
    status, body = sent(("holds", "GET", "/api/me/holds"), query={"limit": limit})
    assert (status, json.loads(body)["reasons"][0]["field"]) == (422, "limit")


def test_a_page_goes_on_where_the_one_before_ended_whatever_has_left(there: SampleLibrary) -> None:
    # GIVEN three titles in the basket, of which the first two have been seen
    there.table.write(baskets.addition("p-1", "t-3", NOON))
    basket = ("my_library", "GET", "/api/me/basket")
    first = page(basket, limit="2")
    assert [each["title_id"] for each in first["items"]] == ["t-1", "t-2"]
    # WHEN both are taken out before the list is read on
    there.table.write(baskets.removal("p-1", "t-1"))
    there.table.write(baskets.removal("p-1", "t-2"))
    # THEN the third is still to come
    assert [each["title_id"] for each in page(basket, cursor=first["cursor"])["items"]] == ["t-3"]


def test_a_hold_that_is_gone_ends_no_list(there: SampleLibrary) -> None:
    listed = ("holds", "GET", "/api/me/holds")
    first = page(listed, limit="1")
    there.table.transact(holds.end(there.held(title_id=first["items"][0]["title_id"])))
    (second,) = page(listed, cursor=first["cursor"])["items"]
    assert second["title_id"] != first["items"][0]["title_id"]
