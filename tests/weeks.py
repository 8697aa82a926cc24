"""Weeks that are not the library's own, for tests of what depends on the days of a week."""

from collections.abc import Mapping
from typing import Any

from lending.domain.run_of_week import RunOfWeek
from tests.library import aomori


def runs_of_week(*changes: Mapping[str, Any]) -> tuple[RunOfWeek, ...]:
    """The library's own run, once for each of the changes, with what these say."""
    (own,) = aomori().runs
    return tuple(RunOfWeek(**{**own.model_dump(), **changed}) for changed in changes)
