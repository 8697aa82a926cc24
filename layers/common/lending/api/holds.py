"""A patron's holds, and the basket (RULES 9-12, 27)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lending.actions.holds.basket import put_in_basket, show_basket, take_from_basket
from lending.actions.holds.place import cancel_hold, place_hold
from lending.actions.holds.view import HoldView, view_holds, view_placed
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.request_models import Place, RequestModel, Word
from lending.api.surface import Area
from lending.domain.catalogue.title import Title
from lending.domain.holds.hold import STATUS_LABELS, HoldStatus, RunReason
from lending.domain.run.reasons import patron_sentence
from lending.domain.run.run import Explanation

area = Area("/api/me/holds", patron)
basket = Area("/api/me/basket", patron)


class HoldRequest(RequestModel):
    """What a patron asks for."""

    title_id: Word
    pickup_place: Place


@dataclass(frozen=True, slots=True)
class StoppedBy:
    """Why the next run would pass the patron over."""

    code: str
    message: str

    @classmethod
    def of(cls, reason: Explanation) -> "StoppedBy":
        """A reason in words for the patron."""
        return cls(reason.code, patron_sentence(reason.code, reason.facts))


@dataclass(frozen=True, slots=True)
class LastRunAnswer:
    """Why the last run gave this hold no book (RULES 27)."""

    date: date
    code: str
    message: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, run: RunReason) -> "LastRunAnswer":
        """A reason in words for the patron."""
        return cls(run.date, run.code, patron_sentence(run.code, run.facts), run.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAnswer:
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
    last_run: LastRunAnswer | None
    stopped_by: list[StoppedBy]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedAnswer(HoldAnswer):
    """A hold just placed, and what is closed or suspended where its book is to be collected (RULES 40)."""

    notices: list[str]


@dataclass(frozen=True, slots=True)
class BasketEntry:
    """A title in the basket."""

    title_id: str
    title: str
    author: str
    holdable: bool

    @classmethod
    def of(cls, title: Title) -> "BasketEntry":
        """A title as it is answered."""
        return cls(title.title_id, title.title, title.author, title.lendable > 0)


@area.get()
def show_holds(request: Request) -> Page[HoldAnswer]:
    """The patron's open holds."""
    library = request.library
    views = view_holds(library.table, request.caller, library.moment, library.policy)
    return request.page_of(views, lambda view: (view.hold.placed_at.timestamp(), view.hold.title_id), _answer)


@area.post(status=201)
def place(request: Request, wanted: HoldRequest) -> PlacedAnswer:
    """Place a hold; the answer says what can be expected."""
    library, patron_id = request.library, request.caller
    table, moment, policy = library.table, library.moment, library.policy
    hold = place_hold(table, patron_id, wanted.title_id, wanted.pickup_place, moment, policy)
    view, notices = view_placed(table, hold, moment, policy)
    return PlacedAnswer(**_fields(view), notices=[notice.text for notice in notices])


@area.delete("/<title_id>")
def cancel(title_id: str, request: Request) -> None:
    """Cancel a hold that still waits."""
    cancel_hold(request.library.table, request.caller, title_id, request.library.policy)


@basket.get()
def show(request: Request) -> Page[BasketEntry]:
    """The titles in the basket."""
    entries = show_basket(request.library.table, request.caller)
    return request.page_of(
        entries, lambda entry: (entry.added_at, entry.title.title_id), lambda entry: BasketEntry.of(entry.title)
    )


@basket.put("/<title_id>", status=204)
def put_in(title_id: str, request: Request) -> None:
    """Put a title in the basket."""
    put_in_basket(request.library.table, request.caller, title_id, request.moment)


@basket.delete("/<title_id>")
def take_out(title_id: str, request: Request) -> None:
    """Take a title out of the basket."""
    take_from_basket(request.library.table, request.caller, title_id)


def _answer(view: HoldView) -> HoldAnswer:
    return HoldAnswer(**_fields(view))


def _fields(view: HoldView) -> dict[str, Any]:
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
        "last_run": LastRunAnswer.of(hold.last_run) if hold.last_run else None,
        "stopped_by": list(map(StoppedBy.of, view.stopped_by)),
    }
