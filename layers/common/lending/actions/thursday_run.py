"""The Thursday run (RULES 18-27)."""

from datetime import date, datetime
from functools import partial

from lending.actions.running import EnoughTime, carry_out
from lending.aws.table import Table, runs, titles
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.runs import RunRecord
from lending.domain.allocation import thursday_run
from lending.domain.policy import Policy
from lending.domain.problems import Refused
from lending.domain.reasons import day_in_words, moment_in_words
from lending.domain.week import in_tokyo, run_due_at, week_of_run


def run_what_is_due(table: Table, moment: datetime, policy: Policy, enough_time: EnoughTime) -> tuple[RunRecord, bool]:
    """The latest run whose cut-off has come at `moment`: on Friday, Thursday's with Thursday's cut-off (RULES 18, 26).

    Returns:
        The run's record, and whether it had been finished before.
    """
    return run_for(table, run_due_at(moment, policy), moment, policy, enough_time)


def run_on_request(
    table: Table, run_date: date, moment: datetime, policy: Policy, enough_time: EnoughTime
) -> tuple[RunRecord, bool]:
    """The run of a date that staff have chosen, such as the day after a closed Thursday (RULES 22).

    Returns:
        As `run_for`.

    Raises:
        Refused: the cut-off is still to come, or the books could not be there in time any more.
        Unfinished: there was not enough time; asked again it goes on.
    """
    week = week_of_run(run_date, policy)
    day = day_in_words(run_date)
    if moment < week.cut_off:
        raise Refused("run_not_due", day=day, cut_off=moment_in_words(week.cut_off))
    if in_tokyo(moment).date() >= week.pickup_from and runs.find(table, run_date.isoformat()) is None:
        raise Refused("run_too_late", day=day)
    return run_for(table, run_date, moment, policy, enough_time)


def run_for(
    table: Table, run_date: date, moment: datetime, policy: Policy, enough_time: EnoughTime
) -> tuple[RunRecord, bool]:
    """The run of one date, which need not be a Thursday (RULES 22).

    Returns:
        The run's record, and whether it had been finished before: then nothing was changed.

    Raises:
        Unfinished: there was not enough time; asked again it goes on.
    """
    run = thursday_run(run_date, policy)
    return carry_out(table, run, policy, moment, enough_time, prepare=partial(_clear_pull_list, table, run_date))


def _clear_pull_list(table: Table, run_date: date) -> None:
    """What was left on the pull list before this day is planned anew or not at all (RULES 23)."""
    left = [copy for copy in titles.pulls(table) if copy.pull and copy.pull.run[:10] < run_date.isoformat()]
    write_what_holds(table, map(titles.drop_pull, left))
