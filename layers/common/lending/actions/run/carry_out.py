"""One run from reading to record: read, decide, keep the plan, carry it out (RULES 15, 18-27).

Every step can be repeated and may stop anywhere. Whoever comes later, or at the same moment, goes on with the plan that
the record names: its writes are the same whoever makes them, and none of them is made twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lending.actions.run.run_input import Given, after_giving_back, fingerprint, pack, read
from lending.aws.metering import Meter
from lending.aws.table import Overtaken, Table, in_batches
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds
from lending.aws.table.run import runs
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState, LiesAt
from lending.domain.holds.hold import Hold, HoldStatus, LastRun
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.pulls.pull import GIVES, pull_of
from lending.domain.run.allocation import allocate
from lending.domain.run.obstacles import kept_in_vain
from lending.domain.run.run import Decision, Outcome, Run, RunKind
from lending.domain.run.run_record import CycleRun, RunRecord

# For copies taken meanwhile the run plans again with what is there, this often at most.
ROUNDS = 3

EnoughTime = Callable[[], bool]

# The decisions of plans made by this invocation, by the plan's name: they need not be read again.
_Made = dict[str, list[Decision]]


class Unfinished(Exception):
    """The time was too short. Asked again, the run goes on where it was."""


def decide(given: Given, run: Run, policy: Policy) -> list[Decision]:
    """What the run does with each hold (RULES 15, 18-23). Without any write: this alone is the dry run."""
    given = after_giving_back(given, _kept_in_vain(given, run, policy))
    return allocate(given.holds, given.copies, given.patrons, given.calendar, policy, run)


def _kept_in_vain(given: Given, run: Run, policy: Policy) -> list[Hold]:
    return kept_in_vain(given.holds, given.patrons, given.calendar, policy, run)


def carry_out(
    table: Table,
    run: Run,
    policy: Policy,
    moment: datetime,
    enough_time: EnoughTime,
    prepare: Callable[[], object] | None = None,
    again: bool = False,
) -> tuple[RunRecord, bool]:
    """Do a run, or what is left of it; a finished one is left as it is (RULES 26).

    Args:
        moment: when it was asked for, which may be late.
        enough_time: asked before each part of the plan.
        prepare: done first, unless the run is finished.
        again: a run that was suspended as a whole, or whose plan was dropped, is made anew.

    Returns:
        The run's record, and whether it had been finished before: then nothing was changed.

    Raises:
        Unfinished: there was not enough time; what was done is kept.
    """
    meter = Meter(table)
    record = runs.find(table, run.run_id)
    if record and record.finished_at and not again:
        return record, True
    if prepare:
        prepare()
    try:
        record = _to_the_end(table, run, policy, moment, record, enough_time, meter)
    except Unfinished:
        table.write(runs.cost_increment(run.run_id, meter.cost))
        raise
    table.write(runs.cost_increment(run.run_id, meter.cost))
    return record, False


def _to_the_end(
    table: Table,
    run: Run,
    policy: Policy,
    moment: datetime,
    record: RunRecord | None,
    enough_time: EnoughTime,
    meter: Meter,
) -> RunRecord:
    """Read, plan and carry out until nothing is left to be offered anew, or often enough."""
    made: _Made = {}
    while True:
        with meter.step("reading"):
            given = read(table)
        with meter.step("writing"):
            given = _give_back(table, given, _kept_in_vain(given, run, policy), run)
        if record is None or record.finished_at or _leaves_something(table, run, record):
            with meter.step("planning"):
                record = _planned(table, run, given, policy, made, record)
        with meter.step("writing"):
            record = _carried_out(table, run, given, record, made, enough_time)
            if not _leaves_something(table, run, record):
                return _finished(table, run, record, moment)


def _leaves_something(table: Table, run: Run, record: RunRecord) -> bool:
    """Whether all of the plan is carried out, and books are to be offered anew: their copies or holds were gone."""
    if record.done < record.chunks or record.finished_at or record.round >= ROUNDS:
        return False
    return record.lost > 0 or _plans_for_nobody(table, run)


def _plans_for_nobody(table: Table, run: Run) -> bool:
    """Whether a hold was cancelled since it was read, and its book is on the list: the next in the queue is to have it.

    A look at the indexes, once a plan is carried out, instead of a condition in every single write. What it misses
    the scan still finds (RULES 23).
    """
    there = {(hold.patron_id, hold.title_id) for hold in holds.to_be_served(table)}
    pulls = ((copy, copy.pull) for copy in copies.pulls(table) if copy.pull and copy.pull.run == run.run_id)
    return any((pull.patron_id, copy.title_id) not in there for copy, pull in pulls)


def _finished(table: Table, run: Run, record: RunRecord, moment: datetime) -> RunRecord:
    if record.finished_at:
        return record
    if run.kind is RunKind.THURSDAY:
        # First, so that it is never left out: all of the run is carried out by now.
        calendar.note_latest(table, run)
        table.write(runs.cycle_claim(cycle_run(run, replace(record, finished_at=moment))))
    return _after(table, runs.end(record, moment), replace(record, finished_at=moment))


def cycle_run(run: Run, record: RunRecord | None = None) -> CycleRun:
    """What the list of runs says of a weekly run, which may not have begun."""
    if record is None:
        return CycleRun(run.week.cycle, run.run_id)
    return CycleRun(run.week.cycle, run.run_id, record.suspended, record.finished_at, record.counts)


def _give_back(table: Table, given: Given, kept: list[Hold], run: Run) -> Given:
    """Books kept aside for who is passed over go back to the queue, one transaction each (RULES 8, 21).

    One whose hold or copy has changed meanwhile stays as it was read, and is found by the next run.
    """
    back = [hold for hold in kept if _given_back(table, given, hold, run)]
    return after_giving_back(given, back)


def _given_back(table: Table, given: Given, hold: Hold, run: Run) -> bool:
    copy = next((each for each in given.copies.get(hold.title_id, ()) if each.barcode == hold.barcode), None)
    moved = copies.state_change(copy, CopyState.ON_SHELF, on=run.day, lies_at=LiesAt.KEPT_ASIDE) if copy else None
    try:
        table.transact(holds.change(hold, hold.waiting_again()), *([moved] if moved else []))
    except Overtaken:
        return False
    return True


# The plan


def _part(table: Table, record: RunRecord, number: int, made: _Made) -> list[Decision]:
    """A part of the plan in force."""
    if record.plan in made:
        return made[record.plan][number * runs.CHUNK : (number + 1) * runs.CHUNK]
    return runs.chunk(table, record, number)


def _planned(
    table: Table, run: Run, given: Given, policy: Policy, made: _Made, before: RunRecord | None = None
) -> RunRecord:
    """Make a plan and have the run adopt it; if somebody else's was adopted first, that one counts."""
    decided = decide(given, run, policy)
    if run.kind is RunKind.PREFECTURAL:
        decided = [each for each in decided if each.decision in GIVES]
    if before:
        _take_back(table, run, given, decided)
        decided = _of_those_who_left(table, given, before) + decided
    number = before.round + 1 if before else 1
    record = RunRecord(
        run.run_id,
        run.moment,
        plan=fingerprint(given, run, policy, number),
        round=number,
        chunks=-(-len(decided) // runs.CHUNK),
        counts=count(given, decided),
        suspended=run.kind is RunKind.THURSDAY and given.calendar.service_suspension_on(run.week.run_date) is not None,
    )
    made[record.plan] = decided
    for write in _plan(record, given, run, decided, policy):
        table.write(write)
    return _after(table, runs.adoption(record, before.plan if before else ""), record)


def _plan(record: RunRecord, given: Given, run: Run, decided: list[Decision], policy: Policy) -> Iterator[Write]:
    """The decisions, and for a weekly run what they were made from: it is the one that people ask about."""
    if run.kind is RunKind.THURSDAY:
        yield from runs.input_record(record, pack(given, run, policy), policy)
    for number, part in enumerate(in_batches(decided, runs.CHUNK)):
        yield runs.chunk_record(record, number, part, policy)


def _take_back(table: Table, run: Run, given: Given, decided: list[Decision]) -> None:
    """Pulls of an earlier round that the new plan gives to nobody."""
    kept = {hold.barcode for hold in given.holds if hold.status is HoldStatus.SECURED}
    planned = {each.barcode for each in decided if _needs_pull(each.decision, each.barcode in kept)}
    # The list has those of titles that nobody waits for any more; what was read is newer than the list.
    listed = {copy.barcode: copy for copy in copies.pulls(table)}
    known = listed | {copy.barcode: copy for of_title in given.copies.values() for copy in of_title}
    ours = [copy for copy in known.values() if copy.pull and copy.pull.run == run.run_id]
    write_what_holds(table, [copies.pull_removal(copy) for copy in ours if copy.barcode not in planned])


def _of_those_who_left(table: Table, given: Given, before: RunRecord) -> list[Decision]:
    """Decisions of an earlier round for holds that are served or cancelled by now: the record keeps them."""
    here = {(hold.patron_id, hold.title_id) for hold in given.holds}
    earlier = (each for number in range(before.chunks) for each in runs.chunk(table, before, number))
    return [each for each in earlier if (each.patron_id, each.title_id) not in here]


def count(given: Given, decided: Iterable[Decision]) -> dict[str, int]:
    """How much was read, and how many holds met which outcome, for which reason."""
    codes = Counter(f"code_{each.code}" for each in decided)
    outcomes = Counter(str(each.decision) for each in decided)
    read = {"holds": len(given.holds), "titles": len(given.copies), "patrons": len(given.patrons)}
    return read | dict(sorted(outcomes.items())) | dict(sorted(codes.items()))


# Carrying it out


@dataclass(frozen=True, slots=True)
class _Now:
    """What was read, to be found by name."""

    holds: Mapping[tuple[str, str], Hold]
    copies: Mapping[str, Copy]
    patrons: Mapping[str, Patron]


def _carried_out(
    table: Table, run: Run, given: Given, record: RunRecord, made: _Made, enough_time: EnoughTime
) -> RunRecord:
    now = _Now(
        {(hold.patron_id, hold.title_id): hold for hold in given.holds},
        {copy.barcode: copy for copies in given.copies.values() for copy in copies},
        given.patrons,
    )
    while record.done < record.chunks and not record.finished_at:
        if not enough_time():
            raise Unfinished(f"{record.done} of {record.chunks} parts done")
        tally = _carry_out_part(table, run, now, _part(table, record, record.done, made))
        record = _after(table, runs.progress_record(record, tally), runs.advanced(record, tally))
    return record


def _after(table: Table, write: Write, record: RunRecord) -> RunRecord:
    """The record after a write that makes it `record`, unless somebody was first: then theirs."""
    try:
        table.write(write)
    except Overtaken:
        return runs.find(table, record.run_id) or record
    return record


def _carry_out_part(table: Table, run: Run, now: _Now, decisions: list[Decision]) -> dict[str, int]:
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
    tally.update(missed if number in lost else made for number, (made, missed, _) in enumerate(steps))
    return dict(tally)


# What a step counts as once it is made, what if its condition does not hold, and the write if one is needed.
_Step = tuple[str, str, Write | None]
_NOTHING: _Step = ("", "", None)


def _needs_pull(outcome: Outcome, secured: bool) -> bool:
    """Whether the copy is to be fetched: one that is kept already and stays so is not (RULES 20)."""
    return outcome in GIVES and not (secured and outcome is Outcome.KEEP_ASIDE)


def _pull(run: Run, now: _Now, hold: Hold, decision: Decision) -> _Step:
    """The copy onto the pull list, unless it is kept already and stays so (RULES 15, 20, 23)."""
    secured = hold.status is HoldStatus.SECURED
    if not _needs_pull(decision.decision, secured):
        return _NOTHING
    copy = now.copies.get(decision.barcode)
    if copy is None or copy.state is not (CopyState.KEPT_ASIDE if secured else CopyState.ON_SHELF):
        return "lost", "", None
    pull = pull_of(decision, now.patrons[decision.patron_id].cap_on(run.week.cycle), run.run_id)
    return "pulls", "lost", None if copy.pull == pull else copies.pull_change(copy, pull)


def _reason(run: Run, hold: Hold, decision: Decision) -> _Step:
    """Why the hold gets no book in this run, written only if it is another reason than before (RULES 27).

    A book to be lent is told of by its loan, once staff have scanned it: until then there is no reason, and an old one
    is taken away.
    """
    known = hold.last_run
    if decision.decision in (Outcome.LEND, Outcome.READY):
        return ("explained", "gone", holds.reason_change(hold, None)) if known else _NOTHING
    if run.kind is RunKind.PREFECTURAL:
        return _NOTHING
    reason = LastRun(max(run.day, known.date) if known else run.day, str(decision.code), dict(decision.facts))
    same = known is not None and (known.code, known.facts) == (reason.code, reason.facts)
    return "explained", "gone", None if same else holds.reason_change(hold, reason)
