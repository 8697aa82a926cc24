"""A run or pull, and what it can decide for a hold (RULES 15, 18-27)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import week_of_next_run
from lending.domain.policy import Policy
from lending.domain.run.reasons import Code
from lending.domain.run_id import RunId
from lending.domain.week import Week, in_tokyo, week_of_run

Facts = Mapping[str, Any]

NOTHING: Facts = {}


class RunKind(StrEnum):
    """The weekly run for partner facilities (RULES 18), or a pull for the prefectural library's counter (15)."""

    THURSDAY = "thursday"
    PREFECTURAL = "prefectural"


class Outcome(StrEnum):
    """What is decided for a hold. `ready` and `for_partner` come from a prefectural pull only."""

    LEND = "lend"
    KEEP_ASIDE = "keep_aside"
    FOR_PREFECTURAL = "for_prefectural"
    FOR_PARTNER = "for_partner"
    READY = "ready"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Run:
    """One run or pull, and the `moment` for which it is made.

    `week` is the week of a Thursday run, and for a pull the week of the next one, for which the heads of the other
    queues keep their copies (RULES 15).
    """

    run_id: RunId
    kind: RunKind
    moment: datetime
    week: Week

    @property
    def cut_off(self) -> datetime:
        """The last moment whose holds are considered: of a Thursday run that of its week (RULES 18)."""
        return self.week.cut_off if self.kind == RunKind.THURSDAY else self.moment

    @property
    def day(self) -> date:
        """The day on whose cards it is decided. Pickup places and caps are those of its week's cycle (14, 19)."""
        return self.week.run_date if self.kind == RunKind.THURSDAY else in_tokyo(self.moment).date()


@dataclass(frozen=True, slots=True)
class RunDecision:
    """What the run decides for one hold, and why (RULES 27).

    `barcode` is the copy, of every outcome but `none`. `facts` go into JSON as they are; decisions share them where
    they are equal, so they are to be read and never changed. `queue` is the place of a waiting hold, how many wait, and
    how many copies there are, should the book not be found; None of a secured one.
    """

    patron_id: str
    title_id: str
    barcode: str
    decision: Outcome
    code: Code
    facts: Facts
    pickup_place: str
    queue: tuple[int, int, int] | None = None


class Explanation(NamedTuple):
    """Why a hold gets nothing."""

    code: Code
    facts: Facts


def thursday_run(run_date: date, policy: Policy) -> Run:
    """The run of `run_date`, whenever it is carried out (RULES 18)."""
    return run_of_week(week_of_run(run_date, policy))


def run_of_week(week: Week) -> Run:
    """The weekly run of a week, whose days are known."""
    return Run(RunId.of_weekly_run(week.run_date), RunKind.THURSDAY, week.cut_off, week)


def prefectural_pull(moment: datetime, calendar: Calendar, policy: Policy) -> Run:
    """The pull of the morning or afternoon in which `moment` lies (RULES 15).

    A hold whose pickup place will be another one in the next run is not its business any more (RULES 14).
    """
    now = in_tokyo(moment)
    return Run(RunId.of_pull(now), RunKind.PREFECTURAL, now, week_of_next_run(now, calendar, policy))
