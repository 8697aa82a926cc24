"""What closed days and suspensions do to dates (RULES 15, 16, 20-22, 29, 40).

A closure moves what is counted in open days, and stops a run that falls on it. A facility on whose doors nothing is
handed over for a whole pickup window is passed over, whether closures or suspensions keep them shut.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from lending.domain.calendar.closures import Closure, ClosureKind, Scope, Suspension
from lending.domain.coming_back import Returns
from lending.domain.policy import Policy
from lending.domain.week import DAY, HORIZON, Week, each_day, is_run_day


@dataclass(frozen=True, slots=True)
class LatestRun:
    """The latest weekly run that has considered every hold placed by its cut-off, and its cycle (RULES 18, 22)."""

    cut_off: datetime
    cycle: date
    date: date


_Place = tuple[Scope, str]


@dataclass(frozen=True, slots=True)
class Calendar:
    """All closures and suspensions that matter, in any order, and the latest weekly run that is through.

    `returns` tell how late books came back of late (RULES 50).
    """

    closures: tuple[Closure, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    latest_run: LatestRun | None = None
    returns: Returns = field(default_factory=Returns)
    # What was found out: the same days are asked for again and again.
    _by_place: dict[_Place, list[Closure]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[tuple[_Place, date], bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def prefectural_open(self, day: date) -> bool:
        """Whether the prefectural library is open on `day` (RULES 14-16, 22)."""
        return self._open(Scope.PREFECTURAL, "", day)

    def facility_open(self, number: str, day: date) -> bool:
        """Whether facility `number` has its doors open on `day`, suspensions aside (RULES 29)."""
        return self._open(Scope.FACILITY, number, day)

    def nth_open_day_after(self, day: date, n: int) -> date:
        """The `n`th open day of the prefectural library after `day`, which itself is not counted (RULES 16).

        Two years after `day` if there are fewer until then: nobody is told of a day on which doors are shut for good.

        Raises ValueError if `n` is less than 1.
        """
        if n < 1:
            raise ValueError("open days are counted from 1")
        found, last = day, day + HORIZON
        while n and found < last:
            found += DAY
            n -= self.prefectural_open(found)
        return found

    def first_open_day(self, day: date) -> date:
        """The first open day of the prefectural library from `day` on, which itself is counted (RULES 35)."""
        return self.nth_open_day_after(day - DAY, 1)

    def of(self, scope: Scope, facility: str = "") -> "Calendar":
        """What concerns one place alone, to be asked for many days in a row."""
        return Calendar(
            tuple(each for each in self.closures if _is_of(each, scope, facility)),
            tuple(each for each in self.suspensions if _is_of(each, scope, facility)),
        )

    def service_suspension_on(self, run_date: date) -> Suspension | None:
        """The suspension that stops the run of `run_date`, if one does (RULES 22).

        A run date that is a closed day is suspended too, unless an `open` exception says otherwise: who wants the run
        on another day starts it for that date.
        """
        named = self._service_suspensions(run_date)
        if named:
            return named[0]
        return None if self.prefectural_open(run_date) else self._closed_on(run_date, Scope.SERVICE)

    def reaches(self, patron_id: str, run_date: date) -> bool:
        """Whether the run of `run_date` takes place for this patron: not suspended, or opted in (RULES 22)."""
        named = self._service_suspensions(run_date)
        if named:
            return all(patron_id in suspension.opted_in for suspension in named)
        return self.prefectural_open(run_date)

    def pickup_until(self, week: Week) -> date:
        """The last pickup day of what is lent in this week's run (RULES 22, 29).

        It is S+7, or the other deadline of a run that takes place for opted-in patrons only, unless that lies before S.
        """
        suspension = self.service_suspension_on(week.run_date)
        other = suspension.pickup_until if suspension else None
        return other if other and other >= week.pickup_from else week.pickup_until

    def facility_suspended_on(self, number: str, day: date) -> Suspension | None:
        """The suspension of facility `number` that covers `day`; of several the one that ends last (RULES 21)."""
        covering = [each for each in self.suspensions if _is_of(each, Scope.FACILITY, number) and each.covers(day)]
        return max(covering, key=lambda suspension: (suspension.ends_on, suspension.suspension_id), default=None)

    def facility_suspended_for(self, number: str, first: date, last: date) -> Suspension | None:
        """The suspension to name if facility `number` hands over on no day from `first` to `last` (RULES 21, 29).

        Closed days and suspensions count alike, and together. What is in force on the last day is named; it ends with
        the last day on which the facility stays shut, or after two years.
        """
        own = self.of(Scope.FACILITY, number)
        if any(own.hands_over_on(number, day) for day in each_day(first, last)):
            return None
        named = own.facility_suspended_on(number, last) or own._closed_on(last, Scope.FACILITY, number)
        until = named.ends_on
        while until < last + HORIZON and not own.hands_over_on(number, until + DAY):
            until += DAY
        return replace(named, ends_on=until)

    def hands_over_on(self, number: str, day: date) -> bool:
        """Whether a patron can receive a book at facility `number` on `day`: open and not suspended (RULES 29)."""
        return self.facility_open(number, day) and self.facility_suspended_on(number, day) is None

    def shut_on(self, day: date, facility: str = "") -> Suspension | None:
        """What keeps the doors of a facility, by its number, or else of the prefectural library shut on `day`."""
        if facility:
            named = self.facility_suspended_on(facility, day)
            is_open, scope = self.facility_open(facility, day), Scope.FACILITY
        else:
            named, is_open, scope = None, self.prefectural_open(day), Scope.PREFECTURAL
        return named or (None if is_open else self._closed_on(day, scope, facility))

    def first_pickup_day(self, number: str, week: Week) -> date | None:
        """The first day on which facility `number` hands over what a week's run lends, None if on none (RULES 29)."""
        days = each_day(week.pickup_from, self.pickup_until(week))
        return next((day for day in days if self.hands_over_on(number, day)), None)

    def closed_runs(self, day: date, policy: Policy) -> list[Suspension]:
        """The suspensions that nobody has recorded: runs of the coming weeks that fall on a closed day (RULES 22).

        A run that was made on an earlier day is not stopped any more.
        """
        first = max(day, self.latest_run.cycle + DAY) if self.latest_run else day
        days = each_day(first, day + timedelta(weeks=policy.announced_weeks))
        runs = [each for each in days if is_run_day(each, policy) and not self._service_suspensions(each)]
        return [suspension for run in runs if (suspension := self.service_suspension_on(run))]

    def _open(self, scope: Scope, facility: str, day: date) -> bool:
        place = scope, facility
        if (place, day) not in self._known:
            kinds = {each.kind for each in self._closures_of(place) if each.covers(day)}
            self._known[place, day] = not kinds or ClosureKind.OPEN in kinds
        return self._known[place, day]

    def _closures_of(self, place: _Place) -> list[Closure]:
        if self.closures and not self._by_place:
            by_place = defaultdict[_Place, list[Closure]](list)
            for each in self.closures:
                by_place[each.scope, each.facility if each.scope is Scope.FACILITY else ""].append(each)
            self._by_place.update(by_place)
        return self._by_place.get(place, [])

    def _closed_on(self, day: date, scope: Scope, facility: str = "") -> Suspension:
        """What a day of shut doors, the facility's or else the prefectural library's, comes to for `scope`."""
        doors = Scope.FACILITY if facility else Scope.PREFECTURAL
        reasons = [each.reason for each in self.closures if _is_of(each, doors, facility) and each.covers(day)]
        return Suspension(
            suspension_id=f"closed-{day}",
            scope=scope,
            facility=facility,
            starts_on=day,
            ends_on=day,
            reason=min(reasons),
        )

    def _service_suspensions(self, run_date: date) -> list[Suspension]:
        # The one that lasts longest first: its end is what patrons need to know.
        named = [each for each in self.suspensions if each.scope == Scope.SERVICE and each.covers(run_date)]
        return sorted(named, key=lambda each: (-each.ends_on.toordinal(), each.suspension_id))


def _is_of(entry: Closure | Suspension, scope: Scope, facility: str) -> bool:
    return entry.scope == scope and (scope != Scope.FACILITY or entry.facility == facility)
