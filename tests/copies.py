"""A copy in another state, or planned: what tests start from, or what happens behind a run's back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import CopyState, Pull
from lending.domain.run_id import RunId
from lending.domain.week import week_of_run
from tests.library import aomori

A_DAY = date(2026, 6, 1)


def moved(table: Table, barcode: str, state: CopyState, **how: Any) -> Write:
    """The write that moves a copy, as it is now, to a state; whatever plan stood on it is done.

    Args:
        how: as for `copies.state_change`.
    """
    copy = copies.find(table, barcode)
    assert copy
    return copies.state_change(copy, state, **({"on": A_DAY} | how))


def plan(
    patron_id: str,
    title_id: str,
    decision: str = "lend",
    run: str = "2026-06-04",
    pickup_place: str = "12",
    cap: int = 10,
    facts: Mapping[str, Any] | None = None,
) -> Pull:
    """What a weekly run plans with a copy, with the week of the default policy; or a pull for the counter."""
    run_id = RunId(run)
    week = None if run_id.half_day else week_of_run(run_id.day, aomori())
    return Pull(patron_id, title_id, decision, run_id, pickup_place, cap, week, dict(facts or {}))
