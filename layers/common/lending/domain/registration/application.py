"""An application for a card, with its pictures, and how long it is kept (RULES 1-4, 41)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from lending.domain.policy import Policy
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.kinds import (
    CONTACT_FIELDS,
    ApplicationKind,
    ApplicationStatus,
    BarcodeMatch,
    SlotStatus,
)
from lending.domain.week import in_tokyo


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


class Rectangle(NamedTuple):
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


def is_open(application: Application) -> bool:
    """Whether images can still come in: nobody at the desk is looking at them, and nothing is decided."""
    return application.status in (ApplicationStatus.AWAITING_IMAGES, ApplicationStatus.IMAGE_AGAIN)


def is_decided(application: Application) -> bool:
    """Whether staff have decided for good."""
    return application.status in (ApplicationStatus.REGISTERED, ApplicationStatus.REFUSED)


def erase_at(application: Application, moment: datetime, policy: Policy) -> datetime | None:
    """When an application may be erased if nothing happens after `moment` (RULES 41).

    Refused ones and those whose images never came; never one that waits for staff, nor the record of a registration.
    """
    if application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.REGISTERED):
        return None
    return moment + timedelta(days=policy.application_days)


def last_asked_at(application: Application, policy: Policy) -> datetime:
    """When an application that waits for images was sent, or staff asked for them again: from then its time counts."""
    if application.expires_at is None:
        return application.created_at
    return application.expires_at - timedelta(days=policy.application_days)


def is_over(application: Application, moment: datetime) -> bool:
    """Whether the time of an application is over: TTL may take two days more to erase it (RULES 41)."""
    return application.expires_at is not None and application.expires_at <= moment


def record_of(application: Application) -> Application:
    """What is kept of a registration: which document was seen, by whom and when, nothing personal (RULES 3, 41)."""
    bare: dict[str, Any] = dict.fromkeys(("name", "kana", "guardian", "old_card_number", *CONTACT_FIELDS), "")
    return replace(application, **bare, birth_date=date.min, slots={})


def waits_days(application: Application, today: date) -> int | None:
    """For how many days an application has been at the desk, None if it is not there (RULES 4)."""
    if application.status is not ApplicationStatus.SUBMITTED or application.submitted_at is None:
        return None
    return (today - in_tokyo(application.submitted_at).date()).days
