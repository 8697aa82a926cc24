"""Answers kept for an `Idempotency-Key`: what is kept, and who may have it (docs/api.md)."""

import json
from itertools import chain, repeat
from typing import Any

import pytest

from functions.desk.handler import handler as desk
from functions.holds.handler import handler as holds
from lending.actions import idempotency as keeping
from lending.api import idempotency, runs
from lending.api.answers import response
from lending.api.desk import catalogue
from lending.api.request import Request
from lending.aws.table import Table
from tests.handlers.conftest import NOON, Given, context, request
from tests.handlers.crashing import everything
from tests.handlers.desk import SampleLibrary, ask

KEY = {"idempotency-key": "k"}


def kept(library: Table) -> list[dict[str, Any]]:
    return [item for item in everything(library) if item["PK"]["S"].startswith("IDEMPOTENCY#")]


def place(title_id: str, user: str = "p-1", group: str = "patron") -> dict[str, Any]:
    body = {"title_id": title_id, "pickup_place": "prefectural"}
    answered: dict[str, Any] = holds(
        request("POST", "/api/me/holds", body=body, headers=KEY, group=group, user=user), context()
    )
    return answered


def test_what_could_not_be_found_can_be_asked_again(given: Given, library: Table) -> None:
    # GIVEN a hold of a title that is not there yet, sent with a key
    given.patron()
    assert place("t-1")["statusCode"] == 404
    assert kept(library) == []
    # WHEN the title is brought in and the same is sent again THEN it is done
    given.title()
    assert place("t-1")["statusCode"] == 201


def test_what_a_rule_says_no_to_is_answered_the_same(given: Given, library: Table) -> None:
    # GIVEN a hold that a rule refuses (RULES 9)
    given.patron(), given.title(reference_only=True)
    first = place("t-1")
    assert (first["statusCode"], len(kept(library))) == (409, 1)
    assert place("t-1")["body"] == first["body"]


def test_who_may_not_ask_any_more_is_not_told_what_was_answered(given: Given) -> None:
    # GIVEN an answer that a member of staff got
    given.title()

    def ask(group: str, use: str = "access") -> dict[str, Any]:
        event = request("POST", "/api/desk/checkins", body={"barcodes": ["t-1-1"]}, headers=KEY, group=group, user="s")
        event["requestContext"]["authorizer"]["jwt"]["claims"]["token_use"] = use
        answered: dict[str, Any] = desk(event, context())
        return answered

    first = ask("desk")
    assert first["statusCode"] == 200
    # WHEN they come with an id token, or out of the group THEN the key is of no use
    assert [ask("desk", "id")["statusCode"], ask("patron")["statusCode"]] == [401, 403]
    assert ask("desk")["body"] == first["body"]


def test_what_is_done_in_parts_goes_on_under_its_key(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a title whose three holds are to end, and time for one at a request (RULES 9)
    there = SampleLibrary(given)
    given.title()
    for number in (1, 2, 3):
        there.patron(f"p-{number}"), there.hold(f"p-{number}")
    looks = iter([True, False, True, False, True])
    monkeypatch.setattr(catalogue, "within_a_request", lambda: lambda: next(looks))

    def end() -> tuple[int, Any]:
        return ask("POST", "/titles/t-1/holds", {"action": "cancel_all", "reason": "withdrawn"}, headers=KEY)

    # WHEN the same is sent with the same key until nothing is left THEN it goes on, and nothing is kept meanwhile
    answers = []
    for left in (2, 1):
        answers.append(end())
        assert (answers[-1][0], answers[-1][1]["left"], kept(library)) == (202, left, [])
    # AND the last answer is kept
    last = end()
    assert (last[0], last[1]["left"], len(kept(library))) == (200, 0, 1)
    assert end() == last


def test_a_run_goes_on_under_its_key(given: Given, library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a run for which the time of one request is too short (RULES 26)
    there = SampleLibrary(given)
    given.title(), there.patron(), there.hold()
    looks = chain([False], repeat(True))
    monkeypatch.setattr(runs, "within_a_request", lambda: lambda: next(looks))

    def run() -> tuple[int, Any]:
        return ask("POST", "/runs", {"date": "2026-06-04"}, headers=KEY)

    first = run()
    assert (first[0], first[1]["unfinished"], kept(library)) == (200, True, [])
    # WHEN it is sent again THEN it is made, and that answer stays
    second = run()
    assert (second[1]["unfinished"], second[1]["finished"]) == (False, True)
    assert run() == second


def test_what_is_only_accepted_is_accepted_once(given: Given, library: Table) -> None:
    # GIVEN a wish that is answered by 202, and is not to be continued (RULES 6)
    there = SampleLibrary(given)
    there.patron()
    first = ask("POST", "/patrons/10000001/temporary-password", {}, headers=KEY)
    assert (first[0], len(kept(library))) == (202, 1)
    assert ask("POST", "/patrons/10000001/temporary-password", {}, headers=KEY) == first


def test_an_answer_too_large_for_an_item_is_given_and_not_kept(given: Given, library: Table) -> None:
    # GIVEN an answer of 300 KB, whatever it is
    large = response(200, json.dumps({"text": "長" * 100_000}, ensure_ascii=False))
    asked = Request(request("POST", "/api/desk/checkins", body={}, group="desk", user="s", now=NOON), "s")
    # WHEN it is given to a request with a key THEN it comes, each time anew
    for _ in range(2):
        answered = idempotency.answer_once("k", asked, lambda: large, {})
        assert len((answered.body or "").encode()) > keeping._BYTES_KEPT
        assert kept(library) == []
