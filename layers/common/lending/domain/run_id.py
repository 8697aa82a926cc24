"""What runs and pulls are called (RULES 15, 18)."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic_core import CoreSchema, core_schema

from lending.domain.week import in_tokyo

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})(am|pm)?", re.ASCII)
_NOON = 12


class HalfDay(StrEnum):
    """The morning or the afternoon of a pull."""

    AM = "am"
    PM = "pm"


class RunId(str):
    """`2026-06-04` for the weekly run of that day, `2026-06-04am` or `2026-06-04pm` for a pull of its half.

    Raises ValueError for a text that names neither. In the order of their texts they are in the order of their days.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> "RunId":
        """The run that a text names."""
        _parts(text)
        return super().__new__(cls, text)

    @classmethod
    def of_weekly_run(cls, day: date) -> "RunId":
        """What the weekly run of a day is called, on whatever day of the week."""
        return cls(day.isoformat())

    @classmethod
    def of_pull(cls, moment: datetime) -> "RunId":
        """What the pull of a moment's morning or afternoon is called."""
        now = in_tokyo(moment)
        return cls(f"{now.date().isoformat()}{HalfDay.AM if now.hour < _NOON else HalfDay.PM}")

    @property
    def day(self) -> date:
        """The day of the run or pull."""
        return _parts(self)[0]

    @property
    def half_day(self) -> HalfDay | None:
        """The half of the day of a pull, None of a weekly run."""
        return _parts(self)[1]

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> CoreSchema:
        """A text that names a run."""
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


def _parts(text: str) -> tuple[date, HalfDay | None]:
    if (found := _FORM.fullmatch(text)) is None:
        raise ValueError("not a run")
    day, half = found.groups()
    return date.fromisoformat(day), HalfDay(half) if half else None
