"""A patron's calendar by its link: made, followed and revoked (RULES 16, 25, 29, 41)."""

from typing import Any

import pytest

from functions.my_library.handler import handler as my_library
from functions.public.handler import handler as public
from lending.aws.signing import calendar_token, facility_token
from lending.aws.table import Overtaken
from lending.aws.table.patrons import calendar_links, patrons
from lending.domain.holds.hold import HoldStatus
from lending.domain.patrons.calendar_link import CalendarLink
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.desk import THURSDAY, SampleLibrary
from tests.handlers.patrons.test_my_library import answered, ask


@pytest.fixture
def there(given: Given) -> SampleLibrary:
    """Two books on loan for facility 12, and one ready at the counter."""
    library = SampleLibrary(given)
    library.patron(), library.facility(12)
    for title_id in ("t-1", "t-2", "t-3"):
        given.title(title_id, copies=1)
    library.loan("t-1-1"), library.loan("t-2-1")
    library.hold(title_id="t-3")
    library.kept("t-3-1", status=HoldStatus.READY)
    return library


def link_of(titles: bool = False, user: str = "p-1") -> str:
    status, link = ask("PUT", "/me/calendar-link", {"titles": titles}, user=user)
    assert (status, link["titles"]) == (200, titles)
    return str(link["token"])


def feed(token: str) -> dict[str, Any]:
    found: dict[str, Any] = public(request("GET", f"/api/calendar-links/{token}", now=THURSDAY), context())
    return found


def lines(token: str) -> list[str]:
    answer = feed(token)
    assert answer["statusCode"] == 200, answer
    return str(answer["body"]).replace("\r\n ", "").split("\r\n")


def told(token: str, *names: str) -> list[str]:
    return [line for line in lines(token) if line.startswith(names)]


def test_a_calendar_shows_days_places_and_numbers_and_nobody(there: SampleLibrary) -> None:
    # GIVEN a link WHEN a calendar follows it, without any account
    token = link_of()
    # THEN it is a calendar that nobody between keeps
    answer = feed(token)
    assert answer["headers"]["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "no-store"
    # AND it shows both windows and the due date
    assert told(token, "DTSTART", "DTEND", "SUMMARY", "LOCATION") == [
        "DTSTART;VALUE=DATE:20260603",
        "DTEND;VALUE=DATE:20260615",
        "SUMMARY:予約した本の受取り(1冊)",
        "LOCATION:青森県立図書館",
        "DTSTART;VALUE=DATE:20260607",
        "DTEND;VALUE=DATE:20260615",
        "SUMMARY:予約した本の受取り(2冊)",
        "LOCATION:見本館",
        "DTSTART;VALUE=DATE:20260621",
        "DTEND;VALUE=DATE:20260622",
        "SUMMARY:返却期限(2冊)",
    ]
    # AND says nothing of the person or of what they read
    patron, text = there.who(), "\n".join(lines(token))
    for secret in (patron.name, patron.card_number, patron.patron_id, "t-1", "見本の本", "DESCRIPTION"):
        assert secret not in text, secret


def test_titles_are_shown_to_who_chose_so(there: SampleLibrary) -> None:
    token = link_of(titles=True)
    (counter, facility, due) = told(token, "DESCRIPTION")
    title = there.given.table.get(("TITLE#t-3", "TITLE"))
    assert title
    assert counter == f"DESCRIPTION:{title['title']}"
    assert facility == due == "DESCRIPTION:見本の本 t-1\\n見本の本 t-2"


def test_a_link_ends_by_a_new_one_by_the_patron_and_when_they_leave(there: SampleLibrary) -> None:
    # GIVEN a link WHEN another is made THEN only the new one opens
    old, new = link_of(), link_of()
    assert [feed(old)["statusCode"], feed(new)["statusCode"]] == [404, 200]
    assert ask("GET", "/me/calendar-link") == (200, {"token": new, "titles": False})
    # WHEN it is revoked, once more too THEN it opens nothing, and there is none to be shown
    assert [ask("DELETE", "/me/calendar-link")[0] for _ in range(2)] == [204, 204]
    assert feed(new)["statusCode"] == 404
    assert ask("GET", "/me/calendar-link") == (200, {"token": None, "titles": False})


def test_a_link_ends_with_the_patron(given: Given) -> None:
    # GIVEN a patron with a link and nothing open
    there = SampleLibrary(given)
    there.patron()
    token = link_of()
    assert feed(token)["statusCode"] == 200
    # WHEN their record goes THEN the link opens nothing, though it is still to be cleared
    there.table.write(patrons.removal(there.who()))
    assert calendar_links.find(there.table, "p-1")
    assert feed(token)["statusCode"] == 404
    # AND none is made for who is no patron
    assert ask("PUT", "/me/calendar-link", {})[0] == 404


def test_no_link_is_left_of_who_leaves_in_the_same_moment(given: Given) -> None:
    # GIVEN a patron as read WHEN they leave THEN the link that was to be written is not
    there = SampleLibrary(given)
    patron = there.patron()
    there.table.write(patrons.removal(patron))
    with pytest.raises(Overtaken):
        there.table.transact(patrons.change(patron, patron), calendar_links.record(CalendarLink("p-1", "link-1")))
    assert calendar_links.find(there.table, "p-1") is None


def test_a_link_that_nobody_made_opens_nothing(there: SampleLibrary) -> None:
    token = link_of()
    there.table.write(calendar_links.record(CalendarLink("p-1", "link-1")))
    assert feed(calendar_token("p-1", "link-1"))["statusCode"] == 200
    others = calendar_token("p-1", "link-2"), calendar_token("p-2", "link-1"), facility_token("p-1", "link-1")
    for made_up in ("x", token[:-2], *others, "長い", "A" * 300):
        assert feed(made_up)["statusCode"] == 404, made_up


def test_samples_make_show_and_revoke_a_link(there: SampleLibrary) -> None:
    names = ("make", "show", "revoke", "show")
    made, shown, revoked, none = (
        answered(my_library(sample(f"my_library/calendar_link_{name}"), context())) for name in names
    )
    assert made[1]["token"]
    assert (made, revoked, none[1]["token"]) == (shown, (204, None), None)
    assert public(sample("public/own_calendar"), context())["statusCode"] == 404


def test_a_link_is_made_by_its_patron_alone(there: SampleLibrary) -> None:
    for method in ("GET", "PUT", "DELETE"):
        event = request(method, "/api/me/calendar-link", group="desk", user="p-1", body={})
        assert my_library(event, context())["statusCode"] == 403
