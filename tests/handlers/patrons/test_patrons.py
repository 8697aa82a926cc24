"""A patron's record and holds at the desk: RULES 7, 8, 12-14, 19, 39, 41."""

from datetime import date, datetime
from typing import Any

import pytest

from functions.desk.handler import handler as desk
from functions.review.handler import handler as review
from lending.aws import suppression
from lending.aws.table.calendar import calendar
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import patrons
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import CopyState, LiesAt
from lending.domain.holds.hold import HoldStatus, RunReason
from lending.domain.week import TOKYO
from tests.handlers.conftest import NOON, Given, context, sample
from tests.handlers.desk import CARD, THURSDAY, SampleLibrary, answered, ask, codes


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, two patrons, a title with one copy that the first holds."""
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1")
    library.patron("p-2")
    given.title()
    library.hold()
    return library


def on_hold(action: str, title_id: str = "t-1", now: datetime = THURSDAY, **more: Any) -> tuple[int, Any]:
    return ask("POST", f"/patrons/{CARD}/holds/{title_id}", {"action": action} | more, now)


def change(now: datetime = THURSDAY, **wanted: Any) -> tuple[int, Any]:
    return ask("PATCH", f"/patrons/{CARD}", wanted, now)


# The record


def test_sample_record_shows_holds_with_reasons_and_loans_and_leaves_a_trace(at: SampleLibrary, given: Given) -> None:
    # GIVEN a hold that a run explained, and a loan
    reason = RunReason(date(2026, 5, 28), "queue", {"position": 1, "of": 1, "copies": 1})
    at.tell(reason)
    given.title("t-2")
    at.loan("t-2-1")
    # WHEN staff look
    status, record = answered(review(sample("review/patron_view"), context()))
    # THEN all of it is there, in the counter's words, RULES 27
    assert (status, record["name"], record["email_reachable"]) == (200, "見本 花子", True)
    (hold,) = record["holds"]
    assert (hold["status_label"], hold["position"], hold["of"]) == ("確保待ち", 1, 1)
    assert hold["last_run"]["message"].startswith("順番待ち")
    assert [loan["barcode"] for loan in record["loans_now"]] == ["t-2-1"]
    # AND who looked, when and what for is kept, RULES 41
    (trace,) = at.table.query("PATRON#p-1", "TRACE#")
    assert (trace["by"], trace["note"], trace["at"][:10]) == ("desk-1", "電話での問い合わせ", "2026-06-01")


def test_an_unknown_card_is_not_found(at: SampleLibrary) -> None:
    for status, problem in (ask("GET", "/patrons/99999999"), ask("PATCH", "/patrons/99999999", {"blocked": True})):
        assert (status, codes(problem)) == (404, ["unknown_card"])


@pytest.mark.parametrize(
    ("recorded", "counts_from"),
    [
        (datetime(2026, 6, 4, 8, 30, tzinfo=TOKYO), date(2026, 6, 4)),
        (datetime(2026, 6, 4, 8, 31, tzinfo=TOKYO), date(2026, 6, 11)),
    ],
)
def test_another_cap_counts_from_the_next_run(at: SampleLibrary, recorded: datetime, counts_from: date) -> None:
    # WHEN the patron asks for five, RULES 19
    status, patron = change(recorded, loan_cap=5)
    assert (status, patron["loan_cap"], patron["loan_cap_from"]) == (200, 5, counts_from.isoformat())
    # THEN runs before it still see ten
    who = at.who()
    assert (who.cap_on(date(2026, 6, 3)), who.cap_on(counts_from)) == (10, 5)
    # AND changed back before it counts, nothing of the five is left
    change(recorded, loan_cap=10)
    assert at.who().cap_on(counts_from) == 10


def test_only_the_caps_of_the_policy(at: SampleLibrary) -> None:
    status, problem = change(loan_cap=7)
    assert (status, [reason["field"] for reason in problem["reasons"]]) == (422, ["loan_cap"])


def test_block_expiry_and_enrolment_change_only_what_is_named(at: SampleLibrary) -> None:
    assert change(blocked=True, expires_on="2028-03-31", online_lending=False)[0] == 200
    who = at.who()
    assert (who.blocked, who.expires_on, who.online_lending, who.open_holds) == (True, date(2028, 3, 31), False, 1)
    assert change(blocked=False)[0] == 200
    assert (at.who().blocked, at.who().expires_on) == (False, date(2028, 3, 31))
    assert [due.patron_id for due in patrons.expiring_until(at.table, date(2027, 12, 31))] == ["p-2"]


def test_another_address_is_tried_by_all_who_use_it(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # moto has no suppression list
    forgiven: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", forgiven.append)
    # GIVEN an address that mails do not reach
    at.table.transact(
        addresses.user_addition("p-1@example.jp", "p-1"), addresses.mark_addition("p-1@example.jp", NOON, "x")
    )
    assert ask("GET", f"/patrons/{CARD}")[1]["email_reachable"] is False
    # WHEN staff correct it, RULES 39
    assert change(email="right@example.jp")[0] == 200
    # THEN it is used, and the old one is neither used nor marked
    assert (at.who().email, addresses.users(at.table, "right@example.jp")) == ("right@example.jp", ["p-1"])
    assert addresses.users(at.table, "p-1@example.jp") == []
    assert set(forgiven) == {"p-1@example.jp", "right@example.jp"}
    assert addresses.unreachable(at.table, ["p-1@example.jp"]) == set()


def test_a_wrong_address_and_an_unknown_field_are_named(at: SampleLibrary) -> None:
    assert [reason["field"] for reason in change(email="a,b@example,jp")[1]["reasons"]] == ["email"]
    assert codes(change(nickname="x")[1]) == ["unknown_field"]
    assert change(mail_to="")[0] == 200


def test_sample_change(at: SampleLibrary) -> None:
    status, patron = answered(review(sample("review/patron_change"), context()))
    assert (status, patron["loan_cap"], patron["loan_cap_now"], patron["loan_cap_from"]) == (200, 5, 10, "2026-06-04")
    (trace,) = at.table.query("PATRON#p-1", "TRACE#")
    assert (trace["what"], trace["note"]) == ("change", "blocked, loan_cap")


# Holds


def test_sample_cancel_of_a_waiting_hold(at: SampleLibrary) -> None:
    status, done = answered(desk(sample("desk/hold_cancel"), context()))
    assert (status, done) == (200, {"title_id": "t-1", "barcode": None, "next": None})
    assert (at.hold_or_none(), at.who().open_holds) == (None, 0)
    assert on_hold("cancel")[0] == 404


@pytest.mark.parametrize("status", [HoldStatus.SECURED, HoldStatus.READY])
@pytest.mark.parametrize("another_waits", [True, False])
def test_staff_cancel_what_is_kept_and_the_copy_goes_to_the_next(
    at: SampleLibrary, status: HoldStatus, another_waits: bool
) -> None:
    # GIVEN a kept copy, RULES 12
    at.kept(status=status)
    if another_waits:
        at.hold("p-2")
    # WHEN staff cancel
    assert on_hold("cancel")[1] == {
        "title_id": "t-1", "barcode": "t-1-1", "next": "hold" if another_waits else "shelve",
    }  # fmt: skip
    # THEN the copy is free for the next run or pull
    assert (at.copy().state, at.copy().holder, at.hold_or_none(), at.who().open_holds) == (
        CopyState.ON_SHELF, "", None, 0,
    )  # fmt: skip


def test_a_cancelled_kept_copy_on_the_pull_list_goes_to_the_next_by_its_scan(at: SampleLibrary) -> None:
    at.kept()
    at.pull()
    at.hold("p-2")
    on_hold("cancel")
    status, done = ask("POST", "/pulls/t-1-1", {"result": "found"})
    assert (status, done["action"], done["card_number"]) == (200, "lend", "10000002")


def test_nobody_cancels_what_is_on_loan(at: SampleLibrary, given: Given) -> None:
    given.title("t-2")
    at.loan("t-2-1")
    status, problem = on_hold("cancel", "t-2")
    assert (status, codes(problem)) == (409, ["already_on_loan"])


def test_sample_cancel_all(at: SampleLibrary, given: Given) -> None:
    # GIVEN holds in different states, RULES 13
    given.title("t-2")
    at.hold("p-1", "t-2")
    at.kept("t-2-1")
    status, done = answered(desk(sample("desk/holds_cancel_all"), context()))
    assert (status, {each["title_id"] for each in done["items"]}) == (200, {"t-1", "t-2"})
    assert (at.who().open_holds, at.copy("t-2-1").state) == (0, CopyState.ON_SHELF)


def test_sample_to_the_end_of_the_queue(at: SampleLibrary) -> None:
    # GIVEN another hold behind
    at.hold("p-2")
    # WHEN the first is moved, RULES 13
    moved = answered(desk(sample("desk/hold_to_end"), context()))
    assert moved[0] == 200
    on_hold("to_end", now=THURSDAY)
    # THEN it is second, and keeps the moment it was placed (18)
    record = ask("GET", f"/patrons/{CARD}")[1]
    assert (record["holds"][0]["position"], record["holds"][0]["of"]) == (2, 2)
    assert at.held().placed_at == datetime(2026, 6, 1, 12, 1, tzinfo=TOKYO)
    # AND who is moved in the same moment comes behind it
    assert ask("POST", "/patrons/10000002/holds/t-1", {"action": "to_end"})[0] == 200
    assert ask("GET", f"/patrons/{CARD}")[1]["holds"][0]["position"] == 1


@pytest.mark.parametrize("status", [HoldStatus.SECURED, HoldStatus.READY])
def test_a_kept_hold_goes_to_the_end_and_its_book_to_the_next(at: SampleLibrary, status: HoldStatus) -> None:
    # GIVEN a book kept for the first of two, RULES 13: moving it is the same as cancelling and holding again
    at.kept(status=status)
    at.hold("p-2")
    assert on_hold("to_end", now=THURSDAY)[0] == 200
    # THEN it waits behind the other, and the copy is free for the next run, where it was kept
    record = ask("GET", f"/patrons/{CARD}")[1]
    assert [(each["status"], each["position"], each["of"]) for each in record["holds"]] == [("waiting", 2, 2)]
    copy = at.copy("t-1-1")
    assert (copy.state, copy.holder, copy.lies_at) == (
        CopyState.ON_SHELF, "", LiesAt.COUNTER if status is HoldStatus.READY else LiesAt.KEPT_ASIDE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("recorded", "closed", "counts_from"),
    [
        (datetime(2026, 6, 3, 19, 0, tzinfo=TOKYO), None, date(2026, 6, 4)),
        (datetime(2026, 6, 3, 19, 1, tzinfo=TOKYO), None, date(2026, 6, 11)),
        (datetime(2026, 6, 2, 19, 0, tzinfo=TOKYO), date(2026, 6, 3), date(2026, 6, 4)),
        (datetime(2026, 6, 2, 19, 1, tzinfo=TOKYO), date(2026, 6, 3), date(2026, 6, 11)),
    ],
)
def test_another_pickup_place_counts_from_the_run_of_the_rule(
    at: SampleLibrary, recorded: datetime, closed: date | None, counts_from: date
) -> None:
    # GIVEN maybe a closed Wednesday, RULES 14
    if closed:
        entry = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=closed, ends_on=closed)
        at.table.write(calendar.closure_addition(entry))
    at.facility(3)
    # WHEN the change is recorded
    status, hold = on_hold("change_pickup", now=recorded, pickup_place="3")
    # THEN
    assert (status, hold["next_pickup_place"], hold["next_pickup_from"]) == (200, "3", counts_from.isoformat())
    assert at.held().place_on(counts_from) == "3"
    assert at.held().place_on(date(2026, 6, 3)) == "12"


def test_a_change_back_to_the_old_place_leaves_nothing(at: SampleLibrary) -> None:
    at.facility(3)
    on_hold("change_pickup", pickup_place="3")
    assert on_hold("change_pickup", pickup_place="12")[1]["next_pickup_place"] == ""
    assert at.held().next_pickup_from is None


def test_pickup_place_of_a_ready_hold_and_an_unknown_place(at: SampleLibrary) -> None:
    assert codes(on_hold("change_pickup", pickup_place="77")[1]) == ["unknown_pickup_place"]
    at.kept(status=HoldStatus.READY)
    assert codes(on_hold("change_pickup", pickup_place="12")[1]) == ["ready_at_counter"]


def test_sample_change_of_pickup_place(at: SampleLibrary) -> None:
    status, hold = answered(desk(sample("desk/hold_change_pickup"), context()))
    assert (status, hold["pickup_place"]) == (200, "12")


def test_no_pickup_place_that_is_shut_for_good_is_recorded(at: SampleLibrary) -> None:
    # GIVEN a facility suspended for years, RULES 14, 21
    first, last = date(2026, 6, 1), date(2030, 6, 1)
    shut = Suspension(
        suspension_id="s", scope=Scope.FACILITY, facility="12", reason="移転", starts_on=first, ends_on=last
    )
    at.table.write(calendar.suspension_addition(shut))
    at.hold("p-2", place="prefectural")
    body = {"action": "change_pickup", "pickup_place": "12"}
    status, refused = ask("POST", "/patrons/10000002/holds/t-1", body)
    assert (status, codes(refused)) == (409, ["facility_suspended"])
    assert at.held("p-2").next_pickup_place == ""
