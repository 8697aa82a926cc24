"""Each library's week as its own page prints it, and as the service then does it (RULES "The week", 57)."""

import json
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from functions.allocator.handler import handler as allocator
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from infra.library import LIBRARIES, as_parameter, read_library
from lending.aws import settings
from lending.aws.table.patrons import patrons
from lending.domain.week import DAY, TOKYO, Week, next_run_after, run_due_from, week_of_run
from tests.handlers.conftest import Given, request
from tests.handlers.desk import SampleLibrary, ask
from tests.handlers.played import do_job
from tests.handlers.surface import asked


@dataclass(frozen=True)
class Printed:
    """What a library's page says of one of its weeks: a book held then can be collected from `pickup_from` on."""

    library: str
    held: datetime
    run: date
    mail: date | None
    pickup_from: date
    pickup_until: date | None = None


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def day(text: str) -> date:
    return date.fromisoformat(text)


# Each folder names the page in `source`; what a page does not say stands in none of these.
PRINTED = [
    Printed(
        "aomori", moment("2026-06-04 08:30"), day("2026-06-04"), day("2026-06-06"), day("2026-06-07"), day("2026-06-14")
    ),
    Printed(
        "aomori", moment("2026-06-04 08:31"), day("2026-06-11"), day("2026-06-13"), day("2026-06-14"), day("2026-06-21")
    ),
    Printed("okayama", moment("2021-12-18 23:59"), day("2021-12-19"), day("2021-12-23"), day("2021-12-24")),
    Printed("okayama", moment("2023-01-21 12:00"), day("2023-01-22"), None, day("2023-01-27"), day("2023-02-02")),
    Printed("okayama", moment("2023-01-22 00:00"), day("2023-01-29"), None, day("2023-02-03"), day("2023-02-09")),
    Printed("shizuoka", moment("2020-06-02 23:59"), day("2020-06-03"), None, day("2020-06-05")),
    Printed("shizuoka", moment("2020-06-03 00:00"), day("2020-06-10"), None, day("2020-06-12")),
    Printed("hiroshima", moment("2024-04-25 08:00"), day("2024-04-25"), day("2024-04-27"), day("2024-04-27")),
    Printed("hiroshima", moment("2024-04-25 12:00"), day("2024-04-30"), day("2024-05-02"), day("2024-05-02")),
    Printed("hiroshima", moment("2024-04-30 12:00"), day("2024-05-02"), day("2024-05-04"), day("2024-05-04")),
]
NAMES = sorted(path.parent.name for path in LIBRARIES.glob("*/library.json"))


def week_of(printed: Printed) -> Week:
    """The week in which a hold of theirs is considered."""
    policy = read_library(printed.library).policy
    return week_of_run(next_run_after(printed.held, policy), policy)


@pytest.mark.parametrize("printed", PRINTED, ids=lambda each: f"{each.library} {each.held:%m-%d %H:%M}")
def test_a_week_is_as_the_librarys_page_prints_it(printed: Printed) -> None:
    """RULES 57."""
    week = week_of(printed)
    assert (week.run_date, week.pickup_from) == (printed.run, printed.pickup_from)
    assert printed.mail in (None, week.mail_on)
    assert printed.pickup_until in (None, week.pickup_until)


def test_every_library_has_a_printed_week() -> None:
    assert {printed.library for printed in PRINTED} == set(NAMES)


@pytest.mark.parametrize("printed", [next(each for each in PRINTED if each.library == name) for name in NAMES])
def test_a_book_goes_the_way_of_the_librarys_own_week(
    given: Given, printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold, a run, a mail, a bag that nobody collects, and the next in the queue (RULES 57)."""
    # GIVEN a library with its own policy, and two patrons who want the one copy of a title
    policy, week = read_library(printed.library).policy, week_of(printed)
    monkeypatch.setenv("POLICY", as_parameter(policy))
    settings.settings.cache_clear()
    library = SampleLibrary(given)
    library.facility(12), given.title()
    library.records("12", week.pickup_from)
    for patron_id in ("p-1", "p-2"):
        library.patron(patron_id, expires_on=week.run_date + 365 * DAY)
        placing = request(
            "POST", "/api/me/holds", body={"title_id": "t-1", "pickup_place": "12"},
            group="patron", user=patron_id, now=printed.held,
        )  # fmt: skip
        assert asked("holds", placing)[0] == 201
    # WHEN the run of its day is made, the book packed and the mail written
    do_job((allocator, "thursday_run", run_due_from(week.run_date, policy)))
    packing = datetime.combine(week.run_date, policy.run_at, TOKYO)
    assert ask("POST", "/pulls/t-1-1", {"result": "found"}, now=packing)[0] == 200
    told = do_job((notices, "lending_mail", datetime.combine(week.mail_on, policy.mail_at, TOKYO)))
    # THEN the first in the queue has the book for the days of the page, and is told so
    loans = asked("my_library", request("GET", "/api/me/loans", group="patron", user="p-1", now=packing))[1]
    (loan,) = json.loads(loans)["items"]
    assert (loan["pickup_from"], loan["pickup_until"]) == (f"{week.pickup_from}", f"{week.pickup_until}")
    assert loan["due_on"] == f"{week.pickup_from + policy.partner_loan_days * DAY}"
    assert told["mails"] == 1
    # WHEN nobody collects it until the evening of the last day THEN it goes back
    ending = datetime.combine(week.pickup_until, policy.release_at, TOKYO)
    assert do_job((release, "sunday_release", ending))["books"] == 1
    # AND once checked in, the run of then lends it to the next in the queue
    checked_in = datetime.combine(week.checked_in_by, policy.run_at, TOKYO)
    assert ask("POST", "/checkins", {"barcodes": ["t-1-1"]}, now=checked_in)[0] == 200
    do_job((allocator, "thursday_run", run_due_from(week.uncollected_run, policy)))
    again = datetime.combine(week.uncollected_run, policy.run_at, TOKYO)
    assert ask("POST", "/pulls/t-1-1", {"result": "found"}, now=again)[0] == 200
    second = patrons.find(library.table, "p-2")
    assert second is not None
    assert second.loans == 1
