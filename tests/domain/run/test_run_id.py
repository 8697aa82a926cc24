"""What runs and pulls are called (RULES 15, 18)."""

from datetime import UTC, date, datetime

import pytest

from lending.domain.run_id import HalfDay, RunId


def test_a_weekly_run_is_called_by_its_day() -> None:
    run = RunId.of_weekly_run(date(2026, 6, 4))
    assert (run, run.day, run.half_day) == ("2026-06-04", date(2026, 6, 4), None)


@pytest.mark.parametrize(
    ("moment", "named", "half_day"),
    [
        # GIVEN a moment up to noon in Tokyo, or from then on
        (datetime(2026, 6, 3, 15, 0, tzinfo=UTC), "2026-06-04am", HalfDay.AM),
        (datetime(2026, 6, 4, 2, 59, tzinfo=UTC), "2026-06-04am", HalfDay.AM),
        (datetime(2026, 6, 4, 3, 0, tzinfo=UTC), "2026-06-04pm", HalfDay.PM),
    ],
)
def test_a_pull_is_called_by_its_half_of_the_day(moment: datetime, named: str, half_day: HalfDay) -> None:
    pull = RunId.of_pull(moment)
    assert (pull, pull.day, pull.half_day) == (named, date(2026, 6, 4), half_day)


@pytest.mark.parametrize(
    "text",
    ["", "2026-06", "2026-13-01", "2026-02-30", "2026-06-04xm", "2026-06-04am\n", "２０２６-06-04"],
)
def test_any_other_text_names_no_run(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        RunId(text)
