"""The counter: check-in, check-out, lost and damaged books (RULES 17, 32, 34)."""

from datetime import date
from typing import Annotated, NotRequired

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

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


class CheckedInAnswer(TypedDict):
    """What became of one book, and where it goes next."""

    barcode: str
    result: str
    next: str | None
    title: str
    was_lost: NotRequired[bool]


class CheckedInBooks(TypedDict):
    """What became of each book, in the order of the scan."""

    items: list[CheckedInAnswer]


class CheckedOutAnswer(TypedDict):
    """A book lent at the counter; `hold_spent` if it was the patron's own hold that got it."""

    barcode: str
    title_id: str
    title: str
    due_on: date
    hold_spent: bool


class ConditionAnswer(TypedDict):
    """A copy and its state now."""

    barcode: str
    state: CopyState


@area.post("/checkins")
def check_books_in(request: Request, asked: CheckIns) -> CheckedInBooks:
    """Check books in, each on its own."""
    staff, barcodes = request.caller, asked.barcodes
    books = check_in_all(request.library, barcodes, staff)
    return {"items": [_shown_checked_in(book) for book in books]}


@area.post("/checkouts", status=201)
def check_book_out(request: Request, asked: CheckOut) -> CheckedOutAnswer:
    """Lend a book at the counter."""
    staff = request.caller
    done = check_out(request.library, asked.card_number, asked.barcode, staff)
    loan = done.loan
    return {
        "barcode": loan.barcode,
        "title_id": loan.title_id,
        "title": loan.title,
        "due_on": loan.due_on,
        "hold_spent": done.hold_spent,
    }


@area.post("/copies/<barcode>/lost")
def lose(barcode: str, request: Request) -> ConditionAnswer:
    """A book is lost."""
    return _marked(barcode, CopyState.LOST, request)


@area.post("/copies/<barcode>/damaged")
def damage(barcode: str, request: Request) -> ConditionAnswer:
    """A book is damaged."""
    return _marked(barcode, CopyState.DAMAGED, request)


@area.post("/copies/<barcode>/found")
def find(barcode: str, request: Request) -> ConditionAnswer:
    """A book that was missed, lost or damaged is there again."""
    state = mark_found(request.library, barcode, request.caller)
    return {"barcode": barcode, "state": state}


@area.post("/copies/<barcode>/replaced")
def replace_in_kind(barcode: str, request: Request) -> ConditionAnswer:
    """A patron has replaced a lost or damaged book: the loan is over."""
    state = replaced_in_kind(request.library, barcode, request.caller)
    return {"barcode": barcode, "state": state}


def _marked(barcode: str, state: CopyState, request: Request) -> ConditionAnswer:
    marked = mark(request.library, barcode, state, request.caller)
    return {"barcode": barcode, "state": marked}


def _shown_checked_in(book: CheckedIn) -> CheckedInAnswer:
    shown: CheckedInAnswer = {
        "barcode": book.barcode,
        "result": book.result,
        "next": book.next or None,
        "title": book.title,
    }
    return {**shown, "was_lost": True} if book.was_lost else shown
