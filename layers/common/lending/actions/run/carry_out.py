"""One run from reading to record: read, decide, keep the plan, carry it out (RULES 15, 18-27).

Every step can be repeated and may stop anywhere. Whoever comes later, or at the same moment, goes on with the plan that
the record names: its writes are the same whoever makes them, and none of them is made twice.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from lending.actions.library import Library
from lending.actions.run.follow_plan import follow_plan
from lending.actions.run.plan import Made, held_in_vain, make_plan, record_after
from lending.actions.run.run_input import RunInput, after_giving_back, read
from lending.actions.run.tell_reasons import tell_reasons
from lending.actions.unfinished import EnoughTime, Unfinished
from lending.aws.metering import Meter
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.run import runs
from lending.aws.table.writes import Key
from lending.domain.catalogue.title import CopyState, LiesAt
from lending.domain.holds.hold import Hold
from lending.domain.run.run import Run, RunKind
from lending.domain.run.run_record import CycleRun, RunRecord

# For copies taken meanwhile the run plans again with what is there, this often at most.
ROUNDS = 3


def carry_out(
    library: Library,
    run: Run,
    enough_time: EnoughTime,
    prepare: Callable[[], object] | None = None,
    again: bool = False,
) -> tuple[RunRecord, bool]:
    """Do a run, or what is left of it; a finished one is left as it is (RULES 26).

    Args:
        enough_time: asked before each part of the plan.
        prepare: done first, unless the run is finished.
        again: a run that was suspended as a whole, or whose plan was dropped, is made anew.

    Returns:
        The run's record, and whether it had been finished before: then nothing was changed.

    Raises:
        Unfinished: there was not enough time; what was done is kept.
    """
    meter = Meter(library.table)
    record = runs.find(library.table, run.run_id)
    if record and record.finished_at and not again:
        return record, True
    if prepare:
        prepare()
    try:
        record = _to_the_end(library, run, record, enough_time, meter)
    except Unfinished:
        library.table.write(runs.cost_increment(run.run_id, meter.cost))
        raise
    library.table.write(runs.cost_increment(run.run_id, meter.cost))
    return record, False


def _to_the_end(
    library: Library, run: Run, record: RunRecord | None, enough_time: EnoughTime, meter: Meter
) -> RunRecord:
    """Read, plan and carry out until nothing is left to be offered anew, or often enough."""
    made: Made = {}
    while True:
        with meter.step("reading"):
            given = read(library.table, run, library.policy)
        with meter.step("writing"):
            given = _give_back(library.table, given, held_in_vain(given, run, library.policy), run)
        if record is None or record.finished_at or _leaves_something(library.table, run, record, _there(library, run)):
            with meter.step("planning"):
                record = make_plan(library.table, run, given, library.policy, made, record)
        with meter.step("writing"):
            record = follow_plan(library.table, run, given, record, made, enough_time)
            there = _there(library, run)
            if not _leaves_something(library.table, run, record, there):
                told = tell_reasons(library, run, given, record, made, there, enough_time)
                if told.plan == record.plan or told.finished_at:
                    return _finished(library.table, run, told, library.moment)
                record = told


def _there(library: Library, run: Run) -> set[Key]:
    """The keys of the holds that are there still, as the indexes show them."""
    return set(holds.keys_to_be_served(library.table, at_counter=run.kind is RunKind.PREFECTURAL))


def _leaves_something(table: Table, run: Run, record: RunRecord, there: set[Key]) -> bool:
    """Whether all of the plan is carried out, and books are to be offered anew: their copies or holds were gone."""
    if record.done < record.chunks or record.finished_at or record.round >= ROUNDS:
        return False
    return record.lost > 0 or _plans_for_nobody(table, run, there)


def _plans_for_nobody(table: Table, run: Run, there: set[Key]) -> bool:
    """Whether a hold was cancelled since it was read, and its book is on the list: the next in the queue is to have it.

    A look at the indexes, once a plan is carried out, instead of a condition in every single write. What it misses
    the scan still finds (RULES 23).
    """
    pulls = ((copy, copy.pull) for copy in copies.pulls(table) if copy.pull and copy.pull.run == run.run_id)
    return any(holds.key(pull.patron_id, copy.title_id) not in there for copy, pull in pulls)


def _finished(table: Table, run: Run, record: RunRecord, moment: datetime) -> RunRecord:
    if record.finished_at:
        return record
    if run.kind is RunKind.THURSDAY:
        # First, so that it is never left out: all of the run is carried out by now.
        calendar.note_latest(table, run)
        table.write(runs.cycle_claim(cycle_run(run, replace(record, finished_at=moment))))
    return record_after(table, runs.end(record, moment), replace(record, finished_at=moment))


def cycle_run(run: Run, record: RunRecord | None = None) -> CycleRun:
    """What the list of runs says of a weekly run, which may not have begun."""
    if record is None:
        return CycleRun(run.week.cycle, run.run_id)
    return CycleRun(run.week.cycle, run.run_id, record.suspended, record.finished_at, record.counts)


def _give_back(table: Table, given: RunInput, kept: list[Hold], run: Run) -> RunInput:
    """Books kept aside for who is passed over go back to the queue, one transaction each (RULES 8, 21).

    One whose hold or copy has changed meanwhile stays as it was read, and is found by the next run.
    """
    back = [hold for hold in kept if _given_back(table, given, hold, run)]
    return after_giving_back(given, back)


def _given_back(table: Table, given: RunInput, hold: Hold, run: Run) -> bool:
    copy = next((each for each in given.copies.get(hold.title_id, ()) if each.barcode == hold.barcode), None)
    moved = copies.state_change(copy, CopyState.ON_SHELF, on=run.day, lies_at=LiesAt.KEPT_ASIDE) if copy else None
    try:
        table.transact(holds.change(hold, hold.waiting_again()), *([moved] if moved else []))
    except Overtaken:
        return False
    return True
