"""What a weekly run tells a patron, also once more after it had stopped, RULES 26, 27."""

from dataclasses import replace
from datetime import date, datetime

from lending.domain.holds.hold import Hold, RunReason
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron
from lending.domain.run.reasons import Code
from lending.domain.run.run import Outcome, RunDecision, thursday_run
from lending.domain.run.telling import told_by
from lending.domain.week import TOKYO
from tests.library import aomori

RUN = thursday_run(date(2026, 6, 4), aomori())
PLACED = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
HOLD = Hold("p-1", "t-1", "12", PLACED, PLACED)
OVER_THE_CAP = RunDecision("p-1", "t-1", "b-1", Outcome.KEEP_ASIDE, Code.CAP, {}, "12")
NOT_FOUND = RunReason(RUN.day, "not_found", {})
NOBODY = frozenset[tuple[str, str]]()


def test_nobody_is_told_by_one_plan_twice() -> None:
    # GIVEN a patron of whom a run has told, and a scan since that did not find their book
    told = told_by(RUN, "plan", ReasonsOfPatron("p-1"), [(HOLD, OVER_THE_CAP)], None)
    since = told.after((HOLD, NOT_FOUND))
    now = replace(HOLD, last_run=NOT_FOUND)
    # WHEN the run had stopped before it was noted, and tells by its plan once more THEN what the scan found stands
    assert told_by(RUN, "plan", since, [(now, OVER_THE_CAP)], NOBODY) == since
    # AND by a new plan of what is there now it tells anew
    again = told_by(RUN, "other", since, [(now, OVER_THE_CAP)], None).of(HOLD)
    assert again
    assert again.code == Code.CAP


def test_of_whom_a_later_run_has_told_an_earlier_one_tells_nothing() -> None:
    later = thursday_run(date(2026, 6, 11), aomori())
    told = told_by(later, "later", ReasonsOfPatron("p-1"), [(HOLD, OVER_THE_CAP)], None)
    assert told_by(RUN, "earlier", told, [(told.read_with(HOLD), OVER_THE_CAP)], NOBODY) == told
