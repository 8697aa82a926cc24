"""The plan of a run: what becomes of each hold, kept before it is carried out (RULES 15, 18-27)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from lending.actions.run.run_input import RunInput, after_giving_back, fingerprint, pack
from lending.aws.table import Overtaken, Table, in_batches
from lending.aws.table.catalogue import copies
from lending.aws.table.exchange import answers
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.run import runs
from lending.aws.table.writes import Write
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.policy import Policy
from lending.domain.pulls.pull import GIVES
from lending.domain.run.allocation import allocate
from lending.domain.run.obstacles import kept_in_vain
from lending.domain.run.run import Outcome, Run, RunDecision, RunKind
from lending.domain.run.run_record import RunRecord
from lending.domain.statistics import weeks_waited

# The decisions of plans made by this invocation, by the plan's name: they need not be read again.
Made = dict[str, list[RunDecision]]


def decide(given: RunInput, run: Run, policy: Policy) -> list[RunDecision]:
    """What the run does with each hold (RULES 15, 18-23). Without any write: this alone is the dry run."""
    given = after_giving_back(given, held_in_vain(given, run, policy))
    return allocate(given.holds, given.copies, given.patrons, given.calendar, policy, run)


def held_in_vain(given: RunInput, run: Run, policy: Policy) -> list[Hold]:
    return kept_in_vain(given.holds, given.patrons, given.calendar, policy, run)


def make_plan(
    table: Table, run: Run, given: RunInput, policy: Policy, made: Made, before: RunRecord | None = None
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
        week=run.week if run.kind is RunKind.THURSDAY else None,
        plan=fingerprint(given, run, policy, number),
        round=number,
        chunks=-(-len(decided) // runs.CHUNK),
        counts=count(given, decided, run, policy) | _answered(table, run, policy),
        suspended=run.kind is RunKind.THURSDAY and given.calendar.service_suspension_on(run.week.run_date) is not None,
    )
    made[record.plan] = decided
    for write in _writes_of(record, given, run, decided, policy):
        table.write(write)
    return record_after(table, runs.adoption(record, before.plan if before else ""), record)


def _writes_of(
    record: RunRecord, given: RunInput, run: Run, decided: list[RunDecision], policy: Policy
) -> Iterator[Write]:
    """The decisions, and for a weekly run what they were made from: it is the one that people ask about."""
    if run.kind is RunKind.THURSDAY:
        yield from runs.input_record(record, pack(given, run, policy), policy)
    for number, part in enumerate(in_batches(decided, runs.CHUNK)):
        yield runs.chunk_record(record, number, part, policy)


def _take_back(table: Table, run: Run, given: RunInput, decided: list[RunDecision]) -> None:
    """Pulls of an earlier round that the new plan gives to nobody."""
    kept = {hold.barcode for hold in given.holds if hold.status is HoldStatus.SECURED}
    planned = {each.barcode for each in decided if needs_pull(each.decision, each.barcode in kept)}
    # The list has those of titles that nobody waits for any more; what was read is newer than the list.
    listed = {copy.barcode: copy for copy in copies.pulls(table)}
    known = listed | {copy.barcode: copy for of_title in given.copies.values() for copy in of_title}
    ours = [copy for copy in known.values() if copy.pull and copy.pull.run == run.run_id]
    write_what_holds(table, [copies.pull_removal(copy) for copy in ours if copy.barcode not in planned])


def _of_those_who_left(table: Table, given: RunInput, before: RunRecord) -> list[RunDecision]:
    """Decisions of an earlier round for holds that are served or cancelled by now: the record keeps them."""
    here = {(hold.patron_id, hold.title_id) for hold in given.holds}
    earlier = (each for number in range(before.chunks) for each in runs.chunk(table, before, number))
    return [each for each in earlier if (each.patron_id, each.title_id) not in here]


def count(given: RunInput, decided: Iterable[RunDecision], run: Run, policy: Policy) -> dict[str, int]:
    """How much was read, how many holds met which outcome, for which reason, and how long who is served waited (56)."""
    decided = list(decided)
    codes = Counter(f"code_{each.code}" for each in decided)
    outcomes = Counter(str(each.decision) for each in decided)
    read = {"holds": len(given.holds), "titles": len(given.copies), "patrons": len(given.patrons)}
    return read | dict(sorted(outcomes.items())) | dict(sorted(codes.items())) | _waits(given, decided, run, policy)


def _waits(given: RunInput, decided: Iterable[RunDecision], run: Run, policy: Policy) -> dict[str, int]:
    placed = {(hold.patron_id, hold.title_id): hold.placed_at for hold in given.holds}
    lent = ((each.patron_id, each.title_id) for each in decided if each.decision is Outcome.LEND)
    weeks = Counter(weeks_waited(placed[hold], run.day, policy) for hold in lent if hold in placed)
    return {f"waited_{number}": weeks[number] for number in sorted(weeks)}


def _answered(table: Table, run: Run, policy: Policy) -> dict[str, int]:
    """Whether it was answered which of the candidates are away, and how many, if that is asked (RULES 43)."""
    if not policy.candidates or run.kind is not RunKind.THURSDAY:
        return {}
    answer = answers.newest(table)
    mine = answer is not None and answer.run_id == run.run_id
    return {"candidates_answered": int(mine), "candidates_away": answer.away if answer and mine else 0}


def part_of(table: Table, record: RunRecord, number: int, made: Made) -> list[RunDecision]:
    """A part of the plan in force."""
    if record.plan in made:
        return made[record.plan][number * runs.CHUNK : (number + 1) * runs.CHUNK]
    return runs.chunk(table, record, number)


def record_after(table: Table, write: Write, record: RunRecord) -> RunRecord:
    """The record after a write that makes it `record`, unless somebody was first: then theirs."""
    try:
        table.write(write)
    except Overtaken:
        return runs.find(table, record.run_id) or record
    return record


def needs_pull(outcome: Outcome, secured: bool) -> bool:
    """Whether the copy is to be fetched: one that is kept already and stays so is not (RULES 20)."""
    return outcome in GIVES and not (secured and outcome is Outcome.KEEP_ASIDE)
