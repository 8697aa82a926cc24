"""The pulls for the prefectural library's counter, morning and afternoon (RULES 15)."""

from functools import partial

from lending.actions.library import Library
from lending.actions.pulls.lapse_plans import lapse_plans
from lending.actions.run.carry_out import carry_out
from lending.actions.unfinished import EnoughTime
from lending.aws.table.calendar import calendar
from lending.aws.table.run import runs
from lending.domain.run.run import prefectural_pull
from lending.domain.run.run_record import RunRecord


def pull_for_the_counter(library: Library, enough_time: EnoughTime) -> tuple[RunRecord | None, bool]:
    """Put the books for the heads of the queues with this pickup place on the pull list, on open days only.

    Returns:
        The pull's record, None on a closed day; and whether it had been finished before.

    Raises:
        Unfinished: there was not enough time; asked again it goes on.
    """
    days = calendar.load(library.table)
    run = prefectural_pull(library.moment, days, library.policy)
    known = runs.find(library.table, run.run_id)
    if known and known.finished_at:
        return known, True
    if not days.prefectural_open(library.today):
        return None, False
    return carry_out(library, run, enough_time, prepare=partial(lapse_plans, library))
