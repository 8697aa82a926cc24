"""Which weeks are to come, by what is closed and suspended (RULES 18, 21, 22, 29)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Scope, Suspension
from lending.domain.policy import Policy
from lending.domain.problems import Reason
from lending.domain.week import HORIZON, Week, each_day, in_tokyo, next_run_after, run_due_from, runs_from, week_of_run


class PlannedWeek(NamedTuple):
    """A week to come as it will be at a place: `stopped_by` is what keeps its run, or the place's doors, from it.

    `pickup_from` is the first day on which the place hands over, None if there is none.
    """

    week: Week
    pickup_from: date | None
    pickup_until: date
    stopped_by: Suspension | None


def planned_weeks(moment: datetime, calendar: Calendar, facility: str, policy: Policy) -> list[PlannedWeek]:
    """The coming weeks, as many as are announced (RULES 18, 21, 22, 29, 40).

    Args:
        facility: the number of the facility whose doors count; empty for one that is never closed.
    """
    own = calendar.of(Scope.FACILITY, facility)

    def planned(week: Week) -> PlannedWeek:
        until = calendar.pickup_until(week)
        stopped = calendar.service_suspension_on(week.run_date)
        stopped = stopped or (own.facility_suspended_for(facility, week.pickup_from, until) if facility else None)
        first = own.first_pickup_day(facility, week)
        return PlannedWeek(week, None if stopped else first, until, stopped)

    first = coming_week(moment, calendar, policy).run_date
    after = first + timedelta(weeks=policy.announced_weeks)
    return [planned(week) for week in takewhile(lambda week: week.run_date < after, weeks_from(first, policy))]


def closed_days(today: date, calendar: Calendar, facility: str, policy: Policy) -> dict[date, str]:
    """The days of the weeks announced on which a facility, or the prefectural library, is shut, and why (RULES 40)."""
    days = each_day(today, today + timedelta(weeks=policy.announced_weeks))
    shut = {day: calendar.shut_on(day, facility) for day in days}
    return {day: suspension.reason for day, suspension in shut.items() if suspension}


def coming_week(moment: datetime, calendar: Calendar, policy: Policy) -> Week:
    """The week of the first run that still considers a hold placed at `moment`, and was not made yet (RULES 18).

    A run that staff move to an earlier day is the one of its cycle, whose regular day is passed over then (RULES 22).
    """
    return _not_made(next_run_after(moment, policy), moment, calendar, policy)


def week_of_next_run(moment: datetime, calendar: Calendar, policy: Policy) -> Week:
    """The week of the first run that is still to be made: its cut-off may be over already, on a day before it.

    What counts from the next run (RULES 14, 15, 19) counts from this one.
    """
    coming = (day for day in runs_from(in_tokyo(moment).date(), policy) if moment <= run_due_from(day, policy))
    return _not_made(next(coming), moment, calendar, policy)


def _not_made(run_date: date, moment: datetime, calendar: Calendar, policy: Policy) -> Week:
    week = week_of_run(run_date, policy)
    made = calendar.latest_run
    while made is not None and made.date <= in_tokyo(moment).date() and week.cycle <= made.cycle:
        week = week_of_run(week.next_run, policy)
    return week


def next_week_that_runs(week: Week, calendar: Calendar, policy: Policy) -> Week | None:
    """The first week after `week` whose run is not suspended, or None within two years (RULES 22)."""
    weeks = weeks_from(week.next_run, policy)
    return next((each for each in weeks if calendar.service_suspension_on(each.run_date) is None), None)


def shut_for_good(facility: str, moment: datetime, calendar: Calendar, policy: Policy) -> Suspension | None:
    """The suspension to name if a facility hands over on no day of any pickup window from `moment` on (RULES 21, 29).

    "Any" is one of the next two years. Such a facility is no pickup place: a hold for it would wait for nothing.
    """
    own = calendar.of(Scope.FACILITY, facility)
    weeks = weeks_from(coming_week(moment, calendar, policy).run_date, policy)
    windows = [(week.pickup_from, week.pickup_until) for week in weeks]
    if any(own.hands_over_on(facility, day) for window in windows for day in each_day(*window)):
        return None
    return own.facility_suspended_for(facility, *windows[0])


def weeks_from(run_date: date, policy: Policy) -> Iterable[Week]:
    """The weeks of the runs from one on, for two years."""
    days = takewhile(lambda day: day <= run_date + HORIZON, runs_from(run_date, policy))
    return (week_of_run(day, policy) for day in days)


def refusal_of_place(facility: str, moment: datetime, calendar: Calendar, policy: Policy) -> Reason | None:
    """What stands in the way of a partner facility as a pickup place: that it is shut for good (RULES 21, 29)."""
    shut = shut_for_good(facility, moment, calendar, policy)
    if shut is None:
        return None
    because = f"({shut.reason})" if shut.reason else ""
    facts = {"facility": facility, "until": shut.ends_on, "reason": shut.reason, "because": because}
    return Reason("facility_suspended", facts, field="pickup_place")
