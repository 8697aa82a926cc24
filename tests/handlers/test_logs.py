"""What fails says in the log of what kind and where, and nothing personal (RULES 41)."""

import io
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.allocator.handler import handler as allocator
from functions.images import handler as images
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from lending.actions.registration import check_image
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import put, update
from lending.aws.telemetry import kind_and_place, logger
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.holds.hold import HoldStatus
from tests.handlers.applications import RECEIPT, TICKET, applied
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import SampleLibrary

SECRET = "架空 花野 0172-98-7654 hanano@example.jp"
JOBS = [
    (allocator, "thursday_run"), (allocator, "prefectural_pull"), (release, "sunday_release"),
    (release, "prefectural_release"), (notices, "lending_mail"), (notices, "daily_notices"), (notices, "mails_again"),
    (notices, "erasure"),
]  # fmt: skip


@pytest.fixture
def broken(given: Given) -> SampleLibrary:
    """A library with something of everything, in which nothing can be read: there is a person where a day should be."""
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1", expires_on=date(2020, 1, 1)), library.patron("p-2"), library.patron("p-3")
    for title_id in ("t-1", "t-2", "t-3"):
        given.title(title_id)
    library.hold(), library.loan("t-2-1", "p-2", due_on=date(2026, 6, 1))
    library.hold("p-3", "t-3"), library.kept("t-3-1", "p-3", HoldStatus.READY)
    library.table.write(
        calendar.closure_addition(Closure(closure_id="c-1", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 9),
                                     ends_on=date(2026, 6, 9), reason="休館"))
    )  # fmt: skip
    for item in library.everything():
        key = (item["PK"]["S"], item["SK"]["S"])
        for name in {"birth_date", "placed_at", "lent_at", "starts_on", "call_number"} & item.keys():
            library.table.write(update(key, set={name: [SECRET]}))
    library.table.write(put(("CALENDAR", "LATEST"), {"date": SECRET, "cycle": SECRET, "cut_off": SECRET}))
    return library


Said = Callable[[Callable[[], Any]], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    """All that a function brings to its log: what it writes, and what the runtime writes of its exception."""
    lines = io.StringIO()
    monkeypatch.setattr(logger().registered_handler, "stream", lines)

    def say(act: Callable[[], Any]) -> str:
        try:
            act()
        except Exception as error:
            lines.write("".join(traceback.format_exception(error)))
        return lines.getvalue() + "".join(capsys.readouterr())

    return say


@pytest.mark.parametrize(("function", "job"), JOBS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_job_that_fails_says_nothing_of_anybody(broken: SampleLibrary, said: Said, function: Any, job: str) -> None:
    # GIVEN items that cannot be read, with what is somebody's in them WHEN a job meets them
    event = {"job": job, "scheduled_time": "2026-06-10T01:00:00Z"}
    told = said(lambda: function(event, context()))
    # THEN its log has none of it, RULES 41
    assert not [word for word in SECRET.split() if word in told], told


def test_the_log_names_the_error_of_a_job_that_failed(
    given: Given, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    # GIVEN an error that says whom it met
    def fails(*_: Any) -> Any:
        raise ValueError(SECRET)

    monkeypatch.setattr(patrons, "expired_until", fails)
    # WHEN the job fails THEN kind and place are in the log, and the words are not
    told = said(lambda: notices(sample("notices/erasure"), context()))
    assert "job failed" in told
    assert ("ValueError" in told, '"_unused:' in told, "JobFailed" in told) == (True, True, True)
    assert SECRET not in told


def test_a_picture_that_fails_is_in_the_log_without_its_key(
    given: Given, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    # GIVEN a picture of an application at which the function fails
    applied(given.table)

    def fails(*_: Any) -> Any:
        raise ValueError(f"intake/{RECEIPT}/card/{TICKET} {SECRET}")

    monkeypatch.setattr(check_image, "look_at_image", fails)
    # WHEN the queue brings it THEN it is to come again, and the log says why
    answers: list[Any] = []
    told = said(lambda: answers.append(images.handler(sample("images/picture"), context())))
    assert len(answers[0]["batchItemFailures"]) == 1
    assert "message comes again" in told
    assert "ValueError" in told
    # AND neither whose it is, nor its key
    assert not [word for word in (*SECRET.split(), RECEIPT, TICKET) if word in told]


def test_an_unknown_error_names_our_own_line_and_what_aws_says(given: Given) -> None:
    # GIVEN a table that is not there
    nowhere = Table(client("dynamodb"), "nowhere")
    # WHEN something is read from it
    with pytest.raises(ClientError) as met:
        nowhere.get(("PATRON#p-1", "PATRON"))
    # THEN the log has AWS's code and the line of ours that asked, not one of the client's
    told = kind_and_place(met.value)
    assert (told["error"], told["code"]) == ("ResourceNotFoundException", "ResourceNotFoundException")
    assert told["place"].startswith("Table._ask_once:")
