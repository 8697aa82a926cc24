"""Titles and copies: described, looked up, made one (RULES 9, 11, 27, 34)."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import Field
from typing_extensions import TypedDict

from lending.actions.catalogue.describe_titles import describe_title
from lending.actions.catalogue.look_up_books import BookView, InQueue, look_up_copy, look_up_title
from lending.actions.catalogue.merge_titles import merge_titles
from lending.actions.holds.end_all_of_title import cancel_all_of_title
from lending.api.answers import Unfinished
from lending.api.desk.shared import CopyAnswer, HoldAnswer, reason_of, shown_copy, shown_hold
from lending.api.guards import staff
from lending.api.request import Request, within_a_request
from lending.api.request_models import A_NUMBER, Purpose, QueryModel, RequestModel
from lending.api.shown.books import LastRunAnswer, TitleAnswer, shown_title
from lending.api.surface import Area
from lending.domain.catalogue.description import Kind
from lending.domain.catalogue.title import Pull
from lending.domain.catalogue.title_changes import (
    AUTHOR_LENGTH,
    CALL_NUMBER_LENGTH,
    ISBN_LENGTH,
    LATEST_YEAR,
    NDC_LENGTH,
    NUMBER,
    PUBLISHER_LENGTH,
    TITLE_LENGTH,
    VOLUME_LENGTH,
    DescribedCopy,
    DescribedTitle,
)
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.problems import Reason, Refused
from lending.domain.run_id import RunId

area = Area("/api/desk", staff)


class CopyRequest(RequestModel):
    """A copy as the catalogue describes it."""

    barcode: Annotated[str, Field(pattern=f"^{NUMBER.pattern}$")]
    call_number: Annotated[str, Field(min_length=1, max_length=CALL_NUMBER_LENGTH)]
    reference_only: bool = False


class TitleRequest(RequestModel):
    """A title with all its copies; those left out are withdrawn. More copies than these come by an import."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH)]
    author: Annotated[str, Field(max_length=AUTHOR_LENGTH)] = ""
    isbn: Annotated[str, Field(max_length=ISBN_LENGTH)] = ""
    title_kana: Annotated[str, Field(max_length=TITLE_LENGTH)] = ""
    author_kana: Annotated[str, Field(max_length=AUTHOR_LENGTH)] = ""
    volume: Annotated[str, Field(max_length=VOLUME_LENGTH)] = ""
    publisher: Annotated[str, Field(max_length=PUBLISHER_LENGTH)] = ""
    year: Annotated[int, Field(ge=1, le=LATEST_YEAR), A_NUMBER] | None = None
    ndc: Annotated[str, Field(max_length=NDC_LENGTH)] = ""
    kind: Kind | None = None
    copies: list[CopyRequest] = Field(max_length=90, default_factory=list)


class TitleHoldsAction(RequestModel):
    """What staff do with all holds of a title; each patron is told the reason (RULES 9, 34)."""

    action: Literal["cancel_all"]
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class MergeRequest(RequestModel):
    """The title that stays."""

    into: Annotated[str, Field(pattern=f"^{NUMBER.pattern}$")]


class CopyDescribed(TypedDict):
    """A copy as it was described."""

    barcode: str
    call_number: str
    reference_only: bool


class TitleDescribed(TitleAnswer):
    """A title with its copies as they were described."""

    copies: list[CopyDescribed]


class HoldInQueue(HoldAnswer):
    """An open hold of a title, and whose."""

    card_number: str
    position: int | None
    placed_at: datetime
    last_run: LastRunAnswer | None


class TitleWithQueue(TitleAnswer):
    """A title with its copies and a part of its open holds; `waiting` of all have no copy yet.

    `cursor` is where the holds go on, null at their end.
    """

    copies: list[CopyAnswer]
    holds: list[HoldInQueue]
    waiting: int
    cursor: str | None


class OfPatron(TypedDict):
    """What a copy is to a patron, and where it goes."""

    card_number: str
    pickup_place: str


class LentTo(OfPatron):
    """Who has a copy at home."""

    due_on: date
    pickup_from: date | None
    pickup_until: date | None
    renewals: int


class KeptFor(OfPatron):
    """Whom a copy is kept for."""

    status: HoldStatus
    pickup_until: date | None


class PlannedFor(OfPatron):
    """Whom a run has planned a copy for."""

    decision: str
    run: RunId


class NextInQueue(OfPatron):
    """Who is the first to wait."""

    queued_at: datetime


class BookAnswer(CopyAnswer):
    """What book this is, where it lies, who has it or waits."""

    title_id: str
    title: str
    author: str
    loan: LentTo | None
    kept_for: KeptFor | None
    planned_for: PlannedFor | None
    next_in_queue: NextInQueue | None
    waiting: int


class EndedHolds(TypedDict):
    """How many holds of a title ended now, the copies to be put back, and how many holds are left."""

    title_id: str
    cancelled: int
    left: int
    copies: list[CopyAnswer]


class MergedAnswer(TypedDict):
    """What was moved now from one title into another, and whether the first is gone."""

    title_id: str
    into: str
    merged: bool
    copies: int
    holds: int
    ended: int


@area.put("/titles/<title_id>")
def describe(title_id: str, request: Request, asked: TitleRequest) -> TitleDescribed:
    """Make a title and its copies what the catalogue says; it can be found at once."""
    if not NUMBER.fullmatch(title_id):
        raise Refused("invalid_fields", Reason("invalid_field", field="title_id"))
    if twice := [b for b, times in Counter(copy.barcode for copy in asked.copies).items() if times > 1]:
        raise Refused("invalid_fields", Reason("barcode_twice", {"barcode": twice[0]}, field="copies"))
    copies = tuple(DescribedCopy(**copy.model_dump()) for copy in asked.copies)
    wanted = DescribedTitle(title_id, **asked.model_dump(exclude={"copies"}), copies=copies)
    title = describe_title(request.library.table, wanted, uuid4().hex)
    described = [CopyDescribed(**copy.model_dump()) for copy in asked.copies]  # type: ignore[typeddict-item]
    return {**shown_title(title), "copies": described}


class BookQuery(QueryModel):
    """What a title or a book is looked at for."""

    why: Purpose = "counter"


@area.get("/titles/<title_id>")
def show_title(title_id: str, request: Request, asked: BookQuery) -> TitleWithQueue:
    """A title with its copies, where each lies, and a part of its queue; that persons were looked at is recorded."""
    record = look_up_title(request.library, title_id, request.caller, asked.why, request.start(), request.limit())
    return {
        **shown_title(record.title),
        "copies": [shown_copy(copy) for copy in record.copies],
        "holds": [_shown_in_queue(each) for each in record.queue],
        "waiting": record.waiting,
        "cursor": request.page([], record.last)["cursor"],
    }


@area.get("/copies/<barcode>")
def show_copy(barcode: str, request: Request, asked: BookQuery) -> BookAnswer:
    """What book this is, where it lies, who has it or waits; that a person was looked at is recorded."""
    view = look_up_copy(request.library, barcode, request.caller, asked.why)
    loan, kept, pull, first = view.loan, view.kept_for, view.copy.pull, view.first
    return {
        **shown_copy(view.copy),
        "title_id": view.copy.title_id,
        "title": view.title.title if view.title else "",
        "author": view.title.author if view.title else "",
        "loan": _lent_to(view, loan) if loan else None,
        "kept_for": _kept_for(view, kept) if kept else None,
        "planned_for": {**_of_patron(view, pull), "decision": pull.decision, "run": pull.run} if pull else None,
        "next_in_queue": {**_of_patron(view, first), "queued_at": first.queued_at} if first else None,
        "waiting": view.waiting,
    }


@area.post("/titles/<title_id>/holds")
def end_all_holds(title_id: str, request: Request, asked: TitleHoldsAction) -> EndedHolds | Unfinished[EndedHolds]:
    """End all holds of a title, with a mail to each patron. Sent again it goes on where it was."""
    staff = request.caller
    time = within_a_request()
    ended = cancel_all_of_title(request.library, title_id, asked.reason, staff, time)
    shown: EndedHolds = {
        "title_id": title_id,
        "cancelled": ended.cancelled,
        "left": ended.left,
        "copies": [shown_copy(copy) for copy in ended.copies],
    }
    return Unfinished(shown) if ended.left else shown


@area.post("/titles/<title_id>/merge")
def merge(title_id: str, request: Request, asked: MergeRequest) -> MergedAnswer | Unfinished[MergedAnswer]:
    """Two records of one work become one. Sent again it goes on where it was."""
    staff, into = request.caller, asked.into
    time = within_a_request()
    merged = merge_titles(request.library, title_id, into, uuid4().hex, staff, time)
    shown: MergedAnswer = {
        "title_id": title_id,
        "into": into,
        "merged": merged.done,
        "copies": merged.copies,
        "holds": merged.holds,
        "ended": merged.ended,
    }
    return shown if merged.done else Unfinished(shown)


def _of_patron(view: BookView, of: Loan | Hold | Pull) -> OfPatron:
    return {"card_number": view.cards.get(of.patron_id, ""), "pickup_place": of.pickup_place}


def _lent_to(view: BookView, loan: Loan) -> LentTo:
    return {
        **_of_patron(view, loan),
        "due_on": loan.due_on,
        "pickup_from": loan.pickup_from,
        "pickup_until": loan.pickup_until,
        "renewals": loan.renewals,
    }


def _kept_for(view: BookView, hold: Hold) -> KeptFor:
    return {**_of_patron(view, hold), "status": hold.status, "pickup_until": hold.pickup_until}


def _shown_in_queue(line: InQueue) -> HoldInQueue:
    return {
        "card_number": line.card_number,
        "position": line.position,
        "placed_at": line.hold.placed_at,
        **shown_hold(line.hold),
        "last_run": reason_of(line.hold),
    }
