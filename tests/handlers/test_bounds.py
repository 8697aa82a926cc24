"""Whatever is sent, to whatever route, by whomever: the answer is one of the API's own, and never a failure."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from lending.api.forms import BODY_BYTES
from lending.api.request_models import RequestModel
from lending.aws import settings, suppression
from lending.aws.table import Table
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, request
from tests.handlers.desk import SampleLibrary
from tests.handlers.surface import (
    ROUTES,
    TAKING,
    USERS,
    Route,
    api_of,
    as_strict_as_dynamodb,
    asked,
    filled,
    furnished,
    group_of,
    sent,
)

HALF = "\ud800"
YEARS = ("0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31")


@pytest.fixture
def there(given: Given, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    # moto has no suppression list
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)
    monkeypatch.setattr(Table, "_ask", as_strict_as_dynamodb(Table._ask))
    return furnished(given)


def deep(bracket: str, levels: int = 10_000) -> str:
    return (bracket + ("" if bracket == "[" else '"a":')) * levels


FORM = {"content-type": "application/x-www-form-urlencoded"}
PARTS = {"content-type": "multipart/form-data; boundary=x"}
MATRYOSHKA = "".join(f'--{n}\r\nContent-Type: multipart/mixed; boundary="{n + 1}"\r\n\r\n' for n in range(900))
RAW_BODIES = {
    "nothing": ("", {}),
    "no JSON": ("{", {}),
    "a list": ("[]", {}),
    "a number": ("1", {}),
    "no number": ('{"date": NaN, "left": Infinity, "loan_cap": -Infinity}', {}),
    "arrays in arrays": (deep("["), {}),
    "objects in objects": (deep("{"), {}),
    "arrays in a field": ('{"title_id": ' + deep("["), {}),
    "a string that does not end": ('"' + '\\"' * 30_000, {}),
    "half a surrogate pair": ('{"title_id": "\\ud800", "barcodes": ["\\udfff"], "reason": "\\ud800"}', {}),
    "half a surrogate pair as a name": ('{"\\ud800": 1}', {}),
    "too large": ('{"barcodes": ["' + "9" * BODY_BYTES + '"]}', {}),
    "six thousand names": (json.dumps({str(n): 1 for n in range(6_000)}), {}),
    "a number without end": ('{"facility": ' + "9" * 60_000 + "}", {}),
    "a form of one name": ("numbers=1&" * 6_000, FORM),
    "a form that is no text": ("title_id=%ff%fe", FORM),
    "a form with half a surrogate pair": ("title_id=%ED%A0%80", FORM),
    "parts without end": ("--x\r\n\r\n" * 8_000, PARTS),
    "parts in parts": (MATRYOSHKA, {"content-type": 'multipart/form-data; boundary="0"'}),
    "parts without a boundary": ("--x", {"content-type": "multipart/form-data"}),
    "an odd type": ("{", {"content-type": f"multipart/form-data; boundary={HALF}"}),
}

REFUSED_AS = {"too large": 413}


def test_no_more_is_read_than_anybody_has_reason_to_send(there: SampleLibrary) -> None:
    # GIVEN more than 64 KB, and more wrong fields than a person can use
    large = {"numbers": ["9" * 66_000]}
    for headers in ({}, {"idempotency-key": "k"}):
        assert sent(("desk", "POST", "/api/desk/cards"), body=large, headers=headers)[0] == 413
    odd = {"facility": "12", "numbers": [{}] * 1000}
    # WHEN they are answered, THEN fifty reasons are enough
    status, body = sent(("desk", "POST", "/api/desk/cards"), body=odd)
    assert (status, len(json.loads(body)["reasons"])) == (422, 50)


def test_a_body_that_is_none_is_refused_everywhere(there: SampleLibrary) -> None:
    reading = [route for route in TAKING if fields_of(route)]
    assert len(reading) > 15
    for name, (raw, headers) in RAW_BODIES.items():
        for route in TAKING:
            status, _ = sent(route, body=raw, headers=headers)
            assert route not in reading or name == "nothing" or status == REFUSED_AS.get(name, 400), (name, route)
        # AND so it is when it is to be carried out once
        sent(("registration", "POST", "/api/applications"), body=raw, headers=headers | {"idempotency-key": "k"})


# What fits the form of each field, and is odd


ODD_VALUES: list[Any] = [
    None, True, 1.5, -1, 2**64, 10**400, "", "\x00\x1f\u200b", "１２", "長" * 3000, [[1, "a"], {"b": 2}],
    {"a": {"b": "c"}}, *YEARS, "2026-06-07T00:00:00Z", "2026-W23-4",
]  # fmt: skip
APPLICATION = ("kind", "card_number", "name", "kana", "birth_date", "postal_code", "address", "phone", "email",
               "online_lending", "documents", "old_card_number")  # fmt: skip
# Else the first wrong field would be the last that is looked at.
RIGHT = {
    "title_id": "t-1", "pickup_place": "12", "facility": "12", "barcode": "t-1-2", "card_number": "10000001",
    "barcodes": ["t-3-1"], "from": "2026-06-08", "until": "2026-06-09", "scope": "facility", "reason": "雪",
    "pickup_from": "2026-06-07", "pickup_until": "2026-06-16", "due_on": "2026-06-23", "date": "2026-06-04",
    "dry_run": True, "action": "change_pickup", "result": "missing", "decision": "refuse", "numbers": ["20100009"],
    "title": "本", "copies": [], "rectangles": [{"left": 0, "top": 0, "right": 1, "bottom": 1}], "token": "x",
    "birth_date": "1990-04-01", "expires_on": "2028-03-31", "loan_cap": 5, "email": "a@example.jp",
}  # fmt: skip


def models() -> Iterator[type[RequestModel]]:
    """Every model that a function asks for."""
    waiting = [RequestModel]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            yield model


NAMES = {*APPLICATION, *(field.alias or name for model in models() for name, field in model.model_fields.items())}


def fields_of(route: Route) -> list[str]:
    """The fields that a route takes, as it says itself: those that it does not know it refuses by name."""
    _, body = sent(route, body=dict.fromkeys(NAMES, "x"))
    reasons = json.loads(body or "{}").get("reasons", [])
    unknown = {reason["field"] for reason in reasons if reason["code"] == "unknown_field"}
    return sorted(NAMES - unknown) if unknown else []


@pytest.mark.parametrize("route", TAKING, ids="-".join)
def test_an_odd_value_in_any_field_fails_nothing(there: SampleLibrary, route: Route) -> None:
    fields = fields_of(route)
    right = {name: RIGHT[name] for name in fields if name in RIGHT}
    for name in fields:
        for odd in ODD_VALUES:
            sent(route, body=right | {name: odd})
            if isinstance(right.get(name), list):
                sent(route, body=right | {name: [odd]})


# Addresses and headers


PATHS = [
    "9" * 3000, "長" * 200, HALF, "\x00", "..", "0001-01-01", "0001-01-01.12", "9999-12-31.12.p-1", "patron..",
    "application.x.", "...#..",
]  # fmt: skip


def test_an_odd_part_of_any_path_fails_nothing(there: SampleLibrary) -> None:
    for route in ROUTES:
        fields = fields_of(route) if route in TAKING else []
        for part in PATHS if "<" in route[2] else ():
            body = {name: RIGHT[name] for name in fields if name in RIGHT}
            status, _ = sent(route, filled(route[2], part), body=body)
            # Nothing is called so: nobody has to look.
            assert status == 404 or part not in (PATHS[0], HALF), route


class Query(dict[str, str]):
    """A query that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


QUERY_VALUES = [
    "", "0", "-1", "²", "９９", "9" * 5000, "長" * 2500, HALF, "\x00", "A" * 60, "ﷺ" * 200, *YEARS,
    " ".join(chr(0x4E00 + n) for n in range(100)),
]  # fmt: skip


def test_an_odd_value_in_any_query_fails_nothing(there: SampleLibrary) -> None:
    for route in ROUTES:
        looked = Query({"unasked": ""})
        if route[1] == "GET":
            sent(route, query=looked)
        for name in looked.names:
            for value in QUERY_VALUES:
                sent(route, query={name: value})


def test_an_odd_header_fails_nothing(there: SampleLibrary) -> None:
    names = ("idempotency-key", "x-access-code", "x-now", "content-type", "authorization")
    for value in (HALF, "長" * 3000, "\x00", "multipart/form-data; boundary=" + "x" * 5000):
        for route in ROUTES:
            sent(route, body={}, headers=dict.fromkeys(names, value))


def test_a_moment_beyond_the_calendar_is_refused(monkeypatch: pytest.MonkeyPatch, there: SampleLibrary) -> None:
    # GIVEN a stack that travels in time
    monkeypatch.setenv("TIME_TRAVEL", "true")
    settings.settings.cache_clear()
    for told in (*(f"{day}T12:00:00+09:00" for day in YEARS), "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"):
        for path in ("/api/titles/t-1", "/api/notices"):
            assert sent(("public", "GET", path), headers={"x-now": told})[0] == 400


@pytest.mark.parametrize("group", USERS)
def test_nobody_but_its_group_uses_a_route(there: SampleLibrary, group: str) -> None:
    for function, method, path in ROUTES:
        owner = group_of(path)
        if owner not in ("", group):
            event = request(method, filled(path), body={}, group=group, user=USERS[group])
            assert asked(function, event)[0] == (403 if group else 401), (method, path)


@pytest.mark.parametrize("group", ["facility-²", "facility-１２", "facility-", "facility-1234", "facility-1.5"])
def test_a_group_that_is_no_facilitys_opens_nothing(there: SampleLibrary, group: str) -> None:
    assert asked("facility", request("GET", "/api/facility", group=group, user="f-12"))[0] == 403


# The bounds themselves


def bounded(schema: dict[str, Any], where: str) -> Iterator[str]:
    """Where a schema leaves open how long a text or a list may be, or how large a number."""
    kind = schema.get("type")
    if (
        kind == "string"
        and not ({"maxLength", "enum", "const", "pattern"} & schema.keys())
        and (schema.get("format") != "date")
    ):
        yield where
    if kind == "array" and "maxItems" not in schema:
        yield where
    if kind == "integer" and not ({"maximum", "exclusiveMaximum"} & schema.keys()):
        yield where
    for name, inner in schema.get("properties", {}).items():
        yield from bounded(inner, f"{where}.{name}")
    for name, inner in schema.get("$defs", {}).items():
        yield from bounded(inner, f"{where}#{name}")
    for inner in (schema.get("items"), *schema.get("anyOf", [])):
        if isinstance(inner, dict):
            yield from bounded(inner, f"{where}[]")


def test_every_text_and_list_that_can_be_sent_has_a_bound() -> None:
    assert {model.__module__ for model in models()} >= {"lending.api.desk.pulls", "lending.api.holds"}
    found = [where for model in models() for where in bounded(model.model_json_schema(), model.__name__)]
    # What a scanner reads is a bar code or none (RULES 32); the body bounds it.
    assert [where for where in found if where != "CheckIns.barcodes[]"] == []


def faults(model: type[RequestModel], field: str) -> set[str]:
    """What is said of a field that is sent once, as a form sends it."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate({field: "1", "of no model": ""})
    return {fault["type"] for fault in refused.value.errors() if fault["loc"] == (field,)}


def test_a_list_of_one_may_come_as_a_form_sends_it() -> None:
    lists = [
        (model, name)
        for model in models()
        for name, shown in model.model_json_schema()["properties"].items()
        if shown.get("type") == "array" and "$ref" not in shown["items"]
    ]
    assert {name for _, name in lists} >= {"numbers", "slots", "barcodes", "weekdays", "facilities"}
    assert [(model.__name__, name) for model, name in lists if faults(model, name)] == []


def test_one_bar_code_that_is_none_fails_no_other_book(there: SampleLibrary) -> None:
    # GIVEN a book that comes back, among what no book can be called (RULES 32)
    odd = ["9" * 3000, "", "長い番号", " ", "a b"]
    event = request("POST", "/api/desk/checkins", body={"barcodes": [odd[0], "t-3-1", *odd[1:]]},
                    group="desk", user="staff-1", now=datetime(2026, 6, 17, 15, tzinfo=TOKYO))  # fmt: skip
    # WHEN all are scanned in one go
    status, body = asked("desk", event)
    # THEN each is answered on its own
    assert status == 200, body
    results = {each["barcode"]: each["result"] for each in json.loads(body)["items"]}
    assert results == {"t-3-1": "returned"} | dict.fromkeys(odd, "unknown")


# What is no route


@pytest.mark.parametrize("path", ["/", "/api", "/api/", "/api/nothing", "/api/titles/", "/api/titles/t-1/copies",
                                  "/api/me/holds", "/API/FACILITIES", "//", "/api/desk", "\x00"])  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "PROPFIND"])
def test_what_is_no_route_is_told_so_in_the_form_of_the_api(method: str, path: str) -> None:
    # The gateway hands on to this function what no other answers
    for headers in ({}, {"idempotency-key": "k"}):
        assert asked("public", request(method, path, body={}, headers=headers))[0] == 404


def test_another_method_is_told_which_are_known() -> None:
    known = {"/api/facilities": "GET", "/api/titles/t-1": "GET"}
    for path, allowed in known.items():
        for method in ("POST", "PUT", "HEAD"):
            event = request(method, path, headers={"idempotency-key": "k"})
            assert asked("public", event)[0] == 405
            assert api_of("public")(event, context())["headers"]["Allow"] == allowed
    answered = api_of("desk")(request("DELETE", "/api/desk/checkins", group="desk", user="staff-1"), context())
    assert (answered["statusCode"], answered["headers"]["Allow"]) == (405, "POST")
