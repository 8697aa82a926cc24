"""Wishes for a temporary password: PASSWORDS#hash of the card number / WISH#moment, and how many a day / TRIES#day.

The stream tells of a wish as it does of a mail, so who asks waits for nothing that depends on the card.
"""

import hashlib
from datetime import datetime, timedelta

from lending.aws.table.codec import attributes, epoch, stamp, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put, update
from lending.domain.patrons.password_wish import PasswordWish

KEPT = timedelta(days=1)
PREFIX = "WISH#"


def _partition(card_number: str) -> str:
    return f"PASSWORDS#{hashlib.sha256(card_number.encode()).hexdigest()}"


def find(table: Table, key: Key) -> PasswordWish | None:
    """A wish, None once it was seen to."""
    item = table.get(key)
    return value_of(PasswordWish, item) if item else None


def addition(wish: PasswordWish) -> Write:
    """A wish, whether there is such a card or not."""
    key = _partition(wish.card_number), f"{PREFIX}{stamp(wish.asked_at)}"
    return put(key, attributes(wish) | {"expires_at": epoch(wish.asked_at + KEPT)})


def try_increment(card_number: str, moment: datetime, limit: int) -> Write:
    """One more wish for a card number, within the limit of a day."""
    return update(
        (_partition(card_number), f"TRIES#{moment.date()}"),
        set={"expires_at": epoch(moment + KEPT)},
        add={"tries": 1},
        condition="attribute_not_exists(#tries) OR #tries < :limit",
        limit=limit,
    )


def removal(key: Key) -> Write:
    """A wish was seen to."""
    return delete(key)
