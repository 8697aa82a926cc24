"""What staff do for a patron who calls: RULES 9-11, 16, 31, 40, 41."""

from datetime import date, datetime
from typing import Any

import pytest

from functions.desk.handler import handler
from functions.holds.handler import handler as holds_function
from functions.release.handler import handler as release
from lending.aws.table.calendar import calendar
from lending.aws.table.holds import holds
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import HoldStatus
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.desk import CARD, THURSDAY, SampleLibrary, answered, ask, codes


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, two patrons and a title with one copy."""
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1")
    library.patron("p-2")
    given.title()
    return library


def on(day: int, month: int = 6) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=TOKYO)


def traces(at: SampleLibrary, patron_id: str = "p-1") -> list[tuple[str, str]]:
    return [(trace["by"], trace["what"]) for trace in at.table.query(f"PATRON#{patron_id}", "TRACE#")]


# Renewals, RULES 31


def renew(now: datetime, barcode: str = "t-1-1", card: str = CARD, **how: Any) -> tuple[int, Any]:
    return ask("POST", f"/patrons/{card}/loans/{barcode}/renewal", now=now, **how)


def test_sample_renews_an_overdue_loan(at: SampleLibrary) -> None:
    # GIVEN a loan that was due on Sunday 06-21
    at.loan()
    # WHEN staff renew it on Tuesday, for a caller (RULES 31)
    status, renewed = answered(handler(sample("desk/renew_by_phone"), context()))
    # THEN its days count from the old due date, and the copy says the same
    assert (status, renewed["due_on"], renewed["renewals_left"]) == (201, "2026-06-28", 1), renewed
    assert at.copy().due_on == date(2026, 6, 28)
    # AND the trace says who did what, and not with which title, RULES 41
    assert traces(at) == [("desk-1", "renew")]


@pytest.mark.parametrize(
    ("called", "due_on"),
    [(on(18), "2026-06-28"), (on(28), "2026-06-28"), (on(29), "2026-07-06"), (on(10, 7), "2026-07-17")],
)
def test_a_loan_long_overdue_counts_from_the_call(at: SampleLibrary, called: datetime, due_on: str) -> None:
    # RULES 31: a renewed loan is not overdue
    at.loan()
    assert renew(called)[1]["due_on"] == due_on


def test_a_refusal_names_every_reason_but_that_it_is_overdue(at: SampleLibrary) -> None:
    # GIVEN a lost book, renewed twice, overdue, for which another patron waits, RULES 31, 34
    at.loan(renewals=2, lost=True)
    at.hold("p-2")
    before = at.everything()
    status, problem = renew(on(25))
    # THEN nothing is changed, and nothing was done that would leave a trace
    assert (status, codes(problem)) == (409, ["lost", "renewal_limit", "held_by_others"])
    assert at.everything() == before


def test_not_before_the_window_opens_and_not_on_its_way_back(at: SampleLibrary, given: Given) -> None:
    # RULES 31: who calls has no other first day than who clicks
    at.loan()
    assert codes(renew(on(17))[1]) == ["too_early"]
    # RULES 30: what is on its way back, cannot be renewed
    given.title("t-2")
    at.loan("t-2-1", released_at=on(14))
    assert codes(renew(on(18), "t-2-1")[1]) == ["returning"]


def test_renewed_twice_by_phone_is_all(at: SampleLibrary) -> None:
    at.loan()
    assert renew(on(23))[0] == 201
    # THEN the same call again is no second renewal
    assert codes(renew(on(23))[1]) == ["too_early"]
    assert renew(on(30))[1]["due_on"] == "2026-07-05"
    assert codes(renew(on(6, 7))[1]) == ["renewal_limit"]


def test_a_request_sent_again_renews_once(at: SampleLibrary) -> None:
    # GIVEN a loan so late that its renewal could be renewed at once
    at.loan()
    first = renew(on(27), headers={"Idempotency-Key": "a"})
    # WHEN the page sends it again THEN it is told the same
    assert renew(on(27), headers={"Idempotency-Key": "a"}) == first
    loan = at.lent()
    assert loan
    assert loan.renewals == 1


def test_an_unknown_card_or_loan_is_not_renewed(at: SampleLibrary) -> None:
    at.loan(patron_id="p-2")
    assert codes(renew(on(18), card="99999999")[1]) == ["unknown_card"]
    assert renew(on(18))[0] == 404


# A hold for a caller, RULES 9-11


def place(title_id: str = "t-1", pickup_place: Any = "12", now: datetime = THURSDAY) -> tuple[int, Any]:
    return ask("POST", f"/patrons/{CARD}/holds", {"title_id": title_id, "pickup_place": pickup_place}, now)


def test_sample_places_a_hold_for_a_caller(at: SampleLibrary) -> None:
    # GIVEN one who waits
    at.hold("p-2", placed_at=on(31, 5), queued_at=on(31, 5))
    # WHEN staff place a hold for a caller
    status, hold = answered(handler(sample("desk/hold_for_caller"), context()))
    # THEN it is the second in the queue, and what can be told is told
    assert (status, hold["position"], hold["of"], hold["pickup_place"]) == (201, 2, 2, "12"), hold
    assert (hold["title"], hold["status_label"], hold["notices"]) == ("見本の本 t-1", "確保待ち", [])
    assert (at.who().open_holds, at.held().placed_at) == (1, on(1))
    assert traces(at) == [("desk-1", "place_hold")]


def test_the_rules_are_those_of_a_patrons_own_hold(at: SampleLibrary, given: Given) -> None:
    # GIVEN the hold is there, and nineteen others
    place()
    at.table._client.update_item(
        TableName="lending", Key={"PK": {"S": "PATRON#p-1"}, "SK": {"S": "PATRON"}},
        UpdateExpression="SET open_holds = :n", ExpressionAttributeValues={":n": {"N": "20"}},
    )  # fmt: skip
    # WHEN it is placed again, to a place that is none
    status, problem = place(pickup_place="77")
    # THEN every reason is named, RULES 9, 10
    assert (status, codes(problem)) == (409, ["already_held", "hold_limit", "unknown_pickup_place"])
    # AND of a title for reading in the library, or none at all
    given.title("t-2", reference_only=True)
    before = at.everything()
    assert "reference_only" in codes(place("t-2")[1])
    assert place("t-9")[0] == 404
    assert at.everything() == before


def test_closed_doors_are_told_to_the_caller(at: SampleLibrary) -> None:
    # RULES 40
    first, last = date(2026, 6, 10), date(2026, 6, 11)
    closure = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=first, ends_on=last, reason="蔵書点検")
    at.table.write(calendar.closure_addition(closure))
    (notice,) = place(pickup_place="prefectural")[1]["notices"]
    assert "蔵書点検" in notice


def test_what_is_asked_of_holds_is_one_thing(at: SampleLibrary) -> None:
    path = f"/patrons/{CARD}/holds"
    both = {"action": "cancel_all", "title_id": "t-1", "pickup_place": "12"}
    assert codes(ask("POST", path, both)[1]) == ["unknown_field", "unknown_field"]
    assert codes(ask("POST", path, {})[1]) == ["missing_field", "missing_field"]
    assert codes(ask("POST", path, {"action": "place"})[1]) == ["invalid_field"]
    assert codes(ask("POST", "/patrons/99999999/holds", {"title_id": "t-1", "pickup_place": "12"})[1]) == [
        "unknown_card"
    ]


# A longer deadline, RULES 16


def extend(until: Any = "2026-06-19", now: datetime = THURSDAY) -> tuple[int, Any]:
    return ask("POST", f"/patrons/{CARD}/holds/t-1", {"action": "extend", "until": until}, now)


@pytest.fixture
def ready(at: SampleLibrary) -> SampleLibrary:
    """The first patron's book is ready until 06-14."""
    at.hold()
    at.kept(status=HoldStatus.READY)
    return at


def test_sample_keeps_a_ready_book_longer(ready: SampleLibrary) -> None:
    # WHEN staff give it until 06-19 (RULES 16)
    status, hold = answered(handler(sample("desk/hold_extend"), context()))
    assert (status, hold["pickup_until"], hold["status_label"]) == (200, "2026-06-19", "貸出可能"), hold
    # THEN the patron sees it
    mine = holds_function(request("GET", "/api/me/holds", group="patron", user="p-1"), context())
    assert answered(mine)[1]["items"][0]["pickup_until"] == "2026-06-19"
    # AND the release leaves it until then
    for day, status_of_copy in ((14, CopyState.READY), (19, CopyState.ON_SHELF)):
        at = f"2026-06-{day}T22:00:00+09:00"
        release({"job": "prefectural_release", "scheduled_time": at}, context())
        assert ready.copy().state is status_of_copy
    assert traces(ready) == [("desk-1", "extend_hold")]


def test_a_longer_deadline_is_longer_than_the_one_that_counts(ready: SampleLibrary) -> None:
    # GIVEN the last days are closed by now, so that it is ready until 06-16, RULES 16
    for n, day in enumerate((date(2026, 6, 13), date(2026, 6, 14))):
        shut = Closure(closure_id=f"c-{n}", scope=Scope.PREFECTURAL, starts_on=day, ends_on=day)
        ready.table.write(calendar.closure_addition(shut))
    assert codes(extend("2026-06-15")[1]) == ["not_later"]
    assert extend("2026-06-16")[1]["pickup_until"] == "2026-06-16"
    assert extend("2026-06-17")[1]["pickup_until"] == "2026-06-17"
    assert ready.held().pickup_until == date(2026, 6, 17)


def test_extended_to_the_same_day_again_changes_nothing(ready: SampleLibrary) -> None:
    first, before = extend(), ready.everything()
    assert extend() == first
    assert ready.everything() == before


@pytest.mark.parametrize(
    ("until", "now", "code"),
    [
        ("2026-06-13", THURSDAY, "not_later"),
        ("2026-06-16", on(17), "not_later"),
        (None, THURSDAY, "not_later"),
        ("2026-06-24", THURSDAY, "closed_day"),
    ],
)
def test_only_to_a_later_day_on_which_the_library_is_open(
    ready: SampleLibrary, until: str | None, now: datetime, code: str
) -> None:
    day = date(2026, 6, 24)
    ready.table.write(
        calendar.closure_addition(Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=day, ends_on=day))
    )
    status, problem = extend(until, now)
    assert (status, codes(problem), problem["reasons"][0]["field"]) == (422, [code], "until")
    assert ready.held().pickup_until == date(2026, 6, 14)


def test_only_a_ready_hold_has_a_deadline(at: SampleLibrary, given: Given) -> None:
    at.hold()
    assert codes(extend()[1]) == ["not_ready"]
    at.kept()
    assert "確保済み" in extend()[1]["detail"]
    # AND what is on loan, or nobody's, has none
    given.title("t-2")
    at.loan("t-2-1")
    path = {title: f"/patrons/{CARD}/holds/{title}" for title in ("t-2", "t-3")}
    assert codes(ask("POST", path["t-2"], {"action": "extend", "until": "2026-06-19"})[1]) == ["already_on_loan"]
    assert ask("POST", path["t-3"], {"action": "extend", "until": "2026-06-19"})[0] == 404


def test_of_release_and_extension_in_the_same_moment_the_first_counts(
    ready: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a release that has read the deadline of today, RULES 16
    find = holds.find

    def read_and_then_extend(*key: Any) -> Any:
        hold = find(*key)
        monkeypatch.undo()
        assert extend(now=datetime(2026, 6, 14, 21, 59, tzinfo=TOKYO))[0] == 200
        return hold

    monkeypatch.setattr(holds, "find", read_and_then_extend)
    # WHEN staff extend it before the release writes
    release({"job": "prefectural_release", "scheduled_time": "2026-06-14T22:00:00+09:00"}, context())
    # THEN the hold is not ended
    assert ready.held().pickup_until == date(2026, 6, 19)


def test_an_extension_that_was_overtaken_asks_again(ready: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN one who has read the hold
    find = holds.find

    def read_and_then_extend_further(*key: Any) -> Any:
        hold = find(*key)
        monkeypatch.undo()
        assert extend("2026-06-26")[0] == 200
        return hold

    monkeypatch.setattr(holds, "find", read_and_then_extend_further)
    # WHEN a colleague gives it longer meanwhile THEN it is never made shorter
    assert codes(extend()[1]) == ["not_later"]
    assert ready.held().pickup_until == date(2026, 6, 26)
