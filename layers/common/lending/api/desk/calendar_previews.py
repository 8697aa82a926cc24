"""What closed days, suspensions and shifts would do, told before they are recorded (RULES 16, 21, 22, 40)."""

from datetime import date

from typing_extensions import TypedDict

from lending.actions.calendar.preview import Preview, preview_closure, preview_shift, preview_suspension
from lending.actions.calendar.shift_batches import facilities_of
from lending.api.desk.calendar import DeskClosureRequest, ShiftRequest, SuspensionRequest
from lending.api.desk.shared import demand_one
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.surface import Area
from lending.domain.calendar.closures import Scope, Suspension
from lending.domain.loans.shift import Shift

area = Area("/api/desk", staff)

# Nothing is recorded, so nothing has an id of its own.
_NO_ID = "preview"


class WindowAnswer(TypedDict):
    """A pickup window with no day left; `under_way` if books were lent for it already."""

    pickup_from: date
    pickup_until: date
    under_way: bool


class StopsAnswer(TypedDict):
    """The runs and pickup windows that would fall away, and how many books at the counter would have longer."""

    runs: list[date]
    windows: list[WindowAnswer]
    deadlines: int


class BatchConcerned(TypedDict):
    """A facility's bags, and how many patrons would be told."""

    facility: str
    bags: int
    patrons: int


class ShiftPreviewAnswer(TypedDict):
    """What each patron would be told, and whom it would concern where."""

    subject: str
    text: str
    items: list[BatchConcerned]


@area.post("/closures/preview")
def preview_closed_days(request: Request, asked: DeskClosureRequest) -> StopsAnswer:
    """What closed days would stop."""
    return _stops(preview_closure(request.library, asked.closure(Scope(asked.scope), asked.facility)))


@area.post("/suspensions/preview")
def preview_suspended_days(request: Request, asked: SuspensionRequest) -> StopsAnswer:
    """What a suspension would stop, for those who are not opted in."""
    days = asked.model_dump(exclude={"scope", "opted_in"})
    return _stops(
        preview_suspension(request.library, Suspension(suspension_id=_NO_ID, scope=Scope(asked.scope), **days))
    )


@area.post("/shifts/preview")
def preview_other_days(request: Request, asked: ShiftRequest) -> ShiftPreviewAnswer:
    """The words of the mail that a shift would send, and whom it would concern."""
    demand_one(facility=asked.facility, facilities=asked.facilities, district=asked.district, all=asked.all)
    named = [asked.facility] if asked.facility else asked.facilities
    numbers = facilities_of(request.library.table, named, asked.district)
    days = asked.model_dump(exclude={"facility", "facilities", "district", "all"})
    wanted = Shift(shift_id=_NO_ID, recorded_at=request.moment, facility="", **days)
    text, batches = preview_shift(request.library, numbers, wanted)
    items: list[BatchConcerned] = [
        {"facility": each.facility, "bags": each.bags, "patrons": each.patrons} for each in batches
    ]
    return {"subject": text.subject, "text": text.body, "items": items}


def _stops(preview: Preview) -> StopsAnswer:
    windows: list[WindowAnswer] = [
        {"pickup_from": each.pickup_from, "pickup_until": each.pickup_until, "under_way": each.under_way}
        for each in preview.stops.windows
    ]
    return {"runs": preview.stops.runs, "windows": windows, "deadlines": preview.deadlines}
