"""A run of the past decided again, from what it was given then (RULES 18-27). Nothing here writes."""

from typing import NamedTuple

from lending.actions.run.plan import decide
from lending.actions.run.run_input import fingerprint, unpack
from lending.aws.table import Table
from lending.aws.table.run import runs
from lending.domain.problems import Refused
from lending.domain.run.run import RunDecision, run_of_week
from lending.domain.run_id import RunId


class Replay(NamedTuple):
    """What a run decided then and what the same input gives now.

    `input_intact` tells whether the kept input is the one that the plan is named by; `differences` are pairs of then
    and now, either of them None if the hold was not decided. `decisions` is how many were compared.
    """

    input_intact: bool
    decisions: int
    differences: list[tuple[RunDecision | None, RunDecision | None]]


def replay_run(table: Table, run_id: RunId) -> Replay:
    """Decide a weekly run again from its own input, by the policy of then and the software of now.

    Decisions of an earlier round, for holds that had left before the plan in force was made, are not its own.

    Raises:
        Refused: there is no such run, or its input is not kept: it was a pull, or is older than histories may be.
    """
    record = runs.find(table, run_id)
    if record is None:
        raise Refused("not_found")
    packed = runs.input_of(table, record)
    if not packed or record.week is None:
        raise Refused("run_input_gone")
    (given, policy), run = unpack(packed), run_of_week(record.week)
    considered = {(hold.patron_id, hold.title_id) for hold in given.holds}
    kept = (each for number in range(record.chunks) for each in runs.chunk(table, record, number))
    then = {key: each for each in kept if (key := _hold(each)) in considered}
    now = {_hold(each): each for each in decide(given, run, policy)}
    pairs = ((then.get(key), now.get(key)) for key in sorted(then.keys() | now.keys()))
    intact = fingerprint(given, run, policy, record.round) == record.plan
    return Replay(intact, len(now), [(before, after) for before, after in pairs if before != after])


def _hold(decision: RunDecision) -> tuple[str, str]:
    return decision.patron_id, decision.title_id
