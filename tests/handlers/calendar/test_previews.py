"""What an entry of the calendar would do is told before it is recorded: RULES 16, 21, 22, 29, 40."""

from typing import Any

import pytest

from functions.desk.handler import handler
from lending.aws.table.calendar import facilities
from lending.domain.calendar.facility import Facility
from lending.domain.holds.hold import HoldStatus
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import THURSDAY, SampleLibrary, answered, ask


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, and two patrons."""
    library = SampleLibrary(given)
    library.table.write(facilities.facility_record(Facility(12, "西北五地区", "見本町", "見本館", True)))
    library.patron("p-1")
    library.patron("p-2")
    given.title(copies=2)
    return library


def played(at: SampleLibrary, name: str) -> Any:
    """The answer to a sample, which changes nothing."""
    before = at.everything()
    status, shown = answered(handler(sample(f"desk/{name}"), context()))
    assert (status, at.everything()) == (200, before), shown
    return shown


def test_sample_closed_days_would_stop_a_run_and_move_deadlines(at: SampleLibrary) -> None:
    # GIVEN a book that waits at the counter
    at.hold(place="prefectural")
    at.kept(status=HoldStatus.READY)
    # WHEN the library is to be closed for a week THEN Thursday's run falls away, and the book may wait longer
    # (RULES 16, 22, 40)
    assert played(at, "closure_preview") == {"runs": ["2026-06-11"], "windows": [], "deadlines": 1}
    # AND once that is recorded the same days stop nothing more
    closed = {"scope": "prefectural", "from": "2026-06-08", "until": "2026-06-12", "reason": "蔵書点検"}
    assert ask("POST", "/closures", closed)[0] == 201
    assert ask("POST", "/closures/preview", closed) == (200, {"runs": [], "windows": [], "deadlines": 0})


def test_sample_a_suspension_would_stop_its_runs(at: SampleLibrary) -> None:
    # GIVEN a stocktaking over two Thursdays THEN both runs fall away
    assert played(at, "suspension_preview")["runs"] == ["2026-06-11", "2026-06-18"]


def test_a_facility_shut_for_a_whole_window_is_told_of(at: SampleLibrary) -> None:
    # GIVEN a facility closed from Sunday to Sunday THEN that pickup window has no day left
    days = {"facility": "12", "from": "2026-06-14", "until": "2026-06-21", "reason": "工事"}
    window = {"pickup_from": "2026-06-14", "pickup_until": "2026-06-21", "under_way": False}
    for path, scope in (("/closures/preview", "facility"), ("/suspensions/preview", "facility")):
        status, shown = ask("POST", path, days | {"scope": scope})
        assert (status, shown) == (200, {"runs": [], "windows": [window], "deadlines": 0})
    # AND with one day left it is not
    shorter = days | {"scope": "facility", "until": "2026-06-20"}
    assert ask("POST", "/closures/preview", shorter)[1]["windows"] == []


def test_what_could_not_be_recorded_is_refused(at: SampleLibrary) -> None:
    backwards = {"scope": "prefectural", "from": "2026-06-12", "until": "2026-06-08"}
    assert ask("POST", "/closures/preview", backwards)[0] == 422
    assert ask("POST", "/suspensions/preview", backwards | {"scope": "service"})[0] == 422


def test_sample_a_shift_shows_its_mail_and_whom_it_concerns(at: SampleLibrary) -> None:
    # GIVEN a bag at a facility of the district, and one of a patron who has it at home already
    at.loan("t-1-1", "p-1", "12")
    at.loan("t-1-2", "p-2", "12", handed_over_at=THURSDAY)
    # WHEN other days are to be set THEN the words are there, with both days, and nobody's name or number
    shown = played(at, "shift_preview")
    assert shown["items"] == [{"facility": "12", "bags": 2, "patrons": 1}]
    assert "6月17日(水)まで" in shown["text"]
    assert "大雪のため" in shown["text"]
    assert "10000001" not in shown["text"]
    # AND for days before that Sunday it is refused
    early = {"all": True, "pickup_from": "2026-06-07", "pickup_until": "2026-06-01", "due_on": "2026-06-24"}
    assert ask("POST", "/shifts/preview", early | {"reason": "大雪"})[0] == 422
