"""A mail address that a patron wants to be written to, until it has proved itself by a link (RULES 7)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PendingAddress:
    """What a patron asked for: `field` is `email` or `mail_to`. A later wish for the same field takes its place.

    Once confirmed, `before` is the address that mails went to until then.
    """

    patron_id: str
    field: str
    address: str
    pending_id: str
    asked_at: datetime
    valid_until: datetime
    confirmed_at: datetime | None = None
    before: str = ""
