"""Titles, loans, and why a hold got no book."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from typing_extensions import TypedDict

from lending.domain.catalogue.description import Kind
from lending.domain.catalogue.title import Title
from lending.domain.holds.hold import RunReason
from lending.domain.loans.loan import Loan
from lending.domain.policy import Policy
from lending.domain.run.pickup_range import ExpectedPickup


class TitleAnswer(TypedDict):
    """A title, and whether it can be held."""

    title_id: str
    title: str
    author: str
    isbn: str
    title_kana: str
    author_kana: str
    volume: str
    publisher: str
    year: int | None
    ndc: str
    kind: Kind
    holdable: bool


class LastRunAnswer(TypedDict):
    """Why the last run gave a hold no book (RULES 27)."""

    date: date
    code: str
    message: str
    facts: Mapping[str, Any]


class ExpectedAnswer(TypedDict):
    """Between which days a book can be expected, 10 to 90 of 100, by which as likely as not, and why (RULES 50)."""

    earliest: date
    middle: date
    latest: date
    assumption: str


class LoanAnswer(TypedDict):
    """A book on loan, and when it is due."""

    barcode: str
    title_id: str
    title: str
    due_on: date
    pickup_place: str
    pickup_from: date | None
    pickup_until: date | None
    state: str


class RenewedAnswer(TypedDict):
    """The new due date of a loan."""

    barcode: str
    due_on: date
    renewals_left: int


def shown_expected(expected: ExpectedPickup | None) -> ExpectedAnswer | None:
    """When a book can be expected, as every answer shows it."""
    if expected is None:
        return None
    return {
        "earliest": expected.earliest,
        "middle": expected.middle,
        "latest": expected.latest,
        "assumption": expected.assumption,
    }


def shown_title(title: Title) -> TitleAnswer:
    """A title as every answer shows it."""
    return {
        "title_id": title.title_id,
        "title": title.title,
        "author": title.author,
        "isbn": title.isbn,
        "title_kana": title.title_kana,
        "author_kana": title.author_kana,
        "volume": title.volume,
        "publisher": title.publisher,
        "year": title.year,
        "ndc": title.ndc,
        "kind": title.material,
        "holdable": title.lendable > 0,
    }


def shown_last_run(run: RunReason, sentence: Callable[[str, Mapping[str, Any]], str]) -> LastRunAnswer:
    """A reason in words; `sentence` makes them for who reads them."""
    return {"date": run.date, "code": run.code, "message": sentence(run.code, run.facts), "facts": run.facts}


def shown_loan(loan: Loan, today: date) -> LoanAnswer:
    """A loan as of a day."""
    return {
        "barcode": loan.barcode,
        "title_id": loan.title_id,
        "title": loan.title,
        "due_on": loan.due_on,
        "pickup_place": loan.pickup_place,
        "pickup_from": loan.pickup_from,
        "pickup_until": loan.pickup_until,
        "state": loan.state_on(today),
    }


def shown_renewal(loan: Loan, policy: Policy) -> RenewedAnswer:
    """A loan that was renewed."""
    return {
        "barcode": loan.barcode,
        "due_on": loan.due_on,
        "renewals_left": policy.renewal_limit - loan.renewals,
    }
