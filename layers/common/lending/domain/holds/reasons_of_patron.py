"""Why the last run gave a patron's holds no book, of all of them together (RULES 27)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from lending.domain.holds.hold import Hold, HoldStatus, RunReason


@dataclass(frozen=True, slots=True)
class Told:
    """A reason, and when its hold was placed: it tells of no other hold on the title."""

    placed_at: datetime
    reason: RunReason


@dataclass(frozen=True, slots=True)
class ReasonsOfPatron:
    """What is told of a patron's holds, by title. `day` and `plan` are of the latest run that told all of it."""

    patron_id: str
    told: Mapping[str, Told] = field(default_factory=dict)
    day: date | None = None
    plan: str = ""

    def of(self, hold: Hold) -> RunReason | None:
        """Why the hold got no book; what lies ready has none, whatever was told before."""
        told = self.told.get(hold.title_id)
        if told is None or told.placed_at != hold.placed_at or hold.status is HoldStatus.READY:
            return None
        return told.reason

    def read_with(self, hold: Hold) -> Hold:
        """The hold with its reason."""
        return replace(hold, last_run=self.of(hold))

    def after(self, *found: tuple[Hold, RunReason | None]) -> "ReasonsOfPatron":
        """The same with other reasons for some holds, or none."""
        new = {hold.title_id for hold, _ in found}
        others = {title_id: told for title_id, told in self.told.items() if title_id not in new}
        return replace(self, told=others | {hold.title_id: Told(hold.placed_at, why) for hold, why in found if why})
