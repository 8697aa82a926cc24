"""Thousands of odd requests to every route: none fails, none answers without end, none takes the processor for long.

What is odd alone is in `test_bounds`; here everything is at once, and seeded. `asked` demands what each answer must be.
"""

import json
import random
import string
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lending.api.forms import BODY_BYTES
from lending.api.request_models import QueryModel, RequestModel
from lending.aws import suppression
from lending.aws.table import Table, library_table
from tests.handlers.conftest import request
from tests.handlers.played import NOW, ONE, TWO, Watched, play
from tests.handlers.surface import ROUTES, USERS, Route, api_of, as_strict_as_dynamodb, asked, group_of

OF_EACH_ROUTE = 30
QUERY_BYTES = 8 * 1024
HALF = "\ud800"
RTL = "\u202e" + "עברית"

DAYS = ["0001-01-01", "0000-00-00", "9999-12-31", "2026-02-30", "2026-13-01", "1999-12-31", "2000-01-01", "2100-12-31",
        "2101-01-01", "令和8年6月7日", "昭和64-1-8", "2026/6/7", "2026-W23-4", "２０２６-０６-０７",
        "-2026-06-07"]  # fmt: skip
NAMES = ["", " ", "\x00", "a\x00b", "#", "p-1#x", "PATRON#p-1", "..", "%00", "²", "１２", "-1", "1e9", RTL, HALF,
         "x" * 2049, "長" * 683, "9" * 5000, "é́̂" * 50, "😀" * 100, "' OR 1=1 --", "${jndi:x}", "<script>", "\r\nX: y",
         "null", "facility-²", "2026-06-07.²²", "2026-06-07.12.", "0001-01-01.12.p-1", "patron.p-1.",
         "application..x"]  # fmt: skip
NUMBERS: list[Any] = [0, -1, 1.5, 1e308, 2**63, 10**400, True, None]
LISTS = ["missing", "lost", "ready", "overdue", "letters"]


def odd(chance: random.Random) -> str:
    """A text that nobody sends in earnest."""
    if chance.random() < 0.2:
        alphabet = string.printable + "あ²\u200b\u202e\x00"
        return "".join(chance.choices(alphabet, k=chance.choice((1, 10, 300))))
    return chance.choice(DAYS + NAMES)


def known(chance: random.Random) -> str:
    """A name of something that is there, of whatever kind."""
    return chance.choice([*ONE.known.values(), *TWO.known.values(), ONE.title(3), ONE.copy(7), ONE.facility, *LISTS])


def some(chance: random.Random, depth: int = 0) -> Any:
    """Any value of JSON."""
    kind = chance.randrange(8 if depth < 3 else 6)
    if kind < 2:
        return odd(chance)
    if kind < 4:
        return known(chance)
    if kind < 6:
        return chance.choice(NUMBERS)
    if kind == 6:
        return [some(chance, depth + 1) for _ in range(chance.choice((0, 1, 3, 30)))]
    return {odd(chance) if chance.random() < 0.3 else f"f{n}": some(chance, depth + 1) for n in range(4)}


def filled_up(part: str, most: int = BODY_BYTES - 200) -> str:
    return part * (most // len(part.encode()))


FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PARTS = "multipart/form-data; boundary=x"
# 64 KB, each in a way that one parser or another does not like.
LARGE: list[tuple[str, str]] = [
    (JSON, "[" * 60_000), (JSON, '{"a":' * 12_000), (JSON, "[" + "[]," * 20_000 + "[]]"),
    (JSON, json.dumps({f"k{n}": n for n in range(5_000)})), (JSON, '{"barcodes": ["' + "9" * 60_000 + '"]}'),
    (JSON, '{"facility": ' + "9" * 60_000 + "}"), (JSON, '{"loan_cap": 1e' + "9" * 60_000 + "}"),
    (JSON, '{"barcodes": [' + filled_up('"a",', 60_000) + '"a"]}'),
    (JSON, '{"numbers": [' + filled_up("{},", 60_000) + "{}]}"),
    (JSON, '{"note": "' + filled_up("\\ud800", 60_000) + '"}'),
    (JSON, '{"note": "' + filled_up("\\u0000", 60_000) + '"}'),
    (JSON, filled_up(" ")), (JSON, '"' + filled_up('\\"')),
    (JSON, '{"date": NaN, "a": [' + filled_up("NaN,") + "NaN]}"),
    (JSON, '{"reason": "' + "長" * 21_000 + '"}'), (JSON, '{"title": "' + "ﷺ" * 21_000 + '", "copies": []}'),
    (FORM, filled_up("a=&")), (FORM, "&".join(f"k{n}=v" for n in range(6_000))),
    (FORM, "a=" + filled_up("%F0%9F%98%80")),
    (FORM, filled_up("%")), (FORM, "title_id=" + filled_up("+")), (PARTS, filled_up("--x\r\n\r\n")),
    (PARTS, filled_up('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n') + "--x--"),
    (PARTS, '--x\r\nContent-Disposition: form-data; name="' + filled_up("\\", 60_000) + '"\r\n\r\nb\r\n--x--'),
    (PARTS, "--x\r\n" + filled_up("A: b\r\n", 60_000) + "\r\nb\r\n--x--"), ("text/html", filled_up("<")),
    (f"multipart/form-data; boundary={'=' * 60_000}", "--x"), (JSON, "長" * 30_000),
]  # fmt: skip


class Sender:
    """Somebody who may, and sends what nobody would."""

    def __init__(self, route: Route, cursors: list[str]) -> None:
        self.function, self.method, self.path = route
        self.chance, self.cursors = random.Random(f"{route}"), cursors
        types = next(
            each.types for area in api_of(self.function).areas for each in area.routes
            if (each.method, each.path) == (self.method, self.path)
        )  # fmt: skip
        models = [kind for name, kind in types.items() if name != "return" and isinstance(kind, type)]
        self.fields = self._names_of(models, RequestModel) or ["kind", "card_number", "birth_date"]
        self.asked_for = [*self._names_of(models, QueryModel), "limit", "cursor", "for", "all", "phone", "kana"]

    def _names_of(self, models: list[Any], kind: type) -> list[str]:
        fields = {
            name: each for model in models if issubclass(model, kind) for name, each in model.model_fields.items()
        }
        return [field.alias or name for name, field in fields.items()]

    def event(self) -> dict[str, Any]:
        """The next request."""
        group, kind, body = group_of(self.path), JSON, None
        if self.method not in ("GET", "DELETE") or self.chance.random() < 0.1:
            kind, body = self._body()
        headers = {"content-type": kind, "x-access-code": self._value(), "x-forwarded-for": odd(self.chance)}
        if self.chance.random() < 0.2:
            headers["idempotency-key"] = odd(self.chance)
        return request(self.method, self._filled(), body=body, headers=headers, query=self._query(), group=group,
                       user=USERS[group], now=self._moment())  # fmt: skip

    def _value(self) -> str:
        return known(self.chance) if self.chance.random() < 0.4 else odd(self.chance)

    def _filled(self) -> str:
        parts = [part.strip("<>") if part.startswith("<") else "" for part in self.path.split("/")]
        return "/".join(
            (ONE.known.get(name, "x") if self.chance.random() < 0.5 else self._value()) if name else part
            for name, part in zip(parts, self.path.split("/"), strict=True)
        )

    def _query(self) -> dict[str, str]:
        if self.chance.random() < 0.15:
            return {f"q{n}": "x" * 7 for n in range(QUERY_BYTES // 12)}
        query = {name: self._value() for name in self.asked_for if self.chance.random() < 0.4}
        if self.chance.random() < 0.3 and self.cursors:
            query["cursor"] = self.chance.choice(self.cursors)
        if self.chance.random() < 0.1:
            query[self.chance.choice(self.asked_for)] = self.chance.choice("長a²") * (QUERY_BYTES // 3)
        return query

    def _body(self) -> tuple[str, str]:
        if self.chance.random() < 0.35:
            return self.chance.choice(LARGE)
        fields = {name: some(self.chance) for name in self.fields if self.chance.random() < 0.8}
        return JSON, json.dumps(fields)

    def _moment(self) -> datetime:
        days = self.chance.choice((0, 0, 0, 0, 3, 10, 24, 400, -300, 20_000))
        return NOW + timedelta(days=days)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A played library, as strict as DynamoDB."""
    store = Watched()
    monkeypatch.setattr(library_table(), "_client", store)
    # moto has no suppression list
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)
    monkeypatch.setattr("lending.aws.table.store._pause", lambda attempt: None)
    play(library_table())
    monkeypatch.setattr(Table, "_ask", as_strict_as_dynamodb(Table._ask))
    return store


def cursors_of(store: Watched) -> list[str]:
    """The cursors that lists give, with which somebody may try any other, too."""
    found = []
    for function, method, path in ROUTES:
        group = group_of(path)
        for query in ({"limit": "1"}, {"limit": "1", "kana": "ミ"}, {"limit": "1", "q": "見本"}):
            filled = path.replace("<name>", "ready").replace("<card_number>", ONE.card)
            if method == "GET" and "<" not in filled:
                event = request(method, filled, query=query, group=group, user=USERS[group], now=NOW)
                with store.undone():
                    found.append(json.loads(asked(function, event)[1]).get("cursor"))
    return sorted({cursor for cursor in found if cursor})


def test_the_routes_are_those_of_the_document() -> None:
    document = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
    described = {(method.upper(), path) for path, each in document["paths"].items() for method in each}
    assert {(method, path.replace("<", "{").replace(">", "}")) for _, method, path in ROUTES} == described


@pytest.mark.parametrize("part", range(3))
def test_no_odd_request_fails_or_lasts(store: Watched, part: int) -> None:
    # GIVEN a played library, and cursors of all its lists
    cursors, answered = cursors_of(store), Counter[int]()
    assert len(cursors) > 10
    for route in ROUTES[part::3]:
        sender = Sender(route, cursors)
        for _ in range(OF_EACH_ROUTE):
            with store.undone():
                # WHEN odd things are sent THEN each answer is one of the API's own, within its bounds
                answered[asked(sender.function, sender.event())[0]] += 1
    # AND not all was refused at the door
    assert {200, 204, 400, 404, 413, 422} <= answered.keys() - {500}
    assert sum(answered[status] for status in answered if status < 300) > 100
