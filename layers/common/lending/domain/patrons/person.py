"""What the desk writes down of a person: each field made regular, or what is wrong with it (RULES 7, 44)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lending.domain.field_checks import CHECKS
from lending.domain.form_fields import (
    FieldFault,
    check_birth_date,
)

FIELDS = frozenset({"birth_date", *CHECKS}) - {"old_card_number"}
# By these a person is told from others; the rest can be unknown, or become so.
_NEEDED = frozenset({"card_number", "name", "kana", "birth_date"})


def checked(typed: Mapping[str, str], today: date) -> dict[str, Any] | tuple[FieldFault, ...]:
    """The regular values of the fields that were typed, or every fault; one that may be unknown can be left empty."""
    read = {name: _checked(name, text, today) for name, text in typed.items()}
    faults = tuple(value for value in read.values() if isinstance(value, FieldFault))
    return faults or read


def _checked(name: str, text: str, today: date) -> Any:
    if name == "birth_date":
        return check_birth_date(text, today)
    if name not in _NEEDED and not text.strip():
        return ""
    return CHECKS[name](text, name)
