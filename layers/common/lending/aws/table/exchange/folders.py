"""EXCHANGE / FOLDER: as of when the newest folder tells that the library has moved in with (RULES 42)."""

from datetime import datetime

from lending.aws.table.codec import stamp
from lending.aws.table.store import Table
from lending.aws.table.writes import Write, update

_NEWEST = ("EXCHANGE", "FOLDER")


def latest(table: Table) -> datetime | None:
    """As of when the newest folder tells, None before the first."""
    item = table.get(_NEWEST)
    return datetime.fromisoformat(item["moment"]) if item else None


def latest_change(moment: datetime) -> Write:
    """A folder is the newest from now on, if none newer is."""
    condition = "attribute_not_exists(#moment) OR #moment <= :moment"
    return update(_NEWEST, set={"moment": stamp(moment)}, condition=condition, moment=stamp(moment))
