"""The counter: check-in, check-out, lost and damaged books (RULES 17, 32, 34)."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from lending.actions.catalogue.copy_condition import mark, mark_found, replaced_in_kind
from lending.actions.loans.check_in import CheckedIn, check_in_all
from lending.actions.loans.check_out import check_out
from lending.api.guards import staff
from lending.api.request import Request
from lending.api.request_models import RequestModel, Word, as_list
from lending.api.surface import Area
from lending.domain.catalogue.title import CopyState

area = Area("/api/desk", staff)


class CheckIns(RequestModel):
    """Books as scanned, in that order."""

    # However long: what is no bar code is unknown, and fails no other book.
    barcodes: Annotated[list[str], Field(min_length=1, max_length=100), BeforeValidator(as_list)]


class CheckOut(RequestModel):
    """A patron's card and a book."""

    card_number: Word
    barcode: Word


@area.post("/checkins")
def check_books_in(request: Request, asked: CheckIns) -> dict[str, Any]:
    """Check books in, each on its own."""
    staff, barcodes = request.caller, asked.barcodes
    books = check_in_all(request.library.table, barcodes, staff, request.moment, request.library.policy)
    return {"items": [_shown_checked_in(book) for book in books]}


@area.post("/checkouts", status=201)
def check_book_out(request: Request, asked: CheckOut) -> dict[str, Any]:
    """Lend a book at the counter."""
    staff = request.caller
    done = check_out(
        request.library.table, asked.card_number, asked.barcode, staff, request.moment, request.library.policy
    )
    named = {name: getattr(done.loan, name) for name in ("barcode", "title_id", "title", "due_on")}
    return named | {"hold_spent": done.hold_spent}


@area.post("/copies/<barcode>/lost")
def lose(barcode: str, request: Request) -> dict[str, Any]:
    """A book is lost."""
    return _marked(barcode, CopyState.LOST, request)


@area.post("/copies/<barcode>/damaged")
def damage(barcode: str, request: Request) -> dict[str, Any]:
    """A book is damaged."""
    return _marked(barcode, CopyState.DAMAGED, request)


@area.post("/copies/<barcode>/found")
def find(barcode: str, request: Request) -> dict[str, Any]:
    """A book that was missed, lost or damaged is there again."""
    state = mark_found(request.library.table, barcode, request.caller, request.moment, request.library.policy)
    return {"barcode": barcode, "state": state}


@area.post("/copies/<barcode>/replaced")
def replace_in_kind(barcode: str, request: Request) -> dict[str, Any]:
    """A patron has replaced a lost or damaged book: the loan is over."""
    state = replaced_in_kind(request.library.table, barcode, request.caller, request.moment, request.library.policy)
    return {"barcode": barcode, "state": state}


def _marked(barcode: str, state: CopyState, request: Request) -> dict[str, Any]:
    marked = mark(request.library.table, barcode, state, request.caller, request.moment, request.library.policy)
    return {"barcode": barcode, "state": marked}


def _shown_checked_in(book: CheckedIn) -> dict[str, Any]:
    shown = {"barcode": book.barcode, "result": book.result, "next": book.next or None, "title": book.title}
    return shown | ({"was_lost": True} if book.was_lost else {})
