"""A plan is carried out, part by part: books onto the pull list, reasons to the holds (RULES 15, 20, 23, 26, 27)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from lending.actions.run.plan import Made, needs_pull, part_of, record_after
from lending.actions.run.run_input import RunInput
from lending.actions.unfinished import EnoughTime, Unfinished
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds
from lending.aws.table.run import runs
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import Hold, HoldStatus, RunReason
from lending.domain.patrons.patron import Patron
from lending.domain.pulls.pull import pull_of
from lending.domain.run.run import Outcome, Run, RunDecision, RunKind
from lending.domain.run.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class RunSnapshot:
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
    """Put books on the pull list and say why others are not, and count what became of it.

    The counts tell what is so afterwards, not what was written: a part carried out again counts the same.
    """
    tally: Counter[str] = Counter(pulls=0, explained=0, lost=0, gone=0)
    steps: list[tuple[str, str, Write]] = []
    for decision in decisions:
        hold = now.holds.get((decision.patron_id, decision.title_id))
        if hold is None:
            tally["gone"] += 1
            continue
        for made, missed, write in (_pull(run, now, hold, decision), _reason(run, hold, decision)):
            if isinstance(write, Write):
                steps.append((made, missed, write))
            elif made:
                tally[made] += 1
    lost = set(write_what_holds(table, [write for *_, write in steps]))
    became = (missed if number in lost else made for number, (made, missed, _) in enumerate(steps))
    tally.update(name for name in became if name)
    return dict(tally)


# What a step counts as once it is made, what if its condition does not hold, and the write if one is needed.
_Step = tuple[str, str, Write | None]


_NOTHING: _Step = ("", "", None)


def _pull(run: Run, now: RunSnapshot, hold: Hold, decision: RunDecision) -> _Step:
    """The copy onto the pull list, unless it is kept already and stays so (RULES 15, 20, 23)."""
    secured = hold.status is HoldStatus.SECURED
    if not needs_pull(decision.decision, secured):
        return _NOTHING
    copy = now.copies.get(decision.barcode)
    if copy is None or copy.state is not (CopyState.KEPT_ASIDE if secured else CopyState.ON_SHELF):
        return "lost", "", None
    pull = pull_of(decision, now.patrons[decision.patron_id].cap_on(run.week.cycle), run)
    return "pulls", "lost", None if copy.pull == pull else copies.pull_change(copy, pull)


def _reason(run: Run, hold: Hold, decision: RunDecision) -> _Step:
    """Why the hold gets no book in this run, written only if it is another reason than before (RULES 27).

    A book to be lent is told of by its loan, once staff have scanned it: until then there is no reason, and an old one
    is taken away. That explains nothing, and is not counted: done again there is nothing to take away.
    """
    known = hold.last_run
    if decision.decision in (Outcome.LEND, Outcome.READY):
        return ("", "gone", holds.reason_change(hold, None)) if known else _NOTHING
    if run.kind is RunKind.PREFECTURAL:
        return _NOTHING
    reason = RunReason(max(run.day, known.date) if known else run.day, str(decision.code), dict(decision.facts))
    same = known is not None and (known.code, known.facts) == (reason.code, reason.facts)
    return "explained", "gone", None if same else holds.reason_change(hold, reason)
