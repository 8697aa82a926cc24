"""What the next runs bring a patron, and what giving books back does (RULES 51)."""

from datetime import date

from typing_extensions import TypedDict

from lending.actions.holds.outlook import view_outlook
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.surface import Area
from lending.domain.run.outlook import RunToCome

area = Area("/api/me/outlook", patron)


class RunToComeAnswer(TypedDict):
    """A run to come: so many books more may be lent, and so many would be by giving `to_return` back by `return_by`.

    `return_at_library` tells that only there the day is early enough. `message` says it all in words.
    """

    run_date: date
    return_by: date | None
    return_at_library: bool
    free_slots: int
    to_return: int
    would_be_lent: int
    message: str


@area.get()
def outlook(request: Request) -> Page[RunToComeAnswer]:
    """The next runs."""
    library = request.library

    def shown(run: RunToCome) -> RunToComeAnswer:
        return {
            "run_date": run.run_date,
            "return_by": run.return_by,
            "return_at_library": run.at_library,
            "free_slots": run.free_slots,
            "to_return": run.to_return,
            "would_be_lent": run.would_be_lent,
            "message": run.in_words(library.today, library.policy),
        }

    return request.page_of(view_outlook(library, request.caller), lambda run: (run.run_date.isoformat(),), shown)
