"""What several areas show alike: one presenter an entity, which each area's own answers extend."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from typing_extensions import TypedDict

from lending.domain.catalogue.title import Title
from lending.domain.holds.hold import RunReason
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.mail.mail import STATE_LABELS, UNSENT_LABELS, Mail, MailState, subject_of
from lending.domain.policy import Policy
from lending.domain.registration.application import SlotState
from lending.domain.registration.kinds import SlotStatus
from lending.domain.registration.slots import is_optional, slot_label


class BagNumbers(TypedDict):
    """A bag by its name and the numbers of its patron's card: that of now, and one on its slip that is another."""

    id: str
    card_number: str
    former_card_number: str | None


class TitleAnswer(TypedDict):
    """A title, and whether it can be held."""

    title_id: str
    title: str
    author: str
    isbn: str
    holdable: bool


class LastRunAnswer(TypedDict):
    """Why the last run gave a hold no book (RULES 27)."""

    date: date
    code: str
    message: str
    facts: Mapping[str, Any]


class LoanAnswer(TypedDict):
    """A book on loan, and when it is due."""

    barcode: str
    title_id: str
    title: str
    due_on: date
    pickup_place: str
    pickup_from: date | None
    pickup_until: date | None
    state: str


class RenewedAnswer(TypedDict):
    """The new due date of a loan."""

    barcode: str
    due_on: date
    renewals_left: int


class MailAnswer(TypedDict):
    """A mail: what it said, and how far it has come."""

    kind: str
    subject: str
    text: str | None
    created_at: datetime
    sent_at: datetime | None
    to: str | None
    state: MailState
    state_label: str
    why: str | None


class SlotAnswer(TypedDict):
    """One picture of an application, and what became of it."""

    slot: str
    label: str
    optional: bool
    status: SlotStatus
    reason: str
    seen_at: datetime | None


def shown_numbers(bag: Bag, current: str | None) -> BagNumbers:
    """A bag by its numbers; `current` is the card's number now, if it is known (RULES 24, 28)."""
    now, former = bag.numbers(current)
    return {"id": bag.bag_id, "card_number": now, "former_card_number": former}


def shown_last_run(run: RunReason, sentence: Callable[[str, Mapping[str, Any]], str]) -> LastRunAnswer:
    """A reason in words; `sentence` makes them for who reads them."""
    return {"date": run.date, "code": run.code, "message": sentence(run.code, run.facts), "facts": run.facts}


def shown_loan(loan: Loan, today: date) -> LoanAnswer:
    """A loan as of a day."""
    return {
        "barcode": loan.barcode,
        "title_id": loan.title_id,
        "title": loan.title,
        "due_on": loan.due_on,
        "pickup_place": loan.pickup_place,
        "pickup_from": loan.pickup_from,
        "pickup_until": loan.pickup_until,
        "state": loan.state_on(today),
    }


def shown_renewal(loan: Loan, policy: Policy) -> RenewedAnswer:
    """A loan that was renewed."""
    return {
        "barcode": loan.barcode,
        "due_on": loan.due_on,
        "renewals_left": policy.renewal_limit - loan.renewals,
    }


def shown_mail(mail: Mail, policy: Policy) -> MailAnswer:
    """A mail without what is for the eyes of its reader alone."""
    return {
        "kind": mail.kind,
        "subject": subject_of(mail, policy),
        "text": mail.text or None,
        "created_at": mail.created_at,
        "sent_at": mail.sent_at,
        "to": mail.to_address or None,
        "state": mail.state,
        "state_label": STATE_LABELS[mail.state],
        "why": UNSENT_LABELS[mail.why] if mail.why else None,
    }


def shown_slot(slot: str, state: SlotState) -> SlotAnswer:
    """A picture that is asked for."""
    return {
        "slot": slot,
        "label": slot_label(slot),
        "optional": is_optional(slot),
        "status": state.status,
        "reason": state.reason,
        "seen_at": state.seen_at,
    }


def shown_title(title: Title) -> TitleAnswer:
    """A title as every answer shows it."""
    return {
        "title_id": title.title_id,
        "title": title.title,
        "author": title.author,
        "isbn": title.isbn,
        "holdable": title.lendable > 0,
    }
