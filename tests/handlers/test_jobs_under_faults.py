"""All jobs of a week, disturbed by whatever a cloud does, and started again late: the end is that of a quiet week.

Requests are throttled, meet another transaction, fail before they are carried out or are carried out and not answered;
functions die; a job is started again minutes or hours after its time (RULES 26, 30, 38).
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lending.aws import accounts, suppression
from lending.aws.schedules import JobFailed
from lending.aws.table import grouped, library_table
from lending.aws.table.run import runs
from tests.benchmarks.counting_store import CountingStore
from tests.handlers.crashing import Crash, is_result
from tests.handlers.played import JOBS, Job, Watched, do_job, play

WEEKS = 26
FAULTS = ("throttled", "conflict", "failed", "no answer", "dies before", "dies after")
# How many of the requests of an invocation meet one; few come through the worst.
RATES = (0.03, 0.08, 0.15)
# Still in the same half of a day, of which each has its own pull.
LATEST = timedelta(minutes=170)
A_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+\d\d:\d\d")


def refused(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}, **more}, "request")  # type: ignore[typeddict-item]  # the stubs know no more fields


CONFLICT = {"CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}]}


@dataclass
class Weather:
    """What becomes of a request; `rate` of them meet a fault. Who is dead asks for nothing more."""

    chance: random.Random
    rate: float = 0
    dead: bool = False
    met: Counter[str] = field(default_factory=Counter)

    def bring(self, call: Callable[..., Any], *args: Any, **request: Any) -> Any:
        """Make a request, or what a fault makes of it."""
        if self.dead:
            raise Crash
        fault = self.chance.choice(FAULTS) if self.chance.random() < self.rate else ""
        self.met[fault] += 1
        self.dead = fault.startswith("dies")
        if fault in ("throttled", "conflict", "failed"):
            raise self._refusal(fault)
        if fault == "dies before":
            raise Crash
        answer = call(*args, **request)
        if fault == "dies after":
            raise Crash
        if fault == "no answer":
            raise ReadTimeoutError(endpoint_url="https://aws.example")
        return answer

    def _refusal(self, fault: str) -> ClientError:
        if fault == "conflict":
            return refused("TransactionCanceledException", **CONFLICT)
        return refused("ThrottlingException" if fault == "throttled" else "InternalServerError")


class Disturbed:
    """A client of DynamoDB out in the weather."""

    def __init__(self, client: CountingStore, weather: Weather) -> None:
        self._client, self._weather = client, weather

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return lambda **request: self._weather.bring(call, **request)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A played library, written in small parts: there are many moments to be disturbed at."""
    store = Watched()
    monkeypatch.setattr(library_table(), "_client", store)
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)
    monkeypatch.setattr("lending.aws.table.store._pause", lambda attempt: None)
    monkeypatch.setattr(runs, "CHUNK", 6)
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", 6)
    play(library_table())
    return store


def end_of(store: CountingStore) -> dict[str, Any]:
    """Every item by its key, without moments, and without plans that no run goes by."""
    items = [item for key, item in store.items().items() if is_result(key)]
    plans = {item["plan"]["S"]: item["PK"]["S"] for item in items if "plan" in item}
    return dict(_timeless(item, plans) for item in items if _counts(item, plans))


def _counts(item: Any, plans: dict[str, str]) -> bool:
    kind, _, rest = item["SK"]["S"].partition("#")
    return kind not in ("DECISIONS", "INPUT") or rest.split("#")[0] in plans


def _timeless(item: Any, plans: dict[str, str]) -> tuple[str, Any]:
    told = {name: value for name, value in item.items() if name not in ("expires_at", "input", "decisions")}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    for plan, of in plans.items():
        text = text.replace(plan, f"the plan of {of}")
    plain = json.loads(A_MOMENT.sub("then", text))
    return f"{plain['PK']['S']} {plain['SK']['S']}", plain


def invoked(job: Job, moment: Any) -> bool:
    """Whether a job was done when it was invoked as of a moment."""
    try:
        do_job((job[0], job[1], moment))
    except (JobFailed, Crash):
        return False
    return True


def week(disturb: Callable[[Job], None], store: Watched) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each job of the week, and what there is after it, once it was done undisturbed as well."""
    for job in JOBS:
        disturb(job)
        assert any(invoked(job, job[2] + LATEST) for _ in range(3)), job[1]
        yield job[1], end_of(store)


def in_bad_weather(weather: Weather, job: Job) -> None:
    """Invoke a job some times, of which most fail somewhere; each may be late."""
    for _ in range(weather.chance.randint(1, 3)):
        weather.rate, weather.dead = weather.chance.choice(RATES), False
        late = timedelta(minutes=weather.chance.choice((0, 0, 2, 15, 60, 150)))
        weather.met["done" if invoked(job, job[2] + late) else "not done"] += 1
    weather.rate, weather.dead = 0, False


def test_the_end_of_a_disturbed_week_is_that_of_a_quiet_one(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a week of all jobs, and what there is after each of them
    with store.undone():
        quiet = list(week(lambda job: None, store))
    weather, call = Weather(random.Random(26)), accounts._call
    monkeypatch.setattr(library_table(), "_client", Disturbed(store, weather))
    monkeypatch.setattr(accounts, "_call", lambda *args, **how: weather.bring(call, *args, **how))
    for number in range(WEEKS):
        with store.undone():
            # WHEN each is disturbed, and in the end done again in peace
            for (job, end), (_, expected) in zip(
                week(lambda job: in_bad_weather(weather, job), store), quiet, strict=True
            ):
                # THEN there is what there would be anyhow
                assert differences(end, expected) == {}, f"{job} of week {number}"
    # AND it was bad weather: every fault was met often, and as many invocations failed as there were jobs
    assert min(weather.met[fault] for fault in FAULTS) > 20, weather.met
    assert weather.met["not done"] > 100, weather.met


def differences(now: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What is not as it should be, by its key."""
    return {
        key: (now.get(key), expected.get(key))
        for key in now.keys() | expected.keys()
        if now.get(key) != expected.get(key)
    }
