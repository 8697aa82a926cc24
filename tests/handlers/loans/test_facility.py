"""A facility's bags, hand-overs and closed days, RULES 24, 28-30, 40, as the function answers them."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.desk.handler import handler as desk
from functions.facility.handler import handler
from lending.actions.library import Library
from lending.actions.loans.check_in import check_in_all
from lending.actions.loans.sunday_release import release_uncollected
from lending.aws.table import Table, library_table
from lending.aws.table.calendar import facilities
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.calendar.facility import Facility
from lending.domain.loans.bag import Bag
from lending.domain.loans.batch import bag_id
from lending.domain.registration.card import Card, CardState
from lending.domain.week import TOKYO
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.crashing import Crash, Mortal
from tests.handlers.desk import SampleLibrary
from tests.handlers.desk import ask as ask_desk
from tests.library import aomori

POLICY = aomori()
SUNDAY = date(2026, 6, 7)
BAG = bag_id(SUNDAY, "7", "p-1")
PILES = ("coming", "to_hand_over", "to_return", "done")
MINUTES_10 = timedelta(minutes=10)


@pytest.fixture
def there(given: Given) -> SampleLibrary:
    """A patron with one book of the worked example's week at facility 7."""
    library = SampleLibrary(given)
    library.facility(7), library.facility(8)
    library.patron(), given.title(), library.loan(facility="7")
    return library


def on(day: int, hour: int = 11) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=TOKYO)


def ask(
    method: str, path: str, body: Any = None, now: datetime = NOON, number: str = "07", **query: str
) -> tuple[int, Any]:
    event = request(method, f"/api/facility{path}", body=body, group=f"facility-{number}", user=f"f-{number}", now=now,
                    query=query)  # fmt: skip
    return answered(handler(event, context()))


def answered(answer: dict[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None


def bags_on(day: int, number: str = "07") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ask("GET", "/bags", now=on(day), number=number)[1]["items"]
    return items


def pile(name: str, now: datetime, number: str = "07") -> list[str]:
    """The card numbers of a list."""
    status, shown = ask("GET", "/bags", now=now, number=number, list=name)
    assert status == 200, shown
    assert all(bag["list"] in name.split(",") for bag in shown["items"])
    return [bag["card_number"] for bag in shown["items"]]


def check_in(library: SampleLibrary, barcode: str = "t-1-1") -> None:
    assert check_in_all(Library(library.table, POLICY, on(17)), [barcode], "desk-1")[0].result == "returned"


# Bags


def test_sample_shows_this_weeks_bags(there: SampleLibrary) -> None:
    status, shown = answered(handler(sample("facility/bags"), context()))
    (bag,) = shown["items"]
    assert status == 200
    assert bag == {
        "id": BAG, "card_number": "10000001", "books": 1, "pickup_from": "2026-06-07", "pickup_until": "2026-06-14",
        "handed_over_at": None, "batch": "this_week", "last_day": False, "former_card_number": None,
        "list": "to_hand_over", "arrival": None, "undo_until": None, "back_by": None, "back_late": False,
    }  # fmt: skip
    # RULES 24: card number and facility, no name
    assert "見本" not in json.dumps(shown, ensure_ascii=False)


def test_two_batches_on_the_sunday_between(there: SampleLibrary) -> None:
    # GIVEN a bag of the next week, too: on Sunday 06-14 a facility holds two batches, RULES 29
    there.patron("p-2")
    later = Bag("p-2", "10000002", "7", date(2026, 6, 14), date(2026, 6, 21))
    there.table.write(bags.book_addition(later, "t-2-1", POLICY))
    # THEN the old one is on its last day and the new one on its first
    assert [(b["batch"], b["last_day"], b["card_number"]) for b in bags_on(14)] == [
        ("this_week", False, "10000002"),
        ("last_week", True, "10000001"),
    ]
    # and the day before and after there is but one
    assert [b["id"] for b in bags_on(13)] == [BAG]
    assert [b["id"] for b in bags_on(15)] == [bag_id(date(2026, 6, 14), "7", "p-2")]


def test_a_bag_whose_last_day_was_moved_stays_in_the_list(there: SampleLibrary) -> None:
    # GIVEN snow: the batch's last day is moved to Wednesday (RULES 40)
    moved = Bag("p-2", "10000002", "7", date(2026, 6, 7), date(2026, 6, 17))
    there.table.write(bags.book_addition(moved, "t-2-1", POLICY))
    assert [(b["id"], b["last_day"]) for b in bags_on(17)] == [(bag_id(SUNDAY, "7", "p-2"), True)]
    assert bags_on(18) == []


def test_another_facilitys_bags_do_not_exist(there: SampleLibrary) -> None:
    assert bags_on(7, "08") == []
    assert ask("POST", f"/bags/{BAG}/handover", now=on(7), number="08")[0] == 404
    # not even by naming oneself in its place
    assert ask("POST", f"/bags/{bag_id(SUNDAY, '8', 'p-1')}/handover", now=on(7), number="08")[0] == 404


# A bag is not called by its patron, nor by half of its name.
@pytest.mark.parametrize("name", ["x", "2026-06-07", "2026-06-07.7", "2026-06-07.7.", "2026-06-07.7.p-1", BAG[:-1],
                                  BAG.replace("-06-", "-13-")])  # fmt: skip
def test_what_is_no_bag_is_not_found(there: SampleLibrary, name: str) -> None:
    assert ask("POST", f"/bags/{name}/handover", now=on(7))[0] == 404


@pytest.mark.parametrize("group", ["patron", "desk", "facility-07 facility-08"])
def test_another_group_is_refused(there: SampleLibrary, group: str) -> None:
    event = request("GET", "/api/facility/bags", group=group, user="x")
    assert handler(event, context())["statusCode"] == 403


def test_a_bag_goes_from_pile_to_pile(there: SampleLibrary) -> None:
    # GIVEN a bag packed on Thursday THEN it is coming until Saturday, RULES 29
    assert [pile(name, on(4)) for name in PILES] == [["10000001"], [], [], []]
    # on Sunday it is to be handed over, until the end of the last day
    assert [pile(name, on(7, 0)) for name in PILES] == [[], ["10000001"], [], []]
    assert pile("to_hand_over", on(14, 21)) == ["10000001"]
    # from then on it goes back, RULES 30, before the release has come by
    assert [pile(name, on(14, 22)) for name in PILES] == [[], [], ["10000001"], []]
    # and after it; until its books are checked in
    release_uncollected(Library(there.table, POLICY, on(14, 22)), lambda: True)
    assert pile("to_return", on(15)) == ["10000001"]
    check_in(there)
    assert [pile(name, on(17)) for name in PILES] == [[], [], [], []]


def test_sample_shows_on_monday_what_goes_back_and_by_when(there: SampleLibrary) -> None:
    # RULES "The week", 30: checked in by Wednesday
    (bag,) = answered(handler(sample("facility/bags_to_return"), context()))[1]["items"]
    assert (bag["id"], bag["back_by"], bag["back_late"]) == (BAG, "2026-06-17", False)
    (bag,) = ask("GET", "/bags", now=on(18), list="to_return")[1]["items"]
    assert bag["back_late"] is True


def test_a_bag_handed_over_is_done(there: SampleLibrary) -> None:
    ask("POST", f"/bags/{BAG}/handover", now=on(7))
    assert [pile(name, on(8)) for name in PILES] == [[], [], [], ["10000001"]]
    assert [pile(name, on(15)) for name in PILES] == [[], [], [], []]


def test_an_empty_bag_is_in_no_list(there: SampleLibrary) -> None:
    # GIVEN a bag whose only book was checked in, as one collected and returned within the week (RULES 32)
    ask("POST", f"/bags/{BAG}/handover", now=on(7))
    check_in(there)
    assert bags_on(9) == []
    assert pile(",".join(PILES), on(9)) == []


def test_several_lists_at_once_and_none_of_another_name(there: SampleLibrary) -> None:
    # GIVEN on Sunday 06-14 at night one bag to go back and one that has come
    there.patron("p-2")
    later = Bag("p-2", "10000002", "7", date(2026, 6, 14), date(2026, 6, 21))
    there.table.write(bags.book_addition(later, "t-2-1", POLICY))
    assert pile("to_return,to_hand_over", on(14, 22)) == ["10000001", "10000002"]
    status, problem = ask("GET", "/bags", list="elsewhere")
    assert (status, problem["reasons"][0]["field"]) == (422, "list")


def test_sample_tells_a_facility_its_name_and_its_counts(there: SampleLibrary) -> None:
    status, shown = answered(handler(sample("facility/show"), context()))
    assert (status, shown["number"], shown["name"]) == (200, 7, "見本館")
    assert shown["counts"] == {"coming": 0, "to_hand_over": 1, "to_return": 0, "done": 0}
    assert ask("GET", "", now=on(15))[1]["counts"]["to_return"] == 1
    assert ask("GET", "", now=on(15), number="08")[1]["counts"]["to_return"] == 0
    assert ask("GET", "", number="59")[0] == 404


def test_a_facility_is_told_what_it_has_of_kits(there: SampleLibrary) -> None:
    # GIVEN two kits at one facility, of which one is given out, and one that hands out none (RULES 54)
    kits = [Card(number, CardState.BLANK, "7") for number in ("20000001", "20000002")]
    there.table.transact(*map(cards.addition, kits))
    there.table.transact(cards.activation(kits[0], "p-1", on(9)))
    there.table.write(facilities.facility_record(Facility(14, "西北地区", "深浦町", "見本館", False)))
    # THEN each is told its own
    told = {number: ask("GET", "", number=number)[1] for number in ("07", "08", "14")}
    assert told["07"]["kits"] == {"blank": 1, "given": 1, "last_given_at": "2026-06-09T11:00:00+09:00"}
    assert told["08"]["kits"] == {"blank": 0, "given": 0, "last_given_at": None}
    assert told["14"]["kits"] is None
    assert [told[number]["gives_out_kits"] for number in ("07", "08", "14")] == [True, True, False]


def test_after_a_re_issue_the_facility_sees_the_new_number_and_the_slips_beside_it(there: SampleLibrary) -> None:
    # GIVEN a card that was re-issued after the bag was packed
    patron = there.who()
    there.table.transact(patrons.change(patron, replace(patron, card_number="20000001")))
    # THEN what the patron shows is what the facility reads, and it finds the bag by its slip, RULES 24, 28
    (bag,) = bags_on(7)
    assert (bag["card_number"], bag["former_card_number"]) == ("20000001", "10000001")
    handed_over = ask("POST", f"/bags/{BAG}/handover", now=on(7))[1]
    assert (handed_over["card_number"], handed_over["former_card_number"]) == ("20000001", "10000001")
    # and so does who packs the crate
    (crate,) = ask_desk("GET", "/crates", query={"pickup_from": "2026-06-07"})[1]["items"]
    (packed,) = crate["bags"]
    assert (packed["card_number"], packed["former_card_number"]) == ("20000001", "10000001")


# Hand-overs


def state(table: Table) -> tuple[bool, bool]:
    """Whether the loan is handed over, and whether it is released."""
    loan = loans.find(table, "p-1", "t-1-1")
    assert loan
    return loan.handed_over_at is not None, loan.released_at is not None


def test_sample_hands_a_bag_over_once(there: SampleLibrary) -> None:
    # WHEN the sample is sent, and again later
    first = answered(handler(sample("facility/hand_over"), context()))
    second = ask("POST", f"/bags/{BAG}/handover", now=on(9))
    # THEN the first moment stands, on the bag and on its loan, RULES 30
    assert first == second == (200, first[1])
    assert first[1]["handed_over_at"] == "2026-06-07T11:00:00+09:00"
    assert state(there.table) == (True, False)
    assert bags_on(9)[0]["handed_over_at"] == "2026-06-07T11:00:00+09:00"


def test_not_before_sunday(there: SampleLibrary) -> None:
    # RULES 29
    status, problem = ask("POST", f"/bags/{BAG}/handover", now=on(6, 23))
    assert (status, problem["code"]) == (409, "too_early")
    assert "6月7日(日)" in problem["detail"]
    assert state(there.table) == (False, False)


def test_a_bag_handed_over_is_not_released(there: SampleLibrary) -> None:
    ask("POST", f"/bags/{BAG}/handover", now=on(10))
    release_uncollected(Library(there.table, POLICY, on(14, 22)), lambda: True)
    assert state(there.table) == (True, False)
    assert there.who().returning == 0


def test_a_late_hand_over_is_the_truth(there: SampleLibrary) -> None:
    # GIVEN a bag that the release took for left behind, RULES 30
    there.records("7")
    release_uncollected(Library(there.table, POLICY, on(14, 22)), lambda: True)
    assert (state(there.table), there.who().returning) == ((False, True), 1)
    # WHEN the facility records the hand-over afterwards, twice
    assert [ask("POST", f"/bags/{BAG}/handover", now=on(16))[0] for _ in range(2)] == [200, 200]
    # THEN the book was collected, and is not on its way back
    assert (state(there.table), there.who().returning) == ((True, False), 0)


def test_a_book_already_checked_in_stays_checked_in(there: SampleLibrary) -> None:
    # GIVEN a bag with a second book that is checked in by now
    there.given.title("t-2")
    second = there.loan("t-2-1", facility="7")
    (bag,) = bags.of_week(there.table, date(2026, 6, 7), "7")
    there.table.transact(loans.end(second), bags.books_removal(bag, {"t-2-1"}))
    assert ask("POST", f"/bags/{BAG}/handover", now=on(9))[0] == 200
    assert loans.find(there.table, "p-1", "t-2-1") is None
    assert state(there.table) == (True, False)


def test_a_hand_over_is_recorded_late_from_the_list_of_what_goes_back(there: SampleLibrary) -> None:
    # GIVEN Monday, and a bag that was collected without a record
    assert pile("to_return", on(15)) == ["10000001"]
    # WHEN it is recorded THEN it is done and to be seen for the rest of the day, RULES 30
    ask("POST", f"/bags/{BAG}/handover", now=on(15))
    assert (pile("to_return", on(15, 12)), pile("done", on(15, 12))) == ([], ["10000001"])


# Taken back


@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("missing", [False, True])
def test_taken_back_everything_is_as_it_was(there: SampleLibrary, released: bool, missing: bool) -> None:
    # GIVEN a bag with two books, perhaps released, perhaps missed, handed over by mistake
    there.given.title("t-2"), there.loan("t-2-1", facility="7")
    there.records("7")
    if missing:
        ask("POST", f"/bags/{BAG}/arrival", {"state": "missing"}, now=on(5))
    if released:
        release_uncollected(Library(there.table, POLICY, on(14, 22)), lambda: True)
    before = there.everything()
    assert ask("POST", f"/bags/{BAG}/handover", now=on(15))[0] == 200
    assert there.everything() != before
    # WHEN it is taken back within the ten minutes, twice THEN nothing of it is left (RULES 30)
    assert [ask("DELETE", f"/bags/{BAG}/handover", now=on(15, 11) + MINUTES_10)[0] for _ in range(2)] == [204, 204]
    assert there.everything() == before
    assert there.who().returning == (2 if released else 0)


def test_samples_hand_over_and_take_back(there: SampleLibrary) -> None:
    handler(sample("facility/hand_over"), context())
    assert answered(handler(sample("facility/take_hand_over_back"), context())) == (204, None)
    assert (state(there.table), pile("to_hand_over", on(7))) == ((False, False), ["10000001"])


def test_until_when_it_can_be_taken_back_is_told(there: SampleLibrary) -> None:
    ask("POST", f"/bags/{BAG}/handover", now=on(7))
    told = [ask("GET", "/bags", now=at)[1]["items"][0]["undo_until"] for at in (on(7), on(7, 12))]
    assert told == ["2026-06-07T11:10:00+09:00", None]


def test_after_the_ten_minutes_it_stands(there: SampleLibrary) -> None:
    # RULES 30
    ask("POST", f"/bags/{BAG}/handover", now=on(7))
    late = on(7) + MINUTES_10 + timedelta(seconds=1)
    status, problem = ask("DELETE", f"/bags/{BAG}/handover", now=late)
    assert (status, problem["code"]) == (409, "undo_too_late")
    assert "10分以内" in problem["detail"]
    assert state(there.table) == (True, False)


def test_a_book_checked_in_since_is_not_given_back(there: SampleLibrary) -> None:
    # GIVEN two books recorded late as collected, one of which is checked in a minute later (RULES 32)
    there.given.title("t-2"), there.loan("t-2-1", facility="7")
    ask("POST", f"/bags/{BAG}/handover", now=on(17))
    check_in(there, "t-2-1")
    # THEN the record stands: the book is not on its way back
    status, problem = ask("DELETE", f"/bags/{BAG}/handover", now=on(17))
    assert (status, problem["code"]) == (409, "bag_came_back")
    assert "県立図書館に返却" in problem["detail"]
    assert state(there.table) == (True, False)


def test_one_that_was_never_recorded_is_taken_back_without_a_change(there: SampleLibrary) -> None:
    before = there.everything()
    assert ask("DELETE", f"/bags/{BAG}/handover", now=on(9))[0] == 204
    assert there.everything() == before
    assert ask("DELETE", f"/bags/{BAG}/handover", now=on(9), number="08")[0] == 404


def test_a_renewal_in_between_stays(there: SampleLibrary) -> None:
    # GIVEN a hand-over recorded late, and a renewal just after it (RULES 31)
    ask("POST", f"/bags/{BAG}/handover", now=on(19))
    loan = there.lent()
    assert loan
    there.table.write(loans.change(loan, loan.renewed(loan.due_on, POLICY)))
    ask("DELETE", f"/bags/{BAG}/handover", now=on(19))
    loan = there.lent()
    assert loan
    assert (loan.handed_over_at, loan.renewals) == (None, 1)


@pytest.mark.parametrize("act", ["hand_over", "take_back"])
def test_a_check_in_at_the_same_moment_comes_first(
    there: SampleLibrary, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a bag that was read, and its book checked in before anything is written (RULES 30, 32)
    there.records("7")
    release_uncollected(Library(there.table, POLICY, on(14, 22)), lambda: True)
    if act == "take_back":
        ask("POST", f"/bags/{BAG}/handover", now=on(17))
    transact = Table.transact

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        check_in(there)
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    status, _ = ask("POST" if act == "hand_over" else "DELETE", f"/bags/{BAG}/handover", now=on(17))
    # THEN the check-in stands, and no count is wrong
    assert status == (200 if act == "hand_over" else 409)
    assert there.lent() is None
    assert (there.who().loans, there.who().returning) == (0, 0)


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("act", ["hand_over", "take_back", "missing", "arrived"])
def test_who_dies_half_way_asks_again(
    there: SampleLibrary, act: str, written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a bag that was released and missed, where it helps handed over as well
    there.records("7")
    release_uncollected(Library(there.table, POLICY, on(14, 22)), lambda: True)
    if act != "missing":
        ask("POST", f"/bags/{BAG}/arrival", {"state": "missing"}, now=on(15))
    if act == "take_back":
        ask("POST", f"/bags/{BAG}/handover", now=on(15))
    method, path, body = {
        "hand_over": ("POST", "handover", None),
        "take_back": ("DELETE", "handover", None),
    }.get(act, ("POST", "arrival", {"state": act}))
    before, table = there.everything(), library_table()
    # WHEN the function dies before or after its write
    mortal = Mortal(table._client, dies_at=1, written=written)
    monkeypatch.setattr(table, "_client", mortal)
    with pytest.raises(Crash):
        ask(method, f"/bags/{BAG}/{path}", body, now=on(15))
    # THEN all of it was written or nothing, and asked again it ends the same, with one write in all
    assert (there.everything() != before) is written
    mortal.dies_at = 0
    first, after = ask(method, f"/bags/{BAG}/{path}", body, now=on(15)), there.everything()
    assert (ask(method, f"/bags/{BAG}/{path}", body, now=on(15)), there.everything()) == (first, after)
    assert mortal.writes == (1 if written else 2)


# Closed days


def test_samples_close_a_weekday_and_take_it_back(there: SampleLibrary) -> None:
    # WHEN the sample is sent
    status, closed = answered(handler(sample("facility/add_closure"), context()))
    assert (status, closed["weekdays"], closed["kind"]) == (201, [0], "closed"), closed
    # THEN it shuts no pickup window; the facility sees it, and no other does
    assert closed.pop("warnings") == []
    assert answered(handler(sample("facility/closures"), context()))[1]["items"] == [closed]
    assert ask("GET", "/closures", number="08")[1]["items"] == []
    # and only the facility takes it back
    assert ask("DELETE", f"/closures/{closed['id']}", number="08")[0] == 404
    assert ask("DELETE", f"/closures/{closed['id']}")[0] == 204
    assert answered(handler(sample("facility/remove_closure"), context()))[0] == 404
    assert ask("GET", "/closures")[1]["items"] == []


def test_an_exception_opens_a_closed_day(there: SampleLibrary) -> None:
    body = {"from": "2026-06-08", "until": "2026-06-08", "kind": "open"}
    status, opened = ask("POST", "/closures", body)
    assert (status, opened["kind"]) == (201, "open")


def test_days_that_shut_a_whole_pickup_window_are_warned_of(there: SampleLibrary) -> None:
    # GIVEN Monday 06-01, and another facility that is shut all June
    days = {"from": "2026-06-07", "until": "2026-06-14"}
    ask("POST", "/closures", {"from": "2026-06-01", "until": "2026-06-30"}, number="08")
    # WHEN the facility shuts from one Sunday to the next THEN nobody could collect in this window (RULES 21, 29)
    (warning,) = ask("POST", "/closures", days)[1]["warnings"]
    assert warning.startswith("6月7日(日)から6月14日(日)までの受取期間は、受け渡しのできる日が1日もありません。")
    # AND not once a day of it is open after all, nor for a day that was shut before
    ask("POST", "/closures", {"from": "2026-06-14", "until": "2026-06-14", "kind": "open"})
    assert ask("POST", "/closures", days)[1]["warnings"] == []
    assert ask("POST", "/closures", {"from": "2026-06-20", "until": "2026-06-20"})[1]["warnings"] == []


def test_a_facilitys_closed_days_are_fifty_entries_of_the_next_two_years(there: SampleLibrary) -> None:
    # GIVEN a facility that has recorded as much as it may, one of which is over by the next day (RULES 40)
    for n in range(50):
        until = "2026-06-01" if n == 0 else "2026-07-31"
        assert ask("POST", "/closures", {"from": "2026-06-01", "until": until})[0] == 201
    one_more = {"from": "2026-07-01", "until": "2026-07-01"}
    # WHEN it records another THEN it is told how to make room
    status, problem = ask("POST", "/closures", one_more)
    assert (status, problem["code"], problem["reasons"][0]["limit"]) == (409, "too_many_closures", 50)
    # AND another facility may, and the first may again when one is over or taken back
    assert ask("POST", "/closures", one_more, number="08")[0] == 201
    tomorrow = NOON + timedelta(days=1)
    assert ask("POST", "/closures", one_more, now=tomorrow)[0] == 201
    assert ask("POST", "/closures", one_more, now=tomorrow)[0] == 409
    recorded = ask("GET", "/closures", now=tomorrow)[1]["items"]
    assert ask("DELETE", f"/closures/{recorded[0]['id']}", now=tomorrow)[0] == 204
    assert ask("POST", "/closures", one_more, now=tomorrow)[0] == 201


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"from": "2026-05-01", "until": "2026-05-31"}, "closure_is_over"),
        ({"from": "2028-06-01", "until": "2028-06-02"}, "closure_too_far"),
        ({"from": "2026-06-01", "until": "2100-12-31"}, "closure_too_far"),
    ],
)
def test_a_facility_records_days_to_come_and_not_for_ever(
    there: SampleLibrary, days: dict[str, str], code: str
) -> None:
    status, problem = ask("POST", "/closures", days)
    assert (status, problem["reasons"][0]["code"], problem["reasons"][0]["field"]) == (422, code, "until")
    # AND up to the last day it may
    assert ask("POST", "/closures", {"from": "2028-06-01", "until": "2028-06-01"})[0] == 201


def test_wrong_closures_are_refused(there: SampleLibrary) -> None:
    status, problem = ask("POST", "/closures", {"from": "2026-06-08", "until": "2026-06-07"})
    assert (status, problem["reasons"][0]["code"]) == (422, "ends_before_it_starts")
    assert ask("POST", "/closures", {"from": "x", "until": "2026-06-07", "weekdays": [7]})[0] == 422
    told = ask("POST", "/closures", {"from": "2026-06-08", "until": "2026-06-08", "reason": "長" * 201})
    assert (told[0], told[1]["reasons"][0]["code"]) == (422, "too_long")
    # a facility cannot name another one
    assert ask("POST", "/closures", {"from": "2026-06-08", "until": "2026-06-08", "facility": "8"})[0] == 422


# By a link (RULES 53)


def link_of(number: int = 7, now: datetime = NOON) -> str:
    status, link = ask_desk("POST", f"/facilities/{number}/link", now=now)
    assert (status, link["facility"], link["valid_until"]) == (201, str(number), f"{now + timedelta(days=35):%Y-%m-%d}")
    return str(link["token"])


def by_link(token: str, method: str = "GET", path: str = "", body: Any = None, now: datetime = NOON) -> tuple[int, Any]:
    return answered(handler(request(method, f"/api/facility-links/{token}{path}", body=body, now=now), context()))


def test_a_facility_works_by_its_link(there: SampleLibrary) -> None:
    # GIVEN a link that the desk has made (RULES 53)
    token = link_of()
    # WHEN somebody comes by it, without any account THEN it is their facility, with numbers and no names
    status, shown = by_link(token)
    assert (status, shown["number"], shown["counts"]["coming"]) == (200, 7, 1)
    (bag,) = by_link(token, path="/bags", now=on(7))[1]["items"]
    assert (bag["id"], bag["card_number"]) == (BAG, "10000001")
    assert "見本" not in json.dumps(bag, ensure_ascii=False)
    # and what an account does is done by the link as well
    assert by_link(token, "POST", f"/bags/{BAG}/arrival", {"state": "arrived"}, now=on(7))[0] == 200
    assert by_link(token, "POST", f"/bags/{BAG}/handover", now=on(7))[0] == 200
    assert bags_on(7)[0]["handed_over_at"] is not None
    assert by_link(token, "POST", "/reports", {"kind": "kits", "text": "5組お願いします"})[0] == 201
    assert by_link(token, path="/closures")[0] == 200


def test_a_link_opens_no_other_facility(there: SampleLibrary) -> None:
    # GIVEN the link of facility 8 THEN the bag of facility 7 is not there
    token = link_of(8)
    assert by_link(token, path="/bags", now=on(7))[1]["items"] == []
    assert by_link(token, "POST", f"/bags/{BAG}/handover", now=on(7))[0] == 404


def test_a_link_ends_by_a_new_one_by_the_desk_and_by_its_last_day(there: SampleLibrary) -> None:
    # GIVEN a link (RULES 53) WHEN another is made THEN only the new one opens
    old, new = link_of(), link_of()
    assert [by_link(old)[0], by_link(new)[0]] == [404, 200]
    # and the desk can show it again, for the next crate's list
    assert ask_desk("GET", "/facilities/7/link")[1]["token"] == new
    # THEN it is over after its last day
    last = NOON + timedelta(days=35)
    assert [by_link(new, now=last)[0], by_link(new, now=last + timedelta(days=1))[0]] == [200, 404]
    # WHEN it is revoked THEN it opens nothing, and there is none to be shown
    assert ask_desk("DELETE", "/facilities/7/link")[0] == 204
    assert by_link(new)[0] == 404
    assert ask_desk("GET", "/facilities/7/link")[0] == 404


def test_samples_make_show_and_revoke_a_link(there: SampleLibrary) -> None:
    made, shown = (answered(desk(sample(f"desk/{name}"), context())) for name in ("link_make", "link_show"))
    assert (made[0], shown) == (201, (200, made[1]))
    assert answered(desk(sample("desk/link_revoke"), context())) == (204, None)
    assert answered(desk(sample("desk/link_show"), context()))[0] == 404


def test_a_link_that_nobody_made_opens_nothing(there: SampleLibrary) -> None:
    token = link_of()
    for made_up in ("x", token[:-1], token[:-2] + "AA", "長い", "A" * 300):
        assert by_link(made_up)[0] == 404, made_up
    assert ask_desk("POST", "/facilities/70/link")[0] == 404


def test_a_repeated_request_for_a_link_gives_the_same_one(there: SampleLibrary) -> None:
    # GIVEN a request with a key, sent twice
    event = request("POST", "/api/desk/facilities/7/link", group="desk", user="d", headers={"idempotency-key": "k-1"})
    first, second = (answered(desk(event, context())) for _ in range(2))
    # THEN it is one link
    assert first == second
    assert by_link(first[1]["token"])[0] == 200
