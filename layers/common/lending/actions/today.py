"""The desk's day: what is due, what is done, what is left (RULES 55)."""

from collections.abc import Callable, Sized
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.actions.registration.late_applications import late_applications
from lending.aws.concurrency import map_concurrently
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.loans import bags, reports
from lending.aws.table.mail import contacts, mails
from lending.aws.table.pulls import crates
from lending.aws.table.registration import applications
from lending.aws.table.run import runs
from lending.domain.calendar.coming_weeks import PlannedWeek, planned_weeks
from lending.domain.registration.kinds import ApplicationStatus
from lending.domain.run.run_record import CycleRun
from lending.domain.week import run_due_at, week_of_run

# What is counted further tells nobody more.
COUNTED = 100


class OpenWork(NamedTuple):
    """One of the desk's lists: how much is left on it, counted up to `COUNTED`, and whether there is more."""

    name: str
    left: int
    more: bool


class Packing(NamedTuple):
    """The week that is packed or under way: its crates, bags and books, and how many crates have left."""

    pickup_from: date
    pickup_until: date
    crates: int
    bags: int
    books: int
    dispatched: int


class Today(NamedTuple):
    """The day as the desk opens with it."""

    next_week: PlannedWeek | None
    latest_run: CycleRun | None
    packing: Packing
    open_work: list[OpenWork]
    late_applications: int


def view_today(library: Library) -> Today:
    """What there is to do. It names nobody, so that it was looked at leaves no trace."""
    table = library.table
    coming = planned_weeks(library.moment, calendar.load(table), "", library.policy)
    latest, _ = runs.weekly_runs(table, None, 1)
    return Today(
        next_week=coming[0] if coming else None,
        latest_run=latest[0] if latest else None,
        packing=_packing(library),
        open_work=map_concurrently(partial(_left, table), _LISTS),
        late_applications=late_applications(library),
    )


def _left(table: Table, name: str) -> OpenWork:
    found = len(_LISTS[name](table, COUNTED + 1)[0])
    return OpenWork(name, min(found, COUNTED), found > COUNTED)


_LISTS: dict[str, Callable[[Table, int], tuple[Sized, Any]]] = {
    "pulls": lambda table, most: copies.page_of_pulls(table, None, most),
    "applications": lambda table, most: applications.page(table, ApplicationStatus.SUBMITTED, most),
    "contacts": contacts.page,
    "letters": lambda table, most: mails.page_of_letters(table, most, None),
    "reports": reports.page,
    "to_clear": lambda table, most: copies.page_of_list(table, copies.TO_CLEAR, None, most),
    "missing": lambda table, most: copies.page_of_list(table, "missing", None, most),
}


def _packing(library: Library) -> Packing:
    week = week_of_run(run_due_at(library.moment, library.policy), library.policy)
    week = runs.week_as_run(library.table, week)
    packed = [bag for bag in bags.of_week(library.table, week.pickup_from) if bag.barcodes]
    facilities = {bag.facility for bag in packed}
    left = crates.dispatched(library.table, week.pickup_from)
    return Packing(
        pickup_from=week.pickup_from,
        pickup_until=week.pickup_until,
        crates=len(facilities),
        bags=len(packed),
        books=sum(len(bag.barcodes) for bag in packed),
        dispatched=len(facilities & left.keys()),
    )
