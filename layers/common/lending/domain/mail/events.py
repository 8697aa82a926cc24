"""What happened to a mail after it was sent (RULES 38). What a bounce most likely means: `bounces`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from lending.domain.mail.mail import MailState
from lending.domain.patrons.mail_address import unquoted


class EventKind(StrEnum):
    """What happened to a mail; `OTHER` is everything that says nothing about its arrival."""

    SEND = "Send"
    DELIVERY = "Delivery"
    DELIVERY_DELAY = "DeliveryDelay"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    OTHER = "Other"


class Recipient(NamedTuple):
    """One address of an event, with what the other side said; each of the texts may be empty."""

    address: str
    status: str = ""
    diagnostic: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One thing SES tells of one mail.

    `type` and `subtype` are SES's own words (bounce type and subtype, complaint type and subtype, delay type), `at` is
    the moment with its offset, `addressed_to` whom the mail was sent to. `tags` are those given when sending
    (first value each; only the configuration set's format carries them): with one a mail is found even when SES took it
    but the sender never learned its message id.
    """

    message_id: str
    kind: EventKind
    recipients: tuple[Recipient, ...] = ()
    type: str = ""
    subtype: str = ""
    at: datetime | None = None
    addressed_to: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def moves_to(self) -> MailState | None:
        """What the event makes of its mail (`mail.moved`), None if nothing (RULES 38)."""
        return None if self.is_auto_reply else _MOVES_TO.get(self.kind)

    @property
    def asks_for_contact(self) -> bool:
        """Whether staff must hear of it (RULES 39)."""
        asks = self.kind in (EventKind.BOUNCE, EventKind.COMPLAINT, EventKind.REJECT)
        return asks and not self.is_auto_reply

    @property
    def is_auto_reply(self) -> bool:
        """Whether somebody only is on holiday: SES calls an answer it can't read so. A failed mail says why (39)."""
        told = any(recipient.status or recipient.diagnostic for recipient in self.recipients)
        return (self.kind, self.type, self.subtype) == (EventKind.BOUNCE, "Transient", "General") and not told


_MOVES_TO = {
    EventKind.SEND: MailState.SENT,
    EventKind.DELIVERY: MailState.DELIVERED,
    EventKind.DELIVERY_DELAY: MailState.DELAYED,
    EventKind.BOUNCE: MailState.BOUNCED,
    EventKind.COMPLAINT: MailState.COMPLAINED,
    EventKind.REJECT: MailState.REJECTED,
}


def bare_address(address: str) -> str:
    """An address without the name before it and the quotes around odd ones, in small letters, to be compared."""
    named = re.search(r"<([^<>]*)>\s*$", address)  # no stricter: carriers once gave out addresses no standard allows
    return unquoted((named[1] if named else address).strip().lower())
