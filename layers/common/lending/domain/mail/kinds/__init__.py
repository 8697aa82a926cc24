"""The kinds of mail, one class each (RULES 6, 8, 28-31, 36, 37, 40).

| module | kinds |
|---|---|
| `applications` | receipt, image_again, refusal |
| `accounts` | acceptance, temporary_password |
| `lending` | lending, shift |
| `books` | ready, overdue, hold_cancelled |
| `cards` | card_expired_hold, card_renewal |
| `pauses` | pause_ending |
| `still_wanted` | still_wanted |
| `addresses` | address_confirmation, test |
"""

from lending.domain.mail.kinds import accounts, addresses, applications, books, cards, lending, pauses, still_wanted
from lending.domain.mail.kinds.kind import KINDS, Facts, MailKind, kind_named

__all__ = [
    "KINDS",
    "Facts",
    "MailKind",
    "accounts",
    "addresses",
    "applications",
    "books",
    "cards",
    "kind_named",
    "lending",
    "pauses",
    "still_wanted",
]
