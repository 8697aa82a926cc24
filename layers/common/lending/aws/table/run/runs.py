"""Runs: RUN#id / RUN, and what they decided: RUN#id / DECISIONS#plan#nnnn while histories may be kept (RULES 26, 41).

A plan is stored in chunks under its own name before the run's record adopts it, so a run has one plan whoever made it,
and who died goes on with that one. Beside it, as INPUT#plan#nnnn, is what it was made from, as long. The record holds
counts only and stays, and so does RUN#id / COST, what the run took of time and table.

RUNS / CYCLE#date is the one run of a cycle, on whatever day it is made; the list of runs is a query of them.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import StrictBytes

from lending.aws.table.codec import Unreadable, attributes, broken, each_of, epoch, value_of, values_of
from lending.aws.table.store import Overtaken, Table
from lending.aws.table.writes import Key, Write, put, put_new, update
from lending.domain.policy import Policy
from lending.domain.run.reasons import Code
from lending.domain.run.run import Outcome, RunDecision
from lending.domain.run.run_record import Cost, CycleRun, RunRecord
from lending.domain.run_id import RunId
from lending.domain.week import DAY, DAYS_OF_WEEK, Week, weeks_opening

CHUNK = 1000
# What Python says of bytes that are no plan.
_UNPACKING = (KeyError, TypeError, ValueError, zlib.error)

# Well below what an item may hold.
_INPUT_BYTES = 350_000


@dataclass(frozen=True, slots=True)
class _JobDone:
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class _InputPart:
    input: StrictBytes


def key(run_id: RunId) -> Key:
    """The key of a run's record."""
    return f"RUN#{run_id}", "RUN"


def _chunk_key(run_id: RunId, plan: str, number: int) -> Key:
    return f"RUN#{run_id}", f"DECISIONS#{plan}#{number:04}"


def find(table: Table, run_id: RunId) -> RunRecord | None:
    """The record as of now."""
    item = table.get(key(run_id))
    return value_of(RunRecord, item) if item else None


def find_many(table: Table, run_ids: Iterable[RunId]) -> list[RunRecord]:
    """Those of the runs that there are."""
    return list(values_of(RunRecord, table.get_many(key(each) for each in run_ids)))


def chunk_record(record: RunRecord, number: int, decisions: Sequence[RunDecision], policy: Policy) -> Write:
    """A part of a plan. Written again it is the same; it vanishes after the policy's days (RULES 41)."""
    listed = [[getattr(each, name) for name in RunDecision.__slots__] for each in decisions]
    packed = zlib.compress(json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode())
    gone = epoch(record.moment + timedelta(days=policy.history_days))
    return put(_chunk_key(record.run_id, record.plan, number), {"decisions": packed, "expires_at": gone})


def chunk(table: Table, record: RunRecord, number: int) -> list[RunDecision]:
    """A part of the plan in force; nothing of it once it has vanished."""
    item = table.get(_chunk_key(record.run_id, record.plan, number))
    if item is None:
        return []
    try:
        return [_decision(*values) for values in json.loads(zlib.decompress(item["decisions"]))]
    except _UNPACKING:
        raise broken(item, "RunDecision", ["decisions"]) from None


def _decision(
    patron_id: str,
    title_id: str,
    barcode: str,
    decision: str,
    code: str,
    facts: dict[str, Any],
    place: str,
    queue: list[int] | None,
) -> RunDecision:
    position = (queue[0], queue[1], queue[2]) if queue else None
    return RunDecision(patron_id, title_id, barcode, Outcome(decision), Code(code), facts, place, position)


def input_record(record: RunRecord, packed: bytes, policy: Policy) -> list[Write]:
    """What a plan was made from. Written again it is the same; it vanishes as the plan does (RULES 41)."""
    parts = [packed[start : start + _INPUT_BYTES] for start in range(0, len(packed), _INPUT_BYTES)]
    gone = epoch(record.moment + timedelta(days=policy.history_days))
    return [
        put((f"RUN#{record.run_id}", f"INPUT#{record.plan}#{number:04}"), {"input": part, "expires_at": gone})
        for number, part in enumerate(parts)
    ]


def input_of(table: Table, record: RunRecord) -> bytes:
    """What the plan in force was made from; empty if it was not kept or has vanished."""
    parts = table.query(f"RUN#{record.run_id}", f"INPUT#{record.plan}#")
    return b"".join(value_of(_InputPart, part).input for part in parts)


def adoption(record: RunRecord, instead_of: str = "") -> Write:
    """The run goes by this plan from now on, if it still had none, or the one it is to replace."""
    condition: str = "attribute_not_exists(#PK)"
    values: dict[str, Any] = {}
    if instead_of:
        open_again = "attribute_not_exists(#finished_at) OR #suspended = :yes OR attribute_exists(#dropped_at)"
        condition, values = f"#plan = :plan AND ({open_again})", {"plan": instead_of, "yes": True}
    return put(key(record.run_id), attributes(record), condition, **values)


def progress_record(record: RunRecord, tally: dict[str, int]) -> Write:
    """One more chunk is carried out, and what became of it, if nobody else has said so."""
    return update(
        key(record.run_id),
        add={"done": 1, **tally},
        condition="#plan = :plan AND #done = :was_done",
        plan=record.plan,
        was_done=record.done,
    )


def advanced(record: RunRecord, tally: Mapping[str, int]) -> RunRecord:
    """The record as `progress_record` leaves it."""
    return told(record, {"done": 1, **tally})


def telling_record(record: RunRecord, tally: dict[str, int]) -> Write:
    """More patrons are told why they got no book, and what became of it, if nobody else has said so."""
    return update(
        key(record.run_id),
        add=tally,
        condition="#plan = :plan AND #told = :was_told",
        plan=record.plan,
        was_told=record.told,
    )


def told(record: RunRecord, tally: Mapping[str, int]) -> RunRecord:
    """The record as `telling_record` leaves it."""
    return replace(record, **{name: getattr(record, name) + n for name, n in tally.items()})


def end(record: RunRecord, moment: datetime) -> Write:
    """All is carried out."""
    return update(
        key(record.run_id),
        set={"finished_at": moment},
        condition="#plan = :plan AND #done = :all AND attribute_not_exists(#finished_at)",
        plan=record.plan,
        all=record.chunks,
    )


def drop_record(run_id: RunId, moment: datetime) -> Write:
    """Staff have dropped the plan of a finished run; the first moment stands."""
    return update(
        key(run_id),
        set={"dropped_at": moment},
        condition="attribute_exists(#finished_at) AND attribute_not_exists(#dropped_at)",
    )


# The runs of all weeks


def of_cycle(table: Table, cycle: date) -> CycleRun | None:
    """The run that was made for a cycle, or is being made."""
    item = table.get(_cycle_key(cycle))
    return value_of(CycleRun, item) if item else None


def week_as_run(table: Table, week: Week) -> Week:
    """A week with the days of the run that was made for it: the policy may be another one by now (RULES 25, 29).

    If the run cannot be read, the days of the policy are as good as any: other work of the week goes on.
    """
    try:
        made = of_cycle(table, week.cycle)
        record = find(table, made.run_id) if made else None
    except Unreadable:
        return week
    return record.week if record and record.week else week


def week_opening_on(table: Table, sunday: date, policy: Policy) -> Week:
    """The week whose pickup begins on `sunday`, if that is one: see its `pickup_from` (RULES 29)."""
    opening = weeks_opening(sunday, sunday + (DAYS_OF_WEEK - 1) * DAY, policy)
    return week_as_run(table, opening[0])


def cycle_claim(run: CycleRun) -> Write:
    """This is the run of its cycle, unless another one is that was not suspended (RULES 22, 26)."""
    return put(
        _cycle_key(run.cycle),
        attributes(run),
        "attribute_not_exists(#PK) OR #run_id = :mine OR #suspended = :yes",
        mine=run.run_id,
        yes=True,
    )


def weekly_runs(table: Table, start: Any, limit: int) -> tuple[list[CycleRun], Any]:
    """The runs of all weeks, the latest first, and where the list goes on."""
    page = table.page("RUNS", "CYCLE#", start=start, limit=limit, forward=False)
    return list(values_of(CycleRun, page.items)), page.last


def _cycle_key(cycle: date) -> Key:
    return "RUNS", f"CYCLE#{cycle.isoformat()}"


# What it took


def cost_increment(run_id: RunId, cost: Cost) -> Write:
    """What one invocation took, on top of those before. A sum for people: sent twice by the network it counts twice."""
    return update(_cost_key(run_id), add={name: getattr(cost, name) for name in Cost.__slots__})


def cost_of(table: Table, run_id: RunId) -> Cost | None:
    """What a run took, None if nobody has told."""
    item = table.get(_cost_key(run_id))
    return value_of(Cost, item) if item else None


def costs_of(table: Table, run_ids: Iterable[RunId]) -> dict[RunId, Cost]:
    """What each of the runs took, of those that have told."""
    by_key = {_cost_key(each): each for each in run_ids}
    return dict(each_of(lambda item: (by_key[item["PK"], item["SK"]], value_of(Cost, item)), table.get_many(by_key)))


def _cost_key(run_id: RunId) -> Key:
    return f"RUN#{run_id}", "COST"


# Jobs without a plan


def is_done(table: Table, job: str, day: date) -> bool:
    """Whether a job that needs no plan was done for a day."""
    return table.get(_job_key(job, day)) is not None


def done_at(table: Table, jobs: Iterable[tuple[str, date]]) -> dict[tuple[str, date], datetime]:
    """When jobs that need no plan were done for their days, those that were."""
    by_key = {_job_key(job, day): (job, day) for job, day in jobs}
    items = table.get_many(by_key)
    return dict(each_of(lambda item: (by_key[item["PK"], item["SK"]], value_of(_JobDone, item).finished_at), items))


def note_done(table: Table, job: str, day: date, moment: datetime) -> None:
    """A job that needs no plan is done for a day; who says so first stands."""
    with suppress(Overtaken):
        table.write(put_new(_job_key(job, day), {"finished_at": moment}))


def _job_key(job: str, day: date) -> Key:
    return f"RUN#{day.isoformat()}", f"JOB#{job}"
