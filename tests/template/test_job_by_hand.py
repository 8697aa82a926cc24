"""A scheduled job done by hand: for which moment, by which function, and what is said of it."""

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.job import Failed, NotAsked, ask, function_of, moment_of
from infra.local.translate import load_template
from infra.schedules import functions_of
from lending.domain.week import TOKYO
from tests.template.conftest import ROOT

NOW = datetime(2026, 6, 5, 10, 0, tzinfo=TOKYO)
THURSDAY = datetime(2026, 6, 4, 8, 30, tzinfo=TOKYO)


class Functions:
    """Lambda, as far as it is asked: it answers the same to everything."""

    def __init__(self, **answer: Any) -> None:
        self.answer, self.asked = answer, dict[str, Any]()

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return self.answer


@pytest.mark.parametrize("text", ["2026-06-04T08:30", "2026-06-04 08:30:00", "2026-06-03T23:30Z"])
def test_a_moment_is_by_tokyos_clock(text: str) -> None:
    assert moment_of(text, NOW) == THURSDAY


def test_without_a_moment_it_is_now() -> None:
    assert moment_of("", NOW) == NOW


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-06-11T08:30", "2026-06-11T08:30 is still to come: it is 2026-06-05 10:00 in Japan"),
        ("2026-06-05T10:01", "2026-06-05T10:01 is still to come"),
        ("2026-06-04", "2026-06-04 has no time of day: write it as 2026-06-04T08:30"),
        ("Thursday", "Thursday is no moment: write it as 2026-06-04T08:30"),
    ],
)
def test_what_cannot_be_asked_for_is_told_in_words(text: str, told: str) -> None:
    with pytest.raises(NotAsked) as refused:
        moment_of(text, NOW)
    assert str(refused.value).startswith(told)


def test_a_stage_that_travels_in_time_may_be_ahead() -> None:
    assert moment_of("2026-06-11T08:30", NOW, may_be_ahead=True) == THURSDAY + timedelta(weeks=1)


def test_each_jobs_function_is_one_that_the_stack_tells() -> None:
    # GIVEN the template WHEN each of its jobs is asked for THEN an output names the function
    template = load_template(ROOT / "infra" / "template.yaml")
    functions = functions_of(template)
    assert {function_of(job, functions) for job in functions} <= set(template["Outputs"])
    assert function_of("thursday_run", functions) == "AllocatorFunction"
    # AND of another one it is told which there are
    with pytest.raises(NotAsked, match=r"no job thursday.*lending_mail.*thursday_run"):
        function_of("thursday", functions)


def test_a_function_is_asked_as_by_its_schedule() -> None:
    functions = Functions(Payload=io.BytesIO(b'{"job": "thursday_run"}'))
    assert ask(functions, "lending-Allocator-1", "thursday_run", THURSDAY) == '{"job": "thursday_run"}'
    assert (functions.asked["FunctionName"], functions.asked["Qualifier"]) == ("lending-Allocator-1", "live")
    event = {"job": "thursday_run", "scheduled_time": "2026-06-04T08:30:00+09:00"}
    assert json.loads(functions.asked["Payload"]) == event


def test_a_job_that_failed_says_so() -> None:
    said = b'{"errorMessage": "thursday_run: Unfinished"}'
    with pytest.raises(Failed, match="thursday_run: Unfinished"):
        ask(Functions(Payload=io.BytesIO(said), FunctionError="Unhandled"), "f", "thursday_run", THURSDAY)
