"""A job that is typed with a date of the future is not done today (RULES 18, 22)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.catalogue.handler import handler as catalogue
from functions.exchange.handler import handler as exchange
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from lending.aws import schedules, settings
from lending.aws.schedules import NotYet
from lending.aws.table import Table
from lending.domain.week import TOKYO
from tests.handlers.conftest import context, sample
from tests.handlers.crashing import everything

NOW = datetime(2026, 6, 4, 8, 31, tzinfo=TOKYO)
JOBS: dict[str, Any] = {
    "allocator/thursday_run": allocator,
    "allocator/prefectural_pull": allocator,
    "release/sunday_release": release,
    "release/prefectural_release": release,
    "notices/lending_mail": notices,
    "notices/daily_notices": notices,
    "notices/mails_again": notices,
    "notices/erasure": notices,
    "catalogue/renew_search": catalogue,
    "exchange/movements_out": exchange,
    "exchange/candidates_out": exchange,
}


def ask(job: str, moment: datetime) -> Any:
    return JOBS[job](sample(job) | {"scheduled_time": moment.isoformat()}, context())


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "clock", lambda: NOW)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_of_the_future_is_refused_and_nothing_is_done(library: Table, job: str) -> None:
    before = everything(library)
    for ahead in (timedelta(hours=1, seconds=1), timedelta(weeks=1), timedelta(days=365)):
        with pytest.raises(NotYet):
            ask(job, NOW + ahead)
    assert everything(library) == before


@pytest.mark.parametrize("job", JOBS)
def test_a_clock_that_is_a_little_behind_stops_no_job(job: str) -> None:
    for moment in (NOW, NOW + timedelta(minutes=59), NOW - timedelta(days=30)):
        assert ask(job, moment)["job"] == job.split("/")[1]


def test_a_stack_that_travels_in_time_does_what_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIME_TRAVEL", "true")
    settings.settings.cache_clear()
    assert ask("release/sunday_release", NOW + timedelta(weeks=1))["job"] == "sunday_release"
