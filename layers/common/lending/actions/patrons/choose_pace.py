"""A patron's pause, and how many books a run they want (RULES 46, 49)."""

from dataclasses import replace
from typing import Any

from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.aws.table import again_when_overtaken
from lending.aws.table.patrons import patrons, pauses
from lending.aws.table.writes import Write
from lending.domain.patrons.patron import Patron
from lending.domain.patrons.pause import Pause, refusals_to_choose
from lending.domain.problems import Refused


@again_when_overtaken
def choose_pace(library: Library, patron_id: str, wanted: dict[str, Any]) -> None:
    """Remember a pause and the number of books a run; what is not named stays, None takes one away.

    Raises:
        Refused: with every reason.
    """
    patron = patron_with_id(library.table, patron_id)
    if reasons := refusals_to_choose(wanted, library.today, library.policy):
        raise Refused.for_all(reasons)
    changed = replace(patron, **wanted)
    listed = [_listed(changed)] if patron.paused_until != changed.paused_until else []
    library.table.transact(patrons.change(patron, changed), *listed)


def _listed(patron: Patron) -> Write:
    if patron.paused_until is None:
        return pauses.removal(patron.patron_id)
    return pauses.record(Pause(patron.patron_id, patron.paused_until))
