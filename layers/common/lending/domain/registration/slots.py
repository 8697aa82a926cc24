"""The pictures of an application: which are wanted, which have come, what they show (RULES 2, 3, 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from itertools import chain

from lending.domain.policy import Policy
from lending.domain.registration.application import Application, ApplicationForm, SlotState, erase_at, is_open
from lending.domain.registration.documents import DOCUMENTS, DocumentKind
from lending.domain.registration.kinds import (
    KINDS,
    ApplicationKind,
    ApplicationStatus,
    BarcodeMatch,
    SlotStatus,
)

CARD_SLOT = "card"


def slots_of(kind: ApplicationKind, documents: Iterable[DocumentKind]) -> tuple[str, ...]:
    """The slots of an application: its card, then its documents; no back of a My-Number card (RULES 2, 3)."""
    card = (CARD_SLOT,) if KINDS[kind].with_kit else ()
    return (*card, *chain.from_iterable(map(sides_of, documents)))


def sides_of(document: DocumentKind) -> tuple[str, ...]:
    """The slots of a document: its front, and its back if that may be sent (RULES 3)."""
    front, back = f"{document}_front", f"{document}_back"
    return (front,) if DOCUMENTS[document].front_only else (front, back)


def document_of(slot: str) -> DocumentKind | None:
    """The document a slot shows, None for the card."""
    name = slot.removesuffix("_front").removesuffix("_back")
    return DocumentKind(name) if name in set(DocumentKind) else None


def slot_label(slot: str) -> str:
    """What a person calls it: 「運転免許証(表)」."""
    document = document_of(slot)
    if document is None:
        return "{card_word}(名前を書いた面)"
    return f"{DOCUMENTS[document].label}({'裏' if slot.endswith('_back') else '表'})"


def slot_note(slot: str) -> str:
    """What to mind before taking the picture, empty if nothing (RULES 3)."""
    document = document_of(slot)
    return DOCUMENTS[document].note if document else ""


def is_optional(slot: str) -> bool:
    """Whether nobody waits for this image: the back of a sheet of paper."""
    document = document_of(slot)
    return document is not None and slot.endswith("_back") and DOCUMENTS[document].one_sided


def missing_slots(application: Application) -> tuple[str, ...]:
    """The slots an image is still needed for, in their order."""
    return tuple(slot for slot, state in application.slots.items() if _is_missing(slot, state))


def _is_missing(slot: str, state: SlotState) -> bool:
    if state.status is SlotStatus.AWAITING:
        return not is_optional(slot)
    return state.status is SlotStatus.AGAIN


def wants_image(application: Application, slot: str, ticket_id: str) -> bool:
    """Whether an image that arrived for `slot` with this ticket is to be looked at.

    Not one that was looked at before (events come twice), not one of an older ticket, not one after the decision. The
    optional back of a sheet may still come while staff wait for it.
    """
    state = application.slots.get(slot)
    if state is None or state.ticket_id != ticket_id or state.status is SlotStatus.ACCEPTED:
        return False
    return is_open(application) or (application.status is ApplicationStatus.SUBMITTED and is_optional(slot))


def with_tickets(application: Application, tickets: Mapping[str, str]) -> Application:
    """The application with new upload tickets, slot to ticket id; an accepted image is then awaited anew."""
    return with_slots(
        application,
        {
            slot: replace(
                state,
                ticket_id=tickets[slot],
                status=SlotStatus.AWAITING if state.status is SlotStatus.ACCEPTED else state.status,
            )
            for slot, state in application.slots.items()
            if slot in tickets
        },
    )


def with_image(
    application: Application, slot: str, seen_at: datetime, policy: Policy, codes: Iterable[str] | None = None
) -> Application:
    """The application after an image for `slot` was decoded, stripped and stored; the last one submits it.

    Args:
        codes: the bar codes on the card's picture, None for that of a document.
    """
    state = replace(application.slots[slot], status=SlotStatus.ACCEPTED, reason="", seen_at=seen_at)
    if codes is not None:
        state = _compared(state, numbers_of(codes), application.card_number)
    return after_image(with_slots(application, {slot: state}), seen_at, policy)


def without_image(application: Application, slot: str, seen_at: datetime, reason: str, policy: Policy) -> Application:
    """The application after an image for `slot` was found unusable: it is missing again, `reason` says why.

    Its ticket is used up, so that news of the same image that comes twice finds nothing to do.

    The back nobody waits for stays optional, so that a blurred one does not hold the application up.
    """
    status = SlotStatus.AWAITING if is_optional(slot) else SlotStatus.AGAIN
    if application.slots[slot].status is SlotStatus.AGAIN:
        status = SlotStatus.AGAIN
    state = SlotState(status, reason=reason, seen_at=seen_at)
    return after_image(with_slots(application, {slot: state}), seen_at, policy)


def status_after_image(status: ApplicationStatus, slots: Mapping[str, SlotState]) -> ApplicationStatus:
    """Submitted once no image is missing; otherwise as before, and never back from a decision."""
    waiting = status in (ApplicationStatus.AWAITING_IMAGES, ApplicationStatus.IMAGE_AGAIN)
    complete = not any(_is_missing(slot, state) for slot, state in slots.items())
    return ApplicationStatus.SUBMITTED if waiting and complete else status


def with_slots(application: Application, changed: Mapping[str, SlotState]) -> Application:
    return replace(application, slots={**application.slots, **changed})


def after_image(application: Application, seen_at: datetime, policy: Policy) -> Application:
    status = status_after_image(application.status, application.slots)
    submitted = seen_at if status is not application.status else application.submitted_at
    application = replace(application, status=status, submitted_at=submitted)
    return replace(application, expires_at=erase_at(application, seen_at, policy))


def numbers_of(codes: Iterable[str]) -> tuple[str, ...]:
    """The numbers in bar codes: Codabar's start and stop letters, Code 39's asterisks and the like do not count."""
    return tuple(filter(None, ("".join(filter(str.isdecimal, code)) for code in codes)))


def _compared(state: SlotState, numbers: tuple[str, ...], card_number: str) -> SlotState:
    """What the bar codes on the card's picture say of the number typed; they decide nothing (RULES 5)."""
    if not numbers:
        return replace(state, barcode=BarcodeMatch.UNREAD, code="")
    if card_number in numbers:
        return replace(state, barcode=BarcodeMatch.MATCH, code=card_number)
    return replace(state, barcode=BarcodeMatch.MISMATCH, code=numbers[0])


def with_card_number(application: Application, card_number: str) -> Application:
    """The application with the number that staff have read on the card, compared with its picture anew (RULES 5)."""
    corrected = replace(application, card_number=card_number)
    state = application.slots.get(CARD_SLOT)
    if state is None or state.barcode is None:
        return corrected
    return with_slots(corrected, {CARD_SLOT: _compared(state, numbers_of([state.code]), card_number)})


def barcode_warning(application: Application, slot: str) -> str:
    """What the applicant should know of an image that was taken in all the same, empty if nothing."""
    state = application.slots[slot]
    if state.barcode is not BarcodeMatch.MISMATCH:
        return ""
    return (
        f"写真のバーコードの番号({state.code})と、入力された番号({application.card_number})が違います。"
        "入力のまちがいは、職員が写真を見て直しますので、このまま進めます。"
        "別のカードの写真を送ったときは、お電話ください。"
    )


def open_application(
    form: ApplicationForm, receipt_number: str, patron_id: str, access_code_hash: str, moment: datetime, policy: Policy
) -> Application:
    """The application a faultless form becomes; it waits for its images, or for staff if its kind needs none."""
    application = Application(
        **{each.name: getattr(form, each.name) for each in fields(ApplicationForm)},
        receipt_number=receipt_number,
        patron_id=patron_id,
        access_code_hash=access_code_hash,
        created_at=moment,
        slots={slot: SlotState() for slot in slots_of(form.kind, form.documents)},
    )
    return after_image(application, moment, policy)
