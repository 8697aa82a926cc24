"""Applications as staff are shown them (RULES 1-5)."""

from datetime import date, datetime

from typing_extensions import TypedDict

from lending.actions.registration.view_applications import ApplicationView
from lending.api.desk.shared import PersonAnswer, person
from lending.api.request import Page
from lending.api.shown.slots import SlotAnswer, shown_slot
from lending.aws.settings import settings
from lending.domain.registration.application import Application, SlotState, waits_days
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.kinds import KINDS, ApplicationKind, ApplicationStatus, BarcodeMatch
from lending.domain.registration.slots import slot_label


class ApplicationLine(TypedDict):
    """An application, and how far it has come."""

    receipt_number: str
    kind: ApplicationKind
    kind_label: str
    status: ApplicationStatus
    created_at: datetime
    submitted_at: datetime | None
    online_lending: bool


class WaitingApplication(ApplicationLine):
    """An application on the list, whose, and how many days it has waited."""

    name: str
    age_days: int | None


class ApplicationList(Page[WaitingApplication]):
    """A part of the list; `late` wait for longer than people are told."""

    late: int


class Corrected(TypedDict, total=False):
    """What was corrected of an application."""

    card_number: str
    email: str


class CorrectedApplication(ApplicationLine, Corrected):
    """An application with what was corrected of it."""


class CheckedAnswer(TypedDict):
    """What staff have seen."""

    document: DocumentKind | None
    masked: bool | None


class Decided(TypedDict):
    """What was decided, by whom and when."""

    decided_at: datetime | None
    decided_by: str
    reason: str
    checked: CheckedAnswer


class DecidedApplication(ApplicationLine, Decided):
    """An application that was decided."""


class SlotForStaff(SlotAnswer):
    """One picture; `barcode` compares its number with the one typed, `gone` tells that it was deleted by mistake."""

    barcode: BarcodeMatch | None
    gone: bool


class ImageLink(TypedDict):
    """Where a picture can be seen for a while."""

    slot: str
    label: str
    url: str


class ApplicationAnswer(DecidedApplication):
    """An application with all that staff decide by."""

    card_number: str
    old_card_number: str
    name: str
    kana: str
    guardian: str
    birth_date: date | None
    postal_code: str
    address: str
    phone: str
    email: str
    card_state: str
    documents: list[DocumentKind]
    slots: list[SlotForStaff]
    images: list[ImageLink]
    images_seconds: int
    patron: PersonAnswer | None
    differences: list[str]
    duplicates: list[PersonAnswer]


def waiting_application(application: Application, today: date) -> WaitingApplication:
    """A line of the list on a day."""
    line = application_line(application)
    return {**line, "name": application.name, "age_days": waits_days(application, today)}


def application_line(application: Application) -> ApplicationLine:
    """An application in short."""
    return {
        "receipt_number": application.receipt_number,
        "kind": application.kind,
        "kind_label": KINDS[application.kind].label,
        "status": application.status,
        "created_at": application.created_at,
        "submitted_at": application.submitted_at,
        "online_lending": application.online_lending,
    }


def shown_application(view: ApplicationView) -> ApplicationAnswer:
    """An application as staff decide about it."""
    application = view.application
    return {
        **application_line(application),
        **decision_of(application),
        "card_number": application.card_number,
        "old_card_number": application.old_card_number,
        "name": application.name,
        "kana": application.kana,
        "guardian": application.guardian,
        "postal_code": application.postal_code,
        "address": application.address,
        "phone": application.phone,
        "email": application.email,
        # The record of a registration has none left.
        "birth_date": application.birth_date if application.name else None,
        "card_state": view.card_state,
        "documents": list(application.documents),
        "slots": [_slot(slot, state, slot in view.gone) for slot, state in application.slots.items()],
        "images": [{"slot": slot, "label": slot_label(slot), "url": url} for slot, url in view.links.items()],
        "images_seconds": settings().policy.image_link_seconds,
        "patron": person(view.patron) if view.patron else None,
        "differences": list(view.differences),
        "duplicates": [person(patron) for patron in view.duplicates],
    }


def decision_of(application: Application) -> Decided:
    """What was decided about an application, if anything."""
    return {
        "decided_at": application.decided_at,
        "decided_by": application.decided_by,
        "reason": application.reason,
        "checked": {"document": application.checked_document, "masked": application.masked},
    }


def _slot(slot: str, state: SlotState, gone: bool) -> SlotForStaff:
    return {**shown_slot(slot, state), "barcode": state.barcode, "gone": gone}
