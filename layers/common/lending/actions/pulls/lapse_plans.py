"""Plans that nobody can follow any more: the books are free, and their holds are told why (RULES 23, 27)."""

from collections.abc import Iterable

from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, Pull
from lending.domain.holds.hold import Hold, RunReason
from lending.domain.loans.release import last_day_over
from lending.domain.pulls.pull import numbers_of
from lending.domain.run.reasons import Code
from lending.domain.week import DAY


def lapse_plans(library: Library) -> int:
    """Take the plans of weekly runs off the pull list whose books could not be sent any more; answers how many."""
    tomorrow = last_day_over(library.moment, library.policy) + DAY
    over = [copy for copy in copies.pulls(library.table) if copy.pull and not copy.pull.stands_on(tomorrow)]
    return drop_plans(library.table, [copy for copy in over if copy.pull and copy.pull.of_weekly_run])


def drop_plans(table: Table, found_copies: Iterable[Copy]) -> int:
    """Take copies off the pull list; a hold that was to get one has not got it in time. Answers how many."""
    planned = [(copy, copy.pull) for copy in found_copies if copy.pull]
    # Of two old plans for one hold, the later one is told of.
    by_run = sorted(planned, key=lambda each: each[1].run)
    pulls = {(pull.patron_id, pull.title_id): (copy, pull) for copy, pull in by_run}
    missed = [(hold, pulls.get((hold.patron_id, hold.title_id))) for hold in holds.find_each(table, pulls)]
    # First why: whoever comes after a death in between finds the plan, and explains it again.
    write_what_holds(
        table,
        [_explained(hold, of[1]) for hold, of in missed if of and hold.barcode in ("", of[0].barcode)],
    )
    write_what_holds(table, [copies.pull_removal(copy) for copy, _ in planned])
    return len(planned)


def _explained(hold: Hold, pull: Pull) -> Write:
    return holds.reason_change(hold, RunReason(pull.day, Code.NOT_PULLED, numbers_of(pull.facts)))
