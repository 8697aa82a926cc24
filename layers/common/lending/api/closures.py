"""Closed days as requests and answers name them, at the desk and at a facility alike (RULES 40)."""

from datetime import date
from typing import Annotated
from uuid import uuid4

from pydantic import Field
from typing_extensions import TypedDict

from lending.api.request_models import Day, RequestModel, Weekdays
from lending.domain.calendar.closures import Closure, ClosureKind, Scope

# What closes a library or stops its lending, in a few words.
Occasion = Annotated[str, Field(max_length=200)]


class ClosureRequest(RequestModel):
    """Closed days, both dates counted; with `weekdays` (Monday = 0) only these. `open` is an exception to others."""

    starts_on: Day = Field(alias="from")
    ends_on: Day = Field(alias="until")
    reason: Occasion = ""
    weekdays: Weekdays = frozenset()
    kind: ClosureKind = ClosureKind.CLOSED

    def closure(self, scope: Scope, facility: str) -> Closure:
        """What is to be recorded of the place that is meant, under an id of its own."""
        days = self.model_dump(include=set(ClosureRequest.model_fields))
        return Closure(closure_id=uuid4().hex, scope=scope, facility=facility, **days)


# Both counted. A class could not have the first as a field: it is a word of Python's.
Days = TypedDict("Days", {"from": date, "until": date})


class ClosureAnswer(Days):
    """Closed days, and whose."""

    id: str
    scope: Scope
    facility: str | None
    reason: str
    weekdays: list[int]
    kind: ClosureKind


class RecordedClosure(ClosureAnswer):
    """Closed days just recorded, and what they bring with them."""

    warnings: list[str]


def shown_closure(closure: Closure) -> ClosureAnswer:
    """Closed days as they are listed."""
    return {
        "id": closure.closure_id,
        "scope": closure.scope,
        "facility": closure.facility or None,
        "from": closure.starts_on,
        "until": closure.ends_on,
        "reason": closure.reason,
        "weekdays": sorted(closure.weekdays),
        "kind": closure.kind,
    }


def recorded_closure(closure: Closure, warnings: list[str]) -> RecordedClosure:
    """Closed days just recorded."""
    return {**shown_closure(closure), "warnings": warnings}


def by_date(closure: Closure) -> tuple[str, str]:
    """What lists of closed days are ordered by."""
    return closure.starts_on.isoformat(), closure.closure_id
