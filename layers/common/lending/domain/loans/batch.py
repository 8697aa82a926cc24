"""What batches and bags are called: Sunday, facility, and a mark that tells nobody whose it is (RULES 24, 40)."""

import hashlib
from datetime import date

_MARK = 16


def batch_id(pickup_from: date, facility: str) -> str:
    """What a facility hands over from a Sunday on."""
    return f"{pickup_from.isoformat()}.{facility}"


def bag_id(pickup_from: date, facility: str, patron_id: str) -> str:
    """A patron's bag of a batch, always called the same."""
    batch = batch_id(pickup_from, facility)
    return f"{batch}.{hashlib.sha256(f'{batch}.{patron_id}'.encode()).hexdigest()[:_MARK]}"


def batch_of(text: str) -> tuple[str, str]:
    """The Sunday and the facility that the id of a batch or bag names, as they stand there."""
    sunday, _, rest = text.partition(".")
    return sunday, rest.partition(".")[0]
