"""What anyone can ask for: a card, to send pictures for it, to take it back, a temporary password (RULES 1-6, 41)."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.patrons.send_password import wish_for_password
from lending.actions.registration.apply import apply, ask_for_uploads, show_application
from lending.actions.registration.withdraw import withdraw_application
from lending.api.guards import anyone
from lending.api.request import Request
from lending.api.request_models import AccessCode, RequestModel, Text, Word, as_list
from lending.api.shown.slots import SlotAnswer, shown_slot
from lending.api.surface import Area
from lending.aws import image_bucket
from lending.aws.access_codes import access_code, code_hash, new_receipt_number, typed
from lending.aws.image_bucket import Upload
from lending.domain.form_fields import FieldFault, check_birth_date, check_card_number
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import Application, ApplicationForm
from lending.domain.registration.form import parse_form
from lending.domain.registration.kinds import ApplicationKind, ApplicationStatus
from lending.domain.registration.slots import barcode_warning, is_optional, missing_slots, slot_label, slot_note
from lending.domain.registration.status import status_message

# An access code is not kept with an answer that is kept for an Idempotency-Key.
area = Area("/api/applications", anyone, secrets={"access_code": lambda body: access_code(body["receipt_number"])})
passwords = Area("/api/passwords", anyone)

_WITHDRAWN = "申請を取り下げました。お送りいただいた内容と写真は、すべて消去しました。"
# Nothing is said to be on its way that may never come, and nothing tells whether there is such a card.
_ALIKE_FOR_ALL = (
    "仮パスワードをお送りするのは、カードの番号と生年月日が登録と一致し、ご自分のパスワードをまだ決めていない場合だけです。"
    "登録されているメールアドレスに、数分で届きます。"
    "パスワードを決めたあとで忘れた方、メールアドレスを登録していない方、変わった方には届きません。"
    "「仮パスワードの発行」を申請するか、お電話ください。"
)


class UploadsRequest(RequestModel):
    """Images an applicant wants to send; without any, all that are missing."""

    slots: Annotated[list[Word], Field(max_length=20), BeforeValidator(as_list)] = Field(default_factory=list)


class PasswordRequest(RequestModel):
    """Who asks for a temporary password to be sent anew."""

    card_number: Text
    birth_date: Text


class UploadTicket(TypedDict):
    """What it takes to send one picture straight to the bucket."""

    slot: str
    label: str
    note: str
    optional: bool
    url: str
    fields: dict[str, str]
    max_bytes: int
    accepts: list[str]


class UploadsAnswer(TypedDict):
    """Tickets for pictures, and until when they are good."""

    receipt_number: str
    uploads: list[UploadTicket]
    expires_at: datetime


class AppliedAnswer(UploadsAnswer):
    """An application that was taken in."""

    access_code: str


class OwnSlot(SlotAnswer):
    """One picture of an application as its applicant sees it."""

    note: str
    warning: str


class OwnApplication(TypedDict):
    """Where an application is, and what its applicant is to do."""

    receipt_number: str
    kind: ApplicationKind
    status: ApplicationStatus
    missing_slots: list[str]
    message: str
    slots: list[OwnSlot]


class WithdrawnAnswer(TypedDict):
    """An application of which nothing is kept."""

    receipt_number: str
    status: str
    message: str


class PasswordAnswer(TypedDict):
    """The same whatever comes of it."""

    message: str


@area.post(status=201)
def send_form(request: Request) -> AppliedAnswer:
    """Apply (RULES 1-3): the fields of `docs/api.md`, in any of the three form types."""
    library, receipt = request.library, new_receipt_number()
    form = parse_form(request.fields(), library.policy, library.today)
    if not isinstance(form, ApplicationForm):
        raise _refused(form)
    code = access_code(receipt)
    hashed, patron_id = code_hash(receipt, code), uuid.uuid4().hex
    application = apply(library, form, receipt, patron_id, hashed, _ticket_id)
    return AppliedAnswer(
        receipt_number=receipt,
        access_code=code,
        uploads=_tickets(application, application.slots, library.policy),
        expires_at=_until(request),
    )


@area.get("/<receipt_number>")
def show(receipt_number: str, request: Request, code: AccessCode) -> OwnApplication:
    """Where an application is, for who has its access code or the link of a mail."""
    application = show_application(request.library, typed(receipt_number), code)
    return _application(application, request.library.policy)


@area.post("/<receipt_number>/uploads", status=201)
def renew_uploads(receipt_number: str, request: Request, code: AccessCode, wanted: UploadsRequest) -> UploadsAnswer:
    """New upload tickets for missing images."""
    library, receipt = request.library, typed(receipt_number)
    application, slots = ask_for_uploads(library, receipt, code, wanted.slots, _ticket_id)
    tickets = _tickets(application, slots, library.policy)
    return UploadsAnswer(receipt_number=receipt, uploads=tickets, expires_at=_until(request))


@area.post("/<receipt_number>/withdrawal")
def withdraw(receipt_number: str, request: Request, code: AccessCode) -> WithdrawnAnswer:
    """The applicant takes an application back; of what was sent nothing is kept (RULES 41)."""
    receipt = typed(receipt_number)
    withdraw_application(request.library.table, receipt, code)
    return {"receipt_number": receipt, "status": "withdrawn", "message": _WITHDRAWN}


@passwords.post(status=202)
def send_password(request: Request, asked: PasswordRequest) -> PasswordAnswer:
    """Ask for an expired temporary password anew (RULES 6)."""
    library, number = request.library, check_card_number(asked.card_number)
    born = check_birth_date(asked.birth_date, library.today)
    if isinstance(number, FieldFault) or isinstance(born, FieldFault):
        raise _refused(fault for fault in (number, born) if isinstance(fault, FieldFault))
    wish_for_password(library, number, born)
    return {"message": _ALIKE_FOR_ALL}


def _refused(faults: Iterable[FieldFault]) -> Refused:
    return Refused("invalid_fields", *(Reason(each.code, field=each.field, message=each.message) for each in faults))


def _ticket_id() -> str:
    return secrets.token_hex(12)


def _until(request: Request) -> datetime:
    return request.moment + timedelta(seconds=request.library.policy.upload_ticket_seconds)


def _tickets(application: Application, slots: Iterable[str], policy: Policy) -> list[UploadTicket]:
    return [_ticket(application, slot, policy) for slot in slots]


def _ticket(application: Application, slot: str, policy: Policy) -> UploadTicket:
    ticket = image_bucket.ticket(Upload(application.receipt_number, slot, application.slots[slot].ticket_id), policy)
    return UploadTicket(
        slot=slot,
        label=slot_label(slot),
        note=slot_note(slot),
        optional=is_optional(slot),
        url=ticket.url,
        fields=ticket.fields,
        max_bytes=policy.image_bytes,
        accepts=list(image_bucket.ACCEPTED_TYPES),
    )


def _application(application: Application, policy: Policy) -> OwnApplication:
    return OwnApplication(
        receipt_number=application.receipt_number,
        kind=application.kind,
        status=application.status,
        missing_slots=list(missing_slots(application)),
        message=status_message(application, policy),
        slots=[_slot(application, slot) for slot in application.slots],
    )


def _slot(application: Application, slot: str) -> OwnSlot:
    return {
        **shown_slot(slot, application.slots[slot]),
        "note": slot_note(slot),
        "warning": barcode_warning(application, slot),
    }
