"""A copy in another state, straight in the table: what tests start from, or what happens behind a run's back."""

from datetime import date
from typing import Any

from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import CopyState

A_DAY = date(2026, 6, 1)


def moved(table: Table, barcode: str, state: CopyState, **how: Any) -> Write:
    """The write that moves a copy, as it is now, to a state; whatever plan stood on it is done.

    Args:
        how: as for `copies.state_change`.
    """
    copy = copies.find(table, barcode)
    assert copy
    return copies.state_change(copy, state, **({"on": A_DAY} | how))
