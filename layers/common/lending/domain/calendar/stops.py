"""What closed days or a suspension would stop, told before they are recorded (RULES 16, 21, 22, 29, 40)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import takewhile
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.policy import Policy
from lending.domain.week import HORIZON, Week, each_day, in_tokyo, run_due_from, weeks_collected_from


class StoppedWindow(NamedTuple):
    """A pickup window with no day left; `under_way` is whether books were lent for it already."""

    pickup_from: date
    pickup_until: date
    under_way: bool


class Stops(NamedTuple):
    """The runs that would not take place, and the facility's pickup windows in which nothing would be handed over."""

    runs: list[date]
    windows: list[StoppedWindow]


def with_entry(calendar: Calendar, entry: Closure | Suspension) -> Calendar:
    """A calendar as it would be with one entry more."""
    if isinstance(entry, Closure):
        return replace(calendar, closures=(*calendar.closures, entry))
    return replace(calendar, suspensions=(*calendar.suspensions, entry))


def stops_of(entry: Closure | Suspension, calendar: Calendar, moment: datetime, policy: Policy) -> Stops:
    """What an entry would stop that the calendar as it is does not, in the next two years."""
    then = with_entry(calendar, entry)
    weeks = list(_weeks(entry, moment, policy))
    if entry.scope is Scope.FACILITY:
        windows = [week for week in weeks if _shuts(entry.facility, week, calendar, then, in_tokyo(moment).date())]
        return Stops([], [StoppedWindow(w.pickup_from, w.pickup_until, _is_due(w, moment, policy)) for w in windows])
    to_come = [week.run_date for week in weeks if not _is_due(week, moment, policy)]
    stopped = [run for run in to_come if not _is_stopped(calendar, run) and _is_stopped(then, run)]
    return Stops(stopped, [])


def _weeks(entry: Closure | Suspension, moment: datetime, policy: Policy) -> Iterator[Week]:
    """The weeks that an entry may concern, from those whose books can still be collected."""
    today = in_tokyo(moment).date()
    last = min(entry.ends_on, today + HORIZON)
    weeks = weeks_collected_from(max(today, entry.starts_on), policy)
    return takewhile(lambda week: week.run_date <= last, weeks)


def _is_due(week: Week, moment: datetime, policy: Policy) -> bool:
    return run_due_from(week.run_date, policy) <= moment


def _is_stopped(calendar: Calendar, run_date: date) -> bool:
    return calendar.service_suspension_on(run_date) is not None


def _shuts(facility: str, week: Week, before: Calendar, then: Calendar, today: date) -> bool:
    left = list(each_day(max(week.pickup_from, today), week.pickup_until))
    shut = not any(then.hands_over_on(facility, day) for day in left)
    return shut and any(before.hands_over_on(facility, day) for day in left)
