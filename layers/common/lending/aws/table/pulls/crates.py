"""Crates that have left: WEEK#sunday / CRATE#facility (RULES 23, 24). What is in them are the week's bags."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lending.aws.table.codec import epoch, stamp, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, check, delete, put_new
from lending.domain.calendar.facility import in_order
from lending.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class _Crate:
    facility: str
    dispatched_at: datetime


def key(pickup_from: date, facility: str) -> Key:
    """The key of a facility's crate."""
    return f"WEEK#{pickup_from.isoformat()}", f"CRATE#{in_order(facility)}"


def dispatched(table: Table, pickup_from: date) -> dict[str, datetime]:
    """When the crates of a week left, by facility; those that are still here are not in the answer."""
    left = values_of(_Crate, table.query(f"WEEK#{pickup_from.isoformat()}", "CRATE#"))
    return {crate.facility: crate.dispatched_at for crate in left}


def has_left(table: Table, pickup_from: date, facility: str) -> bool:
    """Whether a facility's crate has left."""
    return table.get(key(pickup_from, facility)) is not None


def dispatch_record(pickup_from: date, facility: str, moment: datetime, policy: Policy) -> Write:
    """The crate has left; the first moment stands."""
    gone = epoch(moment + timedelta(days=policy.history_days))
    item = {"facility": facility, "dispatched_at": stamp(moment), "expires_at": gone}
    return put_new(key(pickup_from, facility), item)


def dispatch_removal(pickup_from: date, facility: str) -> Write:
    """The crate is here after all."""
    return delete(key(pickup_from, facility), "attribute_exists(#PK)")


def presence_check(pickup_from: date, facility: str) -> Write:
    """Demand that the crate has not left (RULES 23)."""
    return check(key(pickup_from, facility), "attribute_not_exists(#PK)")
