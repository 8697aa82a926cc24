"""Once a plan is carried out, patrons are told why their other holds got no book (RULES 26, 27)."""

from collections import defaultdict
from collections.abc import Set

from lending.actions.library import Library
from lending.actions.run.plan import Made, part_of, record_after
from lending.actions.run.run_input import RunInput
from lending.actions.unfinished import EnoughTime, Unfinished
from lending.aws.table import Table
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds, reasons
from lending.aws.table.run import runs
from lending.aws.table.writes import Key, Write
from lending.domain.holds.hold import Hold, RunReason
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron, Told
from lending.domain.run.run import Outcome, Run, RunDecision, RunKind
from lending.domain.run.run_record import RunRecord

# So many are told between two looks at the clock.
PATRONS = 1000

_Decided = list[tuple[Hold, RunDecision]]


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

    A pull for the counter tells nobody of what it leaves to others: only that a reason is over, where it gives a book.

    Args:
        there: the keys of the holds that have not left since they were read.
    """
    if record.finished_at:
        return record
    by_patron = _by_patron(library.table, given, record, made)
    patron_ids = sorted(by_patron)
    while record.told < len(patron_ids):
        if not enough_time():
            raise Unfinished(f"{record.told} of {len(patron_ids)} patrons told")
        part = patron_ids[record.told : record.told + PATRONS]
        tally = _tell(library, run, record, {patron_id: by_patron[patron_id] for patron_id in part}, there)
        record = record_after(library.table, runs.telling_record(record, tally), runs.told(record, tally))
    return record


def _by_patron(table: Table, given: RunInput, record: RunRecord, made: Made) -> dict[str, _Decided]:
    """What is decided about each patron's holds, but for those that had left."""
    there = {(hold.patron_id, hold.title_id): hold for hold in given.holds}
    by_patron = defaultdict[str, _Decided](list)
    for number in range(record.chunks):
        for decision in part_of(table, record, number, made):
            if hold := there.get((decision.patron_id, decision.title_id)):
                by_patron[decision.patron_id].append((hold, decision))
    return by_patron


def _tell(
    library: Library, run: Run, record: RunRecord, by_patron: dict[str, _Decided], there: Set[Key]
) -> dict[str, int]:
    """Write what is told of some patrons' holds, and count patrons, reasons, and holds that have left."""
    if run.kind is RunKind.PREFECTURAL:
        _take_back(library, record, by_patron)
        return {"told": len(by_patron)}
    told = [_told(run, patron_id, decided) for patron_id, decided in by_patron.items()]
    # Who was told nothing and is told nothing has no item.
    had = {patron_id for patron_id, decided in by_patron.items() if any(hold.last_run for hold, _ in decided)}
    writes = [
        reasons.record(each, record.moment, library.policy) for each in told if each.told or each.patron_id in had
    ]
    write_what_holds(library.table, writes)
    reasons_of = [holds.key(each.patron_id, title_id) for each in told for title_id in each.told]
    gone = sum(key not in there for key in reasons_of)
    return {"told": len(by_patron), "explained": len(reasons_of) - gone, "gone": gone}


def _told(run: Run, patron_id: str, decided: _Decided) -> ReasonsOfPatron:
    """Why a patron's holds got no book in this run.

    A book to be lent is told of by its loan, once staff have scanned it: until then there is no reason.
    """
    waiting = ((hold, decision) for hold, decision in decided if decision.decision is not Outcome.LEND)
    told = {hold.title_id: Told(hold.placed_at, _reason(run, hold, decision)) for hold, decision in waiting}
    return ReasonsOfPatron(patron_id, told, run.day)


def _reason(run: Run, hold: Hold, decision: RunDecision) -> RunReason:
    """Why the hold gets no book, dated by the first run that found it so (RULES 27)."""
    known = hold.last_run
    reason = RunReason(max(run.day, known.date) if known else run.day, str(decision.code), dict(decision.facts))
    return known if known and (known.code, known.facts) == (reason.code, reason.facts) else reason


def _take_back(library: Library, record: RunRecord, by_patron: dict[str, _Decided]) -> None:
    """A hold for which a book is fetched to the counter has no reason any more."""
    writes = list[Write]()
    for patron_id, before in reasons.find_many(library.table, by_patron).items():
        fetched = [(hold, None) for hold, decision in by_patron[patron_id] if decision.decision is Outcome.READY]
        writes += reasons.change(before, before.after(*fetched), record.moment, library.policy)
    write_what_holds(library.table, writes)
