"""A patron's loans, and renewing them (RULES 31)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lending.actions.loans.renew import renew_loan
from lending.actions.patrons.view_library import LoanView, view_loans
from lending.api.answers import shown_reason
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.surface import Area
from lending.domain.loans.loan import RESERVED_LABEL, STATE_LABELS
from lending.domain.policy import Policy
from lending.domain.week import renewal_window

area = Area("/api/me/loans", patron)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanAnswer:
    """A loan as its patron sees it, and what stands in the way of renewing it."""

    barcode: str
    title_id: str
    title: str
    lent_on: date
    due_on: date
    overdue: bool
    past_due_note: str | None
    renewals_left: int
    renewable_from: date
    renewable: bool
    reasons: list[Mapping[str, Any]]
    reserved: str | None
    pickup_place: str
    pickup_from: date | None
    pickup_until: date | None
    state: str
    state_label: str


@dataclass(frozen=True, slots=True)
class RenewedAnswer:
    """The new due date."""

    barcode: str
    due_on: date
    renewals_left: int


@area.get()
def show_loans(request: Request) -> Page[LoanAnswer]:
    """The patron's loans, the first due first."""
    library = request.library
    views = view_loans(library.table, request.caller, library.today, library.policy)
    return request.page_of(
        views,
        lambda view: (view.loan.due_on.isoformat(), view.loan.barcode),
        lambda view: _loan(view, library.today, library.policy),
    )


@area.post("/<barcode>/renewals", status=201)
def renew(barcode: str, request: Request) -> RenewedAnswer:
    """Renew a loan."""
    library = request.library
    loan = renew_loan(library.table, request.caller, barcode, library.moment, library.policy)
    return RenewedAnswer(barcode, loan.due_on, library.policy.renewal_limit - loan.renewals)


def _loan(view: LoanView, today: date, policy: Policy) -> LoanAnswer:
    loan, state = view.loan, view.loan.state_on(today)
    return LoanAnswer(
        barcode=loan.barcode,
        title_id=loan.title_id,
        title=loan.title,
        lent_on=loan.lent_at.date(),
        due_on=loan.due_on,
        overdue=view.overdue,
        past_due_note=view.past_due_note or None,
        renewals_left=max(0, policy.renewal_limit - loan.renewals),
        renewable_from=renewal_window(loan.due_on, policy).opens,
        renewable=not view.reasons,
        reasons=list(map(shown_reason, view.reasons)),
        reserved=RESERVED_LABEL if view.waiting else None,
        pickup_place=loan.pickup_place,
        pickup_from=loan.pickup_from,
        pickup_until=loan.pickup_until,
        state=state,
        state_label=STATE_LABELS[state],
    )
