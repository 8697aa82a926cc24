"""A patron's usual pickup place: offered first when a hold is placed, and no more than that."""

from dataclasses import replace

from lending.actions.holds.place import refusals_of_place
from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.aws.table import again_when_overtaken
from lending.aws.table.patrons import patrons
from lending.domain.problems import Reason, Refused


@again_when_overtaken
def choose_usual_place(library: Library, patron_id: str, place: str) -> None:
    """Remember where a patron usually collects; an empty place is none.

    Raises:
        Refused: there is no such place, or it is shut for good (RULES 21, 29).
    """
    patron = patron_with_id(library.table, patron_id)
    if place and (reasons := refusals_of_place(library, place)):
        named = [Reason(reason.code, reason.facts, "usual_pickup_place") for reason in reasons]
        raise Refused("invalid_fields", *named)
    library.table.write(patrons.change(patron, replace(patron, usual_pickup_place=place)))
