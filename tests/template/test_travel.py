"""Who travels forward in time on a local stack has done on the way what is due, in its order, and once."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from infra.job import Failed
from infra.local.front import front
from infra.local.server import LOOPBACK, free_port
from infra.local.travel import FURTHEST, PATH, TooFar, Traveller
from lending.domain.operations import jobs_of_week
from lending.domain.week import TOKYO
from tests.library import AOMORI

WEDNESDAY = datetime(2026, 6, 3, 12, 0, tzinfo=TOKYO)
THURSDAY = datetime(2026, 6, 4, 9, 0, tzinfo=TOKYO)
JOBS = {due.job for due in jobs_of_week(WEDNESDAY.date() - timedelta(days=2), AOMORI.policy)}


class Functions:
    """Lambda, as far as it is asked; `failing` is a job that fails."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.failing = ""

    def invoke(self, **asked: Any) -> dict[str, Any]:
        event = json.loads(asked["Payload"])
        self.asked.append((asked["FunctionName"], event["job"], event["scheduled_time"][5:16]))
        return {"Payload": io.BytesIO(b"{}")} | ({"FunctionError": "Unhandled"} if event["job"] == self.failing else {})


def traveller(functions: Functions) -> Traveller:
    """Somebody who has everything done until Wednesday noon."""
    return Traveller(functions, {job: f"does-{job}" for job in JOBS}, AOMORI.policy, WEDNESDAY)


def test_on_the_way_to_thursday_morning_its_run_is_made() -> None:
    # GIVEN Wednesday noon WHEN somebody goes to Thursday at nine
    functions = Functions()
    done = traveller(functions).go(THURSDAY)
    # THEN all that was due by then was asked for at its moment, of its function, in its order
    assert functions.asked == [
        ("does-prefectural_pull", "prefectural_pull", "06-03T14:00"),
        ("does-prefectural_release", "prefectural_release", "06-03T22:00"),
        ("does-weekly_counts", "weekly_counts", "06-03T23:00"),
        ("does-thursday_run", "thursday_run", "06-04T08:30"),
        ("does-prefectural_pull", "prefectural_pull", "06-04T09:00"),
    ]
    assert done == {"prefectural_pull": 2, "prefectural_release": 1, "weekly_counts": 1, "thursday_run": 1}


def test_who_goes_back_and_forward_again_has_nothing_done_twice() -> None:
    functions = Functions()
    person = traveller(functions)
    person.go(THURSDAY)
    functions.asked.clear()
    assert person.go(WEDNESDAY - timedelta(days=3)) == {}
    assert person.go(THURSDAY) == {}
    # and further on it begins where it was
    person.go(THURSDAY + timedelta(hours=1))
    assert [job for _, job, _ in functions.asked] == ["daily_notices"]


def test_weeks_on_the_way_have_all_their_jobs() -> None:
    functions = Functions()
    done = traveller(functions).go(THURSDAY + timedelta(weeks=3))
    assert (done["thursday_run"], done["lending_mail"], done["sunday_release"]) == (4, 3, 3)
    moments = [at for _, _, at in functions.asked]
    assert moments == sorted(moments)


def test_a_job_that_fails_is_asked_for_again_on_the_next_journey() -> None:
    functions = Functions()
    person = traveller(functions)
    functions.failing = "thursday_run"
    with pytest.raises(Failed):
        person.go(THURSDAY)
    functions.failing = ""
    assert person.go(THURSDAY)["thursday_run"] == 1


def test_too_far_is_not_begun() -> None:
    functions = Functions()
    with pytest.raises(TooFar, match=f"{FURTHEST.days}日先まで"):
        traveller(functions).go(WEDNESDAY + FURTHEST + timedelta(minutes=1))
    assert functions.asked == []


@contextmanager
def site(person: Traveller | None) -> Iterator[str]:
    """The front before an AWS that does not answer."""
    port = free_port()
    with front(port, free_port(), "d1.cloudfront.net", "", person):
        yield f"http://{LOOPBACK}:{port}{PATH}"


def test_a_page_asks_for_the_journey_at_the_site() -> None:
    with site(traveller(Functions())) as address:
        assert requests.post(address, json={"to": f"{THURSDAY}"}, timeout=30).json()["done"]["thursday_run"] == 1
        far = requests.post(address, json={"to": f"{THURSDAY + 2 * FURTHEST}"}, timeout=30)
        assert (far.status_code, list(far.json())) == (409, ["detail"])


def test_a_stack_that_does_not_travel_has_nobody_to_ask() -> None:
    with site(None) as address:
        assert requests.post(address, json={"to": f"{THURSDAY}"}, timeout=30).status_code == 502
