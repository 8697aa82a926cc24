"""What a run would do if something were otherwise, and how that differs from what it does (RULES 18-23)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.patrons.patron import Patron
from lending.domain.run.run import Outcome, Run, RunDecision

Copies = dict[str, list[Copy]]


class WhatIf(NamedTuple):
    """Another cap for everyone, facilities (by number) that hand nothing over, the run left out, or books missing.

    `missing_percent` of the copies on the shelf are not found; which ones, `seed` decides, always the same.
    """

    cap: int | None = None
    facilities_closed: frozenset[str] = frozenset()
    run_skipped: bool = False
    missing_percent: int = 0
    seed: int = 0

    def patrons(self, patrons: Mapping[str, Patron]) -> dict[str, Patron]:
        """The patrons, with the other cap."""
        if self.cap is None:
            return dict(patrons)
        return {name: replace(each, loan_cap=self.cap, loan_cap_from=None) for name, each in patrons.items()}

    def copies(self, copies: Mapping[str, list[Copy]]) -> Copies:
        """The copies, as many missing as asked for."""
        return {title_id: [self._looked_for(copy) for copy in each] for title_id, each in copies.items()}

    def calendar(self, calendar: Calendar, run: Run) -> Calendar:
        """The calendar, with what is closed or left out."""
        week = run.week
        added = [
            Suspension(
                suspension_id=f"what-if-{number}",
                scope=Scope.FACILITY,
                facility=number,
                starts_on=week.pickup_from,
                ends_on=max(week.pickup_until, calendar.pickup_until(week)),
            )
            for number in sorted(self.facilities_closed)
        ]
        if self.run_skipped:
            day = week.run_date
            added.append(Suspension(suspension_id="what-if", scope=Scope.SERVICE, starts_on=day, ends_on=day))
        return replace(calendar, suspensions=(*calendar.suspensions, *added))

    def _looked_for(self, copy: Copy) -> Copy:
        # Drawn by its own bar code: a copy more or less in the library does not change which others are missing.
        drawn = int.from_bytes(sha256(f"{self.seed} {copy.barcode}".encode()).digest()[:4]) * 100 >> 32
        if copy.state is CopyState.ON_SHELF and drawn < self.missing_percent:
            return replace(copy, state=CopyState.MISSING)
        return copy


@dataclass(frozen=True, slots=True)
class Change:
    """How many books somebody gets, or somebody's are kept aside, by the plain run and by the other one."""

    lend: tuple[int, int]
    keep_aside: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """Patrons, by id, and facilities, by number, for whom the two runs differ."""

    patrons: dict[str, Change]
    facilities: dict[str, Change]


def difference(plain: Iterable[RunDecision], other: Iterable[RunDecision]) -> Difference:
    """How the outcome of `other` differs from that of `plain`, for each patron and facility."""
    before, after = list(plain), list(other)
    return Difference(
        _changes(*(Counter((each.patron_id, each.decision) for each in decisions) for decisions in (before, after))),
        _changes(*(Counter((each.pickup_place, each.decision) for each in decisions) for decisions in (before, after))),
    )


_Tally = Counter[tuple[str, Outcome]]


def _changes(before: _Tally, after: _Tally) -> dict[str, Change]:
    names = sorted({name for name, _ in (*before, *after)})
    changes = {
        name: Change(
            lend=(before[name, Outcome.LEND], after[name, Outcome.LEND]),
            keep_aside=(before[name, Outcome.KEEP_ASIDE], after[name, Outcome.KEEP_ASIDE]),
        )
        for name in names
    }
    return {name: each for name, each in changes.items() if len({*each.lend}) + len({*each.keep_aside}) > 2}
