"""A stack can demand that people come by the site, and staff from the library's own networks (docs/operations.md)."""

from typing import Any

import pytest

from functions.desk.handler import handler as desk
from functions.public.handler import handler as public
from lending.aws import settings
from tests.handlers.conftest import Given, context, request
from tests.handlers.desk import answered

SECRET = "a-secret-of-the-site"
LIBRARY, HOME, CLOUDFRONT = "203.0.113.7", "198.51.100.9", "130.176.0.1"


def told(monkeypatch: pytest.MonkeyPatch, **told: str) -> None:
    """What the stack is told."""
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings.settings.cache_clear()


def by_site(sender: str, made_up: str = "") -> dict[str, str]:
    """The headers of a request that came by the site: CloudFront and the gateway each add whom they heard."""
    chain = [*([made_up] if made_up else []), sender, CLOUDFRONT]
    return {"x-origin-secret": SECRET, "x-forwarded-for": ", ".join(chain)}


def status_of_desk(headers: dict[str, str]) -> tuple[int, Any]:
    status, body = answered(
        desk(request("GET", "/api/desk/pulls", group="desk", user="desk-1", headers=headers), context())
    )
    return status, body.get("code")


@pytest.mark.parametrize("headers", [{}, {"x-origin-secret": ""}, {"x-origin-secret": "a guess"}])
def test_nobody_comes_past_the_site(given: Given, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    # GIVEN a stack that answers only what comes by the site
    told(monkeypatch, ORIGIN_SECRET=SECRET)
    # WHEN the gateway is asked directly THEN there is no answer, neither for anyone nor for staff
    for answer in (
        public(request("GET", "/api/facilities", headers=headers), context()),
        desk(request("GET", "/api/desk/pulls", group="desk", user="desk-1", headers=headers), context()),
    ):
        status, problem = answered(answer)
        assert (status, problem["code"]) == (403, "not_by_site")


def test_who_comes_by_the_site_is_answered(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, ORIGIN_SECRET=SECRET)
    assert answered(public(request("GET", "/api/facilities", headers=by_site(HOME)), context()))[0] == 200
    assert status_of_desk(by_site(HOME)) == (200, None)


@pytest.mark.parametrize(
    ("sender", "made_up", "expected"),
    [
        (LIBRARY, "", (200, None)),
        ("2001:db8::7", "", (200, None)),
        (HOME, "", (403, "not_from_here")),
        # What a stranger writes into the chain stands before what CloudFront adds.
        (HOME, LIBRARY, (403, "not_from_here")),
        ("unknown", "", (403, "not_from_here")),
    ],
)
def test_staff_ask_from_the_librarys_networks(
    given: Given, monkeypatch: pytest.MonkeyPatch, sender: str, made_up: str, expected: tuple[int, str | None]
) -> None:
    # GIVEN a stack that names the networks of the library
    told(monkeypatch, ORIGIN_SECRET=SECRET, STAFF_NETWORKS="203.0.113.0/24 2001:db8::/32")
    # WHEN staff ask from one of them, or from elsewhere
    assert status_of_desk(by_site(sender, made_up)) == expected
    # THEN patrons and visitors may ask from anywhere
    assert answered(public(request("GET", "/api/facilities", headers=by_site(HOME)), context()))[0] == 200


def test_without_the_site_the_gateway_says_who_asks(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN networks, but no demand to come by the site: then the chain could be made up
    told(monkeypatch, STAFF_NETWORKS="203.0.113.0/24")
    assert status_of_desk(by_site(LIBRARY)) == (403, "not_from_here")
