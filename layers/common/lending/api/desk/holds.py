"""What staff do with a patron's holds and loans on a phone call (RULES 9-14, 16, 31)."""

from datetime import date, datetime
from typing import Literal

from typing_extensions import TypedDict

from lending.actions.holds.change_for_caller import (
    Cancelled,
    cancel_all_for_patron,
    cancel_for_patron,
    change_pickup_place,
    move_to_end,
)
from lending.actions.holds.serve_caller import extend_deadline, place_for_caller, renew_for_caller
from lending.actions.holds.view import view_placed
from lending.api.answers import Created
from lending.api.desk.shared import HoldAnswer, QueueAnswer, shown_hold, shown_place
from lending.api.forms import validated
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.request_models import Day, Place, RequestModel, Word
from lending.api.shown.books import RenewedAnswer, shown_renewal
from lending.api.surface import Area

area = Area("/api/desk", staff)


class HoldForCaller(RequestModel):
    """A hold for a patron who calls."""

    title_id: Word
    pickup_place: Place


class HoldAction(RequestModel):
    """What staff do with one hold."""

    action: Literal["cancel", "to_end", "change_pickup", "extend"]
    pickup_place: Place = ""
    until: Day | None = None


class HoldsAction(RequestModel):
    """What staff do with all holds of a patron (RULES 13)."""

    action: Literal["cancel_all"]


class PlacedForCaller(HoldAnswer):
    """A hold just placed, what can be expected, and what is closed where its book is to be collected (RULES 40)."""

    title: str
    author: str
    position: int | None
    of: int | None
    earliest_pickup: date | None
    placed_at: datetime
    notices: list[str]


class CancelledAnswer(TypedDict):
    """A hold that is no more, and where the copy that was kept for it goes."""

    title_id: str
    barcode: str | None
    next: str | None


class CancelledHolds(TypedDict):
    """All holds of a patron, which are no more."""

    items: list[CancelledAnswer]


class RenewedForCaller(RenewedAnswer):
    """The new due date, and of which title."""

    title_id: str


@area.post("/patrons/<card_number>/holds")
def place_or_cancel_all(card_number: str, request: Request) -> CancelledHolds | Created[PlacedForCaller]:
    """Place a hold for a caller, or cancel all holds of a patron."""
    library, fields = request.library, request.fields()
    if "action" not in fields:
        return Created(_placed_for_caller(card_number, request, validated(HoldForCaller, fields)))
    validated(HoldsAction, fields)
    cancelled = cancel_all_for_patron(library, card_number, request.caller)
    return {"items": [_shown_cancelled(each) for each in cancelled]}


def _placed_for_caller(card_number: str, request: Request, asked: HoldForCaller) -> PlacedForCaller:
    hold = place_for_caller(request.library, card_number, asked.title_id, asked.pickup_place, request.caller)
    view, notices = view_placed(request.library, hold)
    return {
        **shown_hold(hold),
        "title": view.title.title,
        "author": view.title.author,
        "position": view.position,
        "of": view.of,
        "earliest_pickup": view.earliest_pickup,
        "placed_at": hold.placed_at,
        "notices": [notice.text for notice in notices],
    }


@area.post("/patrons/<card_number>/holds/<title_id>")
def change_hold(
    card_number: str, title_id: str, request: Request, asked: HoldAction
) -> CancelledAnswer | QueueAnswer | HoldAnswer:
    """Cancel a hold, move it to the end of its queue, change its pickup place, or keep its book longer."""
    staff = request.caller
    if asked.action == "cancel":
        return _shown_cancelled(cancel_for_patron(request.library, card_number, title_id, staff))
    if asked.action == "to_end":
        return shown_place(move_to_end(request.library, card_number, title_id, staff))
    if asked.action == "extend":
        extended = extend_deadline(request.library, card_number, title_id, asked.until, staff)
        return shown_hold(extended)
    place = asked.pickup_place
    return shown_place(change_pickup_place(request.library, card_number, title_id, place, staff))


@area.post("/patrons/<card_number>/loans/<barcode>/renewal", status=201)
def renew_by_phone(card_number: str, barcode: str, request: Request) -> RenewedForCaller:
    """Renew a loan for a caller, also an overdue one."""
    staff, policy = request.caller, request.library.policy
    loan = renew_for_caller(request.library, card_number, barcode, staff)
    return {**shown_renewal(loan, policy), "title_id": loan.title_id}


def _shown_cancelled(cancelled: Cancelled) -> CancelledAnswer:
    return {"title_id": cancelled.title_id, "barcode": cancelled.barcode or None, "next": cancelled.next or None}
