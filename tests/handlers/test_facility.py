"""A facility's bags, hand-overs and closed days, RULES 24, 28-30, 40, as the function answers them."""

import json
from datetime import date, datetime
from typing import Any

import pytest

from functions.facility.handler import handler
from lending.actions.sunday_release import release_uncollected
from lending.aws.table import Table, bags, loans
from lending.domain.bag import Bag
from lending.domain.policy import Policy
from lending.domain.week import TOKYO
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.desk import Library

POLICY = Policy()
BAG = "2026-06-07.7.p-1"


@pytest.fixture
def there(given: Given) -> Library:
    """A patron with one book of the worked example's week at facility 7."""
    library = Library(given)
    library.facility(7), library.facility(8)
    library.patron(), given.title(), library.loan(facility="7")
    return library


def on(day: int, hour: int = 11) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=TOKYO)


def ask(method: str, path: str, body: Any = None, now: datetime = NOON, number: str = "07") -> tuple[int, Any]:
    event = request(method, f"/api/facility{path}", body=body, group=f"facility-{number}", user=f"f-{number}", now=now)
    return answered(handler(event, context()))


def answered(answer: dict[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None


def bags_on(day: int, number: str = "07") -> list[dict[str, Any]]:
    return ask("GET", "/bags", now=on(day), number=number)[1]["items"]


# Bags


def test_sample_shows_this_weeks_bags(there: Library) -> None:
    status, shown = answered(handler(sample("facility/bags"), context()))
    (bag,) = shown["items"]
    assert status == 200
    assert bag == {
        "id": BAG, "card_number": "10000001", "books": 1, "pickup_from": "2026-06-07", "pickup_until": "2026-06-14",
        "handed_over_at": None, "batch": "this_week", "last_day": False,
    }  # fmt: skip
    # RULES 24: card number and facility, no name
    assert "見本" not in json.dumps(shown, ensure_ascii=False)


def test_two_batches_on_the_sunday_between(there: Library) -> None:
    # GIVEN a bag of the next week, too: on Sunday 06-14 a facility holds two batches, RULES 29
    there.patron("p-2")
    later = Bag("p-2", "10000002", "7", date(2026, 6, 14), date(2026, 6, 21))
    there.table.write(bags.pack(later, "t-2-1", POLICY))
    # THEN the old one is on its last day and the new one on its first
    assert [(b["batch"], b["last_day"], b["card_number"]) for b in bags_on(14)] == [
        ("this_week", False, "10000002"),
        ("last_week", True, "10000001"),
    ]
    # and the day before and after there is but one
    assert [b["id"] for b in bags_on(13)] == [BAG]
    assert [b["id"] for b in bags_on(15)] == ["2026-06-14.7.p-2"]


def test_a_bag_whose_last_day_was_moved_stays_in_the_list(there: Library) -> None:
    # GIVEN snow: the batch's last day is moved to Wednesday (RULES 40)
    moved = Bag("p-2", "10000002", "7", date(2026, 6, 7), date(2026, 6, 17))
    there.table.write(bags.pack(moved, "t-2-1", POLICY))
    assert [(b["id"], b["last_day"]) for b in bags_on(17)] == [("2026-06-07.7.p-2", True)]
    assert bags_on(18) == []


def test_another_facilitys_bags_do_not_exist(there: Library) -> None:
    assert bags_on(7, "08") == []
    assert ask("POST", f"/bags/{BAG}/handover", now=on(7), number="08")[0] == 404
    # not even by naming oneself in its place
    assert ask("POST", "/bags/2026-06-07.8.p-1/handover", now=on(7), number="08")[0] == 404


@pytest.mark.parametrize("bag_id", ["x", "2026-06-07", "2026-06-07.7", "2026-06-07.7.", "2026-13-07.7.p-1"])
def test_what_is_no_bag_is_not_found(there: Library, bag_id: str) -> None:
    assert ask("POST", f"/bags/{bag_id}/handover", now=on(7))[0] == 404


@pytest.mark.parametrize("group", ["patron", "desk", "facility-07 facility-08"])
def test_another_group_is_refused(there: Library, group: str) -> None:
    event = request("GET", "/api/facility/bags", group=group, user="x")
    assert handler(event, context())["statusCode"] == 403


# Hand-overs


def state(table: Table) -> tuple[bool, bool]:
    """Whether the loan is handed over, and whether it is released."""
    loan = loans.find(table, "p-1", "t-1-1")
    assert loan
    return loan.handed_over_at is not None, loan.released_at is not None


def test_sample_hands_a_bag_over_once(there: Library) -> None:
    # WHEN the sample is sent, and again later
    first = answered(handler(sample("facility/hand_over"), context()))
    second = ask("POST", f"/bags/{BAG}/handover", now=on(9))
    # THEN the first moment stands, on the bag and on its loan, RULES 30
    assert first == second == (200, first[1])
    assert first[1]["handed_over_at"] == "2026-06-07T11:00:00+09:00"
    assert state(there.table) == (True, False)
    assert bags_on(9)[0]["handed_over_at"] == "2026-06-07T11:00:00+09:00"


def test_not_before_sunday(there: Library) -> None:
    # RULES 29
    status, problem = ask("POST", f"/bags/{BAG}/handover", now=on(6, 23))
    assert (status, problem["code"]) == (409, "too_early")
    assert "6月7日(日)" in problem["detail"]
    assert state(there.table) == (False, False)


def test_a_bag_handed_over_is_not_released(there: Library) -> None:
    ask("POST", f"/bags/{BAG}/handover", now=on(10))
    release_uncollected(there.table, on(14, 22), POLICY)
    assert state(there.table) == (True, False)
    assert there.who().returning == 0


def test_a_late_hand_over_is_the_truth(there: Library) -> None:
    # GIVEN a bag that the release took for left behind, RULES 30
    release_uncollected(there.table, on(14, 22), POLICY)
    assert (state(there.table), there.who().returning) == ((False, True), 1)
    # WHEN the facility records the hand-over afterwards, twice
    assert [ask("POST", f"/bags/{BAG}/handover", now=on(16))[0] for _ in range(2)] == [200, 200]
    # THEN the book was collected, and is not on its way back
    assert (state(there.table), there.who().returning) == ((True, False), 0)


def test_a_book_already_checked_in_stays_checked_in(there: Library) -> None:
    # GIVEN a bag with a second book that is checked in by now
    there.given.title("t-2")
    second = there.loan("t-2-1", facility="7")
    (bag,) = bags.of_week(there.table, date(2026, 6, 7), "7")
    there.table.transact(loans.end(second), bags.unpack(bag, "t-2-1"))
    assert ask("POST", f"/bags/{BAG}/handover", now=on(9))[0] == 200
    assert loans.find(there.table, "p-1", "t-2-1") is None
    assert state(there.table) == (True, False)


# Closed days


def test_samples_close_a_weekday_and_take_it_back(there: Library) -> None:
    # WHEN the sample is sent
    status, closed = answered(handler(sample("facility/add_closure"), context()))
    assert (status, closed["weekdays"], closed["kind"]) == (201, [0], "closed"), closed
    # THEN the facility sees it, and no other does
    assert answered(handler(sample("facility/closures"), context()))[1]["items"] == [closed]
    assert ask("GET", "/closures", number="08")[1]["items"] == []
    # and only the facility takes it back
    assert ask("DELETE", f"/closures/{closed['id']}", number="08")[0] == 404
    assert ask("DELETE", f"/closures/{closed['id']}")[0] == 204
    assert answered(handler(sample("facility/remove_closure"), context()))[0] == 404
    assert ask("GET", "/closures")[1]["items"] == []


def test_an_exception_opens_a_closed_day(there: Library) -> None:
    body = {"from": "2026-06-08", "until": "2026-06-08", "kind": "open"}
    status, opened = ask("POST", "/closures", body)
    assert (status, opened["kind"]) == (201, "open")


def test_wrong_closures_are_refused(there: Library) -> None:
    status, problem = ask("POST", "/closures", {"from": "2026-06-08", "until": "2026-06-07"})
    assert (status, problem["reasons"][0]["code"]) == (422, "ends_before_it_starts")
    assert ask("POST", "/closures", {"from": "x", "until": "2026-06-07", "weekdays": [7]})[0] == 422
    # a facility cannot name another one
    assert ask("POST", "/closures", {"from": "2026-06-08", "until": "2026-06-08", "facility": "8"})[0] == 422
