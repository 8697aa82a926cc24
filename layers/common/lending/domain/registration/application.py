"""An application for a card, from the form to the decision of staff (RULES 1-5, 41).

What a person fills in is an `ApplicationForm`; an `Application` is the form and what has happened to it since. All
functions here answer new values; a moment or a day is always handed in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from lending.domain.form_fields import (
    FIELD_LABELS,
    FieldFault,
    check_address,
    check_birth_date,
    check_card_number,
    check_kana,
    check_mail_address,
    check_name,
    check_phone,
    check_postal_code,
    check_reason,
    required,
    shown,
)
from lending.domain.policy import Policy
from lending.domain.week import in_tokyo


class ApplicationKind(StrEnum):
    """What is applied for (RULES 1)."""

    NEW = "new"
    REISSUE = "reissue"
    NAME_CHANGE = "name_change"
    CHANGE = "change"
    RENEWAL = "renewal"
    PASSWORD = "password"  # noqa: S105 - a word of the API


class DocumentKind(StrEnum):
    """A document that shows name and current address (RULES 2, 3)."""

    DRIVING_LICENCE = "driving_licence"
    MY_NUMBER_CARD = "my_number_card"
    INSURANCE_CERTIFICATE = "insurance_certificate"
    RESIDENCE_RECORD = "residence_record"
    OTHER = "other"


class ApplicationStatus(StrEnum):
    """Where an application is; the last two are the end."""

    AWAITING_IMAGES = "awaiting_images"
    SUBMITTED = "submitted"
    IMAGE_AGAIN = "image_again"
    REGISTERED = "registered"
    REFUSED = "refused"


class SlotStatus(StrEnum):
    """An image counts once it has been looked at, so there is no state between awaited and accepted."""

    AWAITING = "awaiting"
    ACCEPTED = "accepted"
    AGAIN = "again"


class BarcodeMatch(StrEnum):
    """How the bar code on the card's picture compares with the number typed: shown to staff, never decided on."""

    UNREAD = "unread"
    MATCH = "match"
    MISMATCH = "mismatch"


class DecisionKind(StrEnum):
    """What staff can decide (RULES 4)."""

    REGISTER = "register"
    IMAGE_AGAIN = "image_again"
    REFUSE = "refuse"


KIND_LABELS = {
    ApplicationKind.NEW: "新規登録",
    ApplicationKind.REISSUE: "利用者カードの再発行",
    ApplicationKind.NAME_CHANGE: "お名前の変更",
    ApplicationKind.CHANGE: "住所・電話番号・メールアドレスの変更",
    ApplicationKind.RENEWAL: "利用者カードの更新",
    ApplicationKind.PASSWORD: "仮パスワードの発行",
}
DOCUMENT_LABELS = {
    DocumentKind.DRIVING_LICENCE: "運転免許証",
    DocumentKind.MY_NUMBER_CARD: "マイナンバーカード",
    DocumentKind.INSURANCE_CERTIFICATE: "資格確認書(旧健康保険証)",
    DocumentKind.RESIDENCE_RECORD: "住民票の写し",
    DocumentKind.OTHER: "その他の確認書類",
}
# What a person must know before the camera opens (RULES 3).
_DONOR = "臓器提供の意思の欄は、紙などで隠してください。"
DOCUMENT_NOTES = {
    DocumentKind.DRIVING_LICENCE: f"撮影の前に、裏の{_DONOR}",
    DocumentKind.MY_NUMBER_CARD: "表(顔写真のある面)だけをお送りください。"
    f"個人番号(マイナンバー)が書かれた裏は、送らないでください。撮影の前に、表の{_DONOR}",
    DocumentKind.INSURANCE_CERTIFICATE: "撮影の前に、保険者番号と被保険者等の記号・番号を、紙などで隠してください。"
    f"裏の{_DONOR}",
}

# Kinds that come with a blank card out of a kit: `card_number` is that card's (RULES 1).
KIT_KINDS = frozenset({ApplicationKind.NEW, ApplicationKind.REISSUE, ApplicationKind.NAME_CHANGE})
# Kinds after which an account must sign in with the card: no account is made before its owner needs one (RULES 42).
ACCOUNT_KINDS = KIT_KINDS | {ApplicationKind.PASSWORD}

_CONTACT = ("postal_code", "address", "phone", "email")
_IDENTITY = ("card_number", "name", "birth_date")
REQUIRED_FIELDS: dict[ApplicationKind, tuple[str, ...]] = {
    ApplicationKind.NEW: ("card_number", "name", "kana", "birth_date", *_CONTACT),
    ApplicationKind.REISSUE: ("card_number", "name", "kana", "birth_date", "email"),
    ApplicationKind.NAME_CHANGE: ("card_number", "name", "kana", "birth_date", "email"),
    ApplicationKind.CHANGE: _IDENTITY,
    ApplicationKind.RENEWAL: _IDENTITY,
    ApplicationKind.PASSWORD: _IDENTITY,
}
OPTIONAL_FIELDS: dict[ApplicationKind, tuple[str, ...]] = {
    ApplicationKind.NEW: (),
    ApplicationKind.REISSUE: ("old_card_number", "phone"),
    ApplicationKind.NAME_CHANGE: ("old_card_number", "phone"),
    ApplicationKind.CHANGE: ("kana", *_CONTACT),
    ApplicationKind.RENEWAL: ("kana", *_CONTACT),
    ApplicationKind.PASSWORD: ("kana", "phone", "email"),
}
# What registering changes in the patron's record. A re-issue moves nothing but the number, a password nothing at all:
# their mail address is only where the answer goes.
CHANGED_FIELDS: dict[ApplicationKind, tuple[str, ...]] = {
    ApplicationKind.NEW: ("name", "kana", "birth_date", "guardian", *_CONTACT),
    ApplicationKind.REISSUE: (),
    ApplicationKind.NAME_CHANGE: ("name", "kana"),
    ApplicationKind.CHANGE: _CONTACT,
    ApplicationKind.RENEWAL: _CONTACT,
    ApplicationKind.PASSWORD: (),
}
# What any kind brings where the record of a patron from before has nothing (RULES 42).
FILLED_FIELDS = ("name", "kana", "guardian", *_CONTACT)

CARD_SLOT = "card"
# A sheet of paper has its text on one side: the other has a slot, but nobody waits for it.
_ONE_SIDED = frozenset({DocumentKind.RESIDENCE_RECORD, DocumentKind.OTHER})
_FRONT_ONLY = frozenset({DocumentKind.MY_NUMBER_CARD})
_YES = frozenset({"true", "1", "on", "yes"})
_NO = frozenset({"false", "0", "off", "no", ""})
_TEXT_FIELDS = frozenset({"card_number", "old_card_number", "name", "kana", "birth_date", *_CONTACT})
# Asked in every kind of who is too young to apply alone.
GUARDIAN = "guardian"
KNOWN_FIELDS = frozenset({"kind", "online_lending", "documents", GUARDIAN, *_TEXT_FIELDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationForm:
    """A form that has no fault. Fields its kind does not ask for are empty, whatever was sent.

    `card_number` is the kit's for kinds with a kit, else the card the person has; `old_card_number` may name the card
    a re-issue or a change of name replaces, `kana` and the contact data are empty where the kind leaves them open;
    `guardian` is who applies for a child.
    """

    kind: ApplicationKind
    card_number: str
    name: str
    birth_date: date
    documents: tuple[DocumentKind, ...]
    kana: str = ""
    old_card_number: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    guardian: str = ""
    online_lending: bool = False


@dataclass(frozen=True, slots=True)
class SlotState:
    """One image of an application.

    `ticket_id` is of the last upload ticket: an image that comes with another one is not looked at. `seen_at` is when
    it was looked at last; `reason` says, to the applicant, why that was in vain. `barcode` compares the number typed
    with `code`, the number that the card's picture shows. `void_ticket` is that of a picture which staff have asked for
    again: nobody may see it any more.
    """

    status: SlotStatus = SlotStatus.AWAITING
    ticket_id: str = ""
    reason: str = ""
    seen_at: datetime | None = None
    barcode: BarcodeMatch | None = None
    code: str = ""
    void_ticket: str = ""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a clean picture, in its own pixels from the upper left corner; right and bottom are excluded."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(ApplicationForm):
    """A form that was sent in, and what has happened to it.

    `patron_id` is the id a new patron will get, drawn when the form came in so that a decision can be repeated
    without making a second one; registering a patron who is known puts theirs. `expires_at` is when TTL may erase it,
    None while it waits for staff. `revision` counts the changes, so that who makes one can say what it was made of;
    `link` counts the addresses it has had, so that a link that went to an earlier one opens nothing.
    """

    receipt_number: str
    patron_id: str
    access_code_hash: str
    created_at: datetime
    slots: Mapping[str, SlotState]
    status: ApplicationStatus = ApplicationStatus.AWAITING_IMAGES
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    checked_document: DocumentKind | None = None
    masked: bool | None = None
    expires_at: datetime | None = None
    revision: int = 0
    link: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff decided: `slots` and `reason` for asking again, `reason` for refusing, the rest for registering.

    `masked` answers 「番号は隠されていますか」, None while nobody has; `expires_on` overrides the policy's day;
    `old_card_number` is the card that staff found out a re-issue or a change of name replaces; `confirmed` are fields
    that say something else in the record, though it is the same person.
    """

    kind: DecisionKind
    slots: tuple[str, ...] = ()
    reason: str = ""
    expires_on: date | None = None
    document: DocumentKind | None = None
    masked: bool | None = None
    old_card_number: str = ""
    confirmed: tuple[str, ...] = ()


# --- The form -------------------------------------------------------------------------------------------------------


def parse_form(values: Mapping[str, Any], policy: Policy, today: date) -> ApplicationForm | tuple[FieldFault, ...]:
    """Read flat form values as JSON, a form post or multipart give them (RULES 1, 2, 7).

    `documents` may be a list or a text with commas, `online_lending` a boolean or a box's text; a list of one stands
    for its only value. Answers the form, or every fault at once: unknown fields, wrong ones, missing ones.
    """
    kind = _kind(values.get("kind"))
    read = _read_texts(values, kind if isinstance(kind, ApplicationKind) else None, today)
    read |= {
        "kind": kind,
        "documents": _documents(values.get("documents"), kind, policy),
        "online_lending": _yes_or_no(values.get("online_lending", False)),
    } | _guardian(values, read.get("birth_date"), policy, today)
    faults = [*_unknown(values), *(value for value in read.values() if isinstance(value, FieldFault))]
    faults += _changes_nothing(read)
    return tuple(faults) if faults else ApplicationForm(**read)


def _guardian(values: Mapping[str, Any], born: object, policy: Policy, today: date) -> dict[str, Any]:
    """Who applies for a child; of anybody else nothing is asked, whatever was sent."""
    if not isinstance(born, date) or not is_child(born, today, policy):
        return {}
    text = _only(values.get(GUARDIAN))
    if not (text.strip() if isinstance(text, str) else text):
        return {GUARDIAN: required(GUARDIAN)}
    return {GUARDIAN: _checked(GUARDIAN, text, today)}


def is_child(born: date, today: date, policy: Policy) -> bool:
    """Whether somebody is too young to apply without a guardian."""
    return today < years_after(born, policy.guardian_below)


def _changes_nothing(read: Mapping[str, Any]) -> list[FieldFault]:
    """A change needs something to change; joining the online lending service is something."""
    if read["kind"] is not ApplicationKind.CHANGE or read["online_lending"] or any(name in read for name in _CONTACT):
        return []
    message = "変更する項目(住所・電話番号・メールアドレス)を入力してください。"
    return [FieldFault("address", "nothing_to_change", message)]


def _unknown(values: Mapping[str, Any]) -> list[FieldFault]:
    names = sorted(
        "".join(c if c.isprintable() else "?" for c in str(key)[:40]) for key in values.keys() - KNOWN_FIELDS
    )
    return [FieldFault(name, "unknown_field", f"「{name}」という項目はありません。") for name in names]


def _kind(value: object) -> ApplicationKind | FieldFault:
    text = _only(value)
    if isinstance(text, str) and text in KIND_LABELS:
        return ApplicationKind(text)
    return FieldFault("kind", "unknown_kind" if text else "missing_field", "申請の種類を選んでください。")


def _read_texts(values: Mapping[str, Any], kind: ApplicationKind | None, today: date) -> dict[str, Any]:
    """Every text the kind asks for, checked; without a kind, whatever was sent, so that no fault is found late."""
    needed = REQUIRED_FIELDS[kind] if kind else ()
    asked = needed + OPTIONAL_FIELDS[kind] if kind else tuple(sorted(_TEXT_FIELDS))
    given = {name: _only(values.get(name)) for name in asked}
    read: dict[str, Any] = {}
    for name, value in given.items():
        if not (value.strip() if isinstance(value, str) else value):
            if name in needed or _goes_with(name, given, kind):
                read[name] = required(name)
        else:
            read[name] = _checked(name, value, today)
    return read


def _goes_with(name: str, given: Mapping[str, Any], kind: ApplicationKind | None) -> bool:
    """A new address is not complete without its postal code, nor the other way round."""
    other = {"postal_code": "address", "address": "postal_code"}.get(name)
    return kind is not None and other is not None and bool(given.get(other))


def _checked(name: str, value: object, today: date) -> object:
    if not isinstance(value, str):
        return FieldFault(name, "not_text", f"{FIELD_LABELS[name]}は文字で1つだけ送ってください。")
    return check_birth_date(value, today) if name == "birth_date" else _CHECKS[name](value, name)


_CHECKS: dict[str, Callable[[str, str], str | FieldFault]] = {
    "card_number": check_card_number,
    "old_card_number": check_card_number,
    "name": check_name,
    "guardian": check_name,
    "kana": check_kana,
    "postal_code": check_postal_code,
    "address": check_address,
    "phone": check_phone,
    "email": check_mail_address,
}


def _only(value: object) -> object:
    """The value itself, or the only one of a form's list."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _yes_or_no(value: object) -> bool | FieldFault:
    answer = _only(value)
    if isinstance(answer, bool):
        return answer
    text = "" if answer is None else answer.strip().lower() if isinstance(answer, str) else "?"
    if text in _YES | _NO:
        return text in _YES
    return FieldFault("online_lending", "not_a_choice", "オンライン貸出サービスを申し込むかどうかを選んでください。")


def _documents(value: object, kind: object, policy: Policy) -> tuple[DocumentKind, ...] | FieldFault:
    """The documents to be photographed, each once, and not more than the images allow (RULES 2)."""
    listed = list(value) if isinstance(value, list | tuple) else [value]
    names = [name.strip() for item in listed for name in (item.split(",") if isinstance(item, str) else [])]
    names = list(dict.fromkeys(filter(None, names)))
    if wrong := [name for name in names if name not in DOCUMENT_LABELS]:
        return FieldFault("documents", "unknown_document", f"{shown_text(wrong[0])}という確認書類はありません。")
    if not names or any(item is not None and not isinstance(item, str) for item in listed):
        return FieldFault("documents", "missing_field", "お名前と現住所を確認できる書類を選んでください。")
    documents = tuple(DocumentKind(name) for name in names)
    if isinstance(kind, ApplicationKind) and len(slots_of(kind, documents)) > policy.image_limit:
        message = f"画像は{policy.image_limit}枚までです。確認書類を減らしてください。"
        return FieldFault("documents", "too_many_images", message)
    return documents


def shown_text(text: str, longest: int = 40) -> str:
    """Somebody's text as it can be put into a message."""
    return "「" + "".join(char if char.isprintable() else shown(char) for char in text[:longest]) + "」"


# --- The images -----------------------------------------------------------------------------------------------------


def slots_of(kind: ApplicationKind, documents: Iterable[DocumentKind]) -> tuple[str, ...]:
    """The slots of an application: its card, then its documents; no back of a My-Number card (RULES 2, 3)."""
    slots = [CARD_SLOT] if kind in KIT_KINDS else []
    for document in documents:
        slots.append(f"{document}_front")
        if document not in _FRONT_ONLY:
            slots.append(f"{document}_back")
    return tuple(slots)


def document_of(slot: str) -> DocumentKind | None:
    """The document a slot shows, None for the card."""
    name = slot.removesuffix("_front").removesuffix("_back")
    return DocumentKind(name) if name in DOCUMENT_LABELS else None


def slot_label(slot: str) -> str:
    """What a person calls it: 「運転免許証(表)」."""
    document = document_of(slot)
    if document is None:
        return "利用者カード(名前を書いた面)"
    return f"{DOCUMENT_LABELS[document]}({'裏' if slot.endswith('_back') else '表'})"


def slot_note(slot: str) -> str:
    """What to mind before taking the picture, empty if nothing (RULES 3)."""
    document = document_of(slot)
    return DOCUMENT_NOTES.get(document, "") if document else ""


def is_optional(slot: str) -> bool:
    """Whether nobody waits for this image: the back of a sheet of paper."""
    return slot.endswith("_back") and document_of(slot) in _ONE_SIDED


def missing_slots(application: Application) -> tuple[str, ...]:
    """The slots an image is still needed for, in their order."""
    return tuple(slot for slot, state in application.slots.items() if _is_missing(slot, state))


def _is_missing(slot: str, state: SlotState) -> bool:
    if state.status is SlotStatus.AWAITING:
        return not is_optional(slot)
    return state.status is SlotStatus.AGAIN


def is_open(application: Application) -> bool:
    """Whether images can still come in: nobody at the desk is looking at them, and nothing is decided."""
    return application.status in (ApplicationStatus.AWAITING_IMAGES, ApplicationStatus.IMAGE_AGAIN)


def is_decided(application: Application) -> bool:
    """Whether staff have decided for good."""
    return application.status in (ApplicationStatus.REGISTERED, ApplicationStatus.REFUSED)


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
    return _with_slots(
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
    return _after_image(_with_slots(application, {slot: state}), seen_at, policy)


def without_image(application: Application, slot: str, seen_at: datetime, reason: str, policy: Policy) -> Application:
    """The application after an image for `slot` was found unusable: it is missing again, `reason` says why.

    Its ticket is used up, so that news of the same image that comes twice finds nothing to do.

    The back nobody waits for stays optional, so that a blurred one does not hold the application up.
    """
    status = SlotStatus.AWAITING if is_optional(slot) else SlotStatus.AGAIN
    if application.slots[slot].status is SlotStatus.AGAIN:
        status = SlotStatus.AGAIN
    state = SlotState(status, reason=reason, seen_at=seen_at)
    return _after_image(_with_slots(application, {slot: state}), seen_at, policy)


def status_after_image(status: ApplicationStatus, slots: Mapping[str, SlotState]) -> ApplicationStatus:
    """Submitted once no image is missing; otherwise as before, and never back from a decision."""
    waiting = status in (ApplicationStatus.AWAITING_IMAGES, ApplicationStatus.IMAGE_AGAIN)
    complete = not any(_is_missing(slot, state) for slot, state in slots.items())
    return ApplicationStatus.SUBMITTED if waiting and complete else status


def _with_slots(application: Application, changed: Mapping[str, SlotState]) -> Application:
    return replace(application, slots={**application.slots, **changed})


def _after_image(application: Application, seen_at: datetime, policy: Policy) -> Application:
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
    return _with_slots(corrected, {CARD_SLOT: _compared(state, numbers_of([state.code]), card_number)})


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


# --- Its life -------------------------------------------------------------------------------------------------------


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
    return _after_image(application, moment, policy)


def erase_at(application: Application, moment: datetime, policy: Policy) -> datetime | None:
    """When an application may be erased if nothing happens after `moment` (RULES 41).

    Refused ones and those whose images never came; never one that waits for staff, nor the record of a registration.
    """
    if application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.REGISTERED):
        return None
    return moment + timedelta(days=policy.application_days)


def record_of(application: Application) -> Application:
    """What is kept of a registration: which document was seen, by whom and when, nothing personal (RULES 3, 41)."""
    bare: dict[str, Any] = dict.fromkeys(("name", "kana", "guardian", "old_card_number", *_CONTACT), "")
    return replace(application, **bare, birth_date=date.min, slots={})


def waits_days(application: Application, today: date) -> int | None:
    """For how many days an application has been at the desk, None if it is not there (RULES 4)."""
    if application.status is not ApplicationStatus.SUBMITTED or application.submitted_at is None:
        return None
    return (today - in_tokyo(application.submitted_at).date()).days


# --- The decision ---------------------------------------------------------------------------------------------------

# What stands in the way lies with the application (409), not with what was sent (422).
CONFLICT_CODES = frozenset({"already_decided", "images_missing", "images_gone"})


def decide_faults(application: Application, decision: Decision, today: date) -> tuple[FieldFault, ...]:
    """Everything that stands in the way of a decision (RULES 3, 4); `field` is the decision's in the API.

    Codes in `CONFLICT_CODES` are the application's state, the others are missing or wrong answers.
    """
    if is_decided(application):
        return (FieldFault("decision", "already_decided", "この申請は、すでに決定されています。"),)
    rules = {
        DecisionKind.REGISTER: _register_faults,
        DecisionKind.IMAGE_AGAIN: _image_again_faults,
        DecisionKind.REFUSE: _refuse_faults,
    }
    return tuple(rules[decision.kind](application, decision, today))


def _register_faults(application: Application, decision: Decision, today: date) -> list[FieldFault]:
    faults = []
    if missing := missing_slots(application):
        labels = "、".join(map(slot_label, missing))
        faults.append(FieldFault("decision", "images_missing", f"画像がそろっていないため登録できません: {labels}"))
    if checked_document(application, decision) is None:
        faults.append(
            FieldFault("checked.document", "document_needed", "確認した書類を、添付された中から選んでください。")
        )
    if DocumentKind.INSURANCE_CERTIFICATE in application.documents and decision.masked is None:
        question = "資格確認書(旧健康保険証)の番号が隠されているかを答えてください。"
        faults.append(FieldFault("checked.masked", "masked_unanswered", question))
    if decision.expires_on is not None and decision.expires_on < today:
        faults.append(FieldFault("expires_on", "expires_in_past", "有効期限が過ぎた日付になっています。"))
    return faults


def _image_again_faults(application: Application, decision: Decision, _today: date) -> list[FieldFault]:
    faults = _reason_faults(decision)
    if not decision.slots:
        faults.append(FieldFault("slots", "slots_needed", "もう一度送ってもらう画像を選んでください。"))
    for slot in (slot for slot in decision.slots if slot not in application.slots):
        faults.append(FieldFault("slots", "unknown_slot", f"{shown_text(slot)}は、この申請にない画像です。"))
    return faults


def _refuse_faults(_application: Application, decision: Decision, _today: date) -> list[FieldFault]:
    return _reason_faults(decision)


def _reason_faults(decision: Decision) -> list[FieldFault]:
    reason = check_reason(decision.reason)
    return [reason] if isinstance(reason, FieldFault) else []


def checked_document(application: Application, decision: Decision) -> DocumentKind | None:
    """Which document staff saw: the one named, or the only one there is; None if it is another or undecided."""
    if decision.document is not None:
        return decision.document if decision.document in application.documents else None
    return application.documents[0] if len(application.documents) == 1 else None


def repeats(application: Application, decision: Decision) -> bool:
    """Whether this very decision was carried out before: sent twice, or again after a crash."""
    if decision.kind is DecisionKind.IMAGE_AGAIN:
        asked = [application.slots.get(slot, SlotState()) for slot in decision.slots]
        again = (SlotStatus.AGAIN, _regular(decision.reason))
        return bool(asked) and all((state.status, state.reason) == again for state in asked)
    end = ApplicationStatus.REGISTERED if decision.kind is DecisionKind.REGISTER else ApplicationStatus.REFUSED
    was = (application.status, application.checked_document, application.masked, application.reason)
    return was == (end, checked_document(application, decision), decision.masked, _regular(decision.reason))


def decided(application: Application, decision: Decision, by: str, moment: datetime, policy: Policy) -> Application:
    """The application after a decision without faults (RULES 3, 4).

    Asking again keeps the receipt number and all that was accepted but the named slots, whose images go at once; the
    others stay until the end. After the two others the record says what was seen, by whom and when.
    """
    if decision.kind is DecisionKind.IMAGE_AGAIN:
        return _asked_again(application, decision, moment, policy)
    registered = decision.kind is DecisionKind.REGISTER
    application = replace(
        application,
        status=ApplicationStatus.REGISTERED if registered else ApplicationStatus.REFUSED,
        decided_at=moment,
        decided_by=by,
        reason=_regular(decision.reason),
        checked_document=checked_document(application, decision),
        masked=decision.masked,
    )
    return replace(application, expires_at=erase_at(application, moment, policy))


def _asked_again(application: Application, decision: Decision, moment: datetime, policy: Policy) -> Application:
    again = {slot: _void(application.slots[slot], _regular(decision.reason)) for slot in decision.slots}
    application = replace(_with_slots(application, again), status=ApplicationStatus.IMAGE_AGAIN)
    return replace(application, expires_at=erase_at(application, moment, policy))


def _void(state: SlotState, reason: str) -> SlotState:
    """The picture that was there goes at once, and its ticket is of no use any more (RULES 3)."""
    return SlotState(
        SlotStatus.AGAIN, reason=reason, seen_at=state.seen_at, void_ticket=state.ticket_id or state.void_ticket
    )


def _regular(reason: str) -> str:
    return " ".join(reason.split())


def patron_changes(application: Application) -> dict[str, Any]:
    """What registering writes into the patron's record: the fields of its kind that were filled in (RULES 1).

    Joining the online lending service goes with any kind; no kind leaves it.
    """
    changes = {name: getattr(application, name) for name in CHANGED_FIELDS[application.kind]}
    joining = {"online_lending": True} if application.online_lending else {}
    return {name: value for name, value in changes.items() if value} | joining


def new_expiry(application: Application, decision: Decision, today: date, policy: Policy) -> date | None:
    """The card's last day after registering (RULES 8); None leaves it as it is.

    Staff's own day goes first. A new card and a renewal get the policy's years from `today`.
    """
    if decision.expires_on is not None:
        return decision.expires_on
    renews = application.kind in (ApplicationKind.NEW, ApplicationKind.RENEWAL)
    return years_after(today, policy.card_years) if renews else None


def years_after(day: date, years: int) -> date:
    """The same day so many years on, 28 February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


# --- What the applicant reads ---------------------------------------------------------------------------------------


def status_message(application: Application, policy: Policy) -> str:
    """Where the application is and what to do next, in words for the applicant."""
    texts = {
        ApplicationStatus.AWAITING_IMAGES: _missing_message("画像を送ってください。", application),
        ApplicationStatus.IMAGE_AGAIN: _missing_message("画像をもう一度送ってください。", application),
        ApplicationStatus.SUBMITTED: f"申請を受け付けました。1～{policy.decision_days}日ほどで確認し、"
        "結果をメールでお知らせします。",
        ApplicationStatus.REGISTERED: _REGISTERED_MESSAGES.get(application.kind, "登録が完了しました。"),
        ApplicationStatus.REFUSED: f"申請をお受けできませんでした。理由: {application.reason}",
    }
    warnings = [] if is_decided(application) else [barcode_warning(application, slot) for slot in application.slots]
    return "\n".join([texts[application.status], *filter(None, warnings)])


_REGISTERED_MESSAGES = {
    ApplicationKind.NEW: "登録が完了しました。利用者カードが使えるようになりました。",
    ApplicationKind.REISSUE: "再発行が完了しました。新しい利用者カードが使えるようになりました。",
    ApplicationKind.NAME_CHANGE: "お名前の変更が完了しました。新しい利用者カードが使えるようになりました。",
    ApplicationKind.CHANGE: "登録内容の変更が完了しました。",
    ApplicationKind.RENEWAL: "利用者カードの更新が完了しました。",
    ApplicationKind.PASSWORD: "仮パスワードをメールでお送りしました。",
}


def _missing_message(request: str, application: Application) -> str:
    lines = [request]
    for slot in missing_slots(application):
        reason = application.slots[slot].reason
        lines.append(f"・{slot_label(slot)}" + (f": {reason}" if reason else ""))
    return "\n".join(lines)
