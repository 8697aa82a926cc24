"""The plan of a run dropped as a whole: nobody fetches any more of it (RULES 21-23, 27)."""

from contextlib import suppress

from lending.actions.library import Library
from lending.actions.pulls.lapse_plans import drop_plans
from lending.aws.table import Overtaken
from lending.aws.table.catalogue import copies
from lending.aws.table.patrons import audit_log
from lending.aws.table.run import runs
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused
from lending.domain.run_id import RunId


def drop_plan(library: Library, run_id: RunId, staff: str) -> int:
    """Take what is still to be fetched by a run or pull off the list; what was scanned stays as it is.

    The holds wait on at their places, told why. The run can be made anew on request. Asked again it goes on.

    Returns:
        How many books were taken off the list now.

    Raises:
        Refused: there is no such run, or it is still being made.
    """
    record = runs.find(library.table, run_id)
    if record is None or not record.finished_at:
        raise Refused("not_found")
    library.table.write(
        audit_log.entry_of_list("pulls", Act(library.moment, staff, Deed.DROP_PLAN, run_id), library.policy)
    )
    with suppress(Overtaken):
        library.table.write(runs.drop_record(run_id, library.moment))
    return drop_plans(library, [copy for copy in copies.pulls(library.table) if copy.pull and copy.pull.run == run_id])
