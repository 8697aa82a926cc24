"""Closed days and suspensions, and what they do to dates (RULES 15, 16, 20-22, 40).

A closure is a day on which doors are shut: it moves what is counted in open days, and stops a run that falls on it. A
suspension stops lending: the whole Thursday run, or the one for a facility. A facility on whose doors nothing is handed
over for a whole pickup window is passed over, whichever of the two keeps them shut. A facility is named by its number
as text, as in `Hold.pickup_place`.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from lending.domain.hold import PREFECTURAL, LatestRun
from lending.domain.policy import Policy
from lending.domain.reasons import WEEKDAYS, day_in_words, full_day_in_words
from lending.domain.title import Copy, CopyState
from lending.domain.week import DAY, TOKYO, Week, counter_due_on, in_tokyo, next_run_after, week_of_run

# How far ahead dates are looked for. Beyond it something is "until further notice" and nobody should be told a date.
HORIZON = timedelta(days=731)


class Scope(StrEnum):
    """Whose doors are shut, or what is suspended."""

    PREFECTURAL = "prefectural"
    FACILITY = "facility"
    SERVICE = "service"


class ClosureKind(StrEnum):
    """`open` is an exception to closures of the same place: it is open on those days after all."""

    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Closed days of the prefectural library or of one facility, both dates counted (RULES 40).

    With `weekdays` (Monday = 0) only these days of every week between the dates are meant. `scope` is prefectural or
    facility, and only a facility's closure has a `facility`.
    """

    closure_id: str
    scope: Scope
    facility: str = ""
    starts_on: date
    ends_on: date
    reason: str = ""
    weekdays: frozenset[int] = frozenset()
    kind: ClosureKind = ClosureKind.CLOSED

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.starts_on <= day <= self.ends_on and (not self.weekdays or day.weekday() in self.weekdays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Days, both counted, whose Thursday run is suspended, or on which a facility hands nothing over (RULES 21, 22).

    `scope` is service or facility, and only a facility's suspension has a `facility`. One of the service still runs for
    the patrons `opted_in`, whose last pickup day is then `pickup_until` if one is given.
    """

    suspension_id: str
    scope: Scope
    facility: str = ""
    starts_on: date
    ends_on: date
    reason: str = ""
    opted_in: frozenset[str] = frozenset()
    pickup_until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Notice:
    """One お知らせ about a closure or suspension (RULES 40). It never says who opted in."""

    notice_id: str
    scope: Scope
    facility: str
    starts_on: date
    ends_on: date
    text: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """All closures and suspensions that matter, in any order, and the latest weekly run that is through."""

    closures: tuple[Closure, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    latest_run: LatestRun | None = None

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
        own, found, last = self.of(Scope.PREFECTURAL), day, day + HORIZON
        while n and found < last:
            found += DAY
            n -= own.prefectural_open(found)
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
        runs = [each for each in days if each.weekday() == policy.run_weekday and not self._service_suspensions(each)]
        return [suspension for run in runs if (suspension := self.service_suspension_on(run))]

    def notices(self, day: date, facility_names: Mapping[str, str], policy: Policy) -> list[Notice]:
        """What is to be published on `day`: all that has not ended, the nearest first (RULES 22, 40).

        `facility_names` gives a facility's name by its number.
        """
        suspensions = [*(each for each in self.suspensions if each.ends_on >= day), *self.closed_runs(day, policy)]
        notices = [_closure_notice(closure, facility_names) for closure in self.closures if closure.ends_on >= day]
        notices += [_suspension_notice(each, facility_names) for each in suspensions]
        return sorted(notices, key=lambda notice: (notice.starts_on, notice.ends_on, notice.notice_id))

    def _open(self, scope: Scope, facility: str, day: date) -> bool:
        kinds = {each.kind for each in self.closures if _is_of(each, scope, facility) and each.covers(day)}
        return not kinds or ClosureKind.OPEN in kinds

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


def coming_week(moment: datetime, calendar: Calendar, policy: Policy) -> Week:
    """The week of the next run: the first whose cut-off is not over at `moment` and whose run was not made yet.

    A run that staff move to an earlier day is the one of its cycle, whose regular day is passed over then (RULES 22).
    """
    week = week_of_run(next_run_after(moment, policy), policy)
    made = calendar.latest_run
    while made is not None and made.date <= in_tokyo(moment).date() and week.cycle <= made.cycle:
        week = week_of_run(week.next_run, policy)
    return week


def next_week_that_runs(week: Week, calendar: Calendar, policy: Policy) -> Week | None:
    """The first week after `week` whose run is not suspended, or None within two years (RULES 22)."""
    weeks = _weeks_from(week.next_run, policy)
    return next((each for each in weeks if calendar.service_suspension_on(each.run_date) is None), None)


def shut_for_good(facility: str, moment: datetime, calendar: Calendar, policy: Policy) -> Suspension | None:
    """The suspension to name if a facility hands over on no day of any pickup window from `moment` on (RULES 21, 29).

    "Any" is one of the next two years. Such a facility is no pickup place: a hold for it would wait for nothing.
    """
    own = calendar.of(Scope.FACILITY, facility)
    weeks = _weeks_from(coming_week(moment, calendar, policy).run_date, policy)
    windows = [(week.pickup_from, week.pickup_until) for week in weeks]
    if any(own.hands_over_on(facility, day) for window in windows for day in each_day(*window)):
        return None
    return own.facility_suspended_for(facility, *windows[0])


def earliest_pickup(
    moment: datetime,
    place: str,
    position: int,
    copies: Iterable[Copy],
    calendar: Calendar,
    policy: Policy,
    patron_id: str = "",
    waiting: frozenset[str] | None = None,
) -> date | None:
    """The first day on which a hold placed at `moment` can be collected, or None if no date can be told.

    `place` is the pickup place, `position` the hold's place in its queue, 1 for the head, counting all who wait;
    `copies` are all of the title; `patron_id`, if known, lets an opted-in patron's suspended run count (RULES 22).
    `waiting` are the patrons who wait, if known: a plan for somebody else is void (RULES 23).

    Never earlier than it can be (RULES "The week", 11, 15, 18-22, 29), on this assumption: a book on loan comes back on
    its due date or, overdue, today; everybody ahead is served by the Thursday run and keeps the book to its due date.
    Who returns early, or leaves the queue, makes it earlier. A book found missing is not counted on.
    """
    now = in_tokyo(moment)
    outlook = _Outlook(now, calendar, policy, waiting)
    copies = [copy for copy in copies if copy.can_be_lent and copy.state != CopyState.MISSING]
    free_at = [at for copy in copies if (at := outlook.free_at(copy)) is not None]
    ahead = position - 1 - sum(outlook.is_promised(copy) for copy in copies)
    at = _turn(free_at, ahead, outlook)
    if at is None:
        return None
    return outlook.prefectural_pickup(at) if place == PREFECTURAL else outlook.partner_pickup(at, place, patron_id)


def _turn(free_at: list[datetime], ahead: int, outlook: "_Outlook") -> datetime | None:
    """When a copy is free for the one who has `ahead` others before them, each taking the copy that is free first."""
    heapq.heapify(free_at)
    for _ in range(ahead):
        if not free_at:
            return None
        back_at = outlook.back_after_run(heapq.heappop(free_at))
        if back_at is not None:
            heapq.heappush(free_at, back_at)
    return free_at[0] if free_at else None


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What can be expected of copies and runs from `now` on."""

    now: datetime
    calendar: Calendar
    policy: Policy
    waiting: frozenset[str] | None = None

    def is_promised(self, copy: Copy) -> bool:
        """Whether staff are fetching the copy for a hold, which then still counts as waiting (RULES 23)."""
        if copy.pull is None or not copy.pull.stands_on(self.now.date(), self.policy):
            return False
        return self.waiting is None or copy.pull.patron_id in self.waiting

    def free_at(self, copy: Copy) -> datetime | None:
        """When the copy can next be given to somebody who waits."""
        today = self.now.date()
        if copy.state == CopyState.ON_LOAN:
            return self._checked_in(copy.due_on or today)
        if copy.state == CopyState.READY or (copy.pull and self.is_promised(copy) and copy.pull.decision == "ready"):
            return self._checked_in(counter_due_on(today, self.policy))
        if copy.pull and self.is_promised(copy):
            return self._checked_in(week_of_run(copy.pull.day, self.policy).due_on)
        return self.back_after_run(self.now) if copy.state == CopyState.KEPT_ASIDE else self.now

    def back_after_run(self, at: datetime) -> datetime | None:
        """When a copy free at `at` is back from whom the next run lends it to."""
        for week in self._weeks(at):
            if self.calendar.service_suspension_on(week.run_date) is None:
                return self._checked_in(week.due_on)
        return None

    def partner_pickup(self, at: datetime, facility: str, patron_id: str) -> date | None:
        """The first day of handing over after a run that can lend a copy free at `at` (RULES 18, 21, 22, 29)."""
        for week in self._weeks(at):
            if not self.calendar.reaches(patron_id, week.run_date):
                continue
            if day := self.calendar.first_pickup_day(facility, week):
                return day
        return None

    def prefectural_pickup(self, at: datetime) -> date | None:
        """The day of the first pull at or after `at`; a book may be collected once it is ready (RULES 15, Q11)."""
        later_today = any(at.time() <= pull_time for pull_time in self.policy.pull_times)
        return self._open_day(at.date() if later_today else at.date() + DAY)

    def _checked_in(self, back_on: date) -> datetime | None:
        # Books that are back are there for the first pull of an open day, so after that day's cut-off of the run.
        day = self._open_day(max(back_on, self.now.date()))
        if day is None:
            return None
        return max(self.now, datetime.combine(day, min(self.policy.pull_times), TOKYO))

    def _open_day(self, first: date) -> date | None:
        days = each_day(first, self.now.date() + HORIZON)
        return next((day for day in days if self.calendar.prefectural_open(day)), None)

    def _weeks(self, at: datetime) -> Iterable[Week]:
        return _weeks_from(coming_week(at, self.calendar, self.policy).run_date, self.policy)


def _weeks_from(run_date: date, policy: Policy) -> Iterable[Week]:
    last = run_date + HORIZON
    while run_date <= last:
        week = week_of_run(run_date, policy)
        yield week
        run_date = week.next_run


def each_day(first: date, last: date) -> Iterable[date]:
    """The days from `first` to `last`, both counted."""
    return (first + n * DAY for n in range((last - first).days + 1))


def _is_of(entry: Closure | Suspension, scope: Scope, facility: str) -> bool:
    return entry.scope == scope and (scope != Scope.FACILITY or entry.facility == facility)


def _closure_notice(closure: Closure, names: Mapping[str, str]) -> Notice:
    doing = "休館します" if closure.kind == ClosureKind.CLOSED else "開館します"
    weekly = f"毎週{_weekdays_in_words(closure.weekdays)}曜日、" if closure.weekdays else ""
    text = f"{_place_name(closure, names)}は、{_span(closure)}{weekly}{doing}{_because(closure)}。"
    return Notice(closure.closure_id, closure.scope, closure.facility, closure.starts_on, closure.ends_on, text)


def _suspension_notice(suspension: Suspension, names: Mapping[str, str]) -> Notice:
    of_service = suspension.scope == Scope.SERVICE
    what = "オンライン貸出の処理" if of_service else f"{_place_name(suspension, names)}での受け渡し"
    text = f"{what}は、{_span(suspension)}お休みします{_because(suspension)}。"
    return Notice(
        suspension.suspension_id, suspension.scope, suspension.facility, suspension.starts_on, suspension.ends_on, text
    )


def _place_name(of: Closure | Suspension, names: Mapping[str, str]) -> str:
    return "県立図書館" if of.scope == Scope.PREFECTURAL else names.get(of.facility, f"協力館No.{of.facility}")


def _span(of: Closure | Suspension) -> str:
    if of.starts_on == of.ends_on:
        return f"{full_day_in_words(of.starts_on)}、"
    same_year = of.starts_on.year == of.ends_on.year
    until = day_in_words(of.ends_on) if same_year else full_day_in_words(of.ends_on)
    return f"{full_day_in_words(of.starts_on)}から{until}まで、"


def _weekdays_in_words(weekdays: Sequence[int] | frozenset[int]) -> str:
    return "・".join(WEEKDAYS[weekday] for weekday in sorted(weekdays))


def _because(of: Closure | Suspension) -> str:
    return f"({of.reason})" if of.reason else ""
