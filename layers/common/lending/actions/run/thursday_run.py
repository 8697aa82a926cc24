"""The Thursday run (RULES 18-27)."""

from datetime import date, datetime
from functools import partial

from lending.actions.library import Library
from lending.actions.pulls.lapse_plans import drop_plans
from lending.actions.run.carry_out import carry_out, cycle_run
from lending.actions.unfinished import EnoughTime
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.run import runs
from lending.domain.problems import Refused
from lending.domain.run.run import Run, run_of_week, thursday_run
from lending.domain.run.run_record import RunRecord
from lending.domain.run_id import RunId
from lending.domain.week import in_tokyo, run_due_at, week_of_run
from lending.domain.words import day_in_words, moment_in_words


def run_what_is_due(library: Library, enough_time: EnoughTime) -> tuple[RunRecord, bool]:
    """The latest run whose cut-off has come at `moment`: on Friday, Thursday's with Thursday's cut-off (RULES 18, 26).

    Returns:
        As `run_for`.
    """
    return run_for(library, run_due_at(library.moment, library.policy), enough_time)


def run_on_request(library: Library, run_date: date, enough_time: EnoughTime) -> tuple[RunRecord, bool]:
    """The run of a date that staff have chosen, such as the day after a closed Thursday (RULES 22).

    One whose plan staff have dropped is made anew.

    Returns:
        As `run_for`.

    Raises:
        Refused: the cut-off is still to come, or the books could not be there in time any more.
        Unfinished: there was not enough time; asked again it goes on.
    """
    week = week_of_run(run_date, library.policy)
    day = day_in_words(run_date)
    if library.moment < week.cut_off or library.today < run_date:
        raise Refused("run_not_due", day=day, cut_off=moment_in_words(week.cut_off))
    if library.today >= week.pickup_from and runs.find(library.table, RunId.of_weekly_run(run_date)) is None:
        raise Refused("run_too_late", day=day)
    return run_for(library, run_date, enough_time, dropped_again=True)


def run_for(
    library: Library, run_date: date, enough_time: EnoughTime, dropped_again: bool = False
) -> tuple[RunRecord, bool]:
    """The run of one date, which need not be a Thursday (RULES 22).

    A cycle has one run, on whatever day. One that was suspended as a whole is made anew once the suspension is taken
    back, or on another day instead.

    Args:
        dropped_again: a run whose plan staff have dropped is made anew, too.

    Returns:
        The record of the cycle's run, and whether it had been made before: then nothing was changed.

    Raises:
        Unfinished: there was not enough time; asked again it goes on.
    """
    record = runs.find(library.table, RunId.of_weekly_run(run_date))
    # Whatever the policy has become: one run has one week.
    run = run_of_week(record.week) if record and record.week else thursday_run(run_date, library.policy)
    again = record is not None and _may_be_made_anew(library.table, run, record, library.moment, dropped_again)
    if record is None or again:
        try:
            library.table.write(runs.cycle_claim(cycle_run(run)))
        except Overtaken:
            return _made_on_another_day(library.table, run), True
    prepare = partial(_clear_pull_list, library, run_date)
    return carry_out(library, run, enough_time, prepare, again)


def _may_be_made_anew(table: Table, run: Run, record: RunRecord, moment: datetime, dropped_again: bool) -> bool:
    if not record.finished_at or in_tokyo(moment).date() >= run.week.pickup_from:
        return False
    if record.dropped_at and dropped_again:
        return True
    return record.suspended and calendar.load(table).service_suspension_on(run.week.run_date) is None


def _made_on_another_day(table: Table, run: Run) -> RunRecord:
    made = runs.of_cycle(table, run.week.cycle)
    record = runs.find(table, made.run_id) if made else None
    return record or RunRecord(made.run_id if made else run.run_id, run.moment)


def _clear_pull_list(library: Library, run_date: date) -> None:
    """What was left on the pull list before this day is planned anew or not at all (RULES 23, 27)."""
    drop_plans(library, [copy for copy in copies.pulls(library.table) if copy.pull and copy.pull.day < run_date])
