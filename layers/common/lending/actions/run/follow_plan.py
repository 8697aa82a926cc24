"""A plan is carried out, part by part: its books onto the pull list (RULES 15, 20, 23, 26)."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from lending.actions.run.plan import Made, needs_pull, part_of, record_after
from lending.actions.run.run_input import RunInput
from lending.actions.unfinished import EnoughTime, Unfinished
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.run import runs
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.patrons.patron import Patron
from lending.domain.pulls.pull import pull_of
from lending.domain.run.run import Run, RunDecision
from lending.domain.run.run_record import RunRecord
from lending.domain.run.shelf import stands_beside


class RunSnapshot(NamedTuple):
    """What was read, to be found by name."""

    holds: Mapping[tuple[str, str], Hold]
    copies: Mapping[str, Copy]
    patrons: Mapping[str, Patron]


def follow_plan(
    table: Table, run: Run, given: RunInput, record: RunRecord, made: Made, enough_time: EnoughTime
) -> RunRecord:
    now = RunSnapshot(
        {(hold.patron_id, hold.title_id): hold for hold in given.holds},
        {copy.barcode: copy for copies in given.copies.values() for copy in copies},
        given.patrons,
    )
    while record.done < record.chunks and not record.finished_at:
        if not enough_time():
            raise Unfinished(f"{record.done} of {record.chunks} parts done")
        tally = _carry_out_part(table, run, now, part_of(table, record, record.done, made))
        record = record_after(table, runs.progress_record(record, tally), runs.advanced(record, tally))
    return record


def _carry_out_part(table: Table, run: Run, now: RunSnapshot, decisions: list[RunDecision]) -> dict[str, int]:
    """Put books on the pull list, and count what became of it.

    The counts tell what is so afterwards, not what was written: a part carried out again counts the same.
    """
    tally: Counter[str] = Counter(pulls=0, lost=0, gone=0)
    writes: list[Write] = []
    for decision in decisions:
        hold = now.holds.get((decision.patron_id, decision.title_id))
        if hold is None:
            tally["gone"] += 1
            continue
        write = _pull(run, now, hold, decision)
        if isinstance(write, Write):
            writes.append(write)
        elif write:
            tally[write] += 1
    lost = len(write_what_holds(table, writes))
    tally.update(pulls=len(writes) - lost, lost=lost)
    return dict(tally)


def _pull(run: Run, now: RunSnapshot, hold: Hold, decision: RunDecision) -> Write | str:
    """The copy onto the pull list, unless it is kept already and stays so (RULES 15, 20, 23).

    Returns:
        The write, or what it counts as without one; empty if no book is to be fetched.
    """
    secured = hold.status is HoldStatus.SECURED
    if not needs_pull(decision.decision, secured):
        return ""
    copy = now.copies.get(decision.barcode)
    if copy is None or copy.state is not (CopyState.KEPT_ASIDE if secured else CopyState.ON_SHELF):
        return "lost"
    if copy.pull and stands_beside(copy.pull, copy, run) and (copy.pull.patron_id, copy.title_id) in now.holds:
        return "lost"  # the run had stopped, and another one has come first
    pull = pull_of(decision, now.patrons[decision.patron_id].cap_on(run.week.cycle), run)
    return "pulls" if copy.pull == pull else copies.pull_change(copy, pull)
