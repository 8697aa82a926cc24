"""What facilities report, and what the desk makes of it (RULES 54)."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.calendar import facilities
from lending.aws.table.loans import bags, reports
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.writes import Write
from lending.domain.loans.bag import Arrival, Bag
from lending.domain.loans.report import Report, report_of_bag
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused


class OpenReport(NamedTuple):
    """An open report as the desk needs it: from whom, and the bag it is about, if any, with the card's number now."""

    report_id: str
    report: Report
    facility_name: str
    bag: Bag | None = None
    card_number: str = ""


@again_when_overtaken
def report(table: Table, told: Report) -> Report:
    """A facility tells the desk something. Told again, it is one task; told after it was done, it is open again."""
    known = reports.find(table, told.facility, told.name)
    if known and known.done_at is None:
        return known
    table.write(reports.record(known, told))
    return told


def open_reports(library: Library, staff: str, limit: int, start: Any = None) -> tuple[list[OpenReport], Any]:
    """Some of the open reports, the oldest first, and where the list goes on."""
    found, last = reports.page(library.table, limit, start)
    names = {str(each.number): each.name for each in facilities.all_facilities(library.table)} if found else {}
    about = [(each.pickup_from, each.facility, each.patron_id) for each in found if each.pickup_from]
    known = {bag.bag_id: bag for bag in bags.find_many(library.table, about)}
    if known:
        library.table.write(audit_log.entry_of_list("reports", Act(library.moment, staff, Deed.LOOK), library.policy))
    numbers = patrons.card_numbers(library.table, {bag.patron_id for bag in known.values()})
    return [_with_bag(each, names, known, numbers) for each in found], last


def _with_bag(told: Report, names: dict[str, str], known: dict[str, Bag], numbers: dict[str, str]) -> OpenReport:
    bag = known.get(told.name)
    number = numbers.get(bag.patron_id, bag.card_number) if bag else ""
    return OpenReport(reports.report_id(told), told, names.get(told.facility, ""), bag, number)


@again_when_overtaken
def finish_report(library: Library, report_id: str, staff: str) -> None:
    """Staff have seen to it. Said twice, the first time stands.

    Raises:
        Refused: there is no such report.
    """
    known = reports.find_by_id(library.table, report_id)
    if known is None:
        raise Refused("not_found")
    if known.done_at is None:
        act = Act(library.moment, staff, Deed.FINISH_TASK)
        about = [audit_log.entry_of_patron(known.patron_id, act, library.policy)] if known.patron_id else []
        library.table.transact(reports.end(known, library.moment, staff, library.policy), *about)


def missed(table: Table, bag: Bag, moment: datetime) -> list[Write]:
    """The desk is to look for a bag."""
    told = report_of_bag(bag, moment)
    known = reports.find(table, told.facility, told.name)
    return [] if known and known.done_at is None else [reports.record(known, told)]


def settled(library: Library, bag: Bag, by: str) -> list[Write]:
    """The desk need not look for a bag any more, if it had to; `by` says why."""
    known = _about(library.table, bag)
    return [reports.end(known, library.moment, by, library.policy)] if known and known.done_at is None else []


def reopened(table: Table, bag: Bag, by: str) -> list[Write]:
    """The desk is to look for a bag after all, if only what is taken back now had settled it."""
    known = _about(table, bag)
    again = known and known.done_by == by
    return [reports.record(known, replace(known, done_at=None, done_by=""))] if known and again else []


def _about(table: Table, bag: Bag) -> Report | None:
    """The report that a bag is missing; most are not."""
    if bag.arrival is not Arrival.MISSING:
        return None
    return reports.find(table, bag.facility, bag.bag_id)
