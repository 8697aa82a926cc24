"""Holds, RULES 9-12, as the function answers them."""

import json
from typing import Any

import pytest

from functions.holds.handler import handler
from lending.aws.table import Table, patrons
from tests.handlers.conftest import Given, context, request, sample


def place(title_id: str, user: str = "p-1", **how: Any) -> dict[str, Any]:
    body = {"title_id": title_id, "pickup_place": "prefectural"}
    return handler(request("POST", "/api/me/holds", body=body, group="patron", user=user, **how), context())


def show(user: str = "p-1") -> list[dict[str, Any]]:
    answered = handler(request("GET", "/api/me/holds", group="patron", user=user), context())
    return json.loads(answered["body"])["items"]


def codes(answered: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in json.loads(answered["body"])["reasons"]]


def test_sample_places_a_hold(given: Given, library: Table) -> None:
    # GIVEN a patron and a title
    given.patron(), given.title()
    # WHEN the sample is sent
    answered = handler(sample("holds/place"), context())
    # THEN it is waiting, first of one, and counted
    assert answered["statusCode"] == 201, answered
    (hold,) = show()
    assert (hold["status_label"], hold["position"], hold["of"]) == ("確保待ち", 1, 1)
    assert patrons.find(library, "p-1").open_holds == 1  # type: ignore[union-attr]


def test_a_refusal_names_every_reason_at_once(given: Given) -> None:
    # GIVEN a patron with the 20th hold on a title, which then may not be held any more
    given.patron(open_holds=19), given.title("t-1")
    assert place("t-1")["statusCode"] == 201
    # WHEN the same title is asked for again
    answered = place("t-1")
    # THEN both reasons stand in the answer, RULES 9 and 10
    assert answered["statusCode"] == 409
    assert codes(answered) == ["already_held", "hold_limit"]


@pytest.mark.parametrize("group", ["desk", "facility-01"])
def test_another_group_is_refused(given: Given, group: str) -> None:
    given.patron(), given.title()
    event = request("POST", "/api/me/holds", body={}, group=group, user="p-1")
    assert handler(event, context())["statusCode"] == 403


def test_reference_only_title_is_refused(given: Given) -> None:
    given.patron(), given.title("t-9", reference_only=True)
    assert codes(place("t-9")) == ["reference_only"]


def test_queue_is_in_the_order_of_placing_whatever_the_pickup_place(given: Given) -> None:
    # GIVEN two patrons holding one title, RULES 11
    given.patron("p-1"), given.patron("p-2"), given.title()
    place("t-1", "p-2")
    event = request("POST", "/api/me/holds", body={"title_id": "t-1", "pickup_place": "prefectural"},
                    group="patron", user="p-1")  # fmt: skip
    event["requestContext"]["timeEpoch"] += 1000
    handler(event, context())
    # THEN each sees the same queue from its own place
    assert [(h["position"], h["of"]) for h in show("p-2") + show("p-1")] == [(1, 2), (2, 2)]


def test_same_idempotency_key_answers_again(given: Given, library: Table) -> None:
    given.patron(), given.title()
    first, second = (place("t-1", headers={"idempotency-key": "k"}) for _ in range(2))
    assert (first["statusCode"], first["body"]) == (second["statusCode"], second["body"])
    other = place("t-2", headers={"idempotency-key": "k"})
    assert (other["statusCode"], codes(other)) == (409, ["idempotency_mismatch"])


def test_unknown_and_missing_fields_are_all_named(given: Given) -> None:
    given.patron()
    answered = handler(request("POST", "/api/me/holds", body={"title": "x"}, group="patron", user="p-1"), context())
    assert answered["statusCode"] == 422
    fields = {reason["field"]: reason["code"] for reason in json.loads(answered["body"])["reasons"]}
    assert fields == {"title_id": "missing_field", "pickup_place": "missing_field", "title": "unknown_field"}


def test_cancel_a_waiting_hold(given: Given, library: Table) -> None:
    given.patron(), given.title()
    place("t-1")
    answered = handler(request("DELETE", "/api/me/holds/t-1", group="patron", user="p-1"), context())
    assert answered["statusCode"] == 204
    assert show() == []
    assert patrons.find(library, "p-1").open_holds == 0  # type: ignore[union-attr]
