"""The day as the desk opens with it (RULES 55)."""

from collections.abc import Mapping
from datetime import date, datetime

from typing_extensions import TypedDict

from lending.actions.today import Packing, Today, view_today
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.surface import Area
from lending.domain.calendar.coming_weeks import PlannedWeek
from lending.domain.run.run_record import CycleRun

area = Area("/api/desk/today", staff)


class NextRun(TypedDict):
    """The run to come."""

    run_date: date
    cut_off: datetime
    suspended: bool
    reason: str | None


class LatestRun(TypedDict):
    """The latest weekly run, and what became of it."""

    date: str
    finished: bool
    finished_at: datetime | None
    suspended: bool
    summary: Mapping[str, int]


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
    next_run: NextRun | None
    latest_run: LatestRun | None
    packing: PackingAnswer
    open_work: list[OpenWorkAnswer]


@area.get()
def show_today(request: Request) -> TodayAnswer:
    """What is due, done and left at the desk."""
    found = view_today(request.library)
    return {
        "date": request.library.today,
        "next_run": _next_run(found.next_week) if found.next_week else None,
        "latest_run": _latest_run(found.latest_run) if found.latest_run else None,
        "packing": _packing(found.packing),
        "open_work": _open_work(found),
    }


def _open_work(found: Today) -> list[OpenWorkAnswer]:
    late = {"applications": found.late_applications}
    return [
        {"name": each.name, "left": each.left, "more": each.more, "late": late.get(each.name, 0)}
        for each in found.open_work
    ]


def _next_run(planned: PlannedWeek) -> NextRun:
    stopped_by = planned.stopped_by
    return {
        "run_date": planned.week.run_date,
        "cut_off": planned.week.cut_off,
        "suspended": stopped_by is not None,
        "reason": (stopped_by.reason or None) if stopped_by else None,
    }


def _latest_run(run: CycleRun) -> LatestRun:
    return {
        "date": str(run.run_id),
        "finished": run.finished_at is not None,
        "finished_at": run.finished_at,
        "suspended": run.suspended,
        "summary": run.counts,
    }


def _packing(packing: Packing) -> PackingAnswer:
    return {
        "pickup_from": packing.pickup_from,
        "pickup_until": packing.pickup_until,
        "crates": packing.crates,
        "bags": packing.bags,
        "books": packing.books,
        "dispatched": packing.dispatched,
    }
