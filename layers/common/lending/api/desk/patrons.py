"""People: searched, registered, corrected, their cards and passwords (RULES 6-8, 19, 41, 44)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.patrons.change_patron import HeldTitle, Record, change_record, view_record
from lending.actions.patrons.leave import take_out
from lending.actions.patrons.register_person import issue_card, password_slip, register_person
from lending.actions.patrons.search_people import search_people
from lending.actions.patrons.send_password import send_password
from lending.api.desk.shared import (
    HoldAnswer,
    Message,
    PersonAnswer,
    person,
    reason_of,
    regular_card_number,
    shown_hold,
)
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import A_NUMBER, Day, Purpose, QueryModel, RequestModel, Text, Word, as_list
from lending.api.shown.books import LastRunAnswer, LoanAnswer, shown_loan
from lending.api.surface import Area
from lending.aws.settings import settings
from lending.domain.loans.loan import Loan
from lending.domain.patrons.patron import Patron
from lending.domain.patrons.people import PersonSearch
from lending.domain.patrons.person import FIELDS, checked
from lending.domain.problems import Reason, Refused
from lending.domain.week import in_tokyo

# A password is shown once: the same answer given again has none.
area = Area("/api/desk", staff, secrets={"temporary_password": lambda _: ""})


class FoundPerson(PersonAnswer):
    """Somebody who was searched for."""

    guardian: str
    blocked: bool


class PatronAnswer(FoundPerson):
    """What is registered of a patron."""

    mail_to: str
    note: str
    online_lending: bool
    loan_cap: int
    loan_cap_from: date | None
    loan_cap_now: int
    open_holds: int
    loans: int
    returning: int
    expired: bool
    paused_until: date | None
    books_a_run: int | None


class HeldAnswer(HoldAnswer):
    """A hold of the patron's, its place in the queue, and why the last run gave it nothing."""

    placed_at: datetime
    title: str
    position: int | None
    of: int | None
    last_run: LastRunAnswer | None


class LentAnswer(LoanAnswer):
    """A loan of the patron's."""

    lent_at: datetime
    renewals: int
    lost: bool
    damaged: bool


class RecordAnswer(PatronAnswer):
    """A patron's record with holds and loans, and whether mails reach them."""

    card_retired: bool
    email_reachable: bool
    mail_to_reachable: bool
    holds: list[HeldAnswer]
    loans_now: list[LentAnswer]


class SlipAnswer(TypedDict):
    """A temporary password to be printed."""

    card_number: str
    name: str
    temporary_password: str
    valid_days: int


@area.post("/patrons/<card_number>/temporary-password", status=202)
def send_temporary_password(card_number: str, request: Request) -> Message:
    """Send a patron a new temporary password by mail."""
    staff, number = request.caller, regular_card_number(card_number, "card_number")
    send_password(request.library, number, staff)
    return {"message": "仮パスワードを登録されているメールアドレスにお送りします。"}


@area.delete("/patrons/<card_number>")
def close_account(card_number: str, request: Request) -> None:
    """Take a patron out: nothing is kept of them."""
    staff = request.caller
    take_out(request.library, card_number, staff)


class Person(RequestModel):
    """What is known of a person; what may be unknown can be left empty."""

    name: Text = ""
    kana: Text = ""
    birth_date: Text = ""
    postal_code: Text = ""
    address: Text = ""
    phone: Text = ""
    email: Text = ""
    mail_to: Text = ""
    guardian: Text = ""
    note: Text = ""


class PatronChange(Person):
    """What staff change of a patron; what is not named stays."""

    loan_cap: Annotated[int, Field(ge=0, le=1000), A_NUMBER] = 0
    blocked: bool = False
    expires_on: Day = date.min
    online_lending: bool = False


class NewPatron(Person):
    """A person who comes or writes, with the number of the card they get; `confirmed` says they are no namesake."""

    card_number: Word
    name: Text
    kana: Text
    birth_date: Text
    expires_on: Day | None = None
    online_lending: bool = True
    confirmed: Annotated[list[Literal["namesake"]], Field(max_length=1), BeforeValidator(as_list)] = Field(
        default_factory=list
    )


class NewCard(RequestModel):
    """The number of the card that a patron gets in the place of the one they had."""

    card_number: Word


class PersonQuery(QueryModel):
    """By what people are searched for: how name and reading begin, phone and birthday as a whole."""

    name: Word = ""
    kana: Word = ""
    phone: Word = ""
    birth_date: Word = ""
    why: Purpose = "search"


class RecordQuery(QueryModel):
    """What a record is looked at for."""

    why: Purpose = "counter"


@area.get("/patrons")
def search_patrons(request: Request, asked: PersonQuery) -> Page[FoundPerson]:
    """People by what is known of them; that they were looked at is recorded."""
    born, today, limit = asked.birth_date, request.library.today, request.limit(default=20)
    day = _regular({"birth_date": born}, today)["birth_date"] if born else None
    sought = PersonSearch(asked.name, asked.kana, asked.phone, day)
    found, last = search_people(request.library, sought, request.caller, asked.why, limit, request.start())
    return request.page([_found(patron) for patron in found], last)


def _found(patron: Patron) -> FoundPerson:
    return {**person(patron), "guardian": patron.guardian, "blocked": patron.blocked}


@area.post("/patrons", status=201)
def register_patron(request: Request, asked: NewPatron) -> PatronAnswer:
    """Register a person at the window or by post."""
    staff, moment = request.caller, request.moment
    today = in_tokyo(moment).date()
    if asked.expires_on and asked.expires_on < today:
        raise Refused("invalid_fields", Reason("expires_in_past", field="expires_on"))
    known = _regular(asked.model_dump(exclude={"confirmed"}, exclude_none=True), today)
    patron_id = uuid4().hex
    patron = register_person(request.library, known, patron_id, list(asked.confirmed), staff)
    return _shown_patron(patron, today)


@area.post("/patrons/<card_number>/card", status=201)
def issue_another_card(card_number: str, request: Request, asked: NewCard) -> PatronAnswer:
    """Give a patron another card; the one they had ends."""
    staff, moment = request.caller, request.moment
    number = regular_card_number(asked.card_number, "card_number")
    patron = issue_card(request.library, card_number, number, staff)
    return _shown_patron(patron, in_tokyo(moment).date())


@area.post("/patrons/<card_number>/password-slip", status=201)
def hand_out_password(card_number: str, request: Request) -> SlipAnswer:
    """A temporary password, once, to be printed; the one before is void."""
    patron, password = password_slip(request.library, card_number, request.caller)
    return {
        "card_number": patron.card_number,
        "name": patron.name,
        "temporary_password": password,
        "valid_days": settings().temporary_password_days,
    }


@area.get("/patrons/<card_number>")
def show_patron(card_number: str, request: Request, asked: RecordQuery) -> RecordAnswer:
    """A patron's record; what it is looked at for is kept with who looked (RULES 41)."""
    record = view_record(request.library, card_number, request.caller, asked.why)
    return _shown_record(record, request.library.today)


@area.patch("/patrons/<card_number>")
def change_patron(card_number: str, request: Request, asked: PatronChange) -> PatronAnswer:
    """Change a patron's record."""
    staff, moment = request.caller, request.moment
    wanted = _regular(asked.model_dump(exclude_unset=True), in_tokyo(moment).date())
    patron = change_record(request.library, card_number, wanted, staff)
    return _shown_patron(patron, in_tokyo(moment).date())


def _regular(wanted: dict[str, Any], today: date) -> dict[str, Any]:
    """What is known of the person made regular; all faults are named."""
    read = checked({name: text for name, text in wanted.items() if name in FIELDS}, today)
    if isinstance(read, tuple):
        raise Refused("invalid_fields", *(Reason("invalid_field", {}, each.field, each.message) for each in read))
    return wanted | read


def _shown_patron(patron: Patron, today: date) -> PatronAnswer:
    return {
        **_found(patron),
        "mail_to": patron.mail_to,
        "note": patron.note,
        "online_lending": patron.online_lending,
        "loan_cap": patron.loan_cap,
        "loan_cap_from": patron.loan_cap_from,
        "loan_cap_now": patron.cap_on(today),
        "open_holds": patron.open_holds,
        "loans": patron.loans,
        "returning": patron.returning,
        "expired": patron.expired_on(today),
        "paused_until": patron.paused_until if patron.paused_on(today) else None,
        "books_a_run": patron.books_a_run,
    }


def _shown_record(record: Record, today: date) -> RecordAnswer:
    return {
        **_shown_patron(record.patron, today),
        "card_retired": record.card_retired,
        "email_reachable": record.patron.email not in record.unreachable,
        "mail_to_reachable": record.patron.hold_mails_to not in record.unreachable,
        "holds": [_shown_held(held) for held in record.holds],
        "loans_now": [_shown_lent(loan, today) for loan in record.loans],
    }


def _shown_held(held: HeldTitle) -> HeldAnswer:
    return {
        **shown_hold(held.hold),
        "placed_at": held.hold.placed_at,
        "title": held.title,
        "position": held.position,
        "of": held.of,
        "last_run": reason_of(held.hold),
    }


def _shown_lent(loan: Loan, today: date) -> LentAnswer:
    return {
        **shown_loan(loan, today),
        "lent_at": loan.lent_at,
        "renewals": loan.renewals,
        "lost": loan.lost,
        "damaged": loan.damaged,
    }
