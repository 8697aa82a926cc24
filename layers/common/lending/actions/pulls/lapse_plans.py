"""Plans that nobody can follow any more: the books are free, and their holds are told why (RULES 23, 27)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lending.actions.library import Library
from lending.aws.table.catalogue import copies
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds, reasons
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, Pull
from lending.domain.holds.hold import Hold, RunReason
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron
from lending.domain.loans.release import last_day_over
from lending.domain.pulls.pull import numbers_of
from lending.domain.run.reasons import Code
from lending.domain.week import DAY

ROUNDS = 3


def lapse_plans(library: Library) -> int:
    """Take the plans of weekly runs off the pull list whose books could not be sent any more; answers how many."""
    tomorrow = last_day_over(library.moment, library.policy) + DAY
    over = [copy for copy in copies.pulls(library.table) if copy.pull and not copy.pull.stands_on(tomorrow)]
    return drop_plans(library, [copy for copy in over if copy.pull and copy.pull.of_weekly_run])


def drop_plans(library: Library, found_copies: Iterable[Copy]) -> int:
    """Take copies off the pull list; a hold that was to get one has not got it in time. Answers how many."""
    planned = [(copy, copy.pull) for copy in found_copies if copy.pull]
    # Of two old plans for one hold, the later one is told of.
    by_run = sorted(planned, key=lambda each: each[1].run)
    # First why: whoever comes after a death in between finds the plan, and explains it again.
    pulls = {(pull.patron_id, pull.title_id): (copy, pull) for copy, pull in by_run}
    for _ in range(ROUNDS):
        if _explained(library, pulls):
            break
    write_what_holds(library.table, [copies.pull_removal(copy) for copy, _ in planned])
    return len(planned)


def _explained(library: Library, pulls: Mapping[tuple[str, str], tuple[Copy, Pull]]) -> bool:
    """Tell each hold of a plan that it was not followed, if its book is still to come from it (RULES 27).

    Answers whether all are told: others may tell a patron something else at the same moment, or what is told cannot be
    read.
    """
    missed = defaultdict[str, list[tuple[Hold, RunReason]]](list)
    for hold in holds.find_each(library.table, pulls):
        copy, pull = pulls[hold.patron_id, hold.title_id]
        if hold.barcode in ("", copy.barcode):
            missed[hold.patron_id].append((hold, RunReason(pull.day, Code.NOT_PULLED, numbers_of(pull.facts))))
    known, writes = reasons.find_many(library.table, missed), list[Write]()
    for patron_id, late in missed.items():
        before = known.get(patron_id, ReasonsOfPatron(patron_id))
        writes += reasons.change(before, before.after(*late), library.moment, library.policy)
    return not write_what_holds(library.table, writes)
