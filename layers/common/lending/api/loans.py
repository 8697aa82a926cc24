"""A patron's loans, and renewing them (RULES 31)."""

from datetime import date

from lending.actions.loans.renew import renew_loan
from lending.actions.patrons.view_library import LoanView, view_loans
from lending.api.answers import ReasonAnswer, shown_reason
from lending.api.guards import patron
from lending.api.request import Page, Request
from lending.api.shown import LoanAnswer, RenewedAnswer, shown_loan, shown_renewal
from lending.api.surface import Area
from lending.domain.loans.loan import RESERVED_LABEL, STATE_LABELS
from lending.domain.policy import Policy
from lending.domain.week import renewal_window

area = Area("/api/me/loans", patron)


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


@area.get()
def show_loans(request: Request) -> Page[OwnLoan]:
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
    loan = renew_loan(library, request.caller, barcode)
    return shown_renewal(loan, library.policy)


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
    }
