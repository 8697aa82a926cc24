"""One shift for many facilities: some of them, a district's, or all (RULES 40)."""

from datetime import date
from typing import Any

import pytest

from functions.desk.handler import handler
from lending.api.desk import calendar as desk
from lending.aws.table.calendar import facilities
from lending.aws.table.loans import loans
from lending.domain.calendar.facility import Facility
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import SampleLibrary, answered, ask, codes

WEST, EAST = "西北五地区", "東青地区"


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """Two facilities of a district with a book each, the second with two patrons, and one of another district."""
    library = SampleLibrary(given)
    for number, district in ((12, WEST), (13, WEST), (3, EAST)):
        library.table.write(facilities.facility_record(Facility(number, district, "見本町", f"見本館{number}", True)))
    for n, facility in enumerate(("12", "13", "13", "3"), start=1):
        library.patron(f"p-{n}")
        given.title(f"t-{n}")
        library.loan(f"t-{n}-1", f"p-{n}", facility)
    return library


def shift(**which: Any) -> tuple[int, Any]:
    days = {"pickup_from": "2026-06-07", "pickup_until": "2026-06-17", "due_on": "2026-06-24", "reason": "大雪"}
    return ask("POST", "/shifts", days | which)


def due(at: SampleLibrary) -> list[int]:
    """The days of June on which the four books are due."""
    return [loan.due_on.day for n in range(1, 5) if (loan := at.lent(f"p-{n}", f"t-{n}-1"))]


def mails(at: SampleLibrary) -> list[int]:
    return [len(list(at.table.query(f"PATRON#p-{n}", "MAIL#shift#"))) for n in range(1, 5)]


def done(shown: Any) -> list[tuple[str, bool, int]]:
    return [(each["facility"], each["done"], each.get("patrons", 0)) for each in shown["items"]]


def test_sample_shifts_a_district_and_takes_all_back(at: SampleLibrary) -> None:
    # WHEN snow shuts the roads of a district, RULES 40
    status, shown = answered(handler(sample("desk/shift_district"), context()))
    # THEN each of its facilities has other days, each patron one mail, and nobody else
    assert (status, done(shown), shown["left"]) == (201, [("12", True, 1), ("13", True, 2)], []), shown
    assert (due(at), mails(at)) == ([24, 24, 24, 21], [1, 1, 1, 0])
    assert shown["items"][0]["id"] == "2026-06-07.12"
    # AND taken back for all, those have their regular days again that had others
    status, shown = answered(handler(sample("desk/shifts_take_back"), context()))
    assert (status, done(shown)) == (200, [("12", True, 1), ("13", True, 2)]), shown
    assert (due(at), mails(at)) == ([21, 21, 21, 21], [2, 2, 2, 0])


def test_some_facilities_or_all(at: SampleLibrary) -> None:
    assert done(shift(facilities=[3, "12", "03"])[1]) == [("3", True, 1), ("12", True, 1)]
    assert due(at) == [24, 21, 21, 24]
    # WHEN all are to have these days THEN who has been told is not told again
    assert done(shift(all=True)[1]) == [("3", True, 0), ("12", True, 0), ("13", True, 2)]
    assert (due(at), mails(at)) == ([24, 24, 24, 24], [1, 1, 1, 1])
    # AND some of them go back
    status, shown = ask("DELETE", "/shifts", query={"pickup_from": "2026-06-07", "facilities": "12,03"})
    assert (status, done(shown)) == (200, [("12", True, 1), ("3", True, 1)])
    assert due(at) == [21, 24, 24, 21]


def test_the_same_again_changes_nothing(at: SampleLibrary) -> None:
    shift(district=WEST)
    before = at.everything()
    assert done(shift(district=WEST)[1]) == [("12", True, 0), ("13", True, 0)]
    assert at.everything() == before


def test_when_the_time_is_too_short_it_says_what_is_left_and_goes_on(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a request whose time is over after the first facility
    monkeypatch.setattr(desk, "within_a_request", lambda: lambda: False)
    status, shown = shift(district=WEST)
    assert (status, done(shown), shown["left"]) == (202, [("12", True, 1)], ["13"])
    # WHEN it is asked again for what is left THEN it is done, and each was told once
    assert shift(facilities=shown["left"])[0] == 201
    assert (due(at), mails(at)) == ([24, 24, 24, 21], [1, 1, 1, 0])
    # AND taking back goes on in the same way
    query = {"pickup_from": "2026-06-07", "district": WEST}
    status, shown = ask("DELETE", "/shifts", query=query)
    assert (status, shown["left"]) == (202, ["13"])
    assert ask("DELETE", "/shifts", query=query | {"district": "", "facilities": "13"})[0] == 200
    assert due(at) == [21, 21, 21, 21]


def test_a_batch_done_before_costs_no_look_at_each_patron(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a shift of all that was carried out
    shift(all=True)
    looked: list[Any] = []
    find_many = loans.find_many

    def look(*asked: Any) -> Any:
        looked.append(asked)
        return find_many(*asked)

    monkeypatch.setattr(loans, "find_many", look)
    # WHEN it is asked for again THEN each facility's loans are read at once, and no bag on its own
    assert shift(all=True)[0] == 201
    assert len(looked) == 3


def test_days_that_do_not_fit_and_facilities_that_are_none(at: SampleLibrary) -> None:
    before = at.everything()
    # WHEN the days are no batch's THEN that is said once
    status, problem = shift(all=True, pickup_from="2026-06-08")
    assert (status, [each["field"] for each in problem["reasons"]]) == (422, ["pickup_from"])
    # AND every wrong facility is named, and nothing is done for the others
    status, problem = shift(facilities=["12", "77", "x"])
    assert (status, [each["facility"] for each in problem["reasons"]]) == (422, ["77", "x"])
    assert codes(shift(district="何処地区")[1]) == ["unknown_district"]
    assert at.everything() == before


def test_one_way_of_naming_them(at: SampleLibrary) -> None:
    ways: list[dict[str, Any]] = [
        {},
        {"facilities": []},
        {"facility": "12", "all": True},
        {"district": WEST, "facilities": ["3"]},
    ]
    for which in ways:
        status, problem = shift(**which)
        assert (status, set(codes(problem))) == (422, {"one_of_these"}), which
    week = {"pickup_from": "2026-06-07"}
    assert ask("DELETE", "/shifts", query=week)[0] == 422
    assert ask("DELETE", "/shifts", query={"all": "1"})[0] == 422
    assert ask("DELETE", "/shifts", query=week | {"all": "1"})[0] == 404
    assert due(at) == [21, 21, 21, 21]


def test_what_cannot_be_done_hinders_nothing_else(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a facility that is shifted no more once it was listed
    find = facilities.find
    monkeypatch.setattr(facilities, "find", lambda table, number: None if number == "12" else find(table, number))
    status, shown = shift(district=WEST)
    # THEN the others are
    assert (status, done(shown)) == (201, [("12", False, 0), ("13", True, 2)])
    assert [each["field"] for each in shown["items"][0]["reasons"]] == ["facility"]
    assert date(2026, 6, due(at)[1]) == date(2026, 6, 24)
