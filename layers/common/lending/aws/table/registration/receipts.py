"""How many receipt mails an address was sent on a day: RECEIPTS#hash of the address / day, for that day."""

import hashlib
from datetime import date, datetime, timedelta

from lending.aws.table.codec import epoch
from lending.aws.table.writes import Write, update


def receipt_increment(address: str, day: date, moment: datetime, limit: int) -> Write:
    """One more receipt mail to an address, within the limit of a day: anybody can type anybody's."""
    key = f"RECEIPTS#{hashlib.sha256(address.lower().encode()).hexdigest()}", day.isoformat()
    return update(
        key,
        set={"expires_at": epoch(moment + timedelta(days=1))},
        add={"sent": 1},
        condition="attribute_not_exists(#sent) OR #sent < :limit",
        limit=limit,
    )
