"""A library with runs on Tuesday and Thursday: each has holds, bags, mails, windows and due dates of its own (57)."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.facility.handler import handler as facility
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from lending.aws.settings import settings
from lending.aws.table import Table
from lending.aws.table.loans import bags
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, request
from tests.handlers.desk import SampleLibrary, answered, ask
from tests.handlers.played import do_job
from tests.library import aomori
from tests.weeks import runs_of_week

POLICY = aomori(runs=runs_of_week({"weekday": 1}, {"weekday": 3}))
TUESDAY, THURSDAY = date(2026, 6, 2), date(2026, 6, 4)
# Of Tuesday's books and of Thursday's: the first and the last pickup day, and the due date.
FIRST = date(2026, 6, 5), date(2026, 6, 12), date(2026, 6, 19)
SECOND = date(2026, 6, 7), date(2026, 6, 14), date(2026, 6, 21)


@pytest.fixture
def at(given: Given, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    """The library on Wednesday: Tuesday's run has lent a book, and two more were asked for since."""
    monkeypatch.setenv("POLICY", POLICY.model_dump_json())
    settings.cache_clear()
    library = SampleLibrary(given)
    library.facility()
    given.title("t-1", copies=2)
    given.title("t-2")
    for patron_id in ("p-1", "p-2"):
        library.patron(patron_id)
    library.hold("p-1", "t-1")
    assert run(TUESDAY)["lend"] == 1
    assert scan("t-1-1", TUESDAY)["bag"]
    since: dict[str, Any] = {"placed_at": moment(TUESDAY, 12), "queued_at": moment(TUESDAY, 12)}
    library.hold("p-1", "t-2", **since)
    library.hold("p-2", "t-1", **since)
    return library


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TOKYO)


def done(function: Any, job: str, at: datetime) -> dict[str, Any]:
    """A job's own summary."""
    summary = do_job((function, job, at))
    return {name: value for name, value in summary.items() if name != "job"}


def run(day: date) -> dict[str, Any]:
    return done(allocator, "thursday_run", moment(day, 8, 31))


def mail(day: date) -> dict[str, Any]:
    return done(notices, "lending_mail", moment(day, 9))


def give_back(day: date) -> dict[str, Any]:
    return done(release, "sunday_release", moment(day, 22))


def scan(barcode: str, day: date) -> dict[str, Any]:
    status, answer = ask("POST", f"/pulls/{barcode}", {"result": "found"}, moment(day, 10))
    assert status == 200, answer
    return dict(answer)


def second_run() -> None:
    assert run(THURSDAY)["lend"] == 2
    scan("t-2-1", THURSDAY)
    scan("t-1-2", THURSDAY)


def days_of_loan(at: SampleLibrary, patron_id: str, barcode: str) -> tuple[date | None, date | None, date]:
    loan = at.lent(patron_id, barcode)
    assert loan
    return loan.pickup_from, loan.pickup_until, loan.due_on


def test_a_hold_between_the_runs_goes_to_the_second(at: SampleLibrary) -> None:
    # GIVEN holds placed after Tuesday's cut-off WHEN Tuesday's job is asked again THEN they are none of it (18, 26, 57)
    assert run(TUESDAY)["already_done"]
    assert run(TUESDAY + timedelta(days=1))["date"] == "2026-06-02"
    assert ask("GET", "/today", now=moment(TUESDAY, 12))[1]["next_run"]["run_date"] == "2026-06-04"
    # WHEN Thursday's run is made THEN it lends them, and each has the days of its own run (RULES 25, 29)
    second_run()
    assert days_of_loan(at, "p-1", "t-1-1") == FIRST
    assert days_of_loan(at, "p-1", "t-2-1") == days_of_loan(at, "p-2", "t-1-2") == SECOND
    # AND who has books of both has two bags, in the crates of either run (RULES 24)
    for days, packed in ((FIRST, {"p-1"}), (SECOND, {"p-1", "p-2"})):
        assert {bag.patron_id for bag in bags.of_week(at.table, days[0])} == packed
        (crate,) = ask("GET", "/crates", now=moment(THURSDAY, 11), query={"pickup_from": f"{days[0]}"})[1]["items"]
        assert len(crate["bags"]) == len(packed)
    (crate,) = ask("GET", "/crates", now=moment(THURSDAY, 11))[1]["items"]
    assert crate["pickup_from"] == "2026-06-07"


def test_each_run_has_its_mails_on_its_day(at: SampleLibrary) -> None:
    # GIVEN Tuesday's bag WHEN its mails are written on Thursday, and asked for again, and on Friday (RULES 36, 38)
    assert mail(THURSDAY) == {"date": "2026-06-04", "already_done": False, "bags": 1, "mails": 1}
    second_run()
    for day in (THURSDAY, date(2026, 6, 5)):
        assert mail(day) == {"date": "2026-06-04", "already_done": True}
    # THEN those of Thursday's bags are written on Saturday, to all who have one
    assert mail(date(2026, 6, 6)) == {"date": "2026-06-06", "already_done": False, "bags": 2, "mails": 2}
    assert mail(date(2026, 6, 8)) == {"date": "2026-06-06", "already_done": True}
    # AND Thursday's, asked for after Saturday's, are known to be done
    assert mail(THURSDAY) == {"date": "2026-06-04", "already_done": True}


def test_the_first_window_ends_while_the_second_is_open(at: SampleLibrary) -> None:
    second_run()
    # GIVEN a facility that has both batches, and records what it hands over (RULES 29, 30)
    for days in (FIRST, SECOND):
        at.records("12", days[0])
    event = request("GET", "/api/facility/bags", group="facility-12", user="f-12", now=moment(date(2026, 6, 12), 11))
    shown = answered(facility(event, context()))[1]["items"]
    assert sorted((bag["pickup_from"], bag["last_day"]) for bag in shown) == [
        ("2026-06-05", True),
        ("2026-06-07", False),
        ("2026-06-07", False),
    ]
    # WHEN the last day of the first is over THEN its book is on its way back, and no other
    assert give_back(FIRST[1])["books"] == 1
    first, second = at.lent("p-1", "t-1-1"), at.lent("p-1", "t-2-1")
    assert first
    assert second
    assert (bool(first.released_at), bool(second.released_at)) == (True, False)
    # AND on a day on which no window ends nothing is done
    assert give_back(date(2026, 6, 13)) == {"date": "2026-06-12", "already_done": True}
    assert give_back(SECOND[1])["books"] == 2


def test_the_week_is_told_with_both_runs(at: SampleLibrary) -> None:
    # GIVEN a week of two runs and their mails WHEN it is over (RULES 56)
    mail(THURSDAY)
    second_run()
    mail(date(2026, 6, 6))
    sunday = moment(date(2026, 6, 7), 23, 30)
    do_job((notices, "weekly_counts", sunday))
    # THEN its numbers are those of both
    week = ask("GET", "/statistics", now=sunday)[1]["items"][-1]
    assert (week["week_from"], week["outcomes"]) == ("2026-06-01", {"lend": 3})
    assert week["facilities"] == [{"facility": "12", "bags": 3, "books": 3, "uncollected": 0}]
    # AND the desk sees that everything that was due for either was done
    jobs = [each for each in ask("GET", "/operations", now=sunday)[1]["jobs"] if each["job"] in
            ("thursday_run", "lending_mail")]  # fmt: skip
    assert [(each["job"], each["due_at"][:16], each["state"]) for each in jobs] == [
        ("thursday_run", "2026-06-02T08:30", "done"),
        ("thursday_run", "2026-06-04T08:30", "done"),
        ("lending_mail", "2026-06-04T09:00", "done"),
        ("lending_mail", "2026-06-06T09:00", "done"),
    ]


def test_a_run_is_not_made_before_its_day(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a library whose cut-off is on the evening before the run (RULES 18)
    evening = runs_of_week({"cut_off": time(20), "cut_off_days_before": 1})
    monkeypatch.setenv("POLICY", aomori(runs=evening).model_dump_json())
    settings.cache_clear()
    # WHEN staff ask for the run after the cut-off THEN it waits for its day
    before = ask("POST", "/runs", {"date": "2026-06-04"}, moment(date(2026, 6, 3), 21))
    assert (before[0], before[1]["code"]) == (409, "run_not_due")
    assert ask("POST", "/runs", {"date": "2026-06-04"}, moment(THURSDAY, 8))[0] == 200
