"""Closed days, suspensions, shifts (RULES 20-22, 40)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.calendar.closures import record_closure, take_closure_back, view_closures
from lending.actions.calendar.shift_batch import record_shift, take_shift_back
from lending.actions.calendar.shift_batches import (
    Batches,
    Shifted,
    facilities_of,
    shift_batches,
    take_shifts_back,
    view_shifts,
)
from lending.actions.calendar.suspensions import (
    cards_of_patrons,
    patrons_of_cards,
    record_suspension,
    take_suspension_back,
    view_suspensions,
)
from lending.api.answers import ReasonAnswer, Unfinished, shown_reason
from lending.api.closures import (
    ClosureAnswer,
    ClosureRequest,
    Days,
    Occasion,
    RecordedClosure,
    by_date,
    recorded_closure,
    shown_closure,
)
from lending.api.desk.shared import demand_one
from lending.api.guards import staff
from lending.api.request import Page, Request, day_of, within_a_request
from lending.api.request_models import FIRST_DAY, Day, Place, QueryModel, RequestModel, Text, Word, as_list, as_place
from lending.api.surface import Area
from lending.domain.calendar.closures import Scope, Suspension
from lending.domain.calendar.facility import in_order
from lending.domain.loans.batch import batch_of
from lending.domain.loans.shift import Shift

area = Area("/api/desk", staff)


class DeskClosureRequest(ClosureRequest):
    """Closed days of the prefectural library or of a facility."""

    scope: Literal["prefectural", "facility"]
    facility: Place = ""


class SuspensionRequest(RequestModel):
    """A suspension of the run or of a facility; `opted_in` are card numbers of those for whom the run takes place."""

    scope: Literal["service", "facility"]
    facility: Place = ""
    starts_on: Day = Field(alias="from")
    ends_on: Day = Field(alias="until")
    reason: Occasion = ""
    opted_in: Annotated[list[Word], Field(max_length=1000), BeforeValidator(as_list)] = Field(default_factory=list)
    pickup_until: Day | None = None


class ShiftRequest(RequestModel):
    """Other days for what a facility, some of them, a district's or all hand over from a Sunday on."""

    facility: Place = ""
    facilities: Annotated[list[Place], Field(max_length=200), BeforeValidator(as_list)] = Field(default_factory=list)
    district: Word = ""
    all: bool = False
    pickup_from: Day
    pickup_until: Day
    due_on: Day
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class SuspensionAnswer(Days):
    """A suspension; `opted_in` are card numbers."""

    id: str
    scope: Scope
    facility: str | None
    reason: str
    opted_in: list[str]
    pickup_until: date | None


class ShiftAnswer(TypedDict):
    """Other days for a batch, with those it had."""

    id: str
    facility: str
    pickup_from: date
    pickup_until: date
    due_on: date
    pickup_until_before: date | None
    due_on_before: date | None
    reason: str
    recorded_at: datetime
    taken_back_at: datetime | None


class ShiftedAnswer(ShiftAnswer):
    """The same, with how many patrons were told now."""

    patrons: int


class BatchShifted(ShiftedAnswer):
    """One of many batches that was shifted."""

    done: Literal[True]


class BatchRefused(TypedDict):
    """One of many batches that was not, and why."""

    facility: str
    done: Literal[False]
    reasons: list[ReasonAnswer]


class BatchesAnswer(TypedDict):
    """What became of each batch; `left` are the facilities for which the time was too short."""

    items: list[BatchShifted | BatchRefused]
    left: list[str]


class PastQuery(QueryModel):
    """Whether what has ended is to be seen as well."""

    all: Literal["", "1"] = ""

    def since(self, today: date) -> date:
        """The first day of which something is shown."""
        return FIRST_DAY if self.all else today


@area.get("/closures")
def show_closures(request: Request, asked: PastQuery) -> Page[ClosureAnswer]:
    """All closures that have not ended, and with `all=1` the others, too."""
    found = view_closures(request.library.table, asked.since(request.library.today))
    return request.page_of(found, by_date, shown_closure)


@area.post("/closures", status=201)
def close(request: Request, asked: DeskClosureRequest) -> RecordedClosure:
    """Record closed days."""
    library, closure = request.library, asked.closure(Scope(asked.scope), asked.facility)
    return recorded_closure(closure, record_closure(library, closure))


@area.delete("/closures/<closure_id>")
def reopen(closure_id: str, request: Request) -> None:
    """Take closed days back."""
    take_closure_back(request.library.table, closure_id)


@area.get("/suspensions")
def show_suspensions(request: Request, asked: PastQuery) -> Page[SuspensionAnswer]:
    """All suspensions that have not ended, and with `all=1` the others, too."""
    staff, table = request.caller, request.library.table
    found = view_suspensions(table, asked.since(request.library.today))
    cards = cards_of_patrons(request.library, found, staff)
    return request.page_of(
        found,
        lambda each: (each.starts_on.isoformat(), each.suspension_id),
        lambda each: _shown_suspension(each, cards),
    )


@area.post("/suspensions", status=201)
def suspend_lending(request: Request, asked: SuspensionRequest) -> SuspensionAnswer:
    """Record a suspension."""
    staff, table = request.caller, request.library.table
    suspension = Suspension(
        suspension_id=uuid4().hex,
        scope=Scope(asked.scope),
        opted_in=patrons_of_cards(table, asked.opted_in),
        **asked.model_dump(exclude={"scope", "opted_in"}),
    )
    record_suspension(request.library, suspension, staff)
    return _shown_suspension(suspension, cards_of_patrons(request.library, [suspension], staff))


@area.delete("/suspensions/<suspension_id>")
def resume(suspension_id: str, request: Request) -> None:
    """Take a suspension back."""
    take_suspension_back(request.library.table, suspension_id)


class ShiftsQuery(QueryModel):
    """The shifts of which week."""

    pickup_from: Day


class BatchesQuery(ShiftsQuery):
    """Which batches of a week: of some facilities, separated by commas, of a district's, or of all."""

    facilities: Text = ""
    district: Word = ""
    all: Literal["", "1", "true"] = ""


@area.get("/shifts")
def show_shifts(request: Request, asked: ShiftsQuery) -> Page[ShiftAnswer]:
    """The shifts of a week's batches."""
    found = view_shifts(request.library.table, asked.pickup_from)
    return request.page_of(found, lambda each: (in_order(each.facility),), _shown_shift)


@area.post("/shifts", status=201)
def shift(request: Request, asked: ShiftRequest) -> ShiftedAnswer | BatchesAnswer | Unfinished[BatchesAnswer]:
    """Set other days for a batch or many, and tell each patron concerned. Sent again it goes on where it was."""
    staff, table, policy = request.caller, request.library.table, request.library.policy
    days = asked.model_dump(exclude={"facility", "facilities", "district", "all"})

    def wanted(number: str) -> Shift:
        return Shift(shift_id=uuid4().hex, recorded_at=request.moment, facility=number, **days)

    demand_one(facility=asked.facility, facilities=asked.facilities, district=asked.district, all=asked.all)
    if asked.facility:
        recorded, moved = record_shift(table, wanted(asked.facility), staff, policy)
        return {**_shown_shift(recorded), "patrons": moved}
    numbers = facilities_of(table, asked.facilities, asked.district)
    return _batches(shift_batches(table, numbers, wanted, staff, policy, within_a_request()))


@area.delete("/shifts/<batch_id>", status=200)
def unshift(batch_id: str, request: Request) -> ShiftedAnswer:
    """Give a batch its regular days again, and tell each patron concerned."""
    staff = request.caller
    sunday, number = batch_of(batch_id)
    pickup_from, facility = day_of(sunday, "id"), as_place(number)
    back, moved = take_shift_back(request.library, pickup_from, facility, staff)
    return {**_shown_shift(back), "patrons": moved}


@area.delete("/shifts", status=200)
def unshift_many(request: Request, asked: BatchesQuery) -> BatchesAnswer | Unfinished[BatchesAnswer]:
    """Give many batches of a week their regular days again, and tell each patron concerned."""
    time = within_a_request()
    numbers = [as_place(number) for number in asked.facilities.split(",") if number]
    demand_one(facilities=numbers, district=asked.district, all=asked.all)
    found = facilities_of(request.library.table, numbers, asked.district)
    return _batches(take_shifts_back(request.library, asked.pickup_from, found, request.caller, time))


def _batches(batches: Batches) -> BatchesAnswer | Unfinished[BatchesAnswer]:
    shown: BatchesAnswer = {"items": [_shown_batch(each) for each in batches.done], "left": batches.left}
    return Unfinished(shown) if batches.left else shown


def _shown_batch(done: Shifted) -> BatchShifted | BatchRefused:
    if done.shift is None:
        reasons = done.refusal.reasons if done.refusal else ()
        return {"facility": done.facility, "done": False, "reasons": [shown_reason(each) for each in reasons]}
    return {**_shown_shift(done.shift), "done": True, "patrons": done.patrons}


def _shown_suspension(suspension: Suspension, cards: dict[str, str]) -> SuspensionAnswer:
    return {
        "id": suspension.suspension_id,
        "scope": suspension.scope,
        "facility": suspension.facility or None,
        "from": suspension.starts_on,
        "until": suspension.ends_on,
        "reason": suspension.reason,
        "opted_in": sorted(cards[patron_id] for patron_id in suspension.opted_in if patron_id in cards),
        "pickup_until": suspension.pickup_until,
    }


def _shown_shift(shift: Shift) -> ShiftAnswer:
    return {
        "id": shift.batch_id,
        "facility": shift.facility,
        "pickup_from": shift.pickup_from,
        "pickup_until": shift.pickup_until,
        "due_on": shift.due_on,
        "pickup_until_before": shift.pickup_until_before,
        "due_on_before": shift.due_on_before,
        "reason": shift.reason,
        "recorded_at": shift.recorded_at,
        "taken_back_at": shift.taken_back_at,
    }
