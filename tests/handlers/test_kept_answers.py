"""Answers kept for an `Idempotency-Key`: what is kept, and who may have it (docs/api.md)."""

import json
from typing import Any

from functions.desk.handler import handler as desk
from functions.holds.handler import handler as holds
from lending.actions import idempotency as keeping
from lending.api import idempotency
from lending.api.answers import response
from lending.api.request import Request
from lending.aws.table import Table
from tests.handlers.conftest import NOON, Given, context, request
from tests.handlers.crashing import everything

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


def test_an_answer_too_large_for_an_item_is_given_and_not_kept(given: Given, library: Table) -> None:
    # GIVEN an answer of 300 KB, whatever it is
    large = response(200, json.dumps({"text": "長" * 100_000}, ensure_ascii=False))
    asked = Request(request("POST", "/api/desk/checkins", body={}, group="desk", user="s", now=NOON), "s")
    # WHEN it is given to a request with a key THEN it comes, each time anew
    for _ in range(2):
        answered = idempotency.answer_once("k", asked, lambda: large, {})
        assert len((answered.body or "").encode()) > keeping._BYTES_KEPT
        assert kept(library) == []
