"""What is kept of a run: how far it has come, what became of it, and what it took (RULES 22, 23, 26)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from lending.domain.run_id import RunId
from lending.domain.week import Week


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How far a run or pull has come.

    `plan` names the plan in force, by the hash of what it was made from; it is the one of `round`, and `done` of its
    `chunks` are carried out; then `told` patrons were told why they got no book. `counts` tell what was read and
    decided, `pulls`, `explained`, `lost` and `gone` what became of it: pulls that stand, reasons given, copies that
    were not there any more, holds that had left.
    `week` is the one that a weekly run serves, with the days that its plan was first made with; a pull has none.
    `suspended` tells that the run was suspended as a whole, `dropped_at` that staff have dropped its plan: either may
    be made anew (RULES 22, 23).
    """

    run_id: RunId
    moment: datetime
    week: Week | None = None
    plan: str = ""
    round: int = 1
    chunks: int = 0
    done: int = 0
    told: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    pulls: int = 0
    explained: int = 0
    lost: int = 0
    gone: int = 0
    suspended: bool = False
    finished_at: datetime | None = None
    dropped_at: datetime | None = None

    @property
    def summary(self) -> dict[str, int]:
        """What was read and decided, and what became of it, in one."""
        became = {"pulls": self.pulls, "explained": self.explained, "lost": self.lost, "gone": self.gone}
        return self.counts | became


@dataclass(frozen=True, slots=True)
class CycleRun:
    """The run of a cycle and what became of it. Of one that was suspended as a whole another may take the place."""

    cycle: date
    run_id: RunId
    suspended: bool = False
    finished_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: how often it was invoked, requests and capacity units, and milliseconds for each step.

    An invocation that died has not told what it took.
    """

    invocations: int = 0
    requests: int = 0
    read_units: float = 0
    write_units: float = 0
    ms_reading: int = 0
    ms_planning: int = 0
    ms_writing: int = 0


class JobResult(NamedTuple):
    """What a job that needs no plan has done, and for which day; None if it had been done before."""

    day: date
    counts: dict[str, int] | None = None
