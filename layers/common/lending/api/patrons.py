"""A patron's own record: what is stored, where mails go, the file of it all, and leaving (RULES 7, 41)."""

from datetime import date
from secrets import token_urlsafe
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from lending.actions.patrons.change_mail_address import change_mail_addresses, confirm_mail_address
from lending.actions.patrons.choose_pace import choose_pace
from lending.actions.patrons.choose_usual_place import choose_usual_place
from lending.actions.patrons.export import export_all
from lending.actions.patrons.leave import leave
from lending.actions.patrons.view_library import Myself, view_myself
from lending.api.guards import anyone, patron
from lending.api.request import Request
from lending.api.request_models import A_NUMBER, Day, Place, RequestModel, Text
from lending.api.surface import Area
from lending.aws.signing import confirmed

area = Area("/api/me", patron)
confirmations = Area("/api/mail-address-confirmations", anyone)


class ChangeRequest(RequestModel):
    """Where a patron wants mails to go, usually collects, and at what pace; null takes a choice back."""

    email: Text | None = None
    mail_to: Text | None = None
    usual_pickup_place: Place | None = None
    paused_until: Day | None = None
    books_a_run: Annotated[int, Field(ge=1, le=1000), A_NUMBER] | None = None


class ConfirmationRequest(RequestModel):
    """What the link of a mail carries."""

    token: Text


class Counts(TypedDict):
    """How many holds, loans and titles in the basket."""

    holds: int
    loans: int
    basket: int


class OwnRecord(TypedDict):
    """All that is registered of the patron, with what the card page shows."""

    name: str
    kana: str | None
    birth_date: date
    postal_code: str | None
    address: str | None
    phone: str | None
    guardian: str | None
    card_number: str
    expires_on: date
    expired: bool
    renewal_due: bool
    blocked: bool
    online_lending: bool
    email: str
    mail_to: str
    email_reachable: bool
    pending_addresses: dict[str, str]
    usual_pickup_place: str | None
    paused_until: date | None
    books_a_run: int | None
    offers: list[str]
    loan_cap: int
    next_loan_cap: int | None
    next_loan_cap_from: date | None
    hold_limit: int
    counts: Counts


class ConfirmedAnswer(TypedDict):
    """Which address counts from now on."""

    field: str
    confirmed: bool


@area.get()
def show_record(request: Request) -> OwnRecord:
    """The patron's own record."""
    return _record(view_myself(request.library.table, request.caller, request.moment), request)


@area.patch()
def change_record(request: Request, wanted: ChangeRequest) -> OwnRecord:
    """Change where mails go, an address that has to prove itself shows as pending (RULES 7), usual place or pace."""
    library = request.library
    if "usual_pickup_place" in wanted.model_fields_set:
        choose_usual_place(library, request.caller, wanted.usual_pickup_place or "")
    if pace := wanted.model_dump(exclude_unset=True, include={"paused_until", "books_a_run"}):
        choose_pace(library, request.caller, pace)
    addresses = wanted.model_dump(exclude_none=True, include={"email", "mail_to"})
    change_mail_addresses(library, request.caller, addresses, token_urlsafe(24))
    return show_record(request)


@area.get("/export")
def export(request: Request) -> dict[str, Any]:
    """All that is kept of the patron, as one file."""
    return export_all(request.library.table, request.caller, request.moment)


@area.delete()
def leave_for_good(request: Request) -> None:
    """The patron leaves: nothing is kept of them (RULES 41)."""
    leave(request.library.table, request.caller, request.moment)


@confirmations.post()
def confirm(request: Request, followed: ConfirmationRequest) -> ConfirmedAnswer:
    """A link was followed: the address counts from now on."""
    library = request.library
    patron_id, pending_id = confirmed(followed.token)
    wish = confirm_mail_address(library, patron_id, pending_id)
    return {"field": wish.field, "confirmed": True}


def _record(myself: Myself, request: Request) -> OwnRecord:
    known, today = myself.patron, request.library.today
    coming = known.loan_cap_from if known.loan_cap_from and known.loan_cap_from > today else None
    return OwnRecord(
        name=known.name,
        kana=known.kana or None,
        birth_date=known.birth_date,
        postal_code=known.postal_code or None,
        address=known.address or None,
        phone=known.phone or None,
        guardian=known.guardian or None,
        card_number=known.card_number,
        expires_on=known.expires_on,
        expired=known.expired_on(today),
        renewal_due=known.renewal_due_on(today, request.library.policy),
        blocked=known.blocked,
        online_lending=known.online_lending,
        email=known.email,
        mail_to=known.hold_mails_to,
        email_reachable=myself.email_reachable,
        pending_addresses={wish.field: wish.address for wish in myself.pending},
        usual_pickup_place=known.usual_pickup_place or None,
        paused_until=known.paused_until if known.paused_on(today) else None,
        books_a_run=known.books_a_run,
        offers=request.library.policy.offers,
        loan_cap=known.cap_on(today),
        next_loan_cap=known.loan_cap if coming else None,
        next_loan_cap_from=coming,
        hold_limit=request.library.policy.hold_limit,
        counts=Counts(holds=known.open_holds, loans=known.loans, basket=myself.basket),
    )
