"""What a partner facility does: its bags, its closed days, what it tells the desk (RULES 24, 28-30, 40, 54)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints
from typing_extensions import TypedDict

from lending.actions.calendar.closures import record_closure, take_closure_back, view_closures
from lending.actions.loans.arrivals import note_arrival
from lending.actions.loans.facility_bags import BagView, current_number, overview, view_current, view_lists
from lending.actions.loans.facility_reports import report
from lending.actions.loans.hand_over import hand_over, take_hand_over_back
from lending.api.closures import (
    ClosureAnswer,
    ClosureRequest,
    RecordedClosure,
    by_date,
    recorded_closure,
    shown_closure,
)
from lending.api.facility_links import PREFIX, by_link
from lending.api.guards import facility
from lending.api.request import Page, Request
from lending.api.request_models import QueryModel, RequestModel
from lending.api.shown.bags import BagNumbers, shown_numbers
from lending.api.surface import Area
from lending.domain.calendar.closures import Scope
from lending.domain.loans.bag import Arrival, BagList
from lending.domain.loans.report import Report, ReportKind
from lending.domain.registration.card import Stock

area = Area("/api/facility", facility)


class ArrivalRequest(RequestModel):
    """Whether a bag has arrived."""

    state: Arrival


class ReportRequest(RequestModel):
    """Something to tell the desk, in the facility's own words."""

    kind: ReportKind
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _lists(text: object) -> list[BagList]:
    return [BagList(name) for name in str(text).split(",")] if text else []


class BagsQuery(QueryModel):
    """Which lists are asked for, several separated by commas; none for this week's bags, and last week's on its day."""

    lists: Annotated[list[BagList], Field(max_length=4, alias="list"), BeforeValidator(_lists)] = Field(
        default_factory=list
    )


class KitsAnswer(TypedDict):
    """The facility's registration kits: how many are left, were given out, and when the last."""

    blank: int
    given: int
    last_given_at: datetime | None


class OwnFacility(TypedDict):
    """The facility, how many bags are on each of its lists, and its kits, null if it hands out none."""

    number: int
    name: str
    municipality: str
    gives_out_kits: bool
    counts: dict[BagList, int]
    kits: KitsAnswer | None


class BagAnswer(BagNumbers):
    """A bag as its facility sees it: numbers and no names."""

    books: int
    pickup_from: date
    pickup_until: date
    handed_over_at: datetime | None
    batch: str
    last_day: bool
    list: BagList | None
    arrival: Arrival | None
    undo_until: datetime | None
    back_by: date | None
    back_late: bool


class HandedOverAnswer(BagNumbers):
    """A bag that was collected."""

    handed_over_at: datetime | None
    undo_until: datetime | None


class ArrivalAnswer(TypedDict):
    """Whether a bag has arrived, and when that was recorded."""

    id: str
    arrival: Arrival | None
    arrival_at: datetime | None


class ReportAnswer(TypedDict):
    """What was told to the desk, and when; its text is not sent back."""

    kind: ReportKind
    reported_at: datetime


@area.get()
def show_facility(request: Request) -> OwnFacility:
    """The facility's number and name, how many bags are on each of its lists, and its kits (RULES 54)."""
    library = request.library
    shown = overview(library, request.caller)
    place = shown.facility
    return {
        "number": place.number,
        "name": place.name,
        "municipality": place.municipality,
        "gives_out_kits": shown.kits is not None,
        "counts": shown.counts,
        "kits": _kits(shown.kits) if shown.kits else None,
    }


@area.get("/bags")
def show_bags(request: Request, query: BagsQuery) -> Page[BagAnswer]:
    """The bags of some lists; without any named this week's, and last week's on its last day (RULES 29)."""
    if query.lists:
        found = view_lists(request.library, request.caller, query.lists)
        return request.page_of(found, lambda view: (str(view.bag.pickup_from), view.card_number, view.bag.bag_id), _bag)
    found = view_current(request.library, request.caller)
    return request.page_of(found, lambda view: (-view.bag.pickup_from.toordinal(), view.bag.bag_id), _bag)


@area.post("/bags/<bag_id>/handover")
def record_hand_over(bag_id: str, request: Request) -> HandedOverAnswer:
    """Record that a bag was collected (RULES 30)."""
    library = request.library
    bag = hand_over(library, request.caller, bag_id)
    return {
        **shown_numbers(bag, current_number(library.table, bag)),
        "handed_over_at": bag.handed_over_at,
        "undo_until": bag.undo_until(library.policy),
    }


@area.delete("/bags/<bag_id>/handover")
def undo_hand_over(bag_id: str, request: Request) -> None:
    """A bag was not collected after all."""
    library = request.library
    take_hand_over_back(library, request.caller, bag_id)


@area.post("/bags/<bag_id>/arrival")
def record_arrival(bag_id: str, request: Request, asked: ArrivalRequest) -> ArrivalAnswer:
    """Record whether a bag has arrived (RULES 54)."""
    library = request.library
    bag = note_arrival(library, request.caller, bag_id, asked.state)
    return {"id": bag.bag_id, "arrival": bag.reached, "arrival_at": bag.arrival_at}


@area.post("/reports", status=201)
def add_report(request: Request, asked: ReportRequest) -> ReportAnswer:
    """Tell the desk what is missing, one too many, or needed (RULES 54)."""
    told = Report(facility=request.caller, kind=asked.kind, text=asked.text, reported_at=request.moment)
    recorded = report(request.library.table, told)
    return {"kind": recorded.kind, "reported_at": recorded.reported_at}


@area.get("/closures")
def show_closures(request: Request) -> Page[ClosureAnswer]:
    """The facility's own closed days to come."""
    found = view_closures(request.library.table, request.library.today, request.caller)
    return request.page_of(found, by_date, shown_closure)


@area.post("/closures", status=201)
def add_closure(request: Request, asked: ClosureRequest) -> RecordedClosure:
    """Record closed days."""
    library, closure = request.library, asked.closure(Scope.FACILITY, request.caller)
    return recorded_closure(closure, record_closure(library, closure))


@area.delete("/closures/<closure_id>")
def remove_closure(closure_id: str, request: Request) -> None:
    """Take closed days back."""
    take_closure_back(request.library.table, closure_id, request.caller)


def _kits(stock: Stock) -> KitsAnswer:
    return {"blank": stock.blank, "given": stock.given, "last_given_at": stock.last_given_at}


def _bag(view: BagView) -> BagAnswer:
    bag = view.bag
    return {
        **shown_numbers(bag, view.card_number),
        "books": len(bag.barcodes),
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
        "handed_over_at": bag.handed_over_at,
        "batch": "this_week" if view.this_week else "next_week" if view.listed is BagList.COMING else "last_week",
        "last_day": view.last_day,
        "list": view.listed,
        "arrival": bag.reached,
        "undo_until": view.undo_until,
        "back_by": view.back_by,
        "back_late": view.back_late,
    }


by_links = area.at(f"{PREFIX}/<link>", by_link)
