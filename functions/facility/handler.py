"""`/api/facility`: what a partner facility does. Every route is about the facility of the token and no other."""

from typing import Annotated, Any
from uuid import uuid4

from pydantic import ConfigDict, Field, StringConstraints

from lending.actions.calendar.facility_closures import close, take_back, view_closures
from lending.actions.loans.arrivals import note_arrival
from lending.actions.loans.facility_bags import BagView, current_number, overview, view_current, view_lists
from lending.actions.loans.facility_reports import report
from lending.actions.loans.hand_over import hand_over, take_hand_over_back
from lending.aws.asked import Asked, Day, Weekdays
from lending.aws.http import Api, answer
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.calendar.closure import Closure, ClosureKind, Scope
from lending.domain.loans.bag import Arrival, BagList
from lending.domain.loans.report import Report, ReportKind
from lending.domain.problems import Reason, Refused

api = Api()
handler = api


class ClosureRequest(Asked):
    """Closed days, both dates counted; with `weekdays` (Monday = 0) only these. `open` is an exception to others."""

    model_config = ConfigDict(populate_by_name=True)

    starts_on: Day = Field(alias="from")
    ends_on: Day = Field(alias="until")
    reason: str = Field("", max_length=100)
    weekdays: Weekdays = frozenset()
    kind: ClosureKind = ClosureKind.CLOSED


class ArrivalRequest(Asked):
    """Whether a bag has arrived."""

    state: Arrival


class ReportRequest(Asked):
    """Something to tell the desk, in the facility's own words."""

    kind: ReportKind
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


@api.get("/api/facility")
def show_facility() -> Any:
    """The facility's number and name, and how many bags are on each of its lists."""
    shown = overview(library_table(), api.facility(), api.moment(), settings().policy)
    named = {name: getattr(shown.facility, name) for name in ("number", "name", "municipality", "gives_out_kits")}
    return answer(200, named | {"counts": shown.counts})


@api.get("/api/facility/bags")
def bags() -> Any:
    """The bags of some lists; without any named this week's, and last week's on its last day (RULES 29)."""
    facility, moment, policy = api.facility(), api.moment(), settings().policy
    if wanted := _lists(api.query("list")):
        found = view_lists(library_table(), facility, wanted, moment, policy)
        return api.listed(found, lambda view: (str(view.bag.pickup_from), view.card_number, view.bag.bag_id), _bag)
    found = view_current(library_table(), facility, moment, policy)
    return api.listed(found, lambda view: (-view.bag.pickup_from.toordinal(), view.bag.bag_id), _bag)


def _lists(text: str) -> list[BagList]:
    """Lists by name; several are separated by commas."""
    try:
        return [BagList(name) for name in text.split(",")] if text else []
    except ValueError:
        raise Refused("invalid_fields", Reason("invalid_field", field="list")) from None


@api.post("/api/facility/bags/<bag_id>/handover")
def handover(bag_id: str) -> Any:
    """Record that a bag was collected (RULES 30)."""
    policy = settings().policy
    bag = hand_over(library_table(), api.facility(), bag_id, api.moment(), policy)
    recorded = {"handed_over_at": bag.handed_over_at, "undo_until": bag.undo_until(policy)}
    return answer(200, {"id": bag.bag_id} | bag.numbers(current_number(library_table(), bag)) | recorded)


@api.delete("/api/facility/bags/<bag_id>/handover")
def undo_handover(bag_id: str) -> Any:
    """A bag was not collected after all."""
    take_hand_over_back(library_table(), api.facility(), bag_id, api.moment(), settings().policy)
    return answer(204)


@api.post("/api/facility/bags/<bag_id>/arrival")
def arrival(bag_id: str) -> Any:
    """Record whether a bag has arrived (RULES 54)."""
    facility, asked = api.facility(), api.body(ArrivalRequest)
    bag = note_arrival(library_table(), facility, bag_id, asked.state, api.moment(), settings().policy)
    return answer(200, {"id": bag.bag_id, "arrival": bag.reached, "arrival_at": bag.arrival_at})


@api.post("/api/facility/reports")
def add_report() -> Any:
    """Tell the desk what is missing, one too many, or needed (RULES 54). The text is not sent back."""
    facility, asked = api.facility(), api.body(ReportRequest)
    told = Report(facility=facility, kind=asked.kind, text=asked.text, reported_at=api.moment())
    recorded = report(library_table(), told)
    return answer(201, {"kind": recorded.kind, "reported_at": recorded.reported_at})


@api.get("/api/facility/closures")
def closures() -> Any:
    """The facility's own closed days to come."""
    found = view_closures(library_table(), api.facility(), api.moment().date())
    return api.listed(found, lambda each: (each.starts_on.isoformat(), each.closure_id), _closure)


@api.post("/api/facility/closures")
def add_closure() -> Any:
    """Record closed days."""
    facility, asked = api.facility(), api.body(ClosureRequest)
    closure = Closure(closure_id=uuid4().hex, scope=Scope.FACILITY, facility=facility, **asked.model_dump())
    warnings = close(library_table(), closure, api.moment(), settings().policy)
    return answer(201, _closure(closure) | {"warnings": warnings})


@api.delete("/api/facility/closures/<closure_id>")
def remove_closure(closure_id: str) -> Any:
    """Take closed days back."""
    take_back(library_table(), api.facility(), closure_id)
    return answer(204)


def _bag(view: BagView) -> dict[str, Any]:
    bag = view.bag
    shown = {
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
    return {"id": bag.bag_id} | bag.numbers(view.card_number) | shown


def _closure(closure: Closure) -> dict[str, Any]:
    return {
        "id": closure.closure_id,
        "from": closure.starts_on,
        "until": closure.ends_on,
        "reason": closure.reason,
        "weekdays": sorted(closure.weekdays),
        "kind": closure.kind,
    }
