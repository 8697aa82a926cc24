"""Counts of weeks, which name nobody and stay: STATISTICS / WEEK#monday; of days: MAILS#day, RETURNS#day / COUNTS."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lending.aws.table.codec import Item, attributes, broken, each_of, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put, put_new, still, update
from lending.domain.statistics import WeekCounts

_PARTITION = "STATISTICS"


def key(monday: date) -> Key:
    """The key of a week's counts."""
    return _PARTITION, f"WEEK#{monday.isoformat()}"


def find(table: Table, monday: date) -> WeekCounts | None:
    """What was counted of a week."""
    item = table.get(key(monday))
    return value_of(WeekCounts, item) if item else None


def page(table: Table, first: date, last: date, start: Any, limit: int) -> tuple[list[WeekCounts], Item | None]:
    """The weeks whose Mondays lie between two days, in order, and where the list goes on."""
    found = table.page(_PARTITION, after=key(first)[1], before=key(last)[1], start=start, limit=limit)
    return list(values_of(WeekCounts, found.items)), found.last


def record(before: WeekCounts | None, after: WeekCounts) -> Write:
    """A week's counts, if nobody has counted it since."""
    if before is None:
        return put_new(key(after.week_from), attributes(after))
    condition, values = still(attributes(before), "counted_at")
    return put(key(after.week_from), attributes(after), condition, **values)


def _mails_key(day: date) -> Key:
    return f"MAILS#{day.isoformat()}", "COUNTS"


def mails_increment(day: date, became: Mapping[str, int]) -> Write:
    """What became of mails that were put on a day, on top of what is known.

    A sum for people: what the network sends twice it counts twice, what its sender died with it lacks.
    """
    return update(_mails_key(day), add=dict(became))


def mails_of(table: Table, days: Iterable[date]) -> dict[date, Counter[str]]:
    """What became of mails, by the day they were put."""
    return _of_days(table, {_mails_key(day): day for day in days})


def _returns_key(day: date) -> Key:
    return f"RETURNS#{day.isoformat()}", "COUNTS"


def returns_increment(day: date, late: Mapping[str, int]) -> Write:
    """Books checked in on a day, by how late they were, on top of what is known; a sum as that of mails."""
    return update(_returns_key(day), add=dict(late))


def returns_of(table: Table, days: Iterable[date]) -> dict[date, Counter[str]]:
    """Books checked in, by the day and by how late they were."""
    return _of_days(table, {_returns_key(day): day for day in days})


def _of_days(table: Table, by_key: Mapping[Key, date]) -> dict[date, Counter[str]]:
    return dict(each_of(lambda item: (by_key[item["PK"], item["SK"]], _counts(item)), table.get_many(by_key)))


def _counts(item: Item) -> Counter[str]:
    counts = {name: number for name, number in item.items() if name not in ("PK", "SK")}
    if wrong := [name for name, number in counts.items() if not isinstance(number, int)]:
        raise broken(item, "DayCounts", wrong)
    return Counter(counts)
