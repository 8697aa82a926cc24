"""Plans that nobody can follow any more: the books are free, and their holds are told why (RULES 23, 27)."""

from collections.abc import Iterable
from datetime import datetime

from lending.aws.table import Table, holds, titles
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.writes import Write
from lending.domain.hold import Hold, LastRun
from lending.domain.policy import Policy
from lending.domain.pull import numbers_of
from lending.domain.reasons import Code
from lending.domain.release import last_day_over
from lending.domain.title import Copy
from lending.domain.week import DAY


def lapse_plans(table: Table, moment: datetime, policy: Policy) -> int:
    """Take the plans of weekly runs off the pull list whose books could not be sent any more; answers how many."""
    tomorrow = last_day_over(moment, policy) + DAY
    over = [copy for copy in titles.pulls(table) if copy.pull and not copy.pull.stands_on(tomorrow, policy)]
    return drop_plans(table, [copy for copy in over if copy.pull and copy.pull.of_weekly_run])


def drop_plans(table: Table, copies: Iterable[Copy]) -> int:
    """Take copies off the pull list; a hold that was to get one has not got it in time. Answers how many."""
    planned = {(copy.pull.patron_id, copy.title_id): copy for copy in copies if copy.pull}
    found = holds.find_all(table, planned)
    writes = [write for copy in planned.values() for write in _dropped(copy, found)]
    write_what_holds(table, writes)
    return len(planned)


def _dropped(copy: Copy, found: dict[tuple[str, str], Hold]) -> list[Write]:
    drop = titles.drop_pull(copy)
    hold = found.get((copy.pull.patron_id, copy.title_id)) if copy.pull else None
    if hold is None or copy.pull is None or hold.barcode not in ("", copy.barcode):
        return [drop]
    return [drop, holds.explain(hold, LastRun(copy.pull.day, Code.NOT_PULLED, numbers_of(copy.pull.facts)))]
