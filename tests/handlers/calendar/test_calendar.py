"""Closed days, suspensions and shifts at the desk: RULES 16, 21, 22, 29, 31, 40."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from functions.desk.handler import handler
from lending.actions.library import Library
from lending.actions.loans.hand_over import hand_over
from lending.actions.loans.sunday_release import release_uncollected
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue.copies import due_date_change
from lending.aws.table.codec import from_epoch
from lending.aws.table.loans import bags, loans
from lending.aws.table.writes import put
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.loans.batch import bag_id
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import CountingStore
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import POLICY, SUNDAY, THURSDAY, SampleLibrary, answered, ask


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility and two patrons."""
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1")
    library.patron("p-2")
    return library


def fields(answer: tuple[int, Any]) -> list[str]:
    status, problem = answer
    assert status == 422, problem
    return [reason["field"] for reason in problem["reasons"]]


def codes(answer: tuple[int, Any]) -> list[str]:
    return [reason["code"] for reason in answer[1]["reasons"]]


# Closures


def test_what_was_read_is_read_again_only_once_it_changed() -> None:
    # GIVEN two processes, of which one has read the calendar
    store = CountingStore()
    mine, other = Table(store, "lending"), Table(store, "lending")
    closures = [
        Closure(
            closure_id=f"c-{day}", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, day), ends_on=date(2026, 6, day)
        )
        for day in (24, 25)
    ]
    other.transact(*map(calendar.closure_addition, closures))
    first = calendar.load(mine)
    store.count_from_here()
    # WHEN it is asked for again THEN one small item tells that it still stands
    assert calendar.load(mine) is first
    assert sum(store.counts.read.values()) == 1
    # WHEN the other one takes a day back, or records one, THEN the next look shows it
    other.write(calendar.removal(calendar.closure_key("c-24")))
    assert calendar.load(mine).prefectural_open(date(2026, 6, 24))
    other.write(calendar.closure_addition(closures[0]))
    assert not calendar.load(mine).prefectural_open(date(2026, 6, 24))


def test_sample_closed_day_is_listed_and_taken_back(at: SampleLibrary) -> None:
    # GIVEN
    status, closure = answered(handler(sample("desk/closure_add"), context()))
    assert (status, closure["from"], closure["kind"]) == (201, "2026-06-24", "closed")
    # THEN it stops no run, closes the library (40) and is listed
    assert closure.pop("warnings") == []
    assert not calendar.load(at.table).prefectural_open(date(2026, 6, 24))
    assert answered(handler(sample("desk/closures_list"), context()))[1]["items"] == [closure]
    # AND it can be taken back, once
    assert ask("DELETE", f"/closures/{closure['id']}")[0] == 204
    assert ask("DELETE", f"/closures/{closure['id']}")[0] == 404
    assert answered(handler(sample("desk/closure_remove"), context()))[0] == 404
    assert calendar.load(at.table).prefectural_open(date(2026, 6, 24))


def test_weekly_closed_days_with_an_exception(at: SampleLibrary) -> None:
    # GIVEN Mondays of June, but for one
    june = {"scope": "facility", "facility": 12, "from": "2026-06-01", "until": "2026-06-30"}
    assert ask("POST", "/closures", june | {"weekdays": [0]})[0] == 201
    assert ask("POST", "/closures", june | {"from": "2026-06-15", "until": "2026-06-15", "kind": "open"})[0] == 201
    # THEN
    closed = [day for day in range(1, 31) if not calendar.load(at.table).facility_open("12", date(2026, 6, day))]
    assert closed == [1, 8, 22, 29]


def test_a_closure_that_makes_no_sense_names_every_field(at: SampleLibrary) -> None:
    wrong = {"scope": "facility", "facility": "77", "from": "2026-06-02", "until": "2026-06-01"}
    told = ask("POST", "/closures", wrong)
    assert (fields(told), codes(told)) == (["until", "facility"], ["ends_before_it_starts", "unknown_facility"])
    assert fields(ask("POST", "/closures", {"scope": "service", "from": "x"})) == ["from", "until", "scope"]
    of_library = {"scope": "prefectural", "facility": "12", "from": "2026-06-02", "until": "2026-06-02"}
    told = ask("POST", "/closures", of_library)
    assert (fields(told), codes(told)) == (["facility"], ["facility_not_asked"])
    assert fields(ask("POST", "/closures", of_library | {"facility": "", "weekdays": [7]})) == ["weekdays.0"]
    assert codes(ask("POST", "/closures", of_library | {"facility": "", "reason": "長" * 201})) == ["too_long"]
    assert ask("GET", "/closures")[1]["items"] == []


def test_what_has_ended_is_listed_only_when_asked_for(at: SampleLibrary) -> None:
    ask("POST", "/closures", {"scope": "prefectural", "from": "2026-05-01", "until": "2026-05-01"})
    assert ask("GET", "/closures")[1]["items"] == []
    assert len(ask("GET", "/closures", query={"all": "1"})[1]["items"]) == 1


def test_closed_days_tell_what_they_bring_with_them(at: SampleLibrary) -> None:
    # GIVEN Thursday 06-04, 09:30: this week's books are being packed (RULES 21, 22, 29)
    of_facility = {"scope": "facility", "facility": "12", "from": "2026-06-05", "until": "2026-06-21"}
    # WHEN a facility is to be shut THEN both windows without a day are told of, and what has to be done for the first
    told = ask("POST", "/closures", of_facility)[1]["warnings"]
    assert [sentence.partition("までの")[0] for sentence in told] == [
        "6月7日(日)から6月14日(日)",
        "6月14日(日)から6月21日(日)",
    ]
    assert ["受取期限の変更" in sentence for sentence in told] == [True, False]
    # AND an exception, or another facility's days, bring nothing
    assert ask("POST", "/closures", of_facility | {"kind": "open"})[1]["warnings"] == []
    assert ask("POST", "/closures", of_facility | {"from": "2026-06-09", "until": "2026-06-09"})[1]["warnings"] == []
    # WHEN the prefectural library shuts on a Thursday THEN that its run stops is told
    of_library = {"scope": "prefectural", "from": "2026-06-15", "until": "2026-06-21"}
    (sentence,) = ask("POST", "/closures", of_library)[1]["warnings"]
    assert sentence.startswith("6月18日(木)のオンライン貸出の処理は、休館日のためお休みになります。")


def test_the_rest_of_a_window_that_has_begun_counts(at: SampleLibrary) -> None:
    # GIVEN Tuesday 06-09, in the middle of a window (RULES 29)
    days = {"scope": "facility", "facility": "12", "from": "2026-06-09", "until": "2026-06-14"}
    now = datetime(2026, 6, 9, 10, tzinfo=TOKYO)
    assert len(ask("POST", "/closures", days, now)[1]["warnings"]) == 1
    # but not if it is only the days that have passed
    early = days | {"facility": "13", "from": "2026-06-01", "until": "2026-06-13"}
    at.facility(13)
    assert ask("POST", "/closures", early, now)[1]["warnings"] == []


# Suspensions


def test_sample_suspension_with_an_opted_in_patron(at: SampleLibrary) -> None:
    # GIVEN
    status, suspension = answered(handler(sample("desk/suspension_add"), context()))
    assert (status, suspension["opted_in"], suspension["pickup_until"]) == (201, ["10000001"], "2026-06-28")
    # THEN the run takes place for that patron alone, RULES 22
    now = calendar.load(at.table)
    assert (now.reaches("p-1", date(2026, 6, 11)), now.reaches("p-2", date(2026, 6, 11))) == (True, False)
    assert answered(handler(sample("desk/suspensions_list"), context()))[1]["items"] == [suspension]
    # AND taken back it takes place for all
    assert ask("DELETE", f"/suspensions/{suspension['id']}")[0] == 204
    assert answered(handler(sample("desk/suspension_remove"), context()))[0] == 404
    assert calendar.load(at.table).reaches("p-2", date(2026, 6, 11))


def test_a_suspension_that_makes_no_sense_names_its_fields(at: SampleLibrary) -> None:
    days = {"from": "2026-06-11", "until": "2026-06-18"}
    assert fields(ask("POST", "/suspensions", days | {"scope": "service", "opted_in": ["99999999"]})) == ["opted_in"]
    # no deadline before the books can be collected: the last run is 06-18, its Sunday 06-21 (RULES 22)
    early = days | {"scope": "service", "pickup_until": "2026-06-20"}
    assert fields(ask("POST", "/suspensions", early)) == ["pickup_until"]
    assert "6月21日(日)" in ask("POST", "/suspensions", early)[1]["reasons"][0]["message"]
    assert ask("POST", "/suspensions", early | {"pickup_until": "2026-06-21"})[0] == 201
    assert ask("POST", "/suspensions", early | {"until": "2026-06-17"})[0] == 201
    of_facility = days | {"scope": "facility", "facility": "12"}
    assert fields(ask("POST", "/suspensions", of_facility | {"opted_in": ["10000001"]})) == ["opted_in"]
    assert fields(ask("POST", "/suspensions", days | {"scope": "prefectural"})) == ["scope"]
    backwards = days | {"scope": "service", "from": "2026-06-19", "until": "2026-06-18"}
    assert codes(ask("POST", "/suspensions", backwards)) == ["ends_before_it_starts"]
    assert ask("POST", "/suspensions", of_facility)[0] == 201


# Shifts


def shift(**changes: Any) -> tuple[int, Any]:
    wanted = {"facility": "12", "pickup_from": "2026-06-07", "pickup_until": "2026-06-17", "due_on": "2026-06-24"}
    return ask("POST", "/shifts", wanted | {"reason": "大雪のため"} | changes)


def mails_of(at: SampleLibrary, patron_id: str) -> list[dict[str, Any]]:
    return [item["facts"] for item in at.table.query(f"PATRON#{patron_id}", "MAIL#shift#")]


@pytest.fixture
def batch(at: SampleLibrary, given: Given) -> SampleLibrary:
    """Two books of one patron and one of another in the batch, and a book in another facility's."""
    for title_id in ("t-1", "t-2", "t-3", "t-4"):
        given.title(title_id)
    at.facility(3)
    at.loan("t-1-1")
    at.loan("t-2-1")
    at.loan("t-3-1", "p-2")
    at.loan("t-4-1", "p-2", facility="3")
    return at


def test_sample_shift_moves_deadline_and_due_date_with_one_mail_a_patron(batch: SampleLibrary) -> None:
    # WHEN snow shuts the road, RULES 40
    status, done = answered(handler(sample("desk/shift_add"), context()))
    assert (status, done["patrons"], done["due_on_before"]) == (201, 2, "2026-06-21")
    # THEN loans, copies and bags have the new days, and nobody else's
    for barcode, patron_id in (("t-1-1", "p-1"), ("t-2-1", "p-1"), ("t-3-1", "p-2")):
        loan = batch.lent(patron_id, barcode)
        assert loan
        assert (loan.pickup_until, loan.due_on) == (date(2026, 6, 17), date(2026, 6, 24))
        assert batch.copy(barcode).due_on == date(2026, 6, 24)
    assert {bag.pickup_until for bag in bags.of_week(batch.table, SUNDAY, "12")} == {date(2026, 6, 17)}
    assert {bag.pickup_until for bag in bags.of_week(batch.table, SUNDAY, "3")} == {date(2026, 6, 14)}
    assert batch.copy("t-4-1").due_on == date(2026, 6, 21)
    # AND each patron gets one mail
    assert [len(mails_of(batch, patron_id)) for patron_id in ("p-1", "p-2")] == [1, 1]
    assert mails_of(batch, "p-1")[0] == {
        "pickup_from": "2026-06-07", "facility": "12", "taken_back": False, "pickup_until": "2026-06-17",
        "due_on": "2026-06-24", "reason": "大雪のため", "pickup_until_before": "2026-06-14",
        "due_on_before": "2026-06-21",
    }  # fmt: skip


def test_the_same_shift_again_changes_nothing(batch: SampleLibrary) -> None:
    shift()
    before = batch.everything()
    status, done = shift()
    assert (status, done["patrons"]) == (201, 0)
    assert batch.everything() == before


def test_sample_shift_taken_back_gives_the_regular_days_with_one_more_mail(batch: SampleLibrary) -> None:
    # GIVEN two shifts, one after the other
    shift()
    shift(pickup_until="2026-06-20", due_on="2026-06-28")
    # WHEN they are taken back
    status, done = answered(handler(sample("desk/shift_take_back"), context()))
    assert (status, done["patrons"]) == (200, 2)
    # THEN the days are the regular ones again
    loan = batch.lent()
    assert loan
    assert (loan.pickup_until, loan.due_on) == (date(2026, 6, 14), date(2026, 6, 21))
    assert batch.copy().due_on == date(2026, 6, 21)
    assert [facts["taken_back"] for facts in mails_of(batch, "p-1")].count(True) == 1
    assert len(mails_of(batch, "p-1")) == 3
    # AND again it is the same
    before = batch.everything()
    assert ask("DELETE", "/shifts/2026-06-07.12")[1]["patrons"] == 0
    assert batch.everything() == before
    assert answered(handler(sample("desk/shifts_list"), context()))[1]["items"][0]["taken_back_at"]


def test_a_renewed_loan_keeps_its_own_due_date_and_a_released_one_everything(batch: SampleLibrary) -> None:
    first, second = batch.lent("p-1", "t-1-1"), batch.lent("p-1", "t-2-1")
    assert first
    assert second
    renewed = replace(first, renewals=1, due_on=date(2026, 6, 28))
    batch.table.transact(
        loans.change(first, renewed),
        due_date_change("t-1-1", "p-1", date(2026, 6, 28)),
        loans.change(second, replace(second, released_at=THURSDAY)),
    )
    shift()
    after, released = batch.lent("p-1", "t-1-1"), batch.lent("p-1", "t-2-1")
    assert after
    assert released
    assert (after.due_on, after.pickup_until) == (date(2026, 6, 28), date(2026, 6, 17))
    assert (released.due_on, released.pickup_until) == (date(2026, 6, 21), date(2026, 6, 14))


def test_who_has_collected_is_left_alone(batch: SampleLibrary, given: Given) -> None:
    # GIVEN the first patron has collected the bag (RULES 40)
    hand_over(Library(batch.table, POLICY, datetime(2026, 6, 8, 11, tzinfo=TOKYO)), "12", bag_id(SUNDAY, "12", "p-1"))
    # WHEN the batch has other days THEN only the other one's book moves, and only the other one is told
    assert shift()[1]["patrons"] == 1
    collected, waiting = batch.lent("p-1", "t-1-1"), batch.lent("p-2", "t-3-1")
    assert collected
    assert waiting
    assert (collected.pickup_until, collected.due_on) == (date(2026, 6, 14), date(2026, 6, 21))
    assert (waiting.pickup_until, waiting.due_on) == (date(2026, 6, 17), date(2026, 6, 24))
    assert [bag.pickup_until.day for bag in bags.of_week(batch.table, SUNDAY, "12")] == [14, 17]
    assert [len(mails_of(batch, patron_id)) for patron_id in ("p-1", "p-2")] == [0, 1]
    # AND who collects the other one's keeps its days when the shift is taken back
    hand_over(Library(batch.table, POLICY, datetime(2026, 6, 16, 11, tzinfo=TOKYO)), "12", bag_id(SUNDAY, "12", "p-2"))
    assert ask("DELETE", "/shifts/2026-06-07.12")[1]["patrons"] == 0
    assert batch.copy("t-3-1").due_on == date(2026, 6, 24)


def test_a_batch_without_records_is_still_moved_after_its_last_day(batch: SampleLibrary) -> None:
    # GIVEN a facility that records nothing, and a Sunday that is over (RULES 30, 40)
    release_uncollected(Library(batch.table, POLICY, datetime(2026, 6, 14, 22, tzinfo=TOKYO)), lambda: True)
    # WHEN the road is shut THEN the shift reaches its books
    assert shift()[1]["patrons"] == 2
    loan = batch.lent()
    assert loan
    assert (loan.pickup_until, loan.released_at) == (date(2026, 6, 17), None)


def test_a_book_scanned_after_the_shift_has_its_days(at: SampleLibrary, given: Given) -> None:
    given.title("t-1")
    at.hold()
    at.pull()
    assert shift()[1]["patrons"] == 0
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[1]["pickup_until"] == "2026-06-17"
    assert at.copy().due_on == date(2026, 6, 24)


def test_a_shift_that_makes_no_sense_names_every_field(at: SampleLibrary) -> None:
    assert fields(shift(pickup_from="2026-06-08")) == ["pickup_from"]
    assert fields(shift(pickup_until="2026-06-06", due_on="2026-06-05", facility="77")) == [
        "pickup_until", "due_on", "facility",
    ]  # fmt: skip
    assert ask("DELETE", "/shifts/2026-06-07.12")[0] == 404
    assert ask("DELETE", "/shifts/nonsense")[0] == 422


def test_a_kind_of_entry_that_is_not_known_yet_stops_nothing(at: SampleLibrary) -> None:
    # GIVEN a calendar that a later version has written to, before it was taken back
    at.table.write(put(("CALENDAR", "HOLIDAY#2026-06-24"), {"starts_on": "2026-06-24"}))
    at.table.write(put(("CALENDAR", "CLOSURE#x"), {"closure_id": "x", "scope": "moon", "starts_on": "2026-06-24"}))
    # THEN the rest of it is read as before
    assert calendar.load(at.table).prefectural_open(date(2026, 6, 24))


def test_closed_days_are_erased_when_nothing_is_counted_over_them_any_more(at: SampleLibrary) -> None:
    closed = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 24))
    at.table.write(calendar.closure_addition(closed))
    item = at.table.get(calendar.closure_key("c"))
    assert item
    assert from_epoch(item["expires_at"]).date() == date(2026, 10, 22)
