"""The day as the desk opens with it (RULES 55)."""

from datetime import date

from typing_extensions import TypedDict

from lending.actions.today import Packing, Today, view_today
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.shown.runs import WeeklyRunAnswer, shown_weekly_run
from lending.api.shown.weeks import PlannedRunAnswer, shown_planned_run
from lending.api.surface import Area

area = Area("/api/desk/today", staff)


class PackingAnswer(TypedDict):
    """The crates of the week that is packed or under way."""

    pickup_from: date
    pickup_until: date
    crates: int
    bags: int
    books: int
    dispatched: int


class OpenWorkAnswer(TypedDict):
    """A list of the desk, how much is left on it, and how much of that is late; `more` where counting has ended."""

    name: str
    left: int
    more: bool
    late: int


class TodayAnswer(TypedDict):
    """What is due, done and left."""

    date: date
    next_run: PlannedRunAnswer | None
    latest_run: WeeklyRunAnswer | None
    packing: PackingAnswer
    open_work: list[OpenWorkAnswer]


@area.get()
def show_today(request: Request) -> TodayAnswer:
    """What is due, done and left at the desk."""
    found = view_today(request.library)
    return {
        "date": request.library.today,
        "next_run": shown_planned_run(found.next_week) if found.next_week else None,
        "latest_run": shown_weekly_run(found.latest_run) if found.latest_run else None,
        "packing": _packing(found.packing),
        "open_work": _open_work(found),
    }


def _open_work(found: Today) -> list[OpenWorkAnswer]:
    late = {"applications": found.late_applications}
    return [
        {"name": each.name, "left": each.left, "more": each.more, "late": late.get(each.name, 0)}
        for each in found.open_work
    ]


def _packing(packing: Packing) -> PackingAnswer:
    return {
        "pickup_from": packing.pickup_from,
        "pickup_until": packing.pickup_until,
        "crates": packing.crates,
        "bags": packing.bags,
        "books": packing.books,
        "dispatched": packing.dispatched,
    }
