"""Mails, and how far they have come."""

from datetime import datetime

from typing_extensions import TypedDict

from lending.domain.mail.mail import STATE_LABELS, UNSENT_LABELS, Mail, MailState, subject_of
from lending.domain.policy import Policy


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
