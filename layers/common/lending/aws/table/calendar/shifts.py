"""Shifts of a facility's batch: WEEK#sunday / SHIFT#facility, one at a time (RULES 40)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from lending.aws.table.codec import attributes, epoch, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put, still
from lending.domain.calendar.facility import in_order
from lending.domain.loans.shift import Shift
from lending.domain.policy import Policy
from lending.domain.week import TOKYO


def key(pickup_from: date, facility: str) -> Key:
    """The key of a batch's shift."""
    return f"WEEK#{pickup_from.isoformat()}", f"SHIFT#{in_order(facility)}"


def find(table: Table, pickup_from: date, facility: str) -> Shift | None:
    """The batch's shift as of now, also one that was taken back."""
    item = table.get(key(pickup_from, facility))
    return value_of(Shift, item) if item else None


def of_week(table: Table, pickup_from: date) -> Iterator[Shift]:
    """The shifts of a week, by facility."""
    yield from values_of(Shift, table.query(f"WEEK#{pickup_from.isoformat()}", "SHIFT#"))


def record(before: Shift | None, after: Shift, policy: Policy) -> Write:
    """A shift as it is from now on, if nobody recorded another one meanwhile. It vanishes with the batch's bags."""
    last_day = datetime.combine(max(after.pickup_until, after.due_on), datetime.min.time(), TOKYO)
    gone = epoch(last_day + timedelta(days=policy.history_days))
    condition, was = still(attributes(before) if before else {}, "shift_id", "taken_back_at")
    key_ = key(after.pickup_from, after.facility)
    return put(key_, attributes(after) | {"expires_at": gone}, condition, **was)
