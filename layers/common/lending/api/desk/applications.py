"""Applications: looked at, corrected, decided (RULES 1-5, 41)."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lending.actions.registration.correct import correct_application, send_numbers
from lending.actions.registration.decide import decide_application
from lending.actions.registration.late_applications import late_applications
from lending.actions.registration.view_applications import black_out_image, list_applications, view_application
from lending.api.desk.application_answers import (
    ApplicationAnswer,
    ApplicationList,
    Corrected,
    CorrectedApplication,
    DecidedApplication,
    application_line,
    decision_of,
    shown_application,
    waiting_application,
)
from lending.api.desk.shared import Message, regular_card_number
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.request_models import A_NUMBER, Day, QueryModel, RequestModel, Text, Word, as_list
from lending.api.surface import Area
from lending.domain.registration.application import Rectangle
from lending.domain.registration.decision import Decision
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.kinds import ApplicationStatus, DecisionKind

area = Area("/api/desk", staff)


class Checked(RequestModel):
    """What staff have seen: which document, and whether its numbers are masked."""

    document: DocumentKind | None = None
    masked: bool | None = None


class DecisionRequest(RequestModel):
    """A decision about an application.

    `old_card_number` names the card a re-issue replaces, if the form does not; `confirmed` what differs from the record
    of the card's holder, who is the applicant all the same.
    """

    decision: DecisionKind
    slots: Annotated[list[Word], Field(max_length=20), BeforeValidator(as_list)] = Field(default_factory=list)
    reason: Text = ""
    expires_on: Day | None = None
    checked: Checked | None = None
    old_card_number: Text = ""
    confirmed: Annotated[list[Literal["name", "kana", "birth_date"]], Field(max_length=3), BeforeValidator(as_list)] = (
        Field(default_factory=list)
    )


class CorrectionRequest(RequestModel):
    """What was mistyped in an application; what is empty stays as it is."""

    card_number: Text = ""
    email: Text = ""


Pixels = Annotated[int, Field(ge=-100_000, le=100_000), A_NUMBER]


class RectangleRequest(RequestModel):
    """A part of an image, in pixels of the picture as shown."""

    left: Pixels
    top: Pixels
    right: Pixels
    bottom: Pixels


class BlackoutRequest(RequestModel):
    """What to paint black."""

    rectangles: Annotated[list[RectangleRequest], Field(min_length=1, max_length=50)]


class StatusQuery(QueryModel):
    """Applications of which status."""

    status: ApplicationStatus = ApplicationStatus.SUBMITTED


class ReviewQuery(QueryModel):
    """What an application is looked at for."""

    purpose: Word = "review"


@area.get("/applications")
def list_of_applications(request: Request, asked: StatusQuery) -> ApplicationList:
    """Applications of a status, oldest first, and how many wait for longer than people are told."""
    staff, limit, start = request.caller, request.limit(), request.start()
    found, last = list_applications(request.library, asked.status, staff, limit, start)
    lines = [waiting_application(each, request.library.today) for each in found]
    late = late_applications(request.library)
    return {**request.page(lines, last), "late": late}


@area.get("/applications/<receipt_number>")
def show_one_application(receipt_number: str, request: Request, asked: ReviewQuery) -> ApplicationAnswer:
    """One application with its images; that it was looked at is recorded."""
    return shown_application(view_application(request.library, receipt_number, request.caller, asked.purpose))


@area.patch("/applications/<receipt_number>")
def correct(receipt_number: str, request: Request, asked: CorrectionRequest) -> CorrectedApplication:
    """Correct what was mistyped, before a decision."""
    staff = request.caller
    wanted = {name: text for name, text in asked.model_dump().items() if text}
    corrected = correct_application(request.library, receipt_number, wanted, staff)
    shown: Corrected = {}
    if asked.card_number:
        shown["card_number"] = corrected.card_number
    if asked.email:
        shown["email"] = corrected.email
    return {**application_line(corrected), **shown}


@area.post("/applications/<receipt_number>/numbers", status=202)
def send_numbers_again(receipt_number: str, request: Request) -> Message:
    """Send an applicant the receipt number and the link again."""
    send_numbers(request.library, receipt_number, request.caller)
    return {"message": "受付番号と申請の状況のページを、メールでお送りします。"}


@area.post("/applications/<receipt_number>/decision")
def decide(receipt_number: str, request: Request, asked: DecisionRequest) -> DecidedApplication:
    """Register, ask for images again, or refuse."""
    staff = request.caller
    checked = asked.checked or Checked()
    decision = Decision(
        asked.decision,
        tuple(dict.fromkeys(asked.slots)),
        asked.reason,
        asked.expires_on,
        checked.document,
        checked.masked,
        regular_card_number(asked.old_card_number, "old_card_number") if asked.old_card_number else "",
        tuple(asked.confirmed),
    )
    decided = decide_application(request.library, receipt_number, decision, staff)
    return {**application_line(decided), **decision_of(decided)}


@area.post("/applications/<receipt_number>/images/<slot>/blackout", status=204)
def black_out(receipt_number: str, slot: str, request: Request, asked: BlackoutRequest) -> None:
    """Black out parts of an image for good."""
    staff = request.caller
    parts = [Rectangle(part.left, part.top, part.right, part.bottom) for part in asked.rectangles]
    black_out_image(request.library, receipt_number, slot, parts, staff)
