"""The order that patrons give their own holds (RULES 47-49)."""

from dataclasses import replace
from typing import Any

from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.aws.table import again_when_overtaken
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.domain.holds.hold import Hold
from lending.domain.holds.order import refusals_to_arrange
from lending.domain.problems import Refused


@again_when_overtaken
def arrange_hold(library: Library, patron_id: str, title_id: str, wanted: dict[str, Any]) -> Hold:
    """Let a hold come after another, belong to a group, or have a rank; what is not named stays.

    Of two changes at once the later sees the earlier, so that they make no circle and no group is answered twice.

    Raises:
        Refused: no such hold, or with every reason (RULES 47-49).
    """
    patron, open_holds = patron_with_id(library.table, patron_id), holds.of_patron(library.table, patron_id)
    hold = next((each for each in open_holds if each.title_id == title_id), None)
    if hold is None:
        raise Refused("not_found")
    if reasons := refusals_to_arrange(hold, wanted, open_holds, library.policy):
        raise Refused.for_all(reasons)
    arranged = replace(hold, **wanted)
    if arranged == hold:
        return hold
    ties = (arranged.after, arranged.group) != (hold.after, hold.group)
    library.table.transact(holds.order_change(hold, arranged), *([patrons.order_change(patron)] if ties else []))
    return arranged
