"""What a patron sees of their holds (RULES 8, 11, 16, 18-22, 27, 40)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lending.actions.holds.standing import Standing, standings_of
from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Scope
from lending.domain.calendar.coming_weeks import week_of_next_run
from lending.domain.calendar.notices import Notice, notices_on
from lending.domain.catalogue.title import Title
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.holds.order import with_what_comes_first
from lending.domain.loans.release import with_deadline
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.expected_pickup import pickup_of_hold
from lending.domain.run.obstacles import stopping_patron
from lending.domain.run.pickup_range import ExpectedPickup, Forecast
from lending.domain.run.run import Explanation


class HoldView(NamedTuple):
    """A hold with its title and, while it waits, its place: `position` of `of` waiting ones; otherwise None.

    `stopped_by` is what about the patron lets the next run pass the hold over: then no day can be told (RULES 21).
    """

    hold: Hold
    title: Title
    position: int | None
    of: int | None
    earliest_pickup: date | None
    expected_pickup: ExpectedPickup | None
    stopped_by: Sequence[Explanation]


def view_holds(library: Library, patron_id: str) -> list[HoldView]:
    """A patron's open holds, oldest first, each with its place in the queue and what can be expected (RULES 11, 27)."""
    closed, open_holds = calendar.load(library.table), holds.of_patron(library.table, patron_id)
    patron = patrons.find(library.table, patron_id) if open_holds else None
    if patron is None:
        return []
    standings = standings_of(library.table.as_shown(), open_holds)
    forecast = Forecast(library.moment, closed, library.policy)
    open_holds = with_what_comes_first(open_holds, {(each.patron_id, each.title_id) for each in open_holds})
    return [
        _view(library, hold, standings[hold.title_id], patron, forecast)
        for hold in open_holds
        if hold.title_id in standings
    ]


def view_placed(library: Library, hold: Hold) -> tuple[HoldView, list[Notice]]:
    """A hold just placed, and the notices that matter to where its book is to be collected (RULES 40)."""
    closed, patron = calendar.load(library.table), patrons.find(library.table, hold.patron_id)
    standing = standings_of(library.table, [hold]).get(hold.title_id)
    forecast = Forecast(library.moment, closed, library.policy)
    view = _view(library, hold, standing, patron, forecast) if patron and standing else None
    unknown = Title(hold.title_id, "", "", "", (), 0)
    return view or HoldView(hold, unknown, None, None, None, None, ()), notices_for(
        library.table, hold.pickup_place, library.today, closed, library.policy
    )


def notices_for(table: Table, pickup_place: str, day: date, closed: Calendar, policy: Policy) -> list[Notice]:
    """The current notices about a pickup place, and about the runs if it is a partner facility (RULES 40)."""
    facility = facilities.find(table, pickup_place) if pickup_place != PREFECTURAL else None
    names = {pickup_place: facility.name} if facility else {}
    scopes = {Scope.PREFECTURAL} if pickup_place == PREFECTURAL else {Scope.SERVICE}
    current = notices_on(day, closed, names, policy)
    return [each for each in current if each.scope in scopes or each.facility == pickup_place]


def _view(library: Library, hold: Hold, standing: Standing, patron: Patron, forecast: Forecast) -> HoldView:
    moment, policy, closed = library.moment, library.policy, forecast.calendar
    hold = with_deadline(hold.as_of(closed.latest_run), library.today, closed, policy)
    position, of = standing.place
    stopped_by = stopping_patron(hold, patron, policy, week_of_next_run(moment, closed, policy))
    pickup = expected = None
    if not stopped_by:
        pickup = pickup_of_hold(hold, position, standing.copies, standing.holders, moment, closed, policy)
        expected = forecast.of_hold(hold, position, standing.copies, standing.holders)
    if hold.status != HoldStatus.WAITING:
        return HoldView(hold, standing.title, None, None, pickup, expected, stopped_by)
    return HoldView(hold, standing.title, position, of, pickup, expected, stopped_by)
