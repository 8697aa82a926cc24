"""The reader's own order and pace, as the functions answer them and staff meet them (RULES 46-49)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.holds.handler import handler as holds_function
from functions.my_library.handler import handler as my_library
from functions.notices.handler import handler as notices
from infra.library import as_parameter
from lending.aws import settings
from lending.aws.table.holds import holds
from lending.aws.table.mail import mails
from lending.aws.table.patrons import patrons, pauses
from lending.domain.holds.hold import HoldStatus
from lending.domain.week import TOKYO
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.desk import THURSDAY, SampleLibrary, answered, ask, codes
from tests.library import aomori

FRIDAY = datetime(2026, 6, 5, 9, 30, tzinfo=TOKYO)
ALL = {"pause": True, "reading_order": True, "any_of": True, "own_order": True, "books_a_run": True}


@pytest.fixture
def at(given: Given, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    """A library that offers everything, with a facility, three patrons and three titles of one copy."""
    monkeypatch.setenv("POLICY", as_parameter(aomori(**ALL)))
    settings.settings.cache_clear()
    library = SampleLibrary(given)
    library.facility(12)
    for number in (1, 2, 3):
        library.patron(f"p-{number}")
        given.title(f"t-{number}")
    return library


def arrange(title_id: str, user: str = "p-1", **wanted: Any) -> tuple[int, Any]:
    event = request("PATCH", f"/api/me/holds/{title_id}", body=wanted, group="patron", user=user)
    return answered(holds_function(event, context()))


def change_me(now: datetime = NOON, **wanted: Any) -> tuple[int, Any]:
    return answered(
        my_library(request("PATCH", "/api/me", body=wanted, group="patron", user="p-1", now=now), context())
    )


def show(now: datetime = NOON) -> dict[str, dict[str, Any]]:
    event = request("GET", "/api/me/holds", group="patron", user="p-1", now=now)
    return {each["title_id"]: each for each in json.loads(holds_function(event, context())["body"])["items"]}


def run(day: str = "2026-06-04") -> None:
    allocator({"job": "thursday_run", "scheduled_time": f"{day}T08:30:00+09:00"}, context())


def scan(barcode: str, now: datetime = THURSDAY) -> str:
    status, told = ask("POST", f"/pulls/{barcode}", {"result": "found"}, now)
    assert status == 200, told
    return str(told["action"])


def planned(at: SampleLibrary) -> dict[str, str]:
    found = (at.copy(f"t-{number}-1") for number in (1, 2, 3))
    return {copy.title_id: copy.pull.patron_id for copy in found if copy.pull}


# What patrons set


def test_sample_lets_one_hold_come_after_another(at: SampleLibrary) -> None:
    # GIVEN two holds WHEN the sample is sent twice
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    first, again = (answered(holds_function(sample("holds/arrange"), context())) for _ in range(2))
    # THEN it is so, once, shown, and no day can be told of the one that comes after (RULES 47)
    assert first == again
    assert (first[0], first[1]["after"], first[1]["rank"]) == (200, "t-2", 1)
    assert ([each["code"] for each in first[1]["stopped_by"]], first[1]["earliest_pickup"]) == (["reading_order"], None)
    assert at.who().order_changes == 1
    # WHEN it is taken back THEN it is as before
    assert arrange("t-1", after=None, rank=None)[1] | {"after": None} == show()["t-1"]
    assert at.held().rank is None


def test_no_circle_and_no_hold_of_nobody(at: SampleLibrary) -> None:
    # GIVEN three holds, the second after the first, the third after the second
    for title_id in ("t-1", "t-2", "t-3"):
        at.hold("p-1", title_id)
    assert arrange("t-2", after="t-1")[0] == arrange("t-3", after="t-2")[0] == 200
    # THEN the first after the last, or a hold after itself, is refused as a circle (RULES 47)
    for title_id, after in (("t-1", "t-3"), ("t-1", "t-1")):
        status, told = arrange(title_id, after=after)
        assert (status, codes(told)) == (409, ["reading_circle"])
    # AND what the patron does not hold, or holds no more
    assert codes(arrange("t-1", after="t-9")[1]) == ["no_such_hold"]
    assert arrange("t-9", rank=1)[0] == 404
    # AND a book that is kept aside is in no order any more
    at.kept("t-1-1")
    assert codes(arrange("t-1", group="g")[1]) == ["no_longer_waits"]


def test_two_changes_at_once_make_no_circle(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN one change that is about to be written, and the opposite one written just before
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    change: Callable[..., Any] = holds.order_change
    meddled: list[bool] = []

    def overtaken(*states: Any) -> Any:
        if not meddled:
            meddled.append(True)
            assert arrange("t-2", after="t-1")[0] == 200
        return change(*states)

    monkeypatch.setattr(holds, "order_change", overtaken)
    # THEN the later one sees it (RULES 47)
    assert codes(arrange("t-1", after="t-2")[1]) == ["reading_circle"]


def test_what_the_library_does_not_offer_is_refused(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN the defaults WHEN any of it is asked for THEN it is refused, and nothing is offered (RULES 46-49)
    monkeypatch.setenv("POLICY", as_parameter(aomori()))
    settings.settings.cache_clear()
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    assert codes(arrange("t-1", after="t-2", group="g", rank=1)[1]) == ["not_offered"] * 3
    status, told = change_me(paused_until="2026-07-01", books_a_run=2)
    assert (status, codes(told)) == (409, ["not_offered"] * 2)
    assert answered(my_library(request("GET", "/api/me", group="patron", user="p-1"), context()))[1]["offers"] == []


def test_a_pause_is_set_shown_and_ended(at: SampleLibrary) -> None:
    # GIVEN a hold WHEN the patron rests until July, at two books a run
    at.hold()
    status, me = change_me(paused_until="2026-07-01", books_a_run=2)
    assert (status, me["paused_until"], me["books_a_run"]) == (200, "2026-07-01", 2)
    # THEN the hold says so, the desk as well, and the run passes it over (RULES 46)
    assert [each["code"] for each in show()["t-1"]["stopped_by"]] == ["paused"]
    assert ask("GET", "/patrons/10000001", query={"for": "test"})[1]["paused_until"] == "2026-07-01"
    run()
    told = show(THURSDAY)["t-1"]["last_run"]
    assert (told["code"], told["facts"]) == ("paused", {"until": "2026-07-01"})
    # WHEN it is ended THEN the next run lends; a day of the past is none
    assert change_me(paused_until=None)[1]["paused_until"] is None
    assert list(pauses.ending_until(at.table, date(2099, 1, 1))) == []
    assert codes(change_me(paused_until="2026-05-31")[1]) == ["pause_is_over"]
    run("2026-06-11")
    assert planned(at) == {"t-1": "p-1"}


def test_a_mail_comes_before_a_pause_ends(at: SampleLibrary) -> None:
    # GIVEN a pause until July 1st WHEN the daily mails go out before, in time, and again
    at.hold()
    change_me(paused_until="2026-07-01")

    def told_on(day: str) -> list[str]:
        notices({"job": "daily_notices", "scheduled_time": f"{day}T10:00:00+09:00"}, context())
        return [mails.mail_of(item).kind for item in at.table.query("PATRON#p-1", "MAIL#")]

    # THEN there is one mail, three days before (RULES 46)
    assert [told_on(f"2026-06-{day}") for day in (27, 28, 29)] == [[], ["pause_ending"], ["pause_ending"]]


# What runs and staff meet


def test_the_second_volume_comes_once_the_first_was_lent(at: SampleLibrary) -> None:
    # GIVEN the second volume after the first, both on the shelf, and somebody else who waits for the second
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2"), at.hold("p-2", "t-2")
    arrange("t-2", after="t-1")
    run()
    # THEN the second goes to the next in the queue (RULES 47)
    assert planned(at) == {"t-1": "p-1", "t-2": "p-2"}
    assert show(THURSDAY)["t-2"]["last_run"]["code"] == "reading_order"
    # WHEN the first is lent THEN the second stands in its queue as ever
    assert scan("t-1-1") == "lend"
    assert (show(THURSDAY)["t-2"]["after"], show(THURSDAY)["t-2"]["stopped_by"]) == (None, [])


def test_who_comes_after_a_hold_that_is_cancelled_need_not_wait(at: SampleLibrary) -> None:
    # GIVEN the same WHEN the first is cancelled THEN the second is served (RULES 47)
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    arrange("t-2", after="t-1")
    holds_function(request("DELETE", "/api/me/holds/t-1", group="patron", user="p-1"), context())
    run()
    assert planned(at) == {"t-2": "p-1"}


def test_whose_book_is_not_found_is_told_so_where_what_came_first_is_gone(at: SampleLibrary) -> None:
    # GIVEN the same, and the second one's only copy on the list
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    arrange("t-2", after="t-1")
    holds_function(request("DELETE", "/api/me/holds/t-1", group="patron", user="p-1"), context())
    run()
    # WHEN it is not on its shelf THEN that is why, and no order (RULES 27, 47)
    assert ask("POST", "/pulls/t-2-1", {"result": "missing"}, THURSDAY)[0] == 200
    assert show(THURSDAY)["t-2"]["last_run"]["code"] == "not_on_shelf"


def test_an_order_is_over_with_the_hold_it_was_made_for(at: SampleLibrary) -> None:
    # GIVEN the same, and the first is placed anew after it was cancelled
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    arrange("t-2", after="t-1")
    holds_function(request("DELETE", "/api/me/holds/t-1", group="patron", user="p-1"), context())
    again = {"title_id": "t-1", "pickup_place": "12"}
    holds_function(request("POST", "/api/me/holds", body=again, group="patron", user="p-1"), context())
    # THEN the second does not come after it (RULES 47)
    assert [(title_id, each["after"]) for title_id, each in sorted(show().items())] == [("t-1", None), ("t-2", None)]
    run()
    assert planned(at) == {"t-1": "p-1", "t-2": "p-1"}


def test_an_order_made_after_the_run_counts_at_the_scan(at: SampleLibrary) -> None:
    # GIVEN a planned book, and an order made since WHEN it is scanned THEN the next in the queue has it (21, 23, 47)
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2"), at.hold("p-2", "t-1")
    run()
    arrange("t-1", after="t-2")
    assert scan("t-1-1") == "lend"
    assert (at.lent("p-2"), at.held("p-1").last_run) != (None, None)


@pytest.mark.parametrize("way", ["lend", "keep_aside", "shelve_ready", "checkout"])
def test_the_first_of_a_group_ends_the_others(at: SampleLibrary, way: str) -> None:
    # GIVEN a group of three; one of them is lent, kept aside, made ready, or taken at the counter (RULES 48)
    place = "prefectural" if way == "shelve_ready" else "12"
    for title_id in ("t-1", "t-2", "t-3"):
        at.hold("p-1", title_id, place)
        arrange(title_id, group="g")
    arrange("t-2", rank=1)
    if way == "keep_aside":
        at.table.write(patrons.change(at.who(), replace(at.who(), loan_cap=1, loan_cap_before=1)))
        at.given.title("t-9")
        at.loan("t-9-1", facility="")
    run()
    if way == "shelve_ready":
        allocator({"job": "prefectural_pull", "scheduled_time": "2026-06-04T09:00:00+09:00"}, context())
    assert planned(at) == {"t-2": "p-1"}
    if way == "checkout":
        assert ask("POST", "/checkouts", {"card_number": "10000001", "barcode": "t-2-1"})[0] == 201
    else:
        assert scan("t-2-1") == way
    # THEN the others are no more, and are not counted
    left = {"t-2"} if way in ("keep_aside", "shelve_ready") else set()
    assert {hold.title_id for hold in holds.of_patron(at.table, "p-1")} == left
    assert at.who().open_holds == len(left)
    assert [hold.group for hold in holds.of_patron(at.table, "p-1")] == [""] * len(left)
    # WHEN the scan is undone THEN all are there again, as they were
    if way != "checkout":
        assert ask("DELETE", "/pulls/t-2-1/scan")[0] == 200
        found = holds.of_patron(at.table, "p-1")
        assert [(hold.title_id, hold.group, hold.status) for hold in found] == [
            (f"t-{number}", "g", HoldStatus.WAITING) for number in (1, 2, 3)
        ]
        assert (at.who().open_holds, planned(at)) == (3, {"t-2": "p-1"})


def test_two_books_of_a_group_in_two_hands(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a group made after two of its books were planned WHEN both are scanned at the same moment
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2"), at.hold("p-2", "t-2")
    run()
    for title_id in ("t-1", "t-2"):
        arrange(title_id, group="g")
    end: Callable[..., Any] = holds.end
    meddled: list[bool] = []

    def overtaken(hold: Any) -> Any:
        if not meddled:
            meddled.append(True)
            assert scan("t-1-1") == "lend"
        return end(hold)

    monkeypatch.setattr(holds, "end", overtaken)
    # THEN one is the patron's, the other goes to the next in its queue (RULES 48)
    assert scan("t-2-1") == "lend"
    assert (at.lent("p-1", "t-1-1") is None, at.lent("p-2", "t-2-1") is None) == (False, False)
    assert at.who().open_holds == 0


def test_a_hold_that_joins_a_group_while_one_of_it_is_lent(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a group of one, whose book is in the hand WHEN another hold joins it at the same moment
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    arrange("t-1", group="g")
    run()
    end: Callable[..., Any] = holds.end
    meddled: list[bool] = []

    def overtaken(hold: Any) -> Any:
        if not meddled:
            meddled.append(True)
            assert arrange("t-2", group="g")[0] == 200
        return end(hold)

    monkeypatch.setattr(holds, "end", overtaken)
    # THEN it ends with it (RULES 48)
    assert scan("t-1-1") == "lend"
    assert holds.of_patron(at.table, "p-1") == []


def test_no_more_books_of_a_run_than_wanted(at: SampleLibrary) -> None:
    # GIVEN one book a run wanted, two holds, the second the patron's first
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2"), at.hold("p-2", "t-3"), at.hold("p-1", "t-3")
    change_me(books_a_run=1)
    arrange("t-2", rank=1)
    run()
    # THEN that one is planned, and the other told why (RULES 49)
    assert planned(at) == {"t-2": "p-1", "t-3": "p-2"}
    told = show(THURSDAY)["t-1"]["last_run"]
    assert (told["code"], told["facts"]) == ("cap", {"books_a_run": 1})
    # WHEN a book becomes free that the patron would be the next for THEN it goes back to its shelf
    ask("POST", "/patrons/10000002/holds/t-3", {"action": "cancel"})
    assert scan("t-3-1") == "shelve"
    # AND the same once the first is lent, and the plan is made anew; the week after it is lent
    assert scan("t-2-1") == "lend"
    assert ask("DELETE", "/pulls", query={"run": "2026-06-04"})[0] == 200
    ask("POST", "/runs", {"date": "2026-06-04", "dry_run": False})
    assert planned(at) == {}
    run("2026-06-11")
    assert len(planned(at)) == 1


def test_a_plan_made_anew_counts_what_the_run_has_lent(at: SampleLibrary) -> None:
    # GIVEN one book a run wanted, and it is lent WHEN the plan is made anew
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    change_me(books_a_run=1)
    run()
    assert scan("t-1-1") == "lend"
    assert ask("DELETE", "/pulls", query={"run": "2026-06-04"})[0] == 200
    ask("POST", "/runs", {"date": "2026-06-04", "dry_run": False})
    # THEN the other hold is told how many were wanted, not how many are left (RULES 27, 49)
    told = show(THURSDAY)["t-2"]["last_run"]
    assert (told["code"], told["facts"]) == ("cap", {"books_a_run": 1})


def test_another_copy_is_fetched_for_who_wants_one_book(at: SampleLibrary) -> None:
    # GIVEN one book a run wanted, and a title of two copies, of which the planned one is not found
    at.given.title("t-9", copies=2)
    at.hold("p-1", "t-9")
    change_me(books_a_run=1)
    run()
    # WHEN it is missing THEN the other one is fetched: the missing one is no book of the run (RULES 23, 49)
    answer = ask("POST", "/pulls/t-9-1", {"result": "missing"}, THURSDAY)[1]
    assert answer["instead"]["barcode"] == "t-9-2"


def test_a_book_kept_aside_is_one_of_the_run(at: SampleLibrary) -> None:
    # GIVEN one book a run wanted, which is kept aside over the cap
    at.table.write(patrons.change(at.who(), replace(at.who(), loan_cap=1, loan_cap_before=1)))
    at.given.title("t-9")
    at.loan("t-9-1", facility="")
    at.hold("p-1", "t-1"), at.hold("p-2", "t-2"), at.hold("p-1", "t-2")
    change_me(books_a_run=1)
    run()
    assert scan("t-1-1") == "keep_aside"
    # WHEN another book becomes free that they would be the next for THEN it is no second one (RULES 49)
    ask("POST", "/patrons/10000002/holds/t-2", {"action": "cancel"})
    assert scan("t-2-1") == "shelve"


def test_a_pull_fetches_no_second_book_of_a_group(at: SampleLibrary) -> None:
    # GIVEN a group of which the weekly run has a book fetched, and the other is for the counter
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2", "prefectural"), at.hold("p-2", "t-2", "prefectural")
    for title_id in ("t-1", "t-2"):
        arrange(title_id, group="g")
    run()
    # WHEN the counter's pull is made THEN the other goes to the next in its queue (RULES 15, 48)
    allocator({"job": "prefectural_pull", "scheduled_time": "2026-06-04T09:00:00+09:00"}, context())
    assert planned(at) == {"t-1": "p-1", "t-2": "p-2"}


def test_what_was_asked_for_since_a_scan_outlasts_it(at: SampleLibrary) -> None:
    # GIVEN a book that is not found; then its reader changes the order, and by phone the pickup place
    at.hold("p-1", "t-1"), at.hold("p-1", "t-2")
    run()
    ask("POST", "/pulls/t-1-1", {"result": "missing"}, THURSDAY)
    arrange("t-1", after="t-2", group="g", rank=3)
    assert (
        ask("POST", "/patrons/10000001/holds/t-1", {"action": "change_pickup", "pickup_place": "prefectural"})[0] == 200
    )
    asked_for = at.held()
    # WHEN it is found and the scan undone THEN all of that is as they asked, and the plan is there again (RULES 14, 23)
    assert ask("DELETE", "/pulls/t-1-1/scan")[0] == 200
    assert at.held() == replace(asked_for, last_run=None)
    assert planned(at)["t-1"] == "p-1"


@pytest.mark.parametrize("meanwhile", [False, True], ids=["before", "at the same moment"])
def test_what_comes_back_with_an_undone_scan_is_in_no_circle(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    # GIVEN a group of which the first is lent; the second was to come after a third hold, and before a fourth
    at.given.title("t-4")
    for title_id in ("t-1", "t-2", "t-3", "t-4"):
        at.hold("p-1", title_id)
    arrange("t-1", group="g"), arrange("t-2", group="g", after="t-3"), arrange("t-4", after="t-2")
    run()
    assert scan("t-1-1") == "lend"
    removal: Callable[..., Any] = patrons.loan_removal
    asked: list[int] = []

    def overtaken(*undone: Any, **how: Any) -> Any:
        asked.extend([] if asked else [arrange("t-3", after="t-4")[0]])
        return removal(*undone, **how)

    # WHEN the third is put after the fourth, and the scan is undone
    if meanwhile:
        monkeypatch.setattr(patrons, "loan_removal", overtaken)
    else:
        asked.append(arrange("t-3", after="t-4")[0])
    assert (ask("DELETE", "/pulls/t-1-1/scan")[0], asked) == (200, [200])
    # THEN the second comes after none of those that come after it (RULES 47)
    order = {hold.title_id: hold.after for hold in holds.of_patron(at.table, "p-1")}
    assert order == {"t-1": "", "t-2": "", "t-3": "t-4", "t-4": "t-2"}


def _kept_of_a_group(at: SampleLibrary) -> None:
    """The first of a group is kept aside at Thursday's scan, and the second has ended with it."""
    at.table.write(patrons.change(at.who(), replace(at.who(), loan_cap=1, loan_cap_before=1)))
    at.given.title("t-9")
    at.loan("t-9-1", facility="")
    for title_id in ("t-1", "t-2"):
        at.hold("p-1", title_id)
        arrange(title_id, group="g")
    run()
    assert scan("t-1-1") == "keep_aside"


def test_a_group_comes_back_only_as_far_as_there_is_room(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a book of a group kept aside, and another hold placed since, which is the last that may be
    monkeypatch.setenv("POLICY", as_parameter(aomori(hold_limit=2, **ALL)))
    settings.settings.cache_clear()
    _kept_of_a_group(at)
    at.hold("p-1", "t-3")
    # WHEN the scan is undone THEN it is refused for the limit (RULES 10, 23, 48)
    status, told = ask("DELETE", "/pulls/t-1-1/scan")
    assert (status, codes(told)) == (409, ["hold_limit"])


def test_what_was_lent_meanwhile_does_not_come_back_as_a_hold(at: SampleLibrary) -> None:
    # GIVEN a book of a group kept aside, and the title that ended with it lent at the counter since
    _kept_of_a_group(at)
    at.loan("t-2-1", facility="")
    # WHEN the scan is undone THEN nobody holds what they have at home (RULES 9, 48)
    assert ask("DELETE", "/pulls/t-1-1/scan")[0] == 200
    assert [hold.title_id for hold in holds.of_patron(at.table, "p-1")] == ["t-1"]


def test_a_title_that_is_no_more_comes_back_with_no_scan(at: SampleLibrary) -> None:
    # GIVEN a book of a group kept aside, and the title that ended with it made one with another since
    _kept_of_a_group(at)
    assert ask("POST", "/titles/t-2/merge", {"into": "t-3"})[1]["merged"] is True
    # WHEN the scan is undone THEN nobody holds a title that there is not (RULES 9, 48)
    assert ask("DELETE", "/pulls/t-1-1/scan")[0] == 200
    assert [hold.title_id for hold in holds.of_patron(at.table, "p-1")] == ["t-1"]
    assert at.who().open_holds == 1
