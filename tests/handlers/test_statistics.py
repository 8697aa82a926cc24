"""Counts of weeks, RULES 56: worked out at night, shown to the desk whole, and to anyone without small numbers."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.desk.handler import handler as desk
from functions.notices.handler import handler as notices
from functions.public.handler import handler as public
from lending.aws.table import Table, statistics
from lending.aws.table.calendar import calendar
from lending.aws.table.loans import bags
from lending.aws.table.registration import applications
from lending.domain.coming_back import Returns
from lending.domain.registration.kinds import ApplicationStatus
from lending.domain.statistics import FacilityCounts, WeekCounts
from lending.domain.week import TOKYO
from tests.handlers.applications import applied
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.crashing import Mortal, dies_anywhere
from tests.handlers.desk import SUNDAY, THURSDAY, SampleLibrary, answered, ask

MONDAY = date(2026, 6, 1)
LAST_NIGHT = {"scheduled_time": "2026-06-14T23:00:00+09:00"}


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility; a title with two copies that two patrons hold for it, and a third for the library's own counter."""
    library = SampleLibrary(given)
    library.facility()
    for n in (1, 2, 3):
        library.patron(f"p-{n}")
    given.title(copies=2)
    library.hold("p-1"), library.hold("p-2"), library.hold("p-3")
    return library


def count(time: str = "2026-06-07T23:00:00+09:00") -> Any:
    return notices({"job": "weekly_counts", "scheduled_time": time}, context())


def weeks(now: datetime = THURSDAY, **query: str) -> list[dict[str, Any]]:
    status, answer = ask("GET", "/statistics", now=now, query=query)
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["items"]
    return found


def lend_two() -> None:
    allocator({"job": "thursday_run", "scheduled_time": "2026-06-04T08:31:00+09:00"}, context())
    for barcode in ("t-1-1", "t-1-2"):
        assert ask("POST", f"/pulls/{barcode}", {"result": "found"})[0] == 200


def test_the_sample_counts_a_week(at: SampleLibrary) -> None:
    # GIVEN a run that lends two of three holds, both packed (RULES 56)
    lend_two()
    # WHEN the week is counted
    assert count()["books"] == 2
    # THEN the desk sees what became of the holds, how long they had waited, and each facility's bags
    *_, week = weeks()
    assert (week["week_from"], week["week_until"]) == ("2026-06-01", "2026-06-07")
    assert (week["considered"], week["outcomes"]) == (3, {"lend": 2, "none": 1})
    assert week["reasons"] == {"lent": 2, "queue": 1}
    assert week["waits"] == {"0": 2}
    assert week["facilities"] == [{"facility": "12", "bags": 2, "books": 2, "uncollected": 0}]
    # and the sample of the desk the same
    assert answered(desk(sample("desk/statistics"), context()))[1]["items"][-1] == week


def test_what_is_not_collected_is_counted_once_the_last_day_is_over(at: SampleLibrary) -> None:
    # GIVEN two bags, of which the facility hands one over (RULES 30, 56)
    lend_two()
    count()
    bag = bags.find(at.table, SUNDAY, "12", "p-1")
    assert bag
    at.table.write(bags.hand_over_record(bag, datetime(2026, 6, 8, 11, tzinfo=TOKYO)))
    # WHEN the last day is over
    assert notices(sample("notices/weekly_counts"), context())["weeks"] == 3
    # THEN the other is counted with the week that lent it, and stays so when its book is checked in
    expected = [{"facility": "12", "bags": 2, "books": 2, "uncollected": 1}]
    assert weeks(datetime(2026, 6, 15, 12, tzinfo=TOKYO))[-2]["facilities"] == expected
    assert ask("POST", "/checkins", {"barcodes": ["t-1-1", "t-1-2"]}, datetime(2026, 6, 17, 10, tzinfo=TOKYO))[0] == 200
    count("2026-06-17T23:00:00+09:00")
    assert weeks(datetime(2026, 6, 17, 23, tzinfo=TOKYO))[-3]["facilities"] == expected


def test_how_late_books_come_back_is_learned_of_weeks_that_are_over(at: SampleLibrary) -> None:
    # GIVEN two books due on a Sunday and checked in on the Wednesday after it (RULES 50, 56)
    lend_two()
    wednesday = datetime(2026, 6, 24, 10, tzinfo=TOKYO)
    assert ask("POST", "/checkins", {"barcodes": ["t-1-1", "t-1-2"]}, wednesday)[0] == 200
    # WHEN the week is counted THEN nothing that is told of days to come has changed
    count("2026-06-24T23:00:00+09:00")
    assert calendar.load(at.table).returns == Returns()
    # and WHEN it is over, expectations go by it, however often it is counted
    for _ in range(2):
        count("2026-06-29T23:00:00+09:00")
        assert calendar.load(at.table).returns == Returns({"late3": 2})


def test_counted_twice_or_cut_off_anywhere_it_is_the_same(at: SampleLibrary, mortal: Mortal) -> None:
    # GIVEN a week of which two books are lent WHEN counting it dies at any write THEN done again it is whole (56)
    lend_two()
    assert dies_anywhere(at.table, mortal, count) > 3


def test_decisions_on_applications_are_counted_by_their_days(at: SampleLibrary) -> None:
    # GIVEN one registered after two days, one after six, and one refused (RULES 4, 56)
    for receipt, day, status in (("1", 3, "registered"), ("2", 7, "registered"), ("3", 4, "refused")):
        before = applied(at.table, receipt)
        sent_in = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
        after = replace(before, status=ApplicationStatus(status), submitted_at=sent_in,
                        decided_at=datetime(2026, 6, day, 9, tzinfo=TOKYO))  # fmt: skip
        at.table.write(applications.change(before, after))
    count()
    *_, week = weeks()
    assert (week["applications"], week["days"]) == ({"registered": 2, "refused": 1}, {"2": 1, "more": 1})


@pytest.fixture
def counted(library: Table) -> WeekCounts:
    """A week of two facilities, one of them with few bags, kept as it was counted."""
    week = WeekCounts(
        MONDAY,
        datetime(2026, 6, 7, 23, tzinfo=TOKYO),
        run={"holds": 60, "lend": 40, "none": 20, "code_lent": 40, "code_queue": 18, "code_blocked": 2, "waited_0": 40},
        batches={"2026-06-07.12": FacilityCounts(11, 31, 6), "2026-06-07.13": FacilityCounts(2, 9, 0)},
        mails={"sent": 3, "delivered": 11, "bounced": 1},
    )
    library.write(statistics.record(None, week))
    return week


def test_the_sample_shows_anyone_no_small_number(counted: WeekCounts) -> None:
    # GIVEN a week with small numbers WHEN anyone asks (RULES 56)
    status, answer = answered(public(sample("public/statistics"), context()))
    (week,) = answer["items"]
    # THEN they are left out, and cannot be worked out from the sums
    assert (status, week["considered"], week["books"]) == (200, 60, 40)
    assert week["reasons"] == {"lent": 40, "queue": None, "blocked": None}
    assert [(row["facility"], row["bags"], row["books"]) for row in week["facilities"]] == [
        ("12", None, None), ("13", None, None),
    ]  # fmt: skip
    assert week["mails"] == {"sent": None, "delivered": None, "bounced": None}
    assert [number for number in _numbers(week) if number < 5] == []


def _numbers(value: Any) -> list[int]:
    if isinstance(value, dict):
        return [n for inner in value.values() for n in _numbers(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in _numbers(inner)]
    return [value] if isinstance(value, int) else []


def test_a_table_for_a_spreadsheet_says_the_same(counted: WeekCounts) -> None:
    # GIVEN a week WHEN the desk and anyone ask for a table (RULES 56)
    event = request("GET", "/api/desk/statistics", group="desk", user="desk-1", now=THURSDAY, query={"format": "csv"})
    whole = desk(event, context())
    few = public(request("GET", "/api/statistics", now=THURSDAY, query={"format": "csv"}), context())
    # THEN each line is a number with what it counts; small ones are not in the public's
    assert whole["headers"]["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(whole["body"])))
    assert {"week_from": "2026-06-01", "week_until": "2026-06-07", "facility": "13", "group": "facility",
            "name": "bags", "number": "2"} in lines  # fmt: skip
    public_lines = list(csv.DictReader(io.StringIO(few["body"])))
    assert min(int(line["number"]) for line in public_lines) >= 5
    assert len(public_lines) < len(lines)


def test_only_the_weeks_asked_for_are_shown(counted: WeekCounts) -> None:
    assert [week["week_from"] for week in weeks(THURSDAY, **{"from": "2026-06-03", "to": "2026-06-05"})] == [
        "2026-06-01"
    ]
    assert weeks(THURSDAY, **{"from": "2026-06-08"}) == []
    assert weeks(to="2026-05-31") == []
    status, problem = ask("GET", "/statistics", query={"from": "soon"})
    assert (status, problem["reasons"][0]["field"]) == (422, "from")


def test_what_becomes_of_mails_is_counted_by_the_day_they_were_put(library: Table) -> None:
    # GIVEN changes of two senders on one day (RULES 56) THEN they add up
    day = date(2026, 6, 6)
    for changes in ({"sent": 3}, {"sent": -1, "delivered": 1}):
        library.write(statistics.mails_increment(day, changes))
    assert statistics.mails_of(library, [day, MONDAY]) == {day: {"sent": 2, "delivered": 1}}
    count()
    *_, week = weeks()
    assert week["mails"] == {"delivered": 1, "sent": 2}
    assert "p-" not in json.dumps(week)
