"""A patron's loans, and renewing them (RULES 31)."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.loans.declare_returned import declare_returned
from lending.actions.loans.renew import renew_loan, renew_loans
from lending.actions.one_by_one import Outcome
from lending.actions.patrons.view_library import LoanView, view_loan, view_loans
from lending.api.answers import ReasonAnswer, shown_reason
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.request_models import Day, Place, RequestModel, Word, as_list
from lending.api.shown.books import LoanAnswer, RenewedAnswer, shown_loan, shown_renewal
from lending.api.surface import Area
from lending.domain.loans.loan import RESERVED_LABEL, STATE_LABELS, Declaration, Loan
from lending.domain.policy import Policy
from lending.domain.week import renewal_window

area = Area("/api/me", patron)


class RenewalsRequest(RequestModel):
    """The books whose loans a patron wants renewed."""

    barcodes: Annotated[list[Word], Field(min_length=1, max_length=20), BeforeValidator(as_list)]


class ReturnRequest(RequestModel):
    """Where and when a patron gave a book back."""

    place: Place
    on: Day


class ReturnAnswer(TypedDict):
    """Where and when a patron says to have given a book back."""

    place: str
    on: date


class RenewedOfSeveral(TypedDict):
    """What became of one book of several: renewed, or what stands in the way."""

    barcode: str
    renewed: bool
    due_on: date | None
    reasons: list[ReasonAnswer]


class SeveralRenewed(TypedDict):
    """What became of each book, in the order they were sent."""

    items: list[RenewedOfSeveral]


class OwnLoan(LoanAnswer):
    """A loan as its patron sees it, and what stands in the way of renewing it."""

    lent_on: date
    overdue: bool
    past_due_note: str | None
    renewals_left: int
    renewable_from: date
    renewable: bool
    reasons: list[ReasonAnswer]
    reserved: str | None
    state_label: str
    declared: ReturnAnswer | None


@area.get("/loans")
def show_loans(request: Request) -> Page[OwnLoan]:
    """The patron's loans, the first due first."""
    library = request.library
    views = view_loans(library.table, request.caller, library.today, library.policy)
    return request.page_of(
        views,
        lambda view: (view.loan.due_on.isoformat(), view.loan.barcode),
        lambda view: _loan(view, library.today, library.policy),
    )


@area.post("/loans/<barcode>/renewals", status=201)
def renew(barcode: str, request: Request) -> RenewedAnswer:
    """Renew a loan."""
    library = request.library
    loan = renew_loan(library, request.caller, barcode)
    return shown_renewal(loan, library.policy)


@area.post("/renewals")
def renew_several(request: Request, wanted: RenewalsRequest) -> SeveralRenewed:
    """Renew several loans; what cannot be renewed hinders nothing else."""
    outcomes = renew_loans(request.library, request.caller, wanted.barcodes)
    return {"items": [_renewed(outcome) for outcome in outcomes]}


@area.post("/loans/<barcode>/returned")
def declare(barcode: str, request: Request, said: ReturnRequest) -> OwnLoan:
    """Say that a book was given back; the loan ends with its check-in (RULES 52)."""
    library = request.library
    loan = declare_returned(library, request.caller, barcode, Declaration(said.on, said.place))
    view = view_loan(library.table, loan, library.today, library.policy)
    return _loan(view, library.today, library.policy)


def _renewed(outcome: Outcome[Loan]) -> RenewedOfSeveral:
    return {
        "barcode": outcome.name,
        "renewed": outcome.done is not None,
        "due_on": outcome.done.due_on if outcome.done else None,
        "reasons": list(map(shown_reason, outcome.reasons)),
    }


def _loan(view: LoanView, today: date, policy: Policy) -> OwnLoan:
    loan = view.loan
    return {
        **shown_loan(loan, today),
        "lent_on": loan.lent_at.date(),
        "overdue": view.overdue,
        "past_due_note": view.past_due_note or None,
        "renewals_left": max(0, policy.renewal_limit - loan.renewals),
        "renewable_from": renewal_window(loan.due_on, policy).opens,
        "renewable": not view.reasons,
        "reasons": list(map(shown_reason, view.reasons)),
        "reserved": RESERVED_LABEL if view.waiting else None,
        "state_label": STATE_LABELS[loan.state_on(today)],
        "declared": {"place": loan.declared.place, "on": loan.declared.on} if loan.declared else None,
    }
