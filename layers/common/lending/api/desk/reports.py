"""What facilities report (RULES 54)."""

from datetime import date, datetime

from typing_extensions import TypedDict

from lending.actions.loans.facility_reports import OpenReport, finish_report, open_reports
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.shown.bags import BagNumbers, shown_numbers
from lending.api.surface import Area
from lending.domain.loans.bag import Bag
from lending.domain.loans.report import KIND_LABELS as REPORT_LABELS
from lending.domain.loans.report import ReportKind

area = Area("/api/desk", staff)


class MissingBag(BagNumbers):
    """A bag that has not arrived."""

    books: int
    pickup_from: date


class ReportForStaff(TypedDict):
    """What a facility has reported, in its own words or about a bag."""

    id: str
    facility: str
    facility_name: str
    kind: ReportKind
    kind_label: str
    text: str
    bag: MissingBag | None
    reported_at: datetime


@area.get("/reports")
def show_reports(request: Request) -> Page[ReportForStaff]:
    """What facilities have reported and nobody has seen to yet, the longest waiting first."""
    staff = request.caller
    found, last = open_reports(request.library, staff, request.limit(), request.start())
    return request.page([_shown_report(each) for each in found], last)


@area.post("/reports/<report_id>/done", status=204)
def finish_report_of_facility(report_id: str, request: Request) -> None:
    """It has been seen to."""
    finish_report(request.library, report_id, request.caller)


def _shown_report(open_report: OpenReport) -> ReportForStaff:
    told, bag = open_report.report, open_report.bag
    return {
        "id": open_report.report_id,
        "facility": told.facility,
        "facility_name": open_report.facility_name,
        "kind": told.kind,
        "kind_label": REPORT_LABELS[told.kind],
        "text": told.text,
        "bag": _missing_bag(bag, open_report.card_number) if bag else None,
        "reported_at": told.reported_at,
    }


def _missing_bag(bag: Bag, card_number: str) -> MissingBag:
    return {**shown_numbers(bag, card_number), "books": len(bag.barcodes), "pickup_from": bag.pickup_from}
