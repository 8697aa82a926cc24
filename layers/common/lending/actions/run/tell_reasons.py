"""Once a plan is carried out, patrons are told why their other holds got no book (RULES 26, 27)."""

from collections import defaultdict
from collections.abc import Mapping, Set

from lending.actions.library import Library
from lending.actions.run.plan import Made, part_of, record_after
from lending.actions.run.run_input import RunInput
from lending.actions.unfinished import EnoughTime, Unfinished
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds, reasons
from lending.aws.table.run import runs
from lending.aws.table.writes import Key
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron
from lending.domain.run.run import Run, RunKind
from lending.domain.run.run_record import RunRecord
from lending.domain.run.telling import Decided, Fetched, is_of, told_by

# So many are told between two looks at the clock.
PATRONS = 1000
# Whom others keep telling something, and whose item cannot be read, is left for the next run after so many rounds.
ROUNDS = 8

_ByPatron = dict[str, list[Decided]]


def tell_reasons(
    library: Library,
    run: Run,
    given: RunInput,
    record: RunRecord,
    made: Made,
    there: Set[Key],
    enough_time: EnoughTime,
) -> RunRecord:
    """Tell all that a weekly run has considered, one item a patron; whoever comes later goes on where it stopped.

    If others have the run go by another plan meanwhile, the record that it answers is of that one.

    Args:
        there: the keys of the holds that have not left since they were read.
    """
    if record.finished_at:
        return record
    by_patron = _by_patron(library.table, run, given, record, made)
    fetched = None if record.plan in made else _fetched(library.table)
    patron_ids = sorted(by_patron)
    plan = record.plan
    while record.plan == plan and record.told < len(patron_ids):
        if not enough_time():
            raise Unfinished(f"{record.told} of {len(patron_ids)} patrons told")
        part = patron_ids[record.told : record.told + PATRONS]
        decided = {patron_id: by_patron[patron_id] for patron_id in part}
        tally = _tell(library, run, record, decided, there, fetched)
        record = record_after(library.table, runs.telling_record(record, tally), runs.told(record, tally))
    return record


def _by_patron(table: Table, run: Run, given: RunInput, record: RunRecord, made: Made) -> _ByPatron:
    """What is decided about each patron's holds, but for those that had left.

    All patrons of the plan are named, also who has no hold any more: it is counted how many are through.
    """
    there = {(hold.patron_id, hold.title_id): hold for hold in given.holds}
    by_patron = defaultdict[str, list[Decided]](list)
    for number in range(record.chunks):
        for decision in part_of(table, record, number, made):
            decided = by_patron[decision.patron_id]
            hold = there.get((decision.patron_id, decision.title_id))
            if hold and is_of(run, hold, decision, given.calendar.latest_run):
                decided.append((hold, decision))
    return by_patron


def _fetched(table: Table) -> Fetched:
    """The holds whose books are on the pull list, to see what has become of a plan that was made before."""
    return {(copy.pull.patron_id, copy.title_id) for copy in copies.pulls(table) if copy.pull}


def _tell(
    library: Library,
    run: Run,
    record: RunRecord,
    by_patron: _ByPatron,
    there: Set[Key],
    fetched: Fetched | None,
) -> dict[str, int]:
    """Write what is told of some patrons' holds, and count patrons, reasons, and holds that have left."""
    told: dict[str, ReasonsOfPatron] = {}
    left = list(by_patron)
    for _ in range(ROUNDS):
        if not left:
            break
        known = reasons.find_many(library.table, left)
        before = [known.get(patron_id, ReasonsOfPatron(patron_id)) for patron_id in left]
        told |= {each.patron_id: told_by(run, record.plan, each, by_patron[each.patron_id], fetched) for each in before}
        writes = [
            (each.patron_id, write)
            for each in before
            for write in reasons.change(each, told[each.patron_id], record.moment, library.policy)
        ]
        # Those of whom a scan has told something at the same moment.
        left = [writes[number][0] for number in write_what_holds(library.table, [write for _, write in writes])]
    return {"told": len(by_patron)} | (_counts(told, by_patron, there) if run.kind is RunKind.THURSDAY else {})


def _counts(told: Mapping[str, ReasonsOfPatron], by_patron: _ByPatron, there: Set[Key]) -> dict[str, int]:
    explained = [
        holds.key(patron_id, hold.title_id)
        for patron_id, each in told.items()
        for hold, _ in by_patron[patron_id]
        if hold.title_id in each.told
    ]
    gone = sum(key not in there for key in explained)
    return {"explained": len(explained) - gone, "gone": gone}
