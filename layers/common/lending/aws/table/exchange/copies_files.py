"""EXCHANGE / COPIES, the newest file of copies, and EXCHANGE / DIFFERENCE#barcode, what it says against us (43).

Written only while that file is the newest, so that an older one cannot undo what a newer one has told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lending.aws.table.codec import Item, attributes, stamp, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Write, check, delete, put, update
from lending.domain.exchange.copies_file import Difference

_PARTITION = "EXCHANGE"
_NEWEST = (_PARTITION, "COPIES")
_DIFFERENCE = "DIFFERENCE#"


@dataclass(frozen=True, slots=True)
class Newest:
    """As of when the newest file tells, and how many rows it has."""

    moment: datetime
    rows: int


def newest(table: Table) -> Newest | None:
    """The newest file that was taken in, None before the first."""
    item = table.get(_NEWEST)
    return value_of(Newest, item) if item else None


def newest_change(newest: Newest) -> Write:
    """A file is the newest from now on, if none newer is."""
    return update(
        _NEWEST,
        set={"moment": stamp(newest.moment), "rows": newest.rows},
        condition="attribute_not_exists(#moment) OR #moment <= :moment",
        moment=stamp(newest.moment),
    )


def newest_check(newest: Newest | None) -> Write:
    """Demand that a file is the newest still, or that there is none."""
    if newest is None:
        return check(_NEWEST, "attribute_not_exists(#moment)")
    return check(_NEWEST, "#moment = :moment", moment=stamp(newest.moment))


def differences(table: Table) -> Iterator[Difference]:
    """All differences, by bar code."""
    return values_of(Difference, table.query(_PARTITION, _DIFFERENCE))


def page_of_differences(table: Table, start: Item | None, limit: int) -> tuple[list[Difference], Item | None]:
    """A part of the differences, by bar code, and where the next part goes on."""
    page = table.page(_PARTITION, _DIFFERENCE, start=start, limit=limit)
    return list(values_of(Difference, page.items)), page.last


def difference_record(difference: Difference) -> Write:
    """A difference as it is told now."""
    return put((_PARTITION, f"{_DIFFERENCE}{difference.barcode}"), attributes(difference))


def difference_removal(barcode: str) -> Write:
    """It is none any more."""
    return delete((_PARTITION, f"{_DIFFERENCE}{barcode}"))
