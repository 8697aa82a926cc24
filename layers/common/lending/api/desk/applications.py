"""Applications: looked at, corrected, decided (RULES 1-5, 41)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from lending.actions.registration.correct import correct_application, send_numbers
from lending.actions.registration.decide import decide_application
from lending.actions.registration.view_applications import (
    ApplicationView,
    black_out_image,
    late_applications,
    list_applications,
    view_application,
)
from lending.api.desk.shared import person, regular_card_number
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.request_models import A_NUMBER, Day, RequestModel, Text, Word
from lending.api.surface import Area
from lending.aws.settings import settings
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import Application, Rectangle, SlotState, waits_days
from lending.domain.registration.decision import Decision
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.kinds import KINDS, ApplicationStatus, DecisionKind
from lending.domain.registration.slots import is_optional, slot_label

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
    slots: Annotated[list[Word], Field(max_length=20)] = Field(default_factory=list)
    reason: Text = ""
    expires_on: Day | None = None
    checked: Checked | None = None
    old_card_number: Text = ""
    confirmed: Annotated[list[Literal["name", "kana", "birth_date"]], Field(max_length=3)] = Field(default_factory=list)


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


@area.get("/applications")
def list_of_applications(request: Request) -> dict[str, Any]:
    """Applications of a status, oldest first, and how many wait for longer than people are told."""
    staff, moment, policy = request.caller, request.moment, request.library.policy
    status = request.query("status", ApplicationStatus.SUBMITTED)
    if status not in list(ApplicationStatus):
        raise Refused("invalid_fields", Reason("invalid_field", field="status"))
    asked = ApplicationStatus(status), staff, moment, policy, request.limit(), request.start()
    found, last = list_applications(request.library.table, *asked)
    lines = [
        _application_line(each) | {"name": each.name, "age_days": waits_days(each, moment.date())} for each in found
    ]
    late = late_applications(request.library.table, moment, policy)
    return {"items": lines, "cursor": request.page([], last).cursor, "late": late}


@area.get("/applications/<receipt_number>")
def show_one_application(receipt_number: str, request: Request) -> dict[str, Any]:
    """One application with its images; that it was looked at is recorded."""
    staff, purpose = request.caller, request.query("purpose", "review")
    view = view_application(
        request.library.table, receipt_number, staff, purpose, request.moment, request.library.policy
    )
    return _application(view)


@area.patch("/applications/<receipt_number>")
def correct(receipt_number: str, request: Request, asked: CorrectionRequest) -> dict[str, Any]:
    """Correct what was mistyped, before a decision."""
    staff = request.caller
    wanted = {name: text for name, text in asked.model_dump().items() if text}
    corrected = correct_application(
        request.library.table, receipt_number, wanted, staff, request.moment, request.library.policy
    )
    return _application_line(corrected) | {name: getattr(corrected, name) for name in wanted}


@area.post("/applications/<receipt_number>/numbers", status=202)
def send_numbers_again(receipt_number: str, request: Request) -> dict[str, Any]:
    """Send an applicant the receipt number and the link again."""
    send_numbers(request.library.table, receipt_number, request.caller, request.moment, request.library.policy)
    return {"message": "受付番号と申請の状況のページを、メールでお送りします。"}


@area.post("/applications/<receipt_number>/decision")
def decide(receipt_number: str, request: Request, asked: DecisionRequest) -> dict[str, Any]:
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
    decided = decide_application(
        request.library.table, receipt_number, decision, staff, request.moment, request.library.policy
    )
    return _application_line(decided) | _decision(decided)


@area.post("/applications/<receipt_number>/images/<slot>/blackout", status=204)
def black_out(receipt_number: str, slot: str, request: Request, asked: BlackoutRequest) -> None:
    """Black out parts of an image for good."""
    staff = request.caller
    parts = [Rectangle(part.left, part.top, part.right, part.bottom) for part in asked.rectangles]
    black_out_image(request.library.table, receipt_number, slot, parts, staff, request.moment, request.library.policy)


def _application_line(application: Application) -> dict[str, Any]:
    return {
        "receipt_number": application.receipt_number,
        "kind": application.kind,
        "kind_label": KINDS[application.kind].label,
        "status": application.status,
        "created_at": application.created_at,
        "submitted_at": application.submitted_at,
        "online_lending": application.online_lending,
    }


def _application(view: ApplicationView) -> dict[str, Any]:
    application = view.application
    texts = ("card_number", "old_card_number", "name", "kana", "guardian", "postal_code", "address", "phone", "email")
    return {
        **_application_line(application),
        **{name: getattr(application, name) for name in texts},
        # The record of a registration has none left.
        "birth_date": application.birth_date if application.name else None,
        "card_state": view.card_state,
        "documents": list(application.documents),
        "slots": [_slot(slot, state) | {"gone": slot in view.gone} for slot, state in application.slots.items()],
        "images": [{"slot": slot, "label": slot_label(slot), "url": url} for slot, url in view.links.items()],
        "images_seconds": settings().policy.image_link_seconds,
        "patron": person(view.patron) if view.patron else None,
        "differences": list(view.differences),
        "duplicates": [person(patron) for patron in view.duplicates],
        **_decision(application),
    }


def _decision(application: Application) -> dict[str, Any]:
    return {
        "decided_at": application.decided_at,
        "decided_by": application.decided_by,
        "reason": application.reason,
        "checked": {"document": application.checked_document, "masked": application.masked},
    }


def _slot(slot: str, state: SlotState) -> dict[str, Any]:
    return {
        "slot": slot,
        "label": slot_label(slot),
        "status": state.status,
        "reason": state.reason,
        "seen_at": state.seen_at,
        "barcode": state.barcode,
        "optional": is_optional(slot),
    }
