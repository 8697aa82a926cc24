"""`/api/applications` and `/api/passwords`: what anyone can ask for, without a card yet or without a password."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from lending.actions.patrons.send_password import ask_for_password
from lending.actions.registration.apply import apply, ask_for_uploads, show_application
from lending.actions.registration.withdraw import withdraw_application
from lending.aws import images
from lending.aws.access_codes import access_code, code_hash, new_receipt_number, typed
from lending.aws.asked import Asked, Text, Word, as_list
from lending.aws.http import Api, answer
from lending.aws.images import Upload
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.form_fields import FieldFault, check_birth_date, check_card_number
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import (
    Application,
    ApplicationForm,
    barcode_warning,
    is_optional,
    missing_slots,
    parse_form,
    slot_label,
    slot_note,
    status_message,
)

# An access code is not kept with an answer that is kept for an Idempotency-Key.
api = Api(secrets={"access_code": lambda body: access_code(body["receipt_number"])})
handler = api


class UploadsRequest(Asked):
    """Images an applicant wants to send; without any, all that are missing."""

    slots: Annotated[list[Word], Field(max_length=20), BeforeValidator(as_list)] = Field(default_factory=list)


class PasswordRequest(Asked):
    """Who asks for a temporary password to be sent anew."""

    card_number: Text
    birth_date: Text


@api.post("/api/applications")
def send_form() -> Any:
    """Apply (RULES 1-3)."""
    moment = api.moment()
    form = parse_form(api.fields(), settings().policy, moment.date())
    if not isinstance(form, ApplicationForm):
        raise _refused(form)
    receipt = new_receipt_number()
    code = access_code(receipt)
    hashed, patron_id = code_hash(receipt, code), uuid.uuid4().hex
    application = apply(library_table(), form, receipt, patron_id, hashed, _ticket_id, moment, settings().policy)
    return answer(201, {"receipt_number": receipt, "access_code": code} | _uploads(application, application.slots))


@api.get("/api/applications/<receipt_number>")
def show(receipt_number: str) -> Any:
    """Where an application is, for who has its access code."""
    application = show_application(library_table(), *_asked(receipt_number))
    return answer(200, _shown(application))


@api.post("/api/applications/<receipt_number>/uploads")
def renew_uploads(receipt_number: str) -> Any:
    """New upload tickets for missing images."""
    (receipt, shown), wanted = _asked(receipt_number), api.body(UploadsRequest)
    application, slots = ask_for_uploads(library_table(), receipt, shown, wanted.slots, _ticket_id, settings().policy)
    return answer(201, {"receipt_number": receipt} | _uploads(application, slots))


@api.post("/api/applications/<receipt_number>/withdrawal")
def withdraw(receipt_number: str) -> Any:
    """The applicant takes an application back; of what was sent nothing is kept (RULES 41)."""
    receipt, shown = _asked(receipt_number)
    withdraw_application(library_table(), receipt, shown)
    return answer(200, {"receipt_number": receipt, "status": "withdrawn", "message": _WITHDRAWN})


@api.post("/api/passwords")
def send_password() -> Any:
    """Ask for an expired temporary password anew; the answer is the same whatever comes of it (RULES 6)."""
    asked, moment = api.body(PasswordRequest), api.moment()
    number = check_card_number(asked.card_number)
    born = check_birth_date(asked.birth_date, moment.date())
    if isinstance(number, FieldFault) or isinstance(born, FieldFault):
        raise _refused(fault for fault in (number, born) if isinstance(fault, FieldFault))
    ask_for_password(library_table(), number, born, moment, settings().policy)
    return answer(202, {"message": _ALIKE_FOR_ALL})


_WITHDRAWN = "申請を取り下げました。お送りいただいた内容と写真は、すべて消去しました。"
# Nothing is said to be on its way that may never come, and nothing tells whether there is such a card.
_ALIKE_FOR_ALL = (
    "仮パスワードをお送りするのは、カードの番号と生年月日が登録と一致し、ご自分のパスワードをまだ決めていない場合だけです。"
    "登録されているメールアドレスに、数分で届きます。"
    "パスワードを決めたあとで忘れた方、メールアドレスを登録していない方、変わった方には届きません。"
    "「仮パスワードの発行」を申請するか、お電話ください。"
)


def _refused(faults: Iterable[FieldFault]) -> Refused:
    return Refused("invalid_fields", *(Reason(each.code, field=each.field, message=each.message) for each in faults))


def _asked(receipt_number: str) -> tuple[str, str]:
    """The receipt number that somebody came with, and the access code or the code of a mail's link."""
    return typed(receipt_number), api.header("x-access-code")


def _ticket_id() -> str:
    return secrets.token_hex(12)


def _uploads(application: Application, slots: Iterable[str]) -> dict[str, Any]:
    policy = settings().policy
    until = api.moment() + timedelta(seconds=policy.upload_ticket_seconds)
    return {"uploads": [_upload(application, slot) for slot in slots], "expires_at": until}


def _upload(application: Application, slot: str) -> dict[str, Any]:
    policy = settings().policy
    ticket = images.ticket(Upload(application.receipt_number, slot, application.slots[slot].ticket_id), policy)
    return {
        "slot": slot,
        "label": slot_label(slot),
        "note": slot_note(slot),
        "optional": is_optional(slot),
        "url": ticket.url,
        "fields": ticket.fields,
        "max_bytes": policy.image_bytes,
        "accepts": list(images.ACCEPTED_TYPES),
    }


def _shown(application: Application) -> dict[str, Any]:
    return {
        "receipt_number": application.receipt_number,
        "kind": application.kind,
        "status": application.status,
        "missing_slots": list(missing_slots(application)),
        "message": status_message(application, settings().policy),
        "slots": [
            {
                "slot": slot,
                "label": slot_label(slot),
                "note": slot_note(slot),
                "optional": is_optional(slot),
                "status": state.status,
                "reason": state.reason,
                "seen_at": state.seen_at,
                "warning": barcode_warning(application, slot),
            }
            for slot, state in application.slots.items()
        ],
    }
