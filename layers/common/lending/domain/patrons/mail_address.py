"""Mail addresses: as they are written to, and as wishes that have yet to prove themselves by a link (RULES 7)."""

import re
from dataclasses import dataclass
from datetime import datetime

# Carriers once gave out addresses no standard allows: dots at the ends or side by side. Quoted they are regular.
_ODD_DOTS = re.compile(r"^\.|\.\.|\.$")


def quoted(address: str) -> str:
    """An address as it is written to: `"a..b."@docomo.ne.jp` for `a..b.@docomo.ne.jp` (RULES 7)."""
    local, _, domain = address.rpartition("@")
    return f'"{local}"@{domain}' if _ODD_DOTS.search(local) else address


def unquoted(address: str) -> str:
    """An address as the patron gave it to us, whichever way it was written to."""
    local, at, domain = address.rpartition("@")
    return f"{local[1:-1]}{at}{domain}" if len(local) > 2 and local[0] == local[-1] == '"' else address


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
