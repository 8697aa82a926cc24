"""The pull list, its scans, the crates (RULES 15, 23, 24)."""

from datetime import date, datetime
from typing import Annotated, Literal, NotRequired

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.calendar.notices import all_facilities
from lending.actions.pulls.book_in_hand import ScanResult
from lending.actions.pulls.dispatch_crates import bring_back, dispatch
from lending.actions.pulls.drop_plan import drop_plan
from lending.actions.pulls.pack_crates import Crate, crates
from lending.actions.pulls.pull_list import PullView, pull_list
from lending.actions.pulls.scan import scan_absent, scan_found
from lending.actions.pulls.undo_scan import undo_scan
from lending.api.guards import staff
from lending.api.request import Page, Request, run_of
from lending.api.request_models import Day, Place, QueryModel, RequestModel, Word, as_list
from lending.api.shown.bags import BagNumbers, shown_numbers
from lending.api.surface import Area
from lending.domain.calendar.facility import in_order
from lending.domain.catalogue.title import Copy, CopyState, LiesAt
from lending.domain.holds.hold import PREFECTURAL
from lending.domain.loans.bag import Bag
from lending.domain.problems import Reason, Refused
from lending.domain.run_id import RunId

area = Area("/api/desk", staff)


class PullResult(RequestModel):
    """What staff found in the place of a book."""

    result: Literal["found", "missing", "taken"]


class PullAnswer(TypedDict):
    """A line of the pull list: the book, where it lies, and where it goes."""

    barcode: str
    call_number: str
    title_id: str
    title: str
    author: str
    decision: str
    kept_aside: bool
    lies_at: LiesAt
    pickup_place: str
    pickup_place_name: str
    card_number: str
    run: RunId


class BookInBag(TypedDict):
    """A book by what is on its back."""

    barcode: str
    call_number: str


class Slip(TypedDict):
    """What the slip on a bag bears: card number, facility and pickup days, no name (RULES 24)."""

    card_number: str
    facility: str
    facility_name: str
    pickup_from: date
    pickup_until: date


class ScanAnswer(TypedDict):
    """What to do with a book; what is lent goes into a bag, with its slip."""

    action: str
    barcode: str
    card_number: NotRequired[str]
    pickup_until: NotRequired[date]
    instead: NotRequired[BookInBag]
    bag: NotRequired[str]
    facility: NotRequired[str]
    facility_name: NotRequired[str]
    slip: NotRequired[Slip]


class DroppedAnswer(TypedDict):
    """How many books of a plan stay on their shelves."""

    run: str
    dropped: int


class UndoneAnswer(TypedDict):
    """Which scan of a book was taken back."""

    barcode: str
    undone: str


class DispatchedAnswer(TypedDict):
    """A crate that has left, and when."""

    facility: str
    dispatched_at: datetime


class PackedBag(BagNumbers):
    """A bag with its books in shelf order."""

    pickup_from: date
    pickup_until: date
    count: int
    books: list[BookInBag]


class CrateAnswer(TypedDict):
    """The bags for one facility."""

    facility: str
    name: str
    pickup_from: date
    bag_count: int
    book_count: int
    dispatched_at: datetime | None
    bags: list[PackedBag]


@area.get("/pulls")
def show_pulls(request: Request) -> Page[PullAnswer]:
    """The pull list in shelf order."""
    staff = request.caller
    lines, last = pull_list(request.library, staff, request.start(), request.limit())
    names = _facility_names(request)
    return request.page([_shown_pull(line, names) for line in lines], last)


@area.post("/pulls/<barcode>")
def scan(barcode: str, request: Request, asked: PullResult) -> ScanAnswer:
    """A book of the pull list was found or not: what to do with it."""
    staff = request.caller
    if asked.result == "found":
        return _shown_scan(scan_found(request.library, barcode, staff), request)
    return _shown_scan(scan_absent(request.library, barcode, asked.result, staff), request)


class PlanQuery(QueryModel):
    """Whose plan is meant: a run's, or a pull's."""

    run: Word = ""


@area.delete("/pulls", status=200)
def drop_pulls(request: Request, asked: PlanQuery) -> DroppedAnswer:
    """Drop the plan of a run or pull."""
    staff, run = request.caller, run_of(asked.run)
    dropped = drop_plan(request.library, run, staff)
    return {"run": run, "dropped": dropped}


@area.delete("/pulls/<barcode>/scan", status=200)
def undo(barcode: str, request: Request) -> UndoneAnswer:
    """Take the latest scan of a book back."""
    scan = undo_scan(request.library, barcode, request.caller)
    return {"barcode": barcode, "undone": scan.action}


class Dispatch(RequestModel):
    """Crates that have left: those of some facilities, or of all if none is named."""

    pickup_from: Day
    facilities: Annotated[list[Place], Field(max_length=200), BeforeValidator(as_list)] = Field(default_factory=list)


@area.post("/crates/dispatch")
def dispatch_crates(request: Request, asked: Dispatch) -> Page[DispatchedAnswer]:
    """Crates have left."""
    left = dispatch(request.library, asked.pickup_from, asked.facilities)
    return request.page([DispatchedAnswer(facility=number, dispatched_at=at) for number, at in left.items()], None)


class CratesQuery(QueryModel):
    """The crates of which week, and of which facility."""

    pickup_from: Day | None = None
    facility: Place = ""


@area.delete("/crates/dispatch")
def bring_crate_back(request: Request, asked: CratesQuery) -> None:
    """A crate said to have left is here after all."""
    if asked.pickup_from is None:
        raise Refused("invalid_fields", Reason("no_batch", field="pickup_from"))
    bring_back(request.library.table, asked.pickup_from, asked.facility)


@area.get("/crates")
def show_crates(request: Request, asked: CratesQuery) -> Page[CrateAnswer]:
    """The crates of a week, the one that is packed now if none is named; with `facility` only one."""
    found = crates(request.library, asked.pickup_from, asked.facility, request.caller)
    return request.page_of(found, lambda crate: (in_order(crate.facility),), _shown_crate)


def _facility_names(request: Request) -> dict[str, str]:
    named = {str(each.number): each.name for each in all_facilities(request.library.table)}
    return {PREFECTURAL: request.library.policy.library_name} | named


def _shown_pull(line: PullView, names: dict[str, str]) -> PullAnswer:
    return {
        "barcode": line.copy.barcode,
        "call_number": line.copy.call_number,
        "title_id": line.copy.title_id,
        "title": line.title.title if line.title else "",
        "author": line.title.author if line.title else "",
        "decision": line.pull.decision,
        "kept_aside": line.copy.state is CopyState.KEPT_ASIDE,
        "lies_at": line.copy.lies_at,
        "pickup_place": line.pull.pickup_place,
        "pickup_place_name": names.get(line.pull.pickup_place, ""),
        "card_number": line.card_number,
        "run": line.pull.run,
    }


def _shown_scan(scanned: ScanResult, request: Request) -> ScanAnswer:
    shown: ScanAnswer = {"action": scanned.action, "barcode": scanned.barcode}
    if scanned.card_number:
        shown["card_number"] = scanned.card_number
    if scanned.pickup_until:
        shown["pickup_until"] = scanned.pickup_until
    if scanned.instead:
        shown["instead"] = _shown_book(scanned.instead)
    if bag := scanned.bag:
        slip = _slip(bag, request)
        place: ScanAnswer = {**shown, "facility": slip["facility"], "facility_name": slip["facility_name"]}
        return {**place, "bag": bag.bag_id, "slip": slip}
    return shown


def _slip(bag: Bag, request: Request) -> Slip:
    return {
        "card_number": bag.card_number,
        "facility": bag.facility,
        "facility_name": _facility_names(request).get(bag.facility, ""),
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
    }


def _shown_crate(crate: Crate) -> CrateAnswer:
    return {
        "facility": crate.facility,
        "name": crate.name,
        "pickup_from": crate.pickup_from,
        "bag_count": len(crate.bags),
        "book_count": crate.books,
        "dispatched_at": crate.dispatched_at,
        "bags": [_shown_bag(bag, books, crate.card_numbers) for bag, books in crate.bags],
    }


def _shown_bag(bag: Bag, books: list[Copy], cards: dict[str, str]) -> PackedBag:
    return {
        **shown_numbers(bag, cards.get(bag.patron_id)),
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
        "count": len(books),
        "books": [_shown_book(copy) for copy in books],
    }


def _shown_book(copy: Copy) -> BookInBag:
    return {"barcode": copy.barcode, "call_number": copy.call_number}
