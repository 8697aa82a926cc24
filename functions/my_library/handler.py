"""`/api/me`: a patron's record, basket, loans and mails; `/api/mail-address-confirmations`: whoever followed a link."""

from secrets import token_urlsafe
from typing import Any

from lending.actions.holds.basket import put_in_basket, show_basket, take_from_basket
from lending.actions.loans.renew import renew_loan
from lending.actions.mail.mails_of_patron import view_mails
from lending.actions.patrons.change_mail_address import change_mail_addresses, confirm_mail_address
from lending.actions.patrons.view_library import LoanView, Myself, ask_test_mail, view_loans, view_myself
from lending.aws.asked import Asked, Text
from lending.aws.http import Api, answer
from lending.aws.sealing import confirmed
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.catalogue.title import Title
from lending.domain.loans.loan import RESERVED_LABEL, STATE_LABELS
from lending.domain.mail.mail import STATE_LABELS as MAIL_STATE_LABELS
from lending.domain.mail.mail import UNSENT_LABELS, Mail
from lending.domain.problems import Reason
from lending.domain.week import renewal_window

api = Api()
handler = api

# What a mail tells and a patron may see again; links and tokens are for the reader of the mail alone.
_SHOWN_FACTS = frozenset(
    {
        "pickup_from",
        "pickup_until",
        "facility",
        "due_on",
        "ready_on",
        "reminded_on",
        "expired_on",
        "expires_on",
        "reason",
        "title",
    }
)


class Addresses(Asked):
    """Where a patron wants mails to go; what is left out stays as it is."""

    email: Text | None = None
    mail_to: Text | None = None


class Confirmation(Asked):
    """What the link of a mail carries."""

    token: Text


# The record


@api.get("/api/me")
def me() -> Any:
    """The patron's own record, with what the card page shows."""
    patron_id = api.patron()
    return answer(200, _record(view_myself(library_table(), patron_id, api.moment())))


@api.patch("/api/me")
def change_me() -> Any:
    """Change where mails go; an address that has to prove itself shows as pending (RULES 7)."""
    patron_id, wanted = api.patron(), api.body(Addresses).model_dump(exclude_none=True)
    table, moment = library_table(), api.moment()
    change_mail_addresses(table, patron_id, wanted, token_urlsafe(24), moment, settings().policy)
    return answer(200, _record(view_myself(table, patron_id, moment)))


@api.get("/api/me/export")
def export() -> Any:
    """All that is kept of the patron, as one file."""
    from lending.actions.patrons.export import export_all

    return answer(200, export_all(library_table(), api.patron(), api.moment()))


@api.delete("/api/me")
def leave_for_good() -> Any:
    """The patron leaves: nothing is kept of them (RULES 41)."""
    from lending.actions.patrons.leave import leave

    leave(library_table(), api.patron(), api.moment())
    return answer(204)


@api.post("/api/mail-address-confirmations")
def confirm() -> Any:
    """A link was followed: the address counts from now on."""
    patron_id, pending_id = confirmed(api.body(Confirmation).token)
    wish = confirm_mail_address(library_table(), patron_id, pending_id, api.moment(), settings().policy)
    return answer(200, {"field": wish.field, "confirmed": True})


def _record(myself: Myself) -> dict[str, Any]:
    patron, today = myself.patron, api.moment().date()
    coming = patron.loan_cap_from if patron.loan_cap_from and patron.loan_cap_from > today else None
    return {
        "name": patron.name,
        "kana": patron.kana or None,
        "birth_date": patron.birth_date,
        "postal_code": patron.postal_code or None,
        "address": patron.address or None,
        "phone": patron.phone or None,
        "guardian": patron.guardian or None,
        "card_number": patron.card_number,
        "expires_on": patron.expires_on,
        "expired": patron.expired_on(today),
        "blocked": patron.blocked,
        "online_lending": patron.online_lending,
        "email": patron.email,
        "mail_to": patron.hold_mails_to,
        "email_reachable": myself.email_reachable,
        "pending_addresses": {wish.field: wish.address for wish in myself.pending},
        "loan_cap": patron.cap_on(today),
        "next_loan_cap": patron.loan_cap if coming else None,
        "next_loan_cap_from": coming,
        "hold_limit": settings().policy.hold_limit,
        "counts": {"holds": patron.open_holds, "loans": patron.loans, "basket": myself.basket},
    }


# The basket


@api.get("/api/me/basket")
def basket() -> Any:
    """The titles in the basket."""
    entries = show_basket(library_table(), api.patron())
    return api.listed(entries, lambda entry: (entry.added_at, entry.title.title_id), lambda entry: _entry(entry.title))


@api.put("/api/me/basket/<title_id>")
def put_in(title_id: str) -> Any:
    """Put a title in the basket."""
    put_in_basket(library_table(), api.patron(), title_id, api.moment())
    return answer(204)


@api.delete("/api/me/basket/<title_id>")
def take_out(title_id: str) -> Any:
    """Take a title out of the basket."""
    take_from_basket(library_table(), api.patron(), title_id)
    return answer(204)


def _entry(title: Title) -> dict[str, Any]:
    return {
        "title_id": title.title_id,
        "title": title.title,
        "author": title.author,
        "holdable": title.lendable > 0,
    }


# Loans (RULES 31)


@api.get("/api/me/loans")
def loans() -> Any:
    """The patron's loans."""
    patron_id = api.patron()
    views = view_loans(library_table(), patron_id, api.moment().date(), settings().policy)
    return api.listed(views, lambda view: (view.loan.due_on.isoformat(), view.loan.barcode), _loan)


@api.post("/api/me/loans/<barcode>/renewals")
def renew(barcode: str) -> Any:
    """Renew a loan."""
    loan = renew_loan(library_table(), api.patron(), barcode, api.moment(), settings().policy)
    left = settings().policy.renewal_limit - loan.renewals
    return answer(201, {"barcode": barcode, "due_on": loan.due_on, "renewals_left": left})


def _loan(view: LoanView) -> dict[str, Any]:
    loan, policy, state = view.loan, settings().policy, view.loan.state_on(api.moment().date())
    return {
        "barcode": loan.barcode,
        "title_id": loan.title_id,
        "title": loan.title,
        "lent_on": loan.lent_at.date(),
        "due_on": loan.due_on,
        "overdue": view.overdue,
        "past_due_note": view.past_due_note or None,
        "renewals_left": max(0, policy.renewal_limit - loan.renewals),
        "renewable_from": renewal_window(loan.due_on, policy).opens,
        "renewable": not view.reasons,
        "reasons": [_reason(reason) for reason in view.reasons],
        "reserved": RESERVED_LABEL if view.waiting else None,
        "pickup_place": loan.pickup_place,
        "pickup_from": loan.pickup_from,
        "pickup_until": loan.pickup_until,
        "state": state,
        "state_label": STATE_LABELS[state],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {**reason.facts, "code": reason.code, "message": reason.sentence}


# Mails (RULES 38)


@api.get("/api/me/mails")
def mails() -> Any:
    """The mails of the last days, with how far they have come."""
    found = view_mails(library_table(), api.patron(), api.moment(), settings().policy)
    return api.listed(found, lambda mail: (-mail.created_at.timestamp(), mail.mail_id), _mail)


@api.post("/api/me/test-mail")
def test_mail() -> Any:
    """Send a mail to see whether it arrives."""
    return answer(202, _mail(ask_test_mail(library_table(), api.patron(), api.moment(), settings().policy)))


def _mail(mail: Mail) -> dict[str, Any]:
    # The words of all mails, for a route that few cold starts answer.
    from lending.domain.mail.texts import subject_of

    return {
        "kind": mail.kind,
        "subject": mail.subject or subject_of(mail.kind, mail.facts, settings().policy),
        "text": mail.text or None,
        "created_at": mail.created_at,
        "sent_at": mail.sent_at,
        "to": mail.to_address or None,
        "state": mail.state,
        "state_label": MAIL_STATE_LABELS[mail.state],
        "why": UNSENT_LABELS[mail.why] if mail.why else None,
        "facts": {name: mail.facts[name] for name in sorted(_SHOWN_FACTS & mail.facts.keys())},
    }
