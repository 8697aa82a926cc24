"""The pull list, its scans, the crates (RULES 15, 23, 24)."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

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
from lending.api.request_models import Day, Place, RequestModel, as_list
from lending.api.surface import Area
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import PREFECTURAL
from lending.domain.loans.bag import Bag
from lending.domain.problems import Reason, Refused
from lending.domain.week import run_due_at, week_of_run

area = Area("/api/desk", staff)


class PullResult(RequestModel):
    """What staff found in the place of a book."""

    result: Literal["found", "missing", "taken"]


@area.get("/pulls")
def show_pulls(request: Request) -> Page[dict[str, Any]]:
    """The pull list in shelf order."""
    staff = request.caller
    lines, last = pull_list(
        request.library.table, staff, request.moment, request.library.policy, request.start(), request.limit()
    )
    names = _facility_names(request)
    return request.page([_shown_pull(line, names) for line in lines], last)


@area.post("/pulls/<barcode>")
def scan(barcode: str, request: Request, asked: PullResult) -> dict[str, Any]:
    """A book of the pull list was found or not: what to do with it."""
    staff = request.caller
    table, moment, policy = request.library.table, request.moment, request.library.policy
    if asked.result == "found":
        return _shown_scan(scan_found(table, barcode, staff, moment, policy), request)
    return _shown_scan(scan_absent(table, barcode, asked.result, staff, moment, policy), request)


@area.delete("/pulls", status=200)
def drop_pulls(request: Request) -> dict[str, Any]:
    """Drop the plan of the run or pull that `run` names."""
    staff, run = request.caller, run_of(request.query("run"))
    dropped = drop_plan(request.library.table, run, staff, request.moment, request.library.policy)
    return {"run": run, "dropped": dropped}


@area.delete("/pulls/<barcode>/scan", status=200)
def undo(barcode: str, request: Request) -> dict[str, Any]:
    """Take the latest scan of a book back."""
    scan = undo_scan(request.library.table, barcode, request.caller, request.moment, request.library.policy)
    return {"barcode": barcode, "undone": scan.action}


class Dispatch(RequestModel):
    """Crates that have left: those of some facilities, or of all if none is named."""

    pickup_from: Day
    facilities: Annotated[list[Place], Field(max_length=200), BeforeValidator(as_list)] = Field(default_factory=list)


@area.post("/crates/dispatch")
def dispatch_crates(request: Request, asked: Dispatch) -> Page[dict[str, Any]]:
    """Crates have left."""
    policy = request.library.policy
    left = dispatch(request.library.table, asked.pickup_from, asked.facilities, request.moment, policy)
    return request.page([{"facility": number, "dispatched_at": at} for number, at in left.items()], None)


@area.delete("/crates/dispatch")
def bring_crate_back(request: Request) -> None:
    """A crate said to have left is here after all: `pickup_from`, `facility`."""
    pickup_from = request.day("pickup_from")
    if pickup_from is None:
        raise Refused("invalid_fields", Reason("no_batch", field="pickup_from"))
    bring_back(request.library.table, pickup_from, request.place("facility"))


@area.get("/crates")
def show_crates(request: Request) -> Page[dict[str, Any]]:
    """The crates of a week, the one that is packed now if none is named; with `facility` only one."""
    staff, moment, policy = request.caller, request.moment, request.library.policy
    pickup_from = request.day("pickup_from") or week_of_run(run_due_at(moment, policy), policy).pickup_from
    found = crates(request.library.table, pickup_from, request.place("facility"), staff, moment, policy)
    return request.page_of(found, lambda crate: (int(crate.facility),), _shown_crate)


def _facility_names(request: Request) -> dict[str, str]:
    named = {str(each.number): each.name for each in all_facilities(request.library.table)}
    return {PREFECTURAL: request.library.policy.library_name} | named


def _shown_pull(line: PullView, names: dict[str, str]) -> dict[str, Any]:
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


def _shown_scan(scanned: ScanResult, request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {"action": scanned.action, "barcode": scanned.barcode}
    if scanned.card_number:
        shown["card_number"] = scanned.card_number
    if scanned.pickup_until:
        shown["pickup_until"] = scanned.pickup_until
    if scanned.instead:
        shown["instead"] = {"barcode": scanned.instead.barcode, "call_number": scanned.instead.call_number}
    return shown | (_shown_slip(scanned.bag, request) if scanned.bag else {})


def _shown_slip(bag: Bag, request: Request) -> dict[str, Any]:
    """What the slip on a bag bears: card number, facility and pickup days, no name (RULES 24)."""
    name = _facility_names(request).get(bag.facility, "")
    slip = {
        "card_number": bag.card_number,
        "facility": bag.facility,
        "facility_name": name,
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
    }
    return {"bag": bag.bag_id, "facility": bag.facility, "facility_name": name, "slip": slip}


def _shown_crate(crate: Crate) -> dict[str, Any]:
    return {
        "facility": crate.facility,
        "name": crate.name,
        "pickup_from": crate.pickup_from,
        "bag_count": len(crate.bags),
        "book_count": crate.books,
        "dispatched_at": crate.dispatched_at,
        "bags": [_shown_bag(bag, books, crate.card_numbers) for bag, books in crate.bags],
    }


def _shown_bag(bag: Bag, books: list[Copy], cards: dict[str, str]) -> dict[str, Any]:
    return {
        "id": bag.bag_id,
        **bag.numbers(cards.get(bag.patron_id)),
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
        "count": len(books),
        "books": [{"barcode": copy.barcode, "call_number": copy.call_number} for copy in books],
    }
