"""A week that does not go together is refused in words, before anything is built (RULES "The week", 57)."""

from datetime import time
from typing import Any

import pytest
from pydantic import ValidationError

from tests.library import aomori
from tests.weeks import runs_of_week

TUESDAY = {"weekday": 1}
THURSDAY = {"weekday": 3}


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([THURSDAY, THURSDAY], "there are two runs on Thursday"),
        (
            [{"cut_off": time(9)}],
            "run_at 08:31 is not after the cut-off of the run of Thursday (09:00)",
        ),
        (
            [{"place_change_days_before": 0}],
            "the pickup place can be changed until after the run of Thursday has started",
        ),
        ([{"mail_days_after": 0, "cut_off": time(8)}], None),
        ([{"mail_days_after": 3}], None),
        ([{"mail_days_after": 4}], "the mail of the run of Thursday goes after its pickup has begun"),
        ([TUESDAY, THURSDAY], None),
        (
            [{**TUESDAY, "pickup_days_after": 5}, THURSDAY],
            "the pickups of the runs of Tuesday and Thursday begin on the same day",
        ),
        (
            [{**TUESDAY, "pickup_days_after": 6}, THURSDAY],
            "the pickups of the runs of Tuesday and Thursday do not begin in the order of the runs",
        ),
        (
            [TUESDAY, {**THURSDAY, "pickup_days_after": 8}],
            "the pickups of the runs of Thursday and Tuesday begin on the same day",
        ),
        (
            [TUESDAY, {**THURSDAY, "cut_off_days_before": 2}],
            "the cut-offs of the runs of Tuesday and Thursday are not in the order of the runs",
        ),
        (
            [{**TUESDAY, "mail_days_after": 4, "pickup_days_after": 4}, {**THURSDAY, "mail_days_after": 1}],
            "the mails of the runs of Tuesday and Thursday are not in the order of the runs",
        ),
        ([{"pickup_days": 16}], "partner_loan_days end before the last pickup day"),
    ],
)
def test_a_week_that_does_not_go_together_is_told(runs: list[dict[str, Any]], told: str | None) -> None:
    """GIVEN the runs of a library THEN what cannot be is said of them by their days (RULES 57)."""
    assert _faults(runs=runs_of_week(*runs)) == told


def test_the_mail_goes_after_the_run() -> None:
    run = runs_of_week({"mail_days_after": 0})
    assert _faults(runs=run, mail_at=time(8, 30)) == "the mail of the run of Thursday goes before the run"


def test_times_that_no_schedule_can_say_are_told() -> None:
    assert _faults(pull_times=(time(9), time(14, 30))) == "pull_times are not at the same minute of their hours"
    assert _faults(run_at=time(8, 30, 30)) == "08:30:30 is not a whole minute, as the time of a job has to be"


def test_all_faults_are_told_together() -> None:
    told = _faults(runs=runs_of_week({"cut_off": time(9), "mail_days_after": 4}))
    assert told is not None
    assert len(told.split("; ")) == len(("run_at", "mail"))


def _faults(**values: Any) -> str | None:
    try:
        aomori(**values)
    except ValidationError as error:
        (fault,) = error.errors()
        return fault["msg"]
    return None
