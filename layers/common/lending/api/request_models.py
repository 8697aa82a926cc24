"""What requests are made of: their models, and the types of their fields. Each type bounds what can be sent."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

# Whatever the library plans lies in between, and no date counted from it leaves the calendar.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLACE_LENGTH = 20


class RequestModel(BaseModel):
    """What somebody asks for: unknown fields are refused. A cold start builds only the models that it needs."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class QueryModel(BaseModel):
    """What a query string narrows; what is not known, or empty, is passed over."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, sent: Any) -> Any:
        return {name: value for name, value in sent.items() if value != ""}


class AccessCode(str):
    """What an applicant comes back with, in the header `X-Access-Code`: the access code, or that of a mail's link."""

    HEADER = "X-Access-Code"


def as_day(value: Any) -> date:
    """A day as `2026-06-07`, within the years that the service plans for.

    Raises:
        ValueError: it is none.
    """
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("not a day")
    day = date.fromisoformat(value)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("beyond the calendar")
    return day


def as_place(value: Any) -> Any:
    """A place in the one form it is known by: a facility's number, sent as number or text, without leading zeros."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= _PLACE_LENGTH:
        return str(int(value))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def as_list(value: Any) -> Any:
    """A form sends a list of one as the one."""
    return [value] if isinstance(value, str | int) else value


def _as_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return value


# Before what a type demands comes how it may be sent: in `Annotated` the last is asked first.
A_NUMBER = BeforeValidator(_as_number)
Day = Annotated[date, BeforeValidator(as_day)]
# Monday is 0.
Weekdays = Annotated[
    frozenset[Annotated[int, Field(ge=0, le=6), A_NUMBER]], Field(max_length=7), BeforeValidator(as_list)
]
# `prefectural`, or a facility's number as text.
Place = Annotated[str, Field(max_length=_PLACE_LENGTH), BeforeValidator(as_place)]
# What staff look something up for; it is kept with who looked (RULES 41).
Purpose = Annotated[str, Field(max_length=100, alias="for")]
# What names a thing: numbers of cards and books, ids, codes.
Word = Annotated[str, Field(max_length=100)]
# What people write; how long it may be for its purpose is asked by its own rule.
Text = Annotated[str, Field(max_length=1000)]
