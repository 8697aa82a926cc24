"""What somebody says who asks for a temporary password to be sent anew (RULES 6)."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PasswordWish:
    """A card number and a birthday, as somebody has typed them; whether they are anybody's is seen later."""

    card_number: str
    birth_date: date
    asked_at: datetime
