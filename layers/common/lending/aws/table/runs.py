"""Runs: RUN#id / RUN, and what they decided: RUN#id / DECISIONS#plan#nnnn while histories may be kept (RULES 26, 41).

A plan is stored in chunks under its own name before the run's record adopts it, so a run has one plan whoever made it,
and who died goes on with that one. The record holds counts only and stays.
"""

import json
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from lending.aws.table.codec import attributes, epoch, value_of
from lending.aws.table.store import Overtaken, Table
from lending.aws.table.writes import Key, Write, put, put_new, update
from lending.domain.allocation import Decision, Outcome
from lending.domain.policy import Policy
from lending.domain.reasons import Code

CHUNK = 200


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How far a run or pull has come.

    `plan` names the plan in force, by the hash of what it was made from; it is the one of `round`, and `done` of its
    `chunks` are carried out. `counts` tell what was read and decided, `pulls`, `explained`, `lost` and `gone` what
    became of it: pulls that stand, reasons given, copies that were not there any more, holds that had left.
    """

    run_id: str
    moment: datetime
    plan: str = ""
    round: int = 1
    chunks: int = 0
    done: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    pulls: int = 0
    explained: int = 0
    lost: int = 0
    gone: int = 0
    finished_at: datetime | None = None


def key(run_id: str) -> Key:
    """The key of a run's record."""
    return f"RUN#{run_id}", "RUN"


def _chunk_key(run_id: str, plan: str, number: int) -> Key:
    return f"RUN#{run_id}", f"DECISIONS#{plan}#{number:04}"


def find(table: Table, run_id: str) -> RunRecord | None:
    """The record as of now."""
    item = table.get(key(run_id))
    return value_of(RunRecord, item) if item else None


def put_chunk(record: RunRecord, number: int, decisions: Sequence[Decision], policy: Policy) -> Write:
    """A part of a plan. Written again it is the same; it vanishes after the policy's days (RULES 41)."""
    listed = [[getattr(each, name) for name in Decision.__slots__] for each in decisions]
    packed = zlib.compress(json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode())
    gone = epoch(record.moment + timedelta(days=policy.history_days))
    return put(_chunk_key(record.run_id, record.plan, number), {"decisions": packed, "expires_at": gone})


def chunk(table: Table, record: RunRecord, number: int) -> list[Decision]:
    """A part of the plan in force; nothing of it once it has vanished."""
    item = table.get(_chunk_key(record.run_id, record.plan, number))
    return [_decision(*values) for values in json.loads(zlib.decompress(bytes(item["decisions"])))] if item else []


def _decision(
    patron_id: str, title_id: str, barcode: str, decision: str, code: str, facts: dict[str, Any], place: str
) -> Decision:
    return Decision(patron_id, title_id, barcode, Outcome(decision), Code(code), facts, place)


def adopt(record: RunRecord, instead_of: str = "") -> Write:
    """The run goes by this plan from now on, if it still had none, or the one it is to replace."""
    condition, values = "attribute_not_exists(#PK)", {}
    if instead_of:
        condition, values = "#plan = :plan AND attribute_not_exists(#finished_at)", {"plan": instead_of}
    return put(key(record.run_id), attributes(record), condition, **values)


def advance(record: RunRecord, tally: dict[str, int]) -> Write:
    """One more chunk is carried out, and what became of it, if nobody else has said so."""
    return update(
        key(record.run_id),
        add={"done": 1, **tally},
        condition="#plan = :plan AND #done = :was_done",
        plan=record.plan,
        was_done=record.done,
    )


def finish(record: RunRecord, moment: datetime) -> Write:
    """All is carried out."""
    return update(
        key(record.run_id),
        set={"finished_at": moment},
        condition="#plan = :plan AND #done = :all AND attribute_not_exists(#finished_at)",
        plan=record.plan,
        all=record.chunks,
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What a job that needs no plan has done, and for which day; None if it had been done before."""

    day: date
    counts: dict[str, int] | None = None


def is_done(table: Table, job: str, day: date) -> bool:
    """Whether a job that needs no plan was done for a day."""
    return table.get(_job_key(job, day)) is not None


def note_done(table: Table, job: str, day: date, moment: datetime) -> None:
    """A job that needs no plan is done for a day; who says so first stands."""
    with suppress(Overtaken):
        table.write(put_new(_job_key(job, day), {"finished_at": moment}))


def _job_key(job: str, day: date) -> Key:
    return f"RUN#{day.isoformat()}", f"JOB#{job}"
