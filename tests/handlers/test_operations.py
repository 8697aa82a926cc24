"""Did it go well: a week's jobs, its mails, and what is stuck, from what is recorded (RULES "The week", 18, 38)."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.desk.handler import handler as desk
from functions.notices.handler import handler as notices
from lending.aws.table import Table, statistics
from lending.aws.table.calendar import calendar
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.mail.kinds.lending import LendingMail
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import SampleLibrary, answered, ask
from tests.handlers.mails import put

FRIDAY_NOON = datetime(2026, 6, 5, 12, tzinfo=TOKYO)


def at(day: int, hour: int, minute: int = 0) -> str:
    return datetime(2026, 6, day, hour, minute, tzinfo=TOKYO).isoformat()


def job_states(answer: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(each["job"], each["due_at"][:16]): each["state"] for each in answer["jobs"]}


def look(now: datetime = FRIDAY_NOON, **query: str) -> Any:
    status, answer = ask("GET", "/operations", now=now, query=query)
    assert status == 200, answer
    return answer


def test_the_sample_shows_the_jobs_of_a_week(given: Given) -> None:
    # GIVEN a Thursday's run that was made, a mail job that was not, and Tuesday closed (RULES "The week", 15)
    shut = Closure(closure_id="c-1", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 2))
    given.table.write(calendar.closure_addition(shut))
    allocator({"job": "thursday_run", "scheduled_time": at(4, 8, 31)}, context())
    allocator({"job": "prefectural_pull", "scheduled_time": at(5, 9)}, context())
    notices({"job": "daily_notices", "scheduled_time": at(5, 10)}, context())
    # WHEN somebody looks on Friday at noon
    states = job_states(look())
    # THEN each job says how it stands
    assert states["thursday_run", "2026-06-04T08:30"] == "done"
    assert states["prefectural_pull", "2026-06-05T09:00"] == states["daily_notices", "2026-06-05T10:00"] == "done"
    assert states["prefectural_pull", "2026-06-02T09:00"] == "closed"
    assert states["daily_notices", "2026-06-04T10:00"] == "failed"
    assert states["lending_mail", "2026-06-06T09:00"] == states["sunday_release", "2026-06-07T22:00"] == "to_come"
    # and a job that is some minutes late may still come
    late = job_states(look(datetime(2026, 6, 6, 9, 20, tzinfo=TOKYO)))
    assert late["lending_mail", "2026-06-06T09:00"] == "late"
    assert answered(desk(sample("desk/operations"), context()))[0] == 200


def test_another_week_is_looked_at(given: Given) -> None:
    answer = look(week="2026-05-27")
    assert answer["week_from"] == "2026-05-25"
    assert {each["state"] for each in answer["jobs"]} == {"failed"}
    assert Counter(each["job"] for each in answer["jobs"])["prefectural_pull"] == 14


@pytest.fixture
def troubled(given: Given) -> SampleLibrary:
    """A mail that has waited since Thursday."""
    library = SampleLibrary(given)
    library.patron()
    put(given.table, LendingMail, date(2026, 5, 31), 12, pickup_from="2026-05-31", facility="12")
    return library


def test_what_is_stuck_is_told_by_its_alarm(troubled: SampleLibrary) -> None:
    # GIVEN a run that was never begun, and a mail that waits for longer than an hour (RULES 26, 38)
    troubles = look(datetime(2026, 6, 8, 12, tzinfo=TOKYO))["troubles"]
    assert {name for name, number in troubles.items() if number} == {"RunUndone", "MailsStuck"}
    # WHEN the run is made THEN nothing is missing
    allocator({"job": "thursday_run", "scheduled_time": at(5, 9)}, context())
    assert look(datetime(2026, 6, 8, 12, tzinfo=TOKYO))["troubles"]["RunUndone"] == 0


def test_mails_are_shown_by_their_day(library: Table) -> None:
    library.write(statistics.mails_increment(date(2026, 6, 6), {"sent": 2, "bounced": 1}))
    assert look()["mails"] == [{"date": "2026-06-06", "counts": {"sent": 2, "bounced": 1}}]
