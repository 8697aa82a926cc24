"""A patron's mails (RULES 38)."""

from collections.abc import Mapping
from typing import Any

from lending.actions.mail.mails_of_patron import view_mails
from lending.actions.patrons.view_library import ask_test_mail
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.shown.mails import MailAnswer, shown_mail
from lending.api.surface import Area
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import Mail
from lending.domain.policy import Policy

area = Area("/api/me", patron)


class OwnMail(MailAnswer):
    """A mail as its patron sees it, with what it was about."""

    facts: Mapping[str, Any]


@area.get("/mails")
def show_mails(request: Request) -> Page[OwnMail]:
    """The mails of the last days, the newest first."""
    library = request.library
    found = view_mails(library, request.caller)
    return request.page_of(
        found,
        lambda mail: (-mail.created_at.timestamp(), mail.mail_id),
        lambda mail: _mail(mail, library.policy),
    )


@area.post("/test-mail", status=202)
def send_test_mail(request: Request) -> OwnMail:
    """Send a mail to see whether it arrives."""
    library = request.library
    return _mail(ask_test_mail(library, request.caller), library.policy)


def _mail(mail: Mail, policy: Policy) -> OwnMail:
    return {
        **shown_mail(mail, policy),
        "facts": {name: mail.facts[name] for name in sorted(kind_named(mail.kind).shown & mail.facts.keys())},
    }
