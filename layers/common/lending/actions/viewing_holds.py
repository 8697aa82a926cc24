"""What a patron sees of their holds (RULES 8, 11, 16, 18-22, 27, 40)."""

from dataclasses import dataclass
from datetime import date, datetime

from lending.aws.table import Table, calendar, facilities, holds, runs, titles
from lending.aws.together import together
from lending.domain.closure import Calendar, Notice, Scope
from lending.domain.hold import PREFECTURAL, Hold, HoldStatus, LatestRun
from lending.domain.outlook import pickup_of_hold
from lending.domain.policy import Policy
from lending.domain.title import Copy, Title


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold with its title and, while it waits, its place: `position` of `of` waiting ones; otherwise None."""

    hold: Hold
    title: Title
    position: int | None
    of: int | None
    earliest_pickup: date | None


def view_holds(table: Table, patron_id: str, moment: datetime, policy: Policy) -> list[HoldView]:
    """A patron's open holds, oldest first, each with its place in the queue and what can be expected (RULES 11, 27)."""
    closed, open_holds = calendar.load(table), holds.of_patron(table, patron_id)
    latest = latest_of(table, open_holds)
    views = together(lambda hold: _view(table, hold, moment, closed, policy, latest), open_holds)
    return [view for view in views if view]


def latest_of(table: Table, open_holds: list[Hold]) -> LatestRun | None:
    """The latest run, if any of the holds has a reason that it may have left as it was (RULES 27)."""
    return runs.latest(table) if any(hold.last_run for hold in open_holds) else None


def dated(hold: Hold, copies: list[Copy], latest: LatestRun | None) -> Hold:
    """The hold with its reason dated by the latest run, unless one of the copies is on the pull list for it."""
    return hold.as_of(latest, any(copy.pull and copy.pull.patron_id == hold.patron_id for copy in copies))


def view_placed(table: Table, hold: Hold, moment: datetime, policy: Policy) -> tuple[HoldView | None, list[Notice]]:
    """A hold just placed, and the notices that matter to where its book is to be collected (RULES 40)."""
    closed = calendar.load(table)
    return _view(table, hold, moment, closed, policy), notices_for(table, hold.pickup_place, moment.date(), closed)


def notices_for(table: Table, pickup_place: str, day: date, closed: Calendar) -> list[Notice]:
    """The current notices about a pickup place, and about the runs if it is a partner facility (RULES 40)."""
    facility = facilities.find(table, pickup_place) if pickup_place != PREFECTURAL else None
    names = {pickup_place: facility.name} if facility else {}
    scopes = {Scope.PREFECTURAL} if pickup_place == PREFECTURAL else {Scope.SERVICE}
    return [each for each in closed.notices(day, names) if each.scope in scopes or each.facility == pickup_place]


def _view(
    table: Table, hold: Hold, moment: datetime, closed: Calendar, policy: Policy, latest: LatestRun | None = None
) -> HoldView | None:
    found = titles.view(table, hold.title_id)
    if found is None:
        return None
    hold = dated(hold, found.copies, latest)
    # The index may be a moment behind the hold itself, which was just read: the hold always counts.
    queue = {(other.queued_at, other.patron_id) for other in found.holds if other.status == HoldStatus.WAITING}
    mine = (hold.queued_at, hold.patron_id)
    position = sum(other < mine for other in queue) + 1
    pickup = pickup_of_hold(hold, position, found.copies, moment, closed, policy)
    if hold.status != HoldStatus.WAITING:
        return HoldView(hold, found.title, None, None, pickup)
    return HoldView(hold, found.title, position, len(queue | {mine}), pickup)
