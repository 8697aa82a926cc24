"""Titles and copies: described, looked up, made one (RULES 9, 11, 27, 34)."""

from collections import Counter
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import Field

from lending.actions.catalogue.describe_titles import describe_title
from lending.actions.catalogue.look_up_books import BookView, InQueue, look_up_copy, look_up_title
from lending.actions.catalogue.merge_titles import merge_titles
from lending.actions.holds.end_all_of_title import cancel_all_of_title
from lending.api.answers import Unfinished
from lending.api.desk.shared import (
    shown_copy,
    shown_last_run,
    shown_state,
)
from lending.api.guards import staff
from lending.api.request import Request, within_a_request
from lending.api.request_models import RequestModel
from lending.api.surface import Area
from lending.domain.catalogue.title import Pull
from lending.domain.catalogue.title_changes import NUMBER, DescribedCopy, DescribedTitle
from lending.domain.holds.hold import Hold
from lending.domain.loans.loan import Loan
from lending.domain.problems import Reason, Refused

area = Area("/api/desk", staff)


class CopyRequest(RequestModel):
    """A copy as the catalogue describes it."""

    barcode: Annotated[str, Field(pattern=f"^{NUMBER.pattern}$")]
    call_number: Annotated[str, Field(min_length=1, max_length=60)]
    reference_only: bool = False


class TitleRequest(RequestModel):
    """A title with all its copies; those left out are withdrawn. More copies than these come by an import."""

    title: Annotated[str, Field(min_length=1, max_length=500)]
    author: Annotated[str, Field(max_length=500)] = ""
    isbn: Annotated[str, Field(max_length=20)] = ""
    copies: list[CopyRequest] = Field(max_length=90, default_factory=list)


class TitleHoldsAction(RequestModel):
    """What staff do with all holds of a title; each patron is told the reason (RULES 9, 34)."""

    action: Literal["cancel_all"]
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class MergeRequest(RequestModel):
    """The title that stays."""

    into: Annotated[str, Field(pattern=f"^{NUMBER.pattern}$")]


@area.put("/titles/<title_id>")
def describe(title_id: str, request: Request, asked: TitleRequest) -> dict[str, Any]:
    """Make a title and its copies what the catalogue says; it can be found at once."""
    if not NUMBER.fullmatch(title_id):
        raise Refused("invalid_fields", Reason("invalid_field", field="title_id"))
    if twice := [b for b, times in Counter(copy.barcode for copy in asked.copies).items() if times > 1]:
        raise Refused("invalid_fields", Reason("barcode_twice", {"barcode": twice[0]}, field="copies"))
    copies = tuple(DescribedCopy(**copy.model_dump()) for copy in asked.copies)
    wanted = DescribedTitle(title_id, asked.title, asked.author, asked.isbn, copies)
    title = describe_title(request.library.table, wanted, uuid4().hex)
    return {
        "title_id": title_id, "title": title.title, "author": title.author, "isbn": title.isbn,
        "holdable": title.lendable > 0, "copies": [copy.model_dump() for copy in asked.copies],
    }  # fmt: skip


@area.get("/titles/<title_id>")
def show_title(title_id: str, request: Request) -> dict[str, Any]:
    """A title with its copies, where each lies, and its queue; that persons were looked at is recorded."""
    why, moment, policy = request.query("for", "counter"), request.moment, request.library.policy
    record = look_up_title(request.library.table, title_id, request.caller, why, moment, policy)
    title = record.title
    return {
        "title_id": title_id, "title": title.title, "author": title.author, "isbn": title.isbn,
        "holdable": title.lendable > 0, "copies": [shown_copy(copy) for copy in record.copies],
        "holds": [_shown_in_queue(each) for each in record.queue],
        "waiting": sum(each.position is not None for each in record.queue),
    }  # fmt: skip


@area.get("/copies/<barcode>")
def show_copy(barcode: str, request: Request) -> dict[str, Any]:
    """What book this is, where it lies, who has it or waits; that a person was looked at is recorded."""
    why, moment, policy = request.query("for", "counter"), request.moment, request.library.policy
    view = look_up_copy(request.library.table, barcode, request.caller, why, moment, policy)
    title = {"title_id": view.copy.title_id, **{name: getattr(view.title, name, "") for name in ("title", "author")}}
    return shown_copy(view.copy) | title | _shown_people(view)


@area.post("/titles/<title_id>/holds")
def end_all_holds(title_id: str, request: Request, asked: TitleHoldsAction) -> dict[str, Any] | Unfinished:
    """End all holds of a title, with a mail to each patron. Sent again it goes on where it was."""
    staff, policy = request.caller, request.library.policy
    time = within_a_request()
    ended = cancel_all_of_title(request.library.table, title_id, asked.reason, staff, request.moment, policy, time)
    shown = {"title_id": title_id, "cancelled": ended.cancelled, "left": ended.left}
    shown |= {"copies": [shown_copy(copy) for copy in ended.copies]}
    return Unfinished(shown) if ended.left else shown


@area.post("/titles/<title_id>/merge")
def merge(title_id: str, request: Request, asked: MergeRequest) -> dict[str, Any] | Unfinished:
    """Two records of one work become one. Sent again it goes on where it was."""
    staff, into = request.caller, asked.into
    table, moment, policy, time = request.library.table, request.moment, request.library.policy, within_a_request()
    merged = merge_titles(table, title_id, into, uuid4().hex, staff, moment, policy, time)
    moved = {name: getattr(merged, name) for name in ("copies", "holds", "ended")}
    shown = {"title_id": title_id, "into": into, "merged": merged.done} | moved
    return shown if merged.done else Unfinished(shown)


def _shown_people(view: BookView) -> dict[str, Any]:
    loan, kept, pull, first = view.loan, view.kept_for, view.copy.pull, view.first
    return {
        "loan": loan and _with_card(view, loan, "due_on", "pickup_place", "pickup_from", "pickup_until", "renewals"),
        "kept_for": kept and _with_card(view, kept, "pickup_place", "status", "pickup_until"),
        "planned_for": pull and _with_card(view, pull, "pickup_place", "decision", "run"),
        "next_in_queue": first and _with_card(view, first, "pickup_place", "queued_at"),
        "waiting": view.waiting,
    }


def _with_card(view: BookView, of: Loan | Hold | Pull, *names: str) -> dict[str, Any]:
    return {"card_number": view.cards.get(of.patron_id, ""), **{name: getattr(of, name) for name in names}}


def _shown_in_queue(line: InQueue) -> dict[str, Any]:
    place = {"card_number": line.card_number, "position": line.position, "placed_at": line.hold.placed_at}
    return place | shown_state(line.hold) | {"last_run": shown_last_run(line.hold)}
