"""Holds that have waited for long are asked about, and stay (RULES 37)."""

from datetime import date, datetime
from typing import Any

import pytest

from functions.holds.handler import handler as holds_function
from functions.notices.handler import handler as notices
from infra.library import as_parameter
from lending.actions.mail.compose import NotToBeSent, write_letter
from lending.aws import settings
from lending.aws.table import Overtaken
from lending.aws.table.holds import holds
from lending.aws.table.mail import mails
from lending.domain.mail.mail import Mail
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, request
from tests.handlers.desk import SampleLibrary
from tests.library import aomori

POLICY = aomori(still_wanted_months=6)
LONG_AGO = datetime(2025, 12, 10, 12, tzinfo=TOKYO)
LATELY = datetime(2025, 12, 20, 12, tzinfo=TOKYO)


@pytest.fixture
def at(given: Given, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    """A library that asks after six months, and a patron with two holds of December 10th and one of the 20th."""
    monkeypatch.setenv("POLICY", as_parameter(POLICY))
    settings.settings.cache_clear()
    library = SampleLibrary(given)
    library.facility(12), library.patron()
    for number, placed_at in enumerate((LONG_AGO, LONG_AGO, LATELY), 1):
        given.title(f"t-{number}")
        library.hold(title_id=f"t-{number}", placed_at=placed_at, queued_at=placed_at)
    return library


def daily(day: str) -> dict[str, Any]:
    return notices({"job": "daily_notices", "scheduled_time": f"{day}T10:00:00+09:00"}, context())


def asked(at: SampleLibrary) -> list[Mail]:
    return [mails.mail_of(item) for item in at.table.query("PATRON#p-1", "MAIL#still_wanted")]


def cancel(title_id: str) -> None:
    event = request("DELETE", f"/api/me/holds/{title_id}", group="patron", user="p-1")
    assert holds_function(event, context())["statusCode"] == 204


def test_each_hold_is_asked_about_once_in_the_policys_months(at: SampleLibrary) -> None:
    # GIVEN a day too early THEN nobody is asked (RULES 37)
    assert (daily("2026-06-09")["still_wanted"], asked(at)) == (0, [])
    # WHEN six months have passed for two holds, on that day and on the days after THEN one mail asks about both
    assert [daily(f"2026-06-{day}")["still_wanted"] for day in (10, 11, 12)] == [1, 0, 0]
    (mail,) = asked(at)
    text = write_letter(at.table, mail, POLICY).text.body
    assert "お待ちの本(2冊)" in text
    # AND the third has its own, when it is its turn
    assert daily("2026-06-20")["still_wanted"] == 1
    # AND six months after they were asked about, they are once more
    assert [daily(f"2026-12-{day:02}")["still_wanted"] for day in (9, 10)] == [0, 1]
    # AND all of them wait as before
    assert [at.held(title_id=f"t-{number}").queued_at for number in (1, 2, 3)] == [LONG_AGO, LONG_AGO, LATELY]
    assert at.who().open_holds == 3


def test_a_library_that_does_not_ask_reads_no_hold(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY", as_parameter(aomori()))
    settings.settings.cache_clear()
    monkeypatch.setattr(holds, "to_be_served", lambda table: pytest.fail("all holds are read"))
    assert "still_wanted" not in daily("2030-01-01")
    assert asked(at) == []


def test_what_was_cancelled_meanwhile_is_not_asked_about(at: SampleLibrary) -> None:
    # GIVEN a mail that is still to be sent WHEN one of its holds is cancelled THEN it tells of the other
    daily("2026-06-10")
    (mail,) = asked(at)
    cancel("t-1")
    assert "お待ちの本(1冊)" in write_letter(at.table, mail, POLICY).text.body
    # WHEN both are THEN there is nothing to tell
    cancel("t-2")
    with pytest.raises(NotToBeSent):
        write_letter(at.table, mail, POLICY)


def test_a_hold_that_ends_in_the_same_moment_is_not_made_again(at: SampleLibrary) -> None:
    # GIVEN a hold as read WHEN it is cancelled, or asked about by another THEN nothing is written to it
    first, second = at.held(title_id="t-1"), at.held(title_id="t-2")
    cancel("t-1")
    at.table.write(holds.asked_record(second, date(2026, 6, 10)))
    for hold in (first, second):
        with pytest.raises(Overtaken):
            at.table.write(holds.asked_record(hold, date(2026, 6, 11)))
    assert at.hold_or_none(title_id="t-1") is None
    assert at.held(title_id="t-2").asked_on == date(2026, 6, 10)
