"""A patron's mails (RULES 38)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lending.actions.mail.mails_of_patron import view_mails
from lending.actions.patrons.view_library import ask_test_mail
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.surface import Area
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import STATE_LABELS, UNSENT_LABELS, Mail, MailState, subject_of
from lending.domain.policy import Policy

area = Area("/api/me", patron)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAnswer:
    """A mail as its patron sees it: what it said, and how far it has come."""

    kind: str
    subject: str
    text: str | None
    created_at: datetime
    sent_at: datetime | None
    to: str | None
    state: MailState
    state_label: str
    why: str | None
    facts: Mapping[str, Any]


@area.get("/mails")
def show_mails(request: Request) -> Page[MailAnswer]:
    """The mails of the last days, the newest first."""
    library = request.library
    found = view_mails(library.table, request.caller, library.moment, library.policy)
    return request.page_of(
        found,
        lambda mail: (-mail.created_at.timestamp(), mail.mail_id),
        lambda mail: _mail(mail, library.policy),
    )


@area.post("/test-mail", status=202)
def send_test_mail(request: Request) -> MailAnswer:
    """Send a mail to see whether it arrives."""
    library = request.library
    return _mail(ask_test_mail(library.table, request.caller, library.moment, library.policy), library.policy)


def _mail(mail: Mail, policy: Policy) -> MailAnswer:
    return MailAnswer(
        kind=mail.kind,
        subject=subject_of(mail, policy),
        text=mail.text or None,
        created_at=mail.created_at,
        sent_at=mail.sent_at,
        to=mail.to_address or None,
        state=mail.state,
        state_label=STATE_LABELS[mail.state],
        why=UNSENT_LABELS[mail.why] if mail.why else None,
        facts={name: mail.facts[name] for name in sorted(kind_named(mail.kind).shown & mail.facts.keys())},
    )
