"""A patron's holds, and the basket (RULES 9-12, 27)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.holds.basket import Entry, put_in_basket, show_basket, take_from_basket
from lending.actions.holds.order import arrange_hold
from lending.actions.holds.place import cancel_hold, place_hold, place_holds
from lending.actions.holds.view import HoldView, view_holds, view_placed
from lending.actions.one_by_one import Outcome
from lending.api.answers import ReasonAnswer, shown_reason
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.request_models import A_NUMBER, Place, RequestModel, Word, as_list
from lending.api.shown.books import ExpectedAnswer, LastRunAnswer, shown_expected, shown_last_run
from lending.api.surface import Area
from lending.domain.holds.hold import STATUS_LABELS, Hold, HoldStatus
from lending.domain.run.reasons import patron_sentence
from lending.domain.run.run import Explanation

area = Area("/api/me/holds", patron)
basket = Area("/api/me/basket", patron)


class HoldRequest(RequestModel):
    """What a patron asks for."""

    title_id: Word
    pickup_place: Place


class HoldsRequest(RequestModel):
    """Several titles that a patron asks for, all to be collected at one place."""

    title_ids: Annotated[list[Word], Field(min_length=1, max_length=20), BeforeValidator(as_list)]
    pickup_place: Place


class PlacedOfSeveral(TypedDict):
    """What became of one title of several: on hold, or what stands in the way."""

    title_id: str
    placed: bool
    reasons: list[ReasonAnswer]


class OrderRequest(RequestModel):
    """What a patron wants of a hold beside their others; what is left out stays, what is empty is taken away."""

    after: Word | None = None
    group: Word | None = None
    rank: Annotated[int, Field(ge=1, le=1000), A_NUMBER] | None = None


class SeveralPlaced(TypedDict):
    """What became of each title, in the order they were sent."""

    items: list[PlacedOfSeveral]


class StoppedBy(TypedDict):
    """Why the next run would pass the patron over."""

    code: str
    message: str


class OwnHold(TypedDict):
    """A hold as its patron sees it. A book for a partner facility has its days once it is lent, and then is a loan."""

    title_id: str
    title: str
    author: str
    pickup_place: str
    next_pickup_place: str | None
    next_pickup_from: date | None
    placed_at: datetime
    status: HoldStatus
    status_label: str
    position: int | None
    of: int | None
    pickup_from: date | None
    pickup_until: date | None
    earliest_pickup: date | None
    expected_pickup: ExpectedAnswer | None
    last_run: LastRunAnswer | None
    stopped_by: list[StoppedBy]
    after: str | None
    group: str | None
    rank: int | None


class PlacedAnswer(OwnHold):
    """A hold just placed, and what is closed or suspended where its book is to be collected (RULES 40)."""

    notices: list[str]


class BasketEntry(TypedDict):
    """A title in the basket, and how soon it could be had."""

    title_id: str
    title: str
    author: str
    holdable: bool
    copies_available: int
    holds_waiting: int


@area.get()
def show_holds(request: Request) -> Page[OwnHold]:
    """The patron's open holds."""
    library = request.library
    views = view_holds(library, request.caller)
    return request.page_of(views, lambda view: (view.hold.placed_at.timestamp(), view.hold.title_id), _hold)


@area.post(status=201)
def place(request: Request, wanted: HoldRequest) -> PlacedAnswer:
    """Place a hold; the answer says what can be expected."""
    patron_id = request.caller
    hold = place_hold(request.library, patron_id, wanted.title_id, wanted.pickup_place)
    view, notices = view_placed(request.library, hold)
    return {**_hold(view), "notices": [notice.text for notice in notices]}


@area.post("/batch")
def place_several(request: Request, wanted: HoldsRequest) -> SeveralPlaced:
    """Place several holds; what cannot be placed hinders nothing else."""
    outcomes = place_holds(request.library, request.caller, wanted.title_ids, wanted.pickup_place)
    return {"items": [_placed(outcome) for outcome in outcomes]}


@area.patch("/<title_id>")
def arrange(title_id: str, request: Request, wanted: OrderRequest) -> OwnHold:
    """Let a hold come after another, be one of a group of which one is enough, or have a place among the patron's."""
    asked = {name: value or _NOTHING[name] for name, value in wanted.model_dump(exclude_unset=True).items()}
    arrange_hold(request.library, request.caller, title_id, asked)
    views = view_holds(request.library, request.caller)
    return next(_hold(view) for view in views if view.hold.title_id == title_id)


_NOTHING: dict[str, str | None] = {"after": "", "group": "", "rank": None}


@area.delete("/<title_id>")
def cancel(title_id: str, request: Request) -> None:
    """Cancel a hold that still waits."""
    cancel_hold(request.library.table, request.caller, title_id, request.library.policy)


@basket.get()
def show(request: Request) -> Page[BasketEntry]:
    """The titles in the basket."""
    entries = show_basket(request.library, request.caller)
    return request.page_of(entries, lambda entry: (entry.added_at, entry.title.title_id), _entry)


@basket.put("/<title_id>", status=204)
def put_in(title_id: str, request: Request) -> None:
    """Put a title in the basket."""
    put_in_basket(request.library.table, request.caller, title_id, request.moment)


@basket.delete("/<title_id>")
def take_out(title_id: str, request: Request) -> None:
    """Take a title out of the basket."""
    take_from_basket(request.library.table, request.caller, title_id)


def _entry(entry: Entry) -> BasketEntry:
    title = entry.title
    return {
        "title_id": title.title_id,
        "title": title.title,
        "author": title.author,
        "holdable": title.lendable > 0,
        "copies_available": entry.copies_available,
        "holds_waiting": entry.holds_waiting,
    }


def _hold(view: HoldView) -> OwnHold:
    hold = view.hold
    return {
        "title_id": hold.title_id,
        "title": view.title.title,
        "author": view.title.author,
        "pickup_place": hold.pickup_place,
        "next_pickup_place": hold.next_pickup_place or None,
        "next_pickup_from": hold.next_pickup_from,
        "placed_at": hold.placed_at,
        "status": hold.status,
        "status_label": STATUS_LABELS[hold.status],
        "position": view.position,
        "of": view.of,
        "pickup_from": None,
        "pickup_until": hold.pickup_until,
        "earliest_pickup": view.earliest_pickup,
        "expected_pickup": shown_expected(view.expected_pickup),
        "last_run": shown_last_run(hold.last_run, patron_sentence) if hold.last_run else None,
        "stopped_by": [_stopped_by(each) for each in view.stopped_by],
        "after": hold.after or None,
        "group": hold.group or None,
        "rank": hold.rank,
    }


def _placed(outcome: Outcome[Hold]) -> PlacedOfSeveral:
    return {
        "title_id": outcome.name,
        "placed": outcome.done is not None,
        "reasons": list(map(shown_reason, outcome.reasons)),
    }


def _stopped_by(reason: Explanation) -> StoppedBy:
    return {"code": reason.code, "message": patron_sentence(reason.code, reason.facts)}
