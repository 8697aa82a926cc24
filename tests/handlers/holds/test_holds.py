"""Holds, RULES 9-12, as the function answers them."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.holds.handler import handler
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.catalogue import queues
from lending.aws.table.holds import baskets, holds, reasons
from lending.aws.table.loans import loans
from lending.aws.table.patrons import patrons
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.calendar.facility import Facility
from lending.domain.holds.hold import Hold, HoldStatus, RunReason
from lending.domain.loans.loan import Loan
from lending.domain.week import TOKYO
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.library import aomori


def place(title_id: str, user: str = "p-1", at: str = "prefectural", **how: Any) -> dict[str, Any]:
    body = {"title_id": title_id, "pickup_place": at}
    asked = request("POST", "/api/me/holds", body=body, group="patron", user=user, **how)
    answered: dict[str, Any] = handler(asked, context())
    return answered


def show(user: str = "p-1") -> list[dict[str, Any]]:
    answered = handler(request("GET", "/api/me/holds", group="patron", user=user), context())
    items: list[dict[str, Any]] = json.loads(answered["body"])["items"]
    return items


def open_holds(library: Table) -> int:
    patron = patrons.find(library, "p-1")
    assert patron
    return patron.open_holds


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
    assert open_holds(library) == 1


def test_the_sample_places_several_holds(given: Given, library: Table) -> None:
    # GIVEN two titles, one in the basket, and a third that is none
    given.patron(), given.title("t-1"), given.title("t-2")
    library.write(baskets.addition("p-1", "t-2", NOON))
    # WHEN the sample asks for all three
    answered = handler(sample("holds/place_several"), context())
    # THEN what there is is on hold, in their order, and what is not hindered nothing
    assert answered["statusCode"] == 200, answered
    results = json.loads(answered["body"])["items"]
    assert [(each["title_id"], each["placed"]) for each in results] == [("t-1", True), ("t-9", False), ("t-2", True)]
    assert [reason["code"] for reason in results[1]["reasons"]] == ["not_found"]
    assert {hold["title_id"] for hold in show()} == {"t-1", "t-2"}
    # and what is on hold is in the basket no more
    assert baskets.of_patron(library, "p-1") == {}
    # WHEN it is asked again THEN each says that it is held already, and nothing is counted twice (RULES 9)
    again = json.loads(handler(sample("holds/place_several"), context())["body"])["items"]
    assert [reason["code"] for each in again for reason in each["reasons"]] == [
        "already_held", "not_found", "already_held",
    ]  # fmt: skip
    assert open_holds(library) == 2


def test_several_holds_end_at_the_limit(given: Given, library: Table) -> None:
    # GIVEN a patron with 19 holds (RULES 10) WHEN two more are asked for THEN the first is the last
    given.patron(open_holds=19), given.title("t-1"), given.title("t-2")
    body = {"title_ids": ["t-2", "t-1"], "pickup_place": "prefectural"}
    answered = handler(request("POST", "/api/me/holds/batch", body=body, group="patron", user="p-1"), context())
    assert [each["placed"] for each in json.loads(answered["body"])["items"]] == [True, False]
    assert open_holds(library) == 20


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


def test_who_comes_in_the_same_moment_queues_in_the_order_of_coming(given: Given) -> None:
    # GIVEN a title that is held three times in one moment, RULES 11
    given.title()
    coming = ["p-3", "p-1", "p-2"]
    for patron_id in coming:
        given.patron(patron_id)
        # WHEN each of them places a hold THEN it is behind those that were there
        assert json.loads(place("t-1", patron_id)["body"])["position"] == coming.index(patron_id) + 1
    # AND all were placed then, before a cut-off that falls on that very moment
    assert {hold["placed_at"] for patron_id in coming for hold in show(patron_id)} == {NOON.isoformat()}


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
    assert open_holds(library) == 0


# What can be expected, and who may cancel (RULES 12, 14, 16, 27, 40)


def test_samples_show_and_cancel_a_hold(given: Given) -> None:
    # GIVEN a hold for a partner facility, placed before Thursday's cut-off with a copy on the shelf
    given.patron(), given.title()
    given.table.write(facilities.facility_record(Facility(12, "西北地区", "鰺ヶ沢町", "見本館", True)))
    body = {"title_id": "t-1", "pickup_place": "12"}
    placed = handler(request("POST", "/api/me/holds", body=body, group="patron", user="p-1"), context())
    # THEN already the answer says that it can be had on Sunday S
    assert json.loads(placed["body"])["earliest_pickup"] == "2026-06-07"
    # WHEN the sample asks for the list
    (hold,) = json.loads(handler(sample("holds/list"), context())["body"])["items"]
    assert hold == {
        "title_id": "t-1", "title": "見本の本 t-1", "author": "見本 太郎", "pickup_place": "12",
        "next_pickup_place": None, "next_pickup_from": None, "placed_at": "2026-06-01T12:00:00+09:00",
        "status": "waiting", "status_label": "確保待ち", "position": 1, "of": 1, "pickup_from": None,
        "pickup_until": None, "earliest_pickup": "2026-06-07", "last_run": None, "stopped_by": [],
        "expected_pickup": {
            "earliest": "2026-06-07", "middle": "2026-06-07", "latest": "2026-06-07",
            "assumption": "本が書架にあるものとして、つぎの処理で用意できた場合の日です。",
        },
            "after": None, "group": None, "rank": None,
    }  # fmt: skip
    # and the sample cancels it
    assert handler(sample("holds/cancel"), context())["statusCode"] == 204
    assert show() == []
    assert handler(sample("holds/cancel"), context())["statusCode"] == 404


def test_closed_doors_are_told_at_hold_time(given: Given, library: Table) -> None:
    # GIVEN stocktaking: the next run is suspended, and another facility is closed (RULES 40)
    given.patron(), given.title()
    for number in (12, 13):
        library.write(facilities.facility_record(Facility(number, "西北地区", "鰺ヶ沢町", f"見本館{number}", True)))
    stocktaking = Suspension(suspension_id="s", scope=Scope.SERVICE, starts_on=date(2026, 6, 1),
                             ends_on=date(2026, 6, 10), reason="蔵書点検")  # fmt: skip
    other = Closure(closure_id="c", scope=Scope.FACILITY, facility="13", starts_on=date(2026, 6, 1),
                    ends_on=date(2026, 6, 30))  # fmt: skip
    library.transact(calendar.suspension_addition(stocktaking), calendar.closure_addition(other))
    # WHEN a hold is placed
    body = {"title_id": "t-1", "pickup_place": "12"}
    answered = handler(request("POST", "/api/me/holds", body=body, group="patron", user="p-1"), context())
    # THEN the answer tells of the suspension and not of the other facility, and counts on the run after it
    hold = json.loads(answered["body"])
    assert len(hold["notices"]) == 1
    assert "蔵書点検" in hold["notices"][0]
    assert hold["earliest_pickup"] == "2026-06-14"


def test_a_closed_thursday_is_told_at_hold_time(given: Given, library: Table) -> None:
    # GIVEN the Thursday of the next run is a closed day (RULES 22, 40)
    given.patron(), given.title(), given.title("t-2")
    library.write(facilities.facility_record(Facility(12, "西北地区", "鰺ヶ沢町", "見本館", True)))
    closed = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 4), ends_on=date(2026, 6, 4),
                     reason="祝日")  # fmt: skip
    library.write(calendar.closure_addition(closed))
    # WHEN a hold for a facility is placed THEN the run that falls away is told of, and the date counts on the next one
    hold = json.loads(place("t-1", at="12")["body"])
    assert (hold["notices"], hold["earliest_pickup"]) == (
        ["オンライン貸出の処理は、2026年6月4日(木)、お休みします(祝日)。"], "2026-06-14",
    )  # fmt: skip
    # AND who collects at the prefectural library is told of its doors
    assert json.loads(place("t-2")["body"])["notices"] == ["県立図書館は、2026年6月4日(木)、休館します(祝日)。"]


def test_a_facility_shut_for_good_is_no_pickup_place(given: Given, library: Table) -> None:
    # GIVEN a facility that moves for years, and one that reopens (RULES 21, 29)
    given.patron(), given.title(), given.title("t-2")
    for number, ends_on in ((12, date(2029, 3, 31)), (13, date(2027, 3, 31))):
        library.write(facilities.facility_record(Facility(number, "西北地区", "鰺ヶ沢町", f"見本館{number}", True)))
        away = Suspension(suspension_id=f"s-{number}", scope=Scope.FACILITY, facility=str(number),
                          starts_on=date(2026, 5, 1), ends_on=ends_on, reason="移転")  # fmt: skip
        library.write(calendar.suspension_addition(away))
    # THEN the first is refused, saying why and until when, and nothing is held
    answered = place("t-1", at="12")
    (reason,) = json.loads(answered["body"])["reasons"]
    assert (answered["statusCode"], reason["code"], reason["field"]) == (409, "facility_suspended", "pickup_place")
    assert (reason["until"], reason["reason"]) == ("2029-03-31", "移転")
    assert "お休みです(移転)" in reason["message"]
    assert show() == []
    # AND the other is not: its holds wait for the day
    assert place("t-2", at="13")["statusCode"] == 201


def test_the_deadline_of_a_ready_book_is_shown_as_it_counts(given: Given, library: Table) -> None:
    # GIVEN a book made ready on Sunday 05-31, whose mail went on Monday: until Thursday 06-11 (RULES 16)
    given.patron(), given.title()
    place("t-1")
    hold = holds.find(library, "p-1", "t-1")
    assert hold
    ready = replace(hold, status=HoldStatus.READY, barcode="t-1-1", ready_on=date(2026, 5, 31),
                    mailed_on=date(2026, 6, 1), pickup_until=date(2026, 6, 11))  # fmt: skip
    library.write(holds.change(hold, ready))
    assert (show()[0]["pickup_until"], show()[0]["earliest_pickup"]) == ("2026-06-11", "2026-06-01")
    # WHEN two days are closed after it was told THEN it has two days more
    closed = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 10), ends_on=date(2026, 6, 11))
    library.write(calendar.closure_addition(closed))
    assert show()[0]["pickup_until"] == "2026-06-13"


def test_why_the_last_run_gave_nothing_is_said_in_words(given: Given, library: Table) -> None:
    # GIVEN a hold that the last run passed over, RULES 27
    given.patron(), given.title()
    place("t-1")
    hold = holds.find(library, "p-1", "t-1")
    assert hold
    facts = {"position": 2, "of": 3, "copies": 1}
    known, reason = reasons.find(library, "p-1"), RunReason(date(2026, 6, 4), "queue", facts)
    library.transact(*reasons.change(known, known.after((hold, reason)), NOON, aomori()))
    # THEN it is shown with its facts and a sentence of them
    (shown,) = show()
    assert (shown["last_run"]["date"], shown["last_run"]["code"]) == ("2026-06-04", "queue")
    assert shown["last_run"]["facts"] == facts
    assert "3人" in shown["last_run"]["message"]
    assert "2番目" in shown["last_run"]["message"]


def test_a_reason_that_stays_is_told_as_of_the_latest_run(given: Given, library: Table) -> None:
    # GIVEN a blocked patron, whose reason is the same each Thursday and is written once (RULES 27)
    given.patron(blocked=True), given.title("t-1", copies=2), given.title("t-2")
    place("t-1")
    run("2026-06-04T08:30:00+09:00")
    # WHEN the next run has left it as it was, and a hold was placed after its cut-off
    run("2026-06-11T08:30:00+09:00")
    (written,) = holds.of_patron(library, "p-1")
    place("t-2", now=datetime(2026, 6, 11, 9, tzinfo=TOKYO))
    # THEN the patron sees the date of the latest run that considered it, without a write
    by_title = {hold["title_id"]: hold["last_run"] for hold in show()}
    assert written.last_run
    assert written.last_run.date == date(2026, 6, 4)
    assert (by_title["t-1"]["date"], by_title["t-1"]["code"]) == ("2026-06-11", "blocked")
    assert by_title["t-2"] is None


def test_a_run_that_plans_a_book_takes_the_old_reason_away(given: Given, library: Table) -> None:
    # GIVEN a patron blocked on one Thursday and served on the next
    patron, _ = given.patron(blocked=True), given.title()
    library.transact(holds.addition(Hold("p-1", "t-1", "12", NOON, NOON)))
    run("2026-06-04T08:30:00+09:00")
    library.transact(patrons.change(patron, replace(patron, blocked=False)))
    run("2026-06-11T08:30:00+09:00")
    # THEN until the scan there is none: the old one was not true any more (RULES 23, 27)
    (shown,) = show()
    assert shown["last_run"] is None


def test_a_run_made_up_for_late_does_not_turn_the_date_back(given: Given, library: Table) -> None:
    given.patron(blocked=True), given.title()
    place("t-1")
    for run_date in ("2026-06-11", "2026-06-04"):
        run(f"{run_date}T08:30:00+09:00")
    (shown,) = show()
    assert shown["last_run"]["date"] == "2026-06-11"


def run(scheduled_time: str) -> None:
    allocator(sample("allocator/thursday_run") | {"scheduled_time": scheduled_time}, context())


@pytest.mark.parametrize(("status", "label"), [(HoldStatus.SECURED, "確保済み"), (HoldStatus.READY, "貸出可能")])
def test_a_hold_past_waiting_is_cancelled_by_phone(
    given: Given, library: Table, status: HoldStatus, label: str
) -> None:
    # GIVEN a hold whose copy is there, RULES 12, 16
    given.patron(), given.title()
    place("t-1")
    hold = holds.find(library, "p-1", "t-1")
    assert hold
    until = date(2026, 6, 16) if status == HoldStatus.READY else None
    library.write(holds.change(hold, replace(hold, status=status, barcode="t-1-1", pickup_until=until)))
    # WHEN the patron wants to cancel
    answered = handler(request("DELETE", "/api/me/holds/t-1", group="patron", user="p-1"), context())
    # THEN the answer says whom to call
    assert (answered["statusCode"], codes(answered)) == (409, ["cancel_by_phone"])
    assert "017-729-4300" in json.loads(answered["body"])["detail"]
    # and the list shows its state and last day, and no place in the queue
    (shown,) = show()
    assert (shown["status_label"], shown["position"], shown["of"]) == (label, None, None)
    assert shown["pickup_until"] == (until and "2026-06-16")


def test_what_is_on_loan_is_not_held_and_not_cancelled(given: Given) -> None:
    # RULES 9, 12
    given.patron(), given.title()
    given.table.transact(patrons.loan_increment("p-1", "t-1", 10))
    assert codes(place("t-1")) == ["already_on_loan"]
    answered = handler(request("DELETE", "/api/me/holds/t-1", group="patron", user="p-1"), context())
    assert (answered["statusCode"], codes(answered)) == (409, ["already_on_loan"])


def test_the_count_of_waiting_holds_follows_every_write(given: Given, library: Table) -> None:
    # GIVEN two waiting holds of one title; renewals are conditioned on their number (RULES 31)
    given.patron("p-1"), given.patron("p-2"), given.title()
    place("t-1", "p-1"), place("t-1", "p-2")
    counts = [queues.waiting_counts(library, {"t-1"})["t-1"]]
    # WHEN one is secured, waits again, is secured and spent, and the other is cancelled
    hold = holds.find(library, "p-1", "t-1")
    assert hold
    secured = replace(hold, status=HoldStatus.SECURED, barcode="t-1-1")
    for write in (holds.change(hold, secured), holds.change(secured, hold), holds.change(hold, secured),
                  holds.end(secured)):  # fmt: skip
        library.write(write)
        counts.append(queues.waiting_counts(library, {"t-1"})["t-1"])
    handler(request("DELETE", "/api/me/holds/t-1", group="patron", user="p-2"), context())
    # THEN the count has followed, and a write that was overtaken does not count
    assert [*counts, queues.waiting_counts(library, {"t-1"})["t-1"]] == [2, 1, 2, 1, 1, 0]
    with pytest.raises(Overtaken):
        library.write(holds.end(hold))
    assert queues.waiting_counts(library, {"t-1"})["t-1"] == 0


@pytest.mark.parametrize("place", [7, "7", "07"])
def test_a_facility_is_named_by_its_number_however_it_is_written(given: Given, place: object) -> None:
    # GIVEN a facility WHEN a hold names it by number or text THEN it is the same pickup place (RULES, words)
    given.patron(), given.title()
    given.table.write(facilities.facility_record(Facility(7, "西北五地区", "五所川原市", "見本館", True)))
    body = {"title_id": "t-1", "pickup_place": place}
    answered = handler(request("POST", "/api/me/holds", body=body, group="patron", user="p-1"), context())
    assert answered["statusCode"] == 201, answered
    assert show()[0]["pickup_place"] == "7"


def test_the_sample_says_what_giving_books_back_does(given: Given, library: Table) -> None:
    # GIVEN somebody whose cap is full, with a book on its shelf that a stopped patron waits for before them (RULES 51)
    given.patron(loan_cap=1, loan_cap_before=1, loans=1), given.patron("p-2", blocked=True), given.title()
    lent = datetime(2026, 5, 21, 9, tzinfo=TOKYO)
    library.write(loans.addition(Loan("p-1", "b-1", "t-2", "本", "12", lent, date(2026, 6, 7))))
    for patron_id, minute in (("p-2", 1), ("p-1", 2)):
        placed = datetime(2026, 6, 1, 9, minute, tzinfo=TOKYO)
        hold = Hold(patron_id, "t-1", "12", placed, placed)
        library.transact(patrons.hold_increment(patron_id, "t-1", 20), holds.addition(hold))
    # WHEN the sample asks THEN on Monday only the library is early enough for Thursday
    first = json.loads(handler(sample("holds/outlook"), context())["body"])["items"][0]
    assert first == {
        "run_date": "2026-06-04", "return_by": "2026-06-03", "return_at_library": True, "free_slots": 0,
        "to_return": 1, "would_be_lent": 1, "message": "水曜までに県立図書館に1冊返すと、木曜に1冊を貸し出せます。",
    }  # fmt: skip
