"""`/api/facility`: what a partner facility does. Every route is about the facility of the token and no other."""

from datetime import date
from typing import Annotated, Any
from uuid import uuid4

from pydantic import ConfigDict, Field

from lending.actions.facility_closures import close, take_back, view_closures
from lending.actions.handing_over import BagView, hand_over, view_bags
from lending.aws.forms import Asked
from lending.aws.http import Api, answer
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.closure import Closure, ClosureKind, Scope

api = Api()
handler = api


class ClosureRequest(Asked):
    """Closed days, both dates counted; with `weekdays` (Monday = 0) only these. `open` is an exception to others."""

    model_config = ConfigDict(populate_by_name=True)

    starts_on: date = Field(alias="from")
    ends_on: date = Field(alias="until")
    reason: str = Field("", max_length=100)
    weekdays: frozenset[Annotated[int, Field(ge=0, le=6)]] = frozenset()
    kind: ClosureKind = ClosureKind.CLOSED


@api.get("/api/facility/bags")
def bags() -> Any:
    """The bags to hand over: this week's, and last week's on its last day (RULES 29)."""
    facility, today = api.facility(), api.moment().date()
    return api.items([_bag(view) for view in view_bags(library_table(), facility, today, settings().policy)])


@api.post("/api/facility/bags/<bag_id>/handover")
def handover(bag_id: str) -> Any:
    """Record that a bag was collected (RULES 30)."""
    bag = hand_over(library_table(), api.facility(), bag_id, api.moment())
    return answer(200, {"id": bag.bag_id, "card_number": bag.card_number, "handed_over_at": bag.handed_over_at})


@api.get("/api/facility/closures")
def closures() -> Any:
    """The facility's own closed days to come."""
    facility = api.facility()
    return api.items([_closure(each) for each in view_closures(library_table(), facility, api.moment().date())])


@api.post("/api/facility/closures")
def add_closure() -> Any:
    """Record closed days."""
    facility, asked = api.facility(), api.body(ClosureRequest)
    closure = Closure(closure_id=uuid4().hex, scope=Scope.FACILITY, facility=facility, **asked.model_dump())
    return answer(201, _closure(close(library_table(), closure)))


@api.delete("/api/facility/closures/<closure_id>")
def remove_closure(closure_id: str) -> Any:
    """Take closed days back."""
    take_back(library_table(), api.facility(), closure_id)
    return answer(204)


def _bag(view: BagView) -> dict[str, Any]:
    bag = view.bag
    return {
        "id": bag.bag_id,
        "card_number": bag.card_number,
        "books": len(bag.barcodes),
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
        "handed_over_at": bag.handed_over_at,
        "batch": "this_week" if view.this_week else "last_week",
        "last_day": view.last_day,
    }


def _closure(closure: Closure) -> dict[str, Any]:
    return {
        "id": closure.closure_id,
        "from": closure.starts_on,
        "until": closure.ends_on,
        "reason": closure.reason,
        "weekdays": sorted(closure.weekdays),
        "kind": closure.kind,
    }
