"""Each route of docs/openapi.json, called with what its schema allows, with what it does not, and with what is there.

Whatever is sent, the answer is one that the document names, in the form it names, and never a failure of ours.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.local.people import Caller, sign_in
from infra.local.samples import HANAKO, JIRO, home_of, kit_of
from tests.deployed.conftest import Played
from tests.library import AOMORI

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 6
LISTS = {"missing", "lost", "ready"}


def _late(route: tuple[str, str]) -> tuple[int, str]:
    """First what shows, then what changes, last what takes away: there is something to show and to change."""
    return ("get", "put", "patch", "post", "delete").index(route[0]), route[1]


ROUTES = sorted(((method, path) for path, each in DOCUMENT["paths"].items() for method in each), key=_late)


# By which name an item of a list is asked for: `/api/desk/closures/{closure_id}` has one of `/api/desk/closures`.
NAMED_BELOW = {found[1]: found[2] for _, path in ROUTES if (found := re.match(r"(.*)/{(\w+)}[^{]*$", path))}


@dataclass
class Library:
    """The played library, who asks it, and all ids and numbers that its lists have shown, by their fields' names."""

    played: Played
    callers: dict[str, Caller]
    application: tuple[str, str]
    shown: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    answered: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def call(self, case: Case[Any]) -> Any:
        """One request by who may make it, at the moment up to which was played."""
        owner = case.path.split("/")[2]
        caller = self.callers.get(owner, self.callers["anyone"])
        headers = {"X-Now": self.played.now.isoformat()}
        if caller.token:
            headers["Authorization"] = f"Bearer {caller.token}"
        answer = case.call(
            base_url=caller.stack.outputs["ApiUrl"].removesuffix("/api"), headers=headers, session=caller.session
        )
        self.answered[f"{case.method} {case.path}"].add(answer.status_code)
        if answer.status_code == 200 and "json" in str(answer.headers.get("content-type")):
            self.learn(case.path, answer.json())
        return answer

    def learn(self, path: str, found: Any) -> None:
        """Remember what an answer names, and by which names the items of a list are asked for."""
        for name, value in found.items() if isinstance(found, dict) else ():
            if isinstance(value, str) and value:
                self.shown[name].add(value)
                if name in ("id", "date"):
                    self.shown[str(NAMED_BELOW.get(path, name))].add(value)
            self.learn(path, value)
        for value in found if isinstance(found, list) else ():
            self.learn(path, value)

    def put_in(self, case: Case[Any], chance: random.Random) -> None:
        """What there is, in the place of what was made up."""
        sent = [case.path_parameters, case.query, case.body if isinstance(case.body, dict) else {}]
        for fields in sent:
            for name in fields:
                known = LISTS if (name, fields) == ("name", case.path_parameters) else self.shown[name]
                if known and chance.random() < 0.9:
                    fields[name] = chance.choice(sorted(known))
        # Who is searched for by several things must fit them all.
        if (case.method, case.path) == ("GET", "/api/desk/patrons") and chance.random() < 0.9:
            case.query = {"kana": HANAKO.kana}
        # A code opens the application it was given for.
        if "X-Access-Code" in case.headers and chance.random() < 0.9:
            receipt_number, code = self.application
            case.path_parameters["receipt_number"], case.headers["X-Access-Code"] = receipt_number, code


@pytest.fixture(scope="module")
def library(played: Played) -> Library:
    """The library after its weeks, with work of every kind left open, and what its lists show of it."""
    accounts = {account["group"]: account for account in played.stack.accounts}

    def signed_in(group: str) -> Caller:
        return sign_in(played.stack, accounts[group]["username"], accounts[group]["password"])

    home, card = home_of(HANAKO, AOMORI), kit_of(HANAKO, AOMORI)
    patron = next(each for each in played.stack.accounts if each["username"] == card)
    callers = {
        "anyone": Caller(played.stack),
        "me": sign_in(played.stack, patron["username"], patron["password"]),
        "desk": signed_in("desk"),
        "facility": signed_in(f"facility-{home:02}"),
    }
    accepted = callers["anyone"].post(
        "/applications", played.now, JIRO.form_of_move(kit_of(JIRO, AOMORI), "見本市"), 201
    )
    found = Library(played, callers, (accepted["receipt_number"], accepted["access_code"]))
    found.shown["staff"].add(accounts["desk"]["username"])
    # A facility's link is shown when it is made.
    link = callers["desk"].post(f"/desk/facilities/{home}/link", played.now, {}, 201)
    found.shown["number"].add(link["facility"])
    found.shown["link"].add(link["token"])
    feed = callers["me"].expect(200, "PUT", "/me/calendar-link", played.now, {})
    found.shown["token"].add(feed["token"])
    for method, path in ROUTES:
        if method == "get" and "{" not in path:
            owner = path.split("/")[2]
            caller = callers.get(owner, callers["anyone"])
            found.learn(path, caller.call("GET", path.removeprefix("/api"), played.now).json())
    return found


def cases(method: str, path: str) -> SearchStrategy[Case[Any]]:
    """Requests for a route, right ones and wrong ones."""
    operation = SCHEMA[path][method.upper()]
    kinds = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return one_of(*(operation.as_strategy(generation_mode=kind) for kind in kinds))


def requests(method: str, path: str) -> Iterator[tuple[Case[Any], bool]]:
    """Some requests for a route, the same each time; every other one is to name what there is."""
    made: list[Case[Any]] = []

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(cases(method, path))
    def make(case: Case[Any]) -> None:
        made.append(case)

    make()
    yield from ((case, number % 2 == 0) for number, case in enumerate(made))


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: str(part))
def test_every_answer_is_one_of_the_document(library: Library, method: str, path: str) -> None:
    chance = random.Random(f"{method} {path}")
    for case, real in requests(method, path):
        if real:
            library.put_in(case, chance)
        case.validate_response(library.call(case), checks=CHECKS)


def test_what_shows_something_has_shown_it(library: Library) -> None:
    """GIVEN the run above THEN it was no row of 404s: each route that shows something was answered with it."""
    showing = [f"{method.upper()} {path}" for method, path in ROUTES if method == "get"]
    assert [route for route in showing if 200 not in library.answered[route]] == []
