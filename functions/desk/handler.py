"""`/api/desk`: what the library's staff do. Every route is the desk's alone."""

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import uuid4

from pydantic import BeforeValidator, Field

from lending.api.request import within_a_request
from lending.aws.asked import A_NUMBER, Asked, Day, Place, Text, Weekdays, Word, as_list, as_place
from lending.aws.http import Api, answer, day_of, shown_reason
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.calendar.closure import Closure, ClosureKind, Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.catalogue.title_changes import NUMBER, DescribedCopy, DescribedTitle
from lending.domain.form_fields import FieldFault, check_card_number
from lending.domain.holds.hold import PREFECTURAL, STATUS_LABELS, Hold
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import (
    KIND_LABELS,
    Application,
    ApplicationStatus,
    Decision,
    DecisionKind,
    DocumentKind,
    Rectangle,
    SlotState,
    is_optional,
    slot_label,
    waits_days,
)
from lending.domain.run.reasons import counter_sentence
from lending.domain.week import in_tokyo, run_due_at, week_of_run

# A cold start answers one request: what one route alone needs is imported by that route.
if TYPE_CHECKING:
    from lending.actions.calendar.shift_batches import Batches, Shifted
    from lending.actions.catalogue.list_books import Line
    from lending.actions.catalogue.look_up_books import BookView, InQueue
    from lending.actions.holds.change_for_caller import Cancelled
    from lending.actions.loans.check_in import CheckedIn
    from lending.actions.loans.facility_reports import OpenReport
    from lending.actions.mail.contact_tasks import Task
    from lending.actions.mail.letters import PaperLetter
    from lending.actions.patrons.change_patron import HeldTitle, Record
    from lending.actions.pulls.pack_crates import Crate
    from lending.actions.pulls.scan import PullView, Scanned
    from lending.actions.registration.view_applications import ApplicationView
    from lending.aws.table.patrons.traces import Trace
    from lending.domain.catalogue.title import Pull
    from lending.domain.loans.bag import Bag
    from lending.domain.loans.loan import Loan
    from lending.domain.loans.shift import Shift
    from lending.domain.mail.mail import Mail
    from lending.domain.registration.card import Stock

# A password is shown once: the same answer given again has none.
api = Api(secrets={"temporary_password": lambda body: ""})
handler = api


# Applications and cards (RULES 1-5)


class Checked(Asked):
    """What staff have seen: which document, and whether its numbers are masked."""

    document: DocumentKind | None = None
    masked: bool | None = None


class DecisionRequest(Asked):
    """A decision about an application.

    `old_card_number` names the card a re-issue replaces, if the form does not; `confirmed` what differs from the record
    of the card's holder, who is the applicant all the same.
    """

    decision: DecisionKind
    slots: Annotated[list[Word], Field(max_length=20)] = Field(default_factory=list)
    reason: Text = ""
    expires_on: Day | None = None
    checked: Checked | None = None
    old_card_number: Text = ""
    confirmed: Annotated[list[Literal["name", "kana", "birth_date"]], Field(max_length=3)] = Field(default_factory=list)


class CorrectionRequest(Asked):
    """What was mistyped in an application; what is empty stays as it is."""

    card_number: Text = ""
    email: Text = ""


Pixels = Annotated[int, Field(ge=-100_000, le=100_000), A_NUMBER]


class RectangleRequest(Asked):
    """A part of an image, in pixels of the picture as shown."""

    left: Pixels
    top: Pixels
    right: Pixels
    bottom: Pixels


class BlackoutRequest(Asked):
    """What to paint black."""

    rectangles: Annotated[list[RectangleRequest], Field(min_length=1, max_length=50)]


class CardsRequest(Asked):
    """Blank cards brought to a facility, or to any place: their numbers, or the first and the last of a row."""

    facility: Place = ""
    place: Place = ""
    numbers: Annotated[list[Word], Field(max_length=1000)] = Field(default_factory=list)
    first: Word = Field("", alias="from")
    last: Word = Field("", alias="to")


@api.get("/api/desk/applications")
def list_of_applications() -> Any:
    """Applications of a status, oldest first, and how many wait for longer than people are told."""
    from lending.actions.registration.view_applications import late_applications, list_applications

    staff, moment, policy = api.staff(), api.moment(), settings().policy
    status = api.query("status", ApplicationStatus.SUBMITTED)
    if status not in list(ApplicationStatus):
        raise Refused("invalid_fields", Reason("invalid_field", field="status"))
    asked = ApplicationStatus(status), staff, moment, policy, api.limit(), api.start()
    found, last = list_applications(library_table(), *asked)
    lines = [
        _application_line(each) | {"name": each.name, "age_days": waits_days(each, moment.date())} for each in found
    ]
    late = late_applications(library_table(), moment, policy)
    return answer(200, {"items": lines, "cursor": api.cursor(last), "late": late})


@api.get("/api/desk/applications/<receipt_number>")
def show_one_application(receipt_number: str) -> Any:
    """One application with its images; that it was looked at is recorded."""
    from lending.actions.registration.view_applications import view_application

    staff, purpose = api.staff(), api.query("purpose", "review")
    view = view_application(library_table(), receipt_number, staff, purpose, api.moment(), settings().policy)
    return answer(200, _application(view))


@api.patch("/api/desk/applications/<receipt_number>")
def correct(receipt_number: str) -> Any:
    """Correct what was mistyped, before a decision."""
    from lending.actions.registration.correct import correct_application

    staff, asked = api.staff(), api.body(CorrectionRequest)
    wanted = {name: text for name, text in asked.model_dump().items() if text}
    corrected = correct_application(library_table(), receipt_number, wanted, staff, api.moment(), settings().policy)
    return answer(200, _application_line(corrected) | {name: getattr(corrected, name) for name in wanted})


@api.post("/api/desk/applications/<receipt_number>/numbers")
def send_numbers_again(receipt_number: str) -> Any:
    """Send an applicant the receipt number and the link again."""
    from lending.actions.registration.correct import send_numbers

    send_numbers(library_table(), receipt_number, api.staff(), api.moment(), settings().policy)
    return answer(202, {"message": "受付番号と申請の状況のページを、メールでお送りします。"})


@api.post("/api/desk/applications/<receipt_number>/decision")
def decide(receipt_number: str) -> Any:
    """Register, ask for images again, or refuse."""
    from lending.actions.registration.decide import decide_application

    staff, asked = api.staff(), api.body(DecisionRequest)
    checked = asked.checked or Checked()
    decision = Decision(
        asked.decision,
        tuple(dict.fromkeys(asked.slots)),
        asked.reason,
        asked.expires_on,
        checked.document,
        checked.masked,
        _card_number(asked.old_card_number, "old_card_number") if asked.old_card_number else "",
        tuple(asked.confirmed),
    )
    decided = decide_application(library_table(), receipt_number, decision, staff, api.moment(), settings().policy)
    return answer(200, _application_line(decided) | _decision(decided))


@api.post("/api/desk/applications/<receipt_number>/images/<slot>/blackout")
def black_out(receipt_number: str, slot: str) -> Any:
    """Black out parts of an image for good."""
    from lending.actions.registration.view_applications import black_out_image

    staff, asked = api.staff(), api.body(BlackoutRequest)
    parts = [Rectangle(part.left, part.top, part.right, part.bottom) for part in asked.rectangles]
    black_out_image(library_table(), receipt_number, slot, parts, staff, api.moment(), settings().policy)
    return answer(204)


@api.post("/api/desk/cards")
def make_cards_known() -> Any:
    """Blank cards brought to a place, by their numbers or as a row from one to another."""
    from lending.actions.registration.load_cards import load_cards, numbers_between

    api.staff()
    asked = api.body(CardsRequest)
    _demand_one(facility=asked.facility, place=asked.place)
    _demand_one(numbers=asked.numbers, **{"from": asked.first or asked.last})
    numbers = _regular_numbers({f"numbers.{place}": number for place, number in enumerate(asked.numbers)})
    if not numbers:
        numbers = numbers_between(*_regular_numbers({"from": asked.first, "to": asked.last}))
    field = "facility" if asked.facility else "place"
    place = asked.facility or asked.place
    added = load_cards(library_table(), place, numbers, settings().policy, field)
    return answer(201, {field: place, "numbers": len(set(numbers)), "added": added})


@api.get("/api/desk/cards")
def show_stocks() -> Any:
    """What each place has of blank cards, has given out, and when the last."""
    from lending.actions.registration.load_cards import card_stocks

    api.staff()
    stocks = card_stocks(library_table(), settings().policy)
    return api.listed(stocks, lambda each: (_place_order(each[0].place),), lambda each: _shown_stock(*each))


def _place_order(place: str) -> int:
    return 0 if place == PREFECTURAL else int(place)


def _shown_stock(stock: "Stock", name: str) -> dict[str, Any]:
    named = ("place", "blank", "given", "last_given_at")
    return {"place_name": name} | {each: getattr(stock, each) for each in named}


@api.post("/api/desk/patrons/<card_number>/temporary-password")
def send_temporary_password(card_number: str) -> Any:
    """Send a patron a new temporary password by mail."""
    from lending.actions.patrons.send_password import send_password

    staff, number = api.staff(), _card_number(card_number, "card_number")
    send_password(library_table(), number, staff, api.moment(), settings().policy)
    return answer(202, {"message": "仮パスワードを登録されているメールアドレスにお送りします。"})


def _card_number(text: str, field: str) -> str:
    return _regular_numbers({field: text})[0]


def _regular_numbers(typed: dict[str, str]) -> list[str]:
    """Card numbers in their regular form, by the field each was typed into; all faults are named."""
    checked = [check_card_number(text, field) for field, text in typed.items()]
    if faults := [Reason(f.code, field=f.field, message=f.message) for f in checked if isinstance(f, FieldFault)]:
        raise Refused("invalid_fields", *faults)
    return [number for number in checked if isinstance(number, str)]


def _application_line(application: Application) -> dict[str, Any]:
    return {
        "receipt_number": application.receipt_number,
        "kind": application.kind,
        "kind_label": KIND_LABELS[application.kind],
        "status": application.status,
        "created_at": application.created_at,
        "submitted_at": application.submitted_at,
        "online_lending": application.online_lending,
    }


def _application(view: "ApplicationView") -> dict[str, Any]:
    application = view.application
    texts = ("card_number", "old_card_number", "name", "kana", "guardian", "postal_code", "address", "phone", "email")
    return {
        **_application_line(application),
        **{name: getattr(application, name) for name in texts},
        # The record of a registration has none left.
        "birth_date": application.birth_date if application.name else None,
        "card_state": view.card_state,
        "documents": list(application.documents),
        "slots": [_slot(slot, state) | {"gone": slot in view.gone} for slot, state in application.slots.items()],
        "images": [{"slot": slot, "label": slot_label(slot), "url": url} for slot, url in view.links.items()],
        "images_seconds": settings().policy.image_link_seconds,
        "patron": _person(view.patron) if view.patron else None,
        "differences": list(view.differences),
        "duplicates": [_person(patron) for patron in view.duplicates],
        **_decision(application),
    }


def _decision(application: Application) -> dict[str, Any]:
    return {
        "decided_at": application.decided_at,
        "decided_by": application.decided_by,
        "reason": application.reason,
        "checked": {"document": application.checked_document, "masked": application.masked},
    }


def _slot(slot: str, state: SlotState) -> dict[str, Any]:
    return {
        "slot": slot,
        "label": slot_label(slot),
        "status": state.status,
        "reason": state.reason,
        "seen_at": state.seen_at,
        "barcode": state.barcode,
        "optional": is_optional(slot),
    }


def _person(patron: Patron) -> dict[str, Any]:
    names = ("card_number", "name", "kana", "birth_date", "postal_code", "address", "phone", "email", "expires_on")
    return {name: getattr(patron, name) for name in names}


# Leaving, and what staff did (RULES 41)


@api.delete("/api/desk/patrons/<card_number>")
def close_account(card_number: str) -> Any:
    """Take a patron out: nothing is kept of them."""
    from lending.actions.patrons.leave import take_out

    staff, moment, policy = api.staff(), api.moment(), settings().policy
    take_out(library_table(), card_number, staff, moment, policy)
    return answer(204)


@api.get("/api/desk/patrons/<card_number>/trail")
def show_trail_of_patron(card_number: str) -> Any:
    """What staff did with a patron's record, the latest first."""
    from lending.actions.patrons.view_trail import trail_of_patron

    staff, moment, policy = api.staff(), api.moment(), settings().policy
    found, last = trail_of_patron(library_table(), card_number, staff, moment, policy, api.start(), api.limit())
    return api.items([_shown_trace(each) | {"by": each.act.by} for each in found], last)


@api.get("/api/desk/trail")
def show_trail_of_staff() -> Any:
    """What somebody of the staff did from a day on, the earliest first."""
    from lending.actions.patrons.view_trail import trail_of_staff

    by, moment, policy = api.staff(), api.moment(), settings().policy
    of, first = api.query("staff"), api.day("from")
    if not of:
        raise Refused("invalid_fields", Reason("missing_field", field="staff"))
    page = trail_of_staff(library_table(), of, first, by, moment, policy, api.start(), api.limit())
    shown = [_shown_trace(each.trace) | {"on": each.on, "number": each.number} for each in page.lines]
    return api.items(shown, page.following)


def _shown_trace(trace: "Trace") -> dict[str, Any]:
    from lending.domain.patrons.trail import DEED_LABELS

    act = trace.act
    done = {"at": act.at, "what": act.what, "label": DEED_LABELS[act.what], "note": act.note or None}
    return done | {"times": trace.times}


# Titles and copies


class CopyRequest(Asked):
    """A copy as the catalogue describes it."""

    barcode: Annotated[str, Field(pattern=f"^{NUMBER.pattern}$")]
    call_number: Annotated[str, Field(min_length=1, max_length=60)]
    reference_only: bool = False


class TitleRequest(Asked):
    """A title with all its copies; those left out are withdrawn. More copies than these come by an import."""

    title: Annotated[str, Field(min_length=1, max_length=500)]
    author: Annotated[str, Field(max_length=500)] = ""
    isbn: Annotated[str, Field(max_length=20)] = ""
    copies: list[CopyRequest] = Field(max_length=90, default_factory=list)


class MergeRequest(Asked):
    """The title that stays."""

    into: Annotated[str, Field(pattern=f"^{NUMBER.pattern}$")]


@api.put("/api/desk/titles/<title_id>")
def describe(title_id: str) -> Any:
    """Make a title and its copies what the catalogue says; it can be found at once."""
    from lending.actions.catalogue.describe_titles import describe_title

    api.staff()
    asked = api.body(TitleRequest)
    if not NUMBER.fullmatch(title_id):
        raise Refused("invalid_fields", Reason("invalid_field", field="title_id"))
    if twice := [b for b, times in Counter(copy.barcode for copy in asked.copies).items() if times > 1]:
        raise Refused("invalid_fields", Reason("barcode_twice", {"barcode": twice[0]}, field="copies"))
    copies = tuple(DescribedCopy(**copy.model_dump()) for copy in asked.copies)
    wanted = DescribedTitle(title_id, asked.title, asked.author, asked.isbn, copies)
    title = describe_title(library_table(), wanted, uuid4().hex)
    return answer(200, {
        "title_id": title_id, "title": title.title, "author": title.author, "isbn": title.isbn,
        "holdable": title.lendable > 0, "copies": [copy.model_dump() for copy in asked.copies],
    })  # fmt: skip


@api.get("/api/desk/titles/<title_id>")
def show_title(title_id: str) -> Any:
    """A title with its copies, where each lies, and its queue; that persons were looked at is recorded."""
    from lending.actions.catalogue.look_up_books import look_up_title

    why, moment, policy = api.query("for", "counter"), api.moment(), settings().policy
    record = look_up_title(library_table(), title_id, api.staff(), why, moment, policy)
    title = record.title
    return answer(200, {
        "title_id": title_id, "title": title.title, "author": title.author, "isbn": title.isbn,
        "holdable": title.lendable > 0, "copies": [_shown_copy(copy) for copy in record.copies],
        "holds": [_shown_in_queue(each) for each in record.queue],
        "waiting": sum(each.position is not None for each in record.queue),
    })  # fmt: skip


@api.get("/api/desk/copies/<barcode>")
def show_copy(barcode: str) -> Any:
    """What book this is, where it lies, who has it or waits; that a person was looked at is recorded."""
    from lending.actions.catalogue.look_up_books import look_up_copy

    why, moment, policy = api.query("for", "counter"), api.moment(), settings().policy
    view = look_up_copy(library_table(), barcode, api.staff(), why, moment, policy)
    title = {"title_id": view.copy.title_id, **{name: getattr(view.title, name, "") for name in ("title", "author")}}
    return answer(200, _shown_copy(view.copy) | title | _shown_people(view))


@api.post("/api/desk/titles/<title_id>/holds")
def end_all_holds(title_id: str) -> Any:
    """End all holds of a title, with a mail to each patron. Sent again it goes on where it was."""
    from lending.actions.holds.end_all_of_title import cancel_all_of_title

    staff, asked, policy = api.staff(), api.body(TitleHoldsAction), settings().policy
    time = within_a_request()
    ended = cancel_all_of_title(library_table(), title_id, asked.reason, staff, api.moment(), policy, time)
    shown = {"title_id": title_id, "cancelled": ended.cancelled, "left": ended.left}
    return answer(202 if ended.left else 200, shown | {"copies": [_shown_copy(copy) for copy in ended.copies]})


@api.post("/api/desk/titles/<title_id>/merge")
def merge(title_id: str) -> Any:
    """Two records of one work become one. Sent again it goes on where it was."""
    from lending.actions.catalogue.merge_titles import merge_titles

    staff, into = api.staff(), api.body(MergeRequest).into
    table, moment, policy, time = library_table(), api.moment(), settings().policy, within_a_request()
    merged = merge_titles(table, title_id, into, uuid4().hex, staff, moment, policy, time)
    moved = {name: getattr(merged, name) for name in ("copies", "holds", "ended")}
    return answer(200 if merged.done else 202, {"title_id": title_id, "into": into, "merged": merged.done} | moved)


class Printed(Asked):
    """Letters that have been printed."""

    printed: Annotated[list[Annotated[str, Field(max_length=300)]], Field(min_length=1, max_length=100)]


@api.get("/api/desk/lists/letters")
def show_letters() -> Any:
    """What those get as letters whom no mail reaches, the oldest first; that persons were seen is recorded."""
    from lending.actions.mail.letters import open_letters

    staff, why = api.staff(), api.query("for", "letters")
    table, moment, policy = library_table(), api.moment(), settings().policy
    letters, last = open_letters(table, staff, why, moment, policy, api.limit(default=20), api.start())
    return api.items([_shown_letter(letter) for letter in letters], last)


@api.post("/api/desk/lists/letters")
def note_letters_printed() -> Any:
    """Letters have been printed, and leave the list."""
    from lending.actions.mail.letters import note_printed

    staff, asked = api.staff(), api.body(Printed)
    done = note_printed(library_table(), asked.printed, staff, api.moment(), settings().policy)
    return answer(200, {"items": [{"id": name, "printed": printed} for name, printed in done.items()]})


def _shown_letter(letter: "PaperLetter") -> dict[str, Any]:
    from lending.domain.mail.mail import KIND_LABELS as MAIL_LABELS
    from lending.domain.mail.mail import UNSENT_LABELS

    mail, named = letter.mail, ("card_number", "name", "guardian", "postal_code", "address", "phone")
    return {"id": letter.letter_id} | {name: getattr(letter.patron, name) for name in named} | {
        "mail": {"kind": mail.kind, "label": MAIL_LABELS[mail.kind]},
        "why": mail.why,
        "why_label": mail.why and UNSENT_LABELS[mail.why],
        "since": mail.created_at,
        "subject": letter.text.subject,
        "text": letter.text.body,
        "with_slip": letter.with_slip,
    }  # fmt: skip


@api.get("/api/desk/lists/<name>")
def show_list(name: str) -> Any:
    """What is missing, kept, to be cleared, lost, overdue …, the longest first; that persons were seen is recorded."""
    from lending.actions.catalogue.list_books import list_books

    staff, why = api.staff(), api.query("for", "list")
    table, moment, policy = library_table(), api.moment(), settings().policy
    lines, last = list_books(table, name, staff, why, moment, policy, api.start(), api.limit())
    return api.items([_shown_line(line) for line in lines], last)


def _shown_line(line: "Line") -> dict[str, Any]:
    title = {name: getattr(line.title, name, "") for name in ("title", "author")}
    copy = _shown_copy(line.copy) if line.copy else {}
    of = line.hold or line.loan
    until = {"pickup_until": of.pickup_until, "pickup_place": of.pickup_place} if of else {}
    concerned = {"card_number": line.card_number or None, "waiting": line.waiting} | until
    return {"title_id": line.title_id} | title | copy | concerned | {"since": line.since}


def _shown_copy(copy: Copy) -> dict[str, Any]:
    from lending.domain.catalogue.whereabouts import LIES_AT_LABELS, STATE_LABELS, lies_at

    place = lies_at(copy)
    return {
        "barcode": copy.barcode,
        "call_number": copy.call_number,
        "reference_only": copy.reference_only,
        "state": copy.state,
        "state_label": STATE_LABELS[copy.state],
        "since": copy.since,
        "lies_at": place,
        "lies_at_label": LIES_AT_LABELS[place] if place else None,
        "due_on": copy.due_on,
        "planned": copy.pull is not None,
    }


def _shown_people(view: "BookView") -> dict[str, Any]:
    loan, kept, pull, first = view.loan, view.kept_for, view.copy.pull, view.first
    return {
        "loan": loan and _with_card(view, loan, "due_on", "pickup_place", "pickup_from", "pickup_until", "renewals"),
        "kept_for": kept and _with_card(view, kept, "pickup_place", "status", "pickup_until"),
        "planned_for": pull and _with_card(view, pull, "pickup_place", "decision", "run"),
        "next_in_queue": first and _with_card(view, first, "pickup_place", "queued_at"),
        "waiting": view.waiting,
    }


def _with_card(view: "BookView", of: "Loan | Hold | Pull", *names: str) -> dict[str, Any]:
    return {"card_number": view.cards.get(of.patron_id, ""), **{name: getattr(of, name) for name in names}}


def _shown_in_queue(line: "InQueue") -> dict[str, Any]:
    place = {"card_number": line.card_number, "position": line.position, "placed_at": line.hold.placed_at}
    return place | _shown_state(line.hold) | {"last_run": _shown_last_run(line.hold)}


# Patrons and their holds (RULES 12-14, 19)


class Person(Asked):
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
    confirmed: Annotated[list[Literal["namesake"]], Field(max_length=1)] = Field(default_factory=list)


class NewCard(Asked):
    """The number of the card that a patron gets in the place of the one they had."""

    card_number: Word


class HoldForCaller(Asked):
    """A hold for a patron who calls."""

    title_id: Word
    pickup_place: Place


class HoldAction(Asked):
    """What staff do with one hold."""

    action: Literal["cancel", "to_end", "change_pickup", "extend"]
    pickup_place: Place = ""
    until: Day | None = None


class HoldsAction(Asked):
    """What staff do with all holds of a patron (RULES 13)."""

    action: Literal["cancel_all"]


class TitleHoldsAction(HoldsAction):
    """What staff do with all holds of a title; each patron is told the reason (RULES 9, 34)."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


@api.get("/api/desk/patrons")
def search_patrons() -> Any:
    """People by `name`, `kana` (their beginnings), `phone` and `birth_date`; that they were looked at is recorded."""
    from lending.actions.patrons.search_people import search_people
    from lending.domain.patrons.people import Sought

    staff, moment, why = api.staff(), api.moment(), api.query("for", "search")
    born = api.query("birth_date")
    day = _regular({"birth_date": born}, in_tokyo(moment).date())["birth_date"] if born else None
    sought = Sought(api.query("name"), api.query("kana"), api.query("phone"), day)
    table, policy = library_table(), settings().policy
    found, last = search_people(table, sought, staff, why, moment, policy, api.limit(default=20), api.start())
    return api.items([_found(patron) for patron in found], last)


def _found(patron: Patron) -> dict[str, Any]:
    return _person(patron) | {"guardian": patron.guardian, "blocked": patron.blocked}


@api.post("/api/desk/patrons")
def register_patron() -> Any:
    """Register a person at the window or by post."""
    from lending.actions.patrons.register_person import register_person

    staff, moment = api.staff(), api.moment()
    asked, today = api.body(NewPatron), in_tokyo(moment).date()
    if asked.expires_on and asked.expires_on < today:
        raise Refused("invalid_fields", Reason("expires_in_past", field="expires_on"))
    known = _regular(asked.model_dump(exclude={"confirmed"}, exclude_none=True), today)
    patron_id, policy = uuid4().hex, settings().policy
    patron = register_person(library_table(), known, patron_id, list(asked.confirmed), staff, moment, policy)
    return answer(201, _shown_patron(patron, today))


@api.post("/api/desk/patrons/<card_number>/card")
def issue_another_card(card_number: str) -> Any:
    """Give a patron another card; the one they had ends."""
    from lending.actions.patrons.register_person import issue_card

    staff, moment, policy = api.staff(), api.moment(), settings().policy
    number = _card_number(api.body(NewCard).card_number, "card_number")
    patron = issue_card(library_table(), card_number, number, staff, moment, policy)
    return answer(201, _shown_patron(patron, in_tokyo(moment).date()))


@api.post("/api/desk/patrons/<card_number>/password-slip")
def hand_out_password(card_number: str) -> Any:
    """A temporary password, once, to be printed; the one before is void."""
    from lending.actions.patrons.register_person import password_slip

    patron, password = password_slip(library_table(), card_number, api.staff(), api.moment(), settings().policy)
    shown = {"card_number": patron.card_number, "name": patron.name}
    return answer(201, shown | {"temporary_password": password, "valid_days": settings().temporary_password_days})


@api.get("/api/desk/patrons/<card_number>")
def show_patron(card_number: str) -> Any:
    """A patron's record; `for` says what it is looked at for, and is kept with who looked (RULES 41)."""
    from lending.actions.patrons.change_patron import view_record

    staff, moment = api.staff(), api.moment()
    record = view_record(library_table(), card_number, staff, api.query("for", "counter"), moment, settings().policy)
    return answer(200, _shown_record(record, in_tokyo(moment).date()))


@api.patch("/api/desk/patrons/<card_number>")
def change_patron(card_number: str) -> Any:
    """Change a patron's record."""
    from lending.actions.patrons.change_patron import change_record

    staff, moment = api.staff(), api.moment()
    wanted = _regular(api.body(PatronChange).model_dump(exclude_unset=True), in_tokyo(moment).date())
    patron = change_record(library_table(), card_number, wanted, staff, moment, settings().policy)
    return answer(200, _shown_patron(patron, in_tokyo(moment).date()))


@api.post("/api/desk/patrons/<card_number>/holds")
def place_or_cancel_all(card_number: str) -> Any:
    """Place a hold for a caller, or cancel all holds of a patron."""
    staff = api.staff()
    if "action" not in api.fields():
        return _placed_for_caller(card_number, staff, api.body(HoldForCaller))
    from lending.actions.holds.change_for_caller import cancel_all_for_patron

    api.body(HoldsAction)
    cancelled = cancel_all_for_patron(library_table(), card_number, staff, api.moment(), settings().policy)
    return answer(200, {"items": [_shown_cancelled(each) for each in cancelled]})


def _placed_for_caller(card_number: str, staff: str, asked: HoldForCaller) -> Any:
    from lending.actions.holds.serve_caller import place_for_caller
    from lending.actions.holds.view import view_placed

    table, moment, policy = library_table(), api.moment(), settings().policy
    hold = place_for_caller(table, card_number, asked.title_id, asked.pickup_place, staff, moment, policy)
    view, notices = view_placed(table, hold, moment, policy)
    told = {name: getattr(view, name) for name in ("position", "of", "earliest_pickup")} if view else {}
    title = {"title": view.title.title, "author": view.title.author} if view else {}
    placed = {"placed_at": hold.placed_at, "notices": [notice.text for notice in notices]}
    return answer(201, _shown_state(hold) | title | told | placed)


@api.post("/api/desk/patrons/<card_number>/holds/<title_id>")
def change_hold(card_number: str, title_id: str) -> Any:
    """Cancel a hold, move it to the end of its queue, change its pickup place, or keep its book longer."""
    from lending.actions.holds.change_for_caller import cancel_for_patron, change_pickup_place, move_to_end
    from lending.actions.holds.serve_caller import extend_deadline

    staff = api.staff()
    asked, table, moment, policy = api.body(HoldAction), library_table(), api.moment(), settings().policy
    if asked.action == "cancel":
        return answer(200, _shown_cancelled(cancel_for_patron(table, card_number, title_id, staff, moment, policy)))
    if asked.action == "to_end":
        return answer(200, _shown_change(move_to_end(table, card_number, title_id, staff, moment, policy)))
    if asked.action == "extend":
        extended = extend_deadline(table, card_number, title_id, asked.until, staff, moment, policy)
        return answer(200, _shown_state(extended))
    place = asked.pickup_place
    return answer(200, _shown_change(change_pickup_place(table, card_number, title_id, place, staff, moment, policy)))


@api.post("/api/desk/patrons/<card_number>/loans/<barcode>/renewal")
def renew_by_phone(card_number: str, barcode: str) -> Any:
    """Renew a loan for a caller, also an overdue one."""
    from lending.actions.holds.serve_caller import renew_for_caller

    staff, policy = api.staff(), settings().policy
    loan = renew_for_caller(library_table(), card_number, barcode, staff, api.moment(), policy)
    left = policy.renewal_limit - loan.renewals
    return answer(201, {"barcode": barcode, "title_id": loan.title_id, "due_on": loan.due_on, "renewals_left": left})


def _regular(wanted: dict[str, Any], today: date) -> dict[str, Any]:
    """What is known of the person made regular; all faults are named."""
    from lending.domain.patrons.person import FIELDS, checked

    read = checked({name: text for name, text in wanted.items() if name in FIELDS}, today)
    if isinstance(read, tuple):
        raise Refused("invalid_fields", *(Reason("invalid_field", {}, each.field, each.message) for each in read))
    return wanted | read


def _shown_patron(patron: Patron, today: date) -> dict[str, Any]:
    shown = ("card_number", "name", "kana", "birth_date", "postal_code", "address", "phone", "email", "mail_to",
             "guardian", "note", "expires_on", "blocked", "online_lending", "loan_cap", "loan_cap_from", "open_holds",
             "loans", "returning")  # fmt: skip
    return {name: getattr(patron, name) for name in shown} | {
        "loan_cap_now": patron.cap_on(today),
        "expired": patron.expired_on(today),
    }


def _shown_record(record: "Record", today: date) -> dict[str, Any]:
    return _shown_patron(record.patron, today) | {
        "card_retired": record.card_retired,
        "email_reachable": record.patron.email not in record.unreachable,
        "mail_to_reachable": record.patron.hold_mails_to not in record.unreachable,
        "holds": [_shown_hold(held) for held in record.holds],
        "loans_now": [_shown_loan(loan, today) for loan in record.loans],
    }


def _shown_hold(held: "HeldTitle") -> dict[str, Any]:
    return _shown_state(held.hold) | {
        "placed_at": held.hold.placed_at,
        "title": held.title,
        "position": held.position,
        "of": held.of,
        "last_run": _shown_last_run(held.hold),
    }  # fmt: skip


def _shown_last_run(hold: Hold) -> dict[str, Any] | None:
    if (last := hold.last_run) is None:
        return None
    message = counter_sentence(last.code, last.facts)
    return {"date": last.date, "code": last.code, "message": message, "facts": last.facts}


def _shown_loan(loan: "Loan", today: date) -> dict[str, Any]:
    named = ("barcode", "title_id", "title", "pickup_place", "lent_at", "due_on", "renewals", "pickup_from",
             "pickup_until", "lost", "damaged")  # fmt: skip
    return {name: getattr(loan, name) for name in named} | {"state": loan.state_on(today)}


def _shown_change(hold: Hold) -> dict[str, Any]:
    named = ("title_id", "pickup_place", "queued_at", "next_pickup_place", "next_pickup_from")
    return {name: getattr(hold, name) for name in named}


def _shown_state(hold: Hold) -> dict[str, Any]:
    kept = {"barcode": hold.barcode, "pickup_until": hold.pickup_until}
    return _shown_change(hold) | {"status": hold.status, "status_label": STATUS_LABELS[hold.status]} | kept


def _shown_cancelled(cancelled: "Cancelled") -> dict[str, Any]:
    return {"title_id": cancelled.title_id, "barcode": cancelled.barcode or None, "next": cancelled.next or None}


# The Thursday: pulls, crates (RULES 15, 23, 24)


class PullResult(Asked):
    """What staff found in the place of a book."""

    result: Literal["found", "missing", "taken"]


@api.get("/api/desk/pulls")
def show_pulls() -> Any:
    """The pull list in shelf order."""
    from lending.actions.pulls.scan import pull_list

    staff = api.staff()
    lines, last = pull_list(library_table(), staff, api.moment(), settings().policy, api.start(), api.limit())
    names = _facility_names()
    return api.items([_shown_pull(line, names) for line in lines], last)


@api.post("/api/desk/pulls/<barcode>")
def scan(barcode: str) -> Any:
    """A book of the pull list was found or not: what to do with it."""
    from lending.actions.pulls.scan import scan_absent, scan_found

    staff, asked = api.staff(), api.body(PullResult)
    table, moment, policy = library_table(), api.moment(), settings().policy
    if asked.result == "found":
        return answer(200, _shown_scan(scan_found(table, barcode, staff, moment, policy)))
    return answer(200, _shown_scan(scan_absent(table, barcode, asked.result, staff, moment, policy)))


@api.delete("/api/desk/pulls")
def drop_pulls() -> Any:
    """Drop the plan of the run or pull that `run` names."""
    from lending.actions.pulls.drop_plan import drop_plan

    staff, run = api.staff(), api.query("run")
    dropped = drop_plan(library_table(), run, staff, api.moment(), settings().policy)
    return answer(200, {"run": run, "dropped": dropped})


@api.delete("/api/desk/pulls/<barcode>/scan")
def undo(barcode: str) -> Any:
    """Take the latest scan of a book back."""
    from lending.actions.pulls.undo_scan import undo_scan

    scan = undo_scan(library_table(), barcode, api.staff(), api.moment(), settings().policy)
    return answer(200, {"barcode": barcode, "undone": scan.action})


class Dispatch(Asked):
    """Crates that have left: those of some facilities, or of all if none is named."""

    pickup_from: Day
    facilities: Annotated[list[Place], Field(max_length=200), BeforeValidator(as_list)] = Field(default_factory=list)


@api.post("/api/desk/crates/dispatch")
def dispatch_crates() -> Any:
    """Crates have left."""
    from lending.actions.pulls.dispatch_crates import dispatch

    api.staff()
    asked, policy = api.body(Dispatch), settings().policy
    left = dispatch(library_table(), asked.pickup_from, asked.facilities, api.moment(), policy)
    return api.items([{"facility": number, "dispatched_at": at} for number, at in left.items()])


@api.delete("/api/desk/crates/dispatch")
def bring_crate_back() -> Any:
    """A crate said to have left is here after all: `pickup_from`, `facility`."""
    from lending.actions.pulls.dispatch_crates import bring_back

    api.staff()
    pickup_from = api.day("pickup_from")
    if pickup_from is None:
        raise Refused("invalid_fields", Reason("no_batch", field="pickup_from"))
    bring_back(library_table(), pickup_from, api.place("facility"))
    return answer(204)


@api.get("/api/desk/crates")
def show_crates() -> Any:
    """The crates of a week, the one that is packed now if none is named; with `facility` only one."""
    from lending.actions.pulls.pack_crates import crates

    staff, moment, policy = api.staff(), api.moment(), settings().policy
    pickup_from = api.day("pickup_from") or week_of_run(run_due_at(moment, policy), policy).pickup_from
    found = crates(library_table(), pickup_from, api.place("facility"), staff, moment, policy)
    return api.listed(found, lambda crate: (int(crate.facility),), _shown_crate)


def _facility_names() -> dict[str, str]:
    from lending.aws.table.calendar.facilities import all_facilities

    named = {str(each.number): each.name for each in all_facilities(library_table())}
    return {PREFECTURAL: settings().policy.library_name} | named


def _shown_pull(line: "PullView", names: dict[str, str]) -> dict[str, Any]:
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


def _shown_scan(scanned: "Scanned") -> dict[str, Any]:
    shown: dict[str, Any] = {"action": scanned.action, "barcode": scanned.barcode}
    if scanned.card_number:
        shown["card_number"] = scanned.card_number
    if scanned.pickup_until:
        shown["pickup_until"] = scanned.pickup_until
    if scanned.instead:
        shown["instead"] = {"barcode": scanned.instead.barcode, "call_number": scanned.instead.call_number}
    return shown | (_shown_slip(scanned.bag) if scanned.bag else {})


def _shown_slip(bag: "Bag") -> dict[str, Any]:
    """What the slip on a bag bears: card number, facility and pickup days, no name (RULES 24)."""
    name = _facility_names().get(bag.facility, "")
    slip = {
        "card_number": bag.card_number,
        "facility": bag.facility,
        "facility_name": name,
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
    }
    return {"bag": bag.bag_id, "facility": bag.facility, "facility_name": name, "slip": slip}


def _shown_crate(crate: "Crate") -> dict[str, Any]:
    return {
        "facility": crate.facility,
        "name": crate.name,
        "pickup_from": crate.pickup_from,
        "bag_count": len(crate.bags),
        "book_count": crate.books,
        "dispatched_at": crate.dispatched_at,
        "bags": [_shown_bag(bag, books, crate.card_numbers) for bag, books in crate.bags],
    }


def _shown_bag(bag: "Bag", books: list[Copy], cards: dict[str, str]) -> dict[str, Any]:
    return {
        "id": bag.bag_id,
        **bag.numbers(cards.get(bag.patron_id)),
        "pickup_from": bag.pickup_from,
        "pickup_until": bag.pickup_until,
        "count": len(books),
        "books": [{"barcode": copy.barcode, "call_number": copy.call_number} for copy in books],
    }


# The counter: check-ins, check-outs, lost and damaged (RULES 17, 32, 34)


class CheckIns(Asked):
    """Books as scanned, in that order."""

    # However long: what is no bar code is unknown, and fails no other book.
    barcodes: Annotated[list[str], Field(min_length=1, max_length=100), BeforeValidator(as_list)]


class CheckOut(Asked):
    """A patron's card and a book."""

    card_number: Word
    barcode: Word


@api.post("/api/desk/checkins")
def check_books_in() -> Any:
    """Check books in, each on its own."""
    from lending.actions.loans.check_in import check_in_all

    staff, barcodes = api.staff(), api.body(CheckIns).barcodes
    books = check_in_all(library_table(), barcodes, staff, api.moment(), settings().policy)
    return answer(200, {"items": [_shown_checked_in(book) for book in books]})


@api.post("/api/desk/checkouts")
def check_book_out() -> Any:
    """Lend a book at the counter."""
    from lending.actions.loans.check_out import check_out

    staff, asked = api.staff(), api.body(CheckOut)
    done = check_out(library_table(), asked.card_number, asked.barcode, staff, api.moment(), settings().policy)
    named = {name: getattr(done.loan, name) for name in ("barcode", "title_id", "title", "due_on")}
    return answer(201, named | {"hold_spent": done.hold_spent})


@api.post("/api/desk/copies/<barcode>/lost")
def lose(barcode: str) -> Any:
    """A book is lost."""
    return _marked(barcode, CopyState.LOST)


@api.post("/api/desk/copies/<barcode>/damaged")
def damage(barcode: str) -> Any:
    """A book is damaged."""
    return _marked(barcode, CopyState.DAMAGED)


@api.post("/api/desk/copies/<barcode>/found")
def find(barcode: str) -> Any:
    """A book that was missed, lost or damaged is there again."""
    from lending.actions.catalogue.copy_condition import mark_found

    state = mark_found(library_table(), barcode, api.staff(), api.moment(), settings().policy)
    return answer(200, {"barcode": barcode, "state": state})


@api.post("/api/desk/copies/<barcode>/replaced")
def replace_in_kind(barcode: str) -> Any:
    """A patron has replaced a lost or damaged book: the loan is over."""
    from lending.actions.catalogue.copy_condition import replaced_in_kind

    state = replaced_in_kind(library_table(), barcode, api.staff(), api.moment(), settings().policy)
    return answer(200, {"barcode": barcode, "state": state})


def _marked(barcode: str, state: CopyState) -> Any:
    from lending.actions.catalogue.copy_condition import mark

    marked = mark(library_table(), barcode, state, api.staff(), api.moment(), settings().policy)
    return answer(200, {"barcode": barcode, "state": marked})


def _shown_checked_in(book: "CheckedIn") -> dict[str, Any]:
    shown = {"barcode": book.barcode, "result": book.result, "next": book.next or None, "title": book.title}
    return shown | ({"was_lost": True} if book.was_lost else {})


# Contact tasks (RULES 39)


@api.get("/api/desk/contacts")
def show_contacts() -> Any:
    """Whom to call because mails come back, the longest waiting first."""
    from lending.actions.mail.contact_tasks import open_tasks

    tasks, last = open_tasks(library_table(), api.staff(), api.moment(), settings().policy, api.limit(), api.start())
    return api.items([_task(task) for task in tasks], last)


@api.post("/api/desk/contacts/<contact_id>/done")
def finish_contact(contact_id: str) -> Any:
    """They have been called."""
    from lending.actions.mail.contact_tasks import finish_task

    finish_task(library_table(), contact_id, api.staff(), api.moment(), settings().policy)
    return answer(204)


def _task(task: "Task") -> dict[str, Any]:
    from lending.domain.mail.bounces import CAUSE_LABELS
    from lending.domain.mail.contact import advice
    from lending.domain.mail.mail import KIND_LABELS as MAIL_LABELS
    from lending.domain.mail.mail import Unsent

    contact, kind = task.contact, task.contact.mail_kind
    return {
        "id": task.contact_id,
        "patron": task.card_number,
        "receipt_number": contact.receipt_number,
        "name": task.name,
        "phone": task.phone,
        "cause": contact.cause,
        "cause_label": CAUSE_LABELS[contact.cause],
        "fault": contact.fault,
        "explanation": advice(contact, settings().policy.mail_domain),
        "address": contact.address,
        "unreachable": contact.permanent or contact.unsent is Unsent.UNREACHABLE,
        "mail": {"kind": kind, "label": MAIL_LABELS[kind], "sent_at": contact.mail_sent_at} if kind else None,
        "mails": contact.mails,
        "since": contact.since,
    }


# A patron's addresses and mails (RULES 38, 39)


class AddressAction(Asked):
    """What staff do about addresses that mails do not reach."""

    action: Literal["try_again"]


@api.post("/api/desk/patrons/<card_number>/address")
def try_address(card_number: str) -> Any:
    """Mails go to the patron's addresses again, and a test mail first."""
    from lending.actions.mail.try_addresses import try_again

    staff, moment = api.staff(), api.moment()
    api.body(AddressAction)
    number = _card_number(card_number, "card_number")
    tried = try_again(library_table(), number, staff, moment, settings().policy)
    return answer(
        202, {"addresses": tried, "message": "受信確認メールをお送りします。届いたかどうかはメールの一覧でわかります。"}
    )


@api.get("/api/desk/patrons/<card_number>/mails")
def show_mails_of_patron(card_number: str) -> Any:
    """The patron's mails with what they said, the newest first; that they were looked at is recorded."""
    from lending.actions.mail.mails_of_patron import show_mails

    number = _card_number(card_number, "card_number")
    found = show_mails(library_table(), number, api.staff(), api.moment(), settings().policy)
    return api.listed(found, lambda mail: (-mail.created_at.timestamp(), mail.mail_id), _shown_mail)


@api.post("/api/desk/patrons/<card_number>/mails/<mail>/again")
def send_mail_again(card_number: str, mail: str) -> Any:
    """Send once more what a mail is about."""
    from lending.actions.mail.mails_of_patron import send_again

    number, name = _card_number(card_number, "card_number"), mail.replace("~", "#")
    sent = send_again(library_table(), number, name, api.staff(), api.moment(), settings().policy)
    return answer(202, _shown_mail(sent))


def _shown_mail(mail: "Mail") -> dict[str, Any]:
    from lending.domain.mail.mail import KIND_LABELS, STATE_LABELS, UNSENT_LABELS
    from lending.domain.mail.texts import subject_of

    return {
        # `#` would end an address.
        "id": mail.mail_id.replace("#", "~"),
        "kind": mail.kind,
        "label": KIND_LABELS[mail.kind],
        "subject": mail.subject or subject_of(mail.kind, mail.facts, settings().policy),
        "text": mail.text or None,
        "created_at": mail.created_at,
        "sent_at": mail.sent_at,
        "to": mail.to_address or None,
        "state": mail.state,
        "state_label": STATE_LABELS[mail.state],
        "why": UNSENT_LABELS[mail.why] if mail.why else None,
    }


# What facilities report (RULES 54)


@api.get("/api/desk/reports")
def show_reports() -> Any:
    """What facilities have reported and nobody has seen to yet, the longest waiting first."""
    from lending.actions.loans.facility_reports import open_reports

    staff, moment, policy = api.staff(), api.moment(), settings().policy
    found, last = open_reports(library_table(), staff, moment, policy, api.limit(), api.start())
    return api.items([_shown_report(each) for each in found], last)


@api.post("/api/desk/reports/<report_id>/done")
def finish_report_of_facility(report_id: str) -> Any:
    """It has been seen to."""
    from lending.actions.loans.facility_reports import finish_report

    finish_report(library_table(), report_id, api.staff(), api.moment(), settings().policy)
    return answer(204)


def _shown_report(open_report: "OpenReport") -> dict[str, Any]:
    from lending.domain.loans.report import KIND_LABELS as REPORT_LABELS

    told, bag = open_report.report, open_report.bag
    return {
        "id": open_report.report_id,
        "facility": told.facility,
        "facility_name": open_report.facility_name,
        "kind": told.kind,
        "kind_label": REPORT_LABELS[told.kind],
        "text": told.text,
        "bag": bag and _missing_bag(bag, open_report.card_number),
        "reported_at": told.reported_at,
    }


def _missing_bag(bag: "Bag", card_number: str) -> dict[str, Any]:
    named = {"id": bag.bag_id, "books": len(bag.barcodes), "pickup_from": bag.pickup_from}
    return named | bag.numbers(card_number)


# Closures and suspensions (RULES 40)


class Dates(Asked):
    """Days, both counted, and what for."""

    starts_on: Day = Field(alias="from")
    ends_on: Day = Field(alias="until")
    facility: Place = ""
    reason: Annotated[str, Field(max_length=200)] = ""


class ClosureRequest(Dates):
    """Closed days; with `weekdays` (Monday = 0) only these of every week; kind `open` is an exception to others."""

    scope: Literal["prefectural", "facility"]
    weekdays: Weekdays = frozenset()
    kind: ClosureKind = ClosureKind.CLOSED


class SuspensionRequest(Dates):
    """A suspension of the run or of a facility; `opted_in` are card numbers of those for whom the run takes place."""

    scope: Literal["service", "facility"]
    opted_in: Annotated[list[Word], Field(max_length=1000), BeforeValidator(as_list)] = Field(default_factory=list)
    pickup_until: Day | None = None


class ShiftRequest(Asked):
    """Other days for what a facility, some of them, a district's or all hand over from a Sunday on."""

    facility: Place = ""
    facilities: Annotated[list[Place], Field(max_length=200), BeforeValidator(as_list)] = Field(default_factory=list)
    district: Word = ""
    all: bool = False
    pickup_from: Day
    pickup_until: Day
    due_on: Day
    reason: Annotated[str, Field(min_length=1, max_length=200)]


@api.get("/api/desk/closures")
def show_closures() -> Any:
    """All closures that have not ended, and with `all=1` the others, too."""
    from lending.aws.table.calendar.calendar import load as load_calendar

    api.staff()
    closures = [each for each in load_calendar(library_table()).closures if _is_shown(each.ends_on)]
    return api.listed(closures, lambda each: (each.starts_on.isoformat(), each.closure_id), _shown_closure)


@api.post("/api/desk/closures")
def close() -> Any:
    """Record closed days."""
    from lending.actions.calendar.closing_days import close_days

    api.staff()
    asked = api.body(ClosureRequest)
    closure = Closure(closure_id=uuid4().hex, **asked.model_dump(exclude={"scope"}), scope=Scope(asked.scope))
    warnings = close_days(library_table(), closure, api.moment(), settings().policy)
    return answer(201, _shown_closure(closure) | {"warnings": warnings})


@api.delete("/api/desk/closures/<closure_id>")
def reopen(closure_id: str) -> Any:
    """Take closed days back."""
    from lending.actions.calendar.closing_days import take_back
    from lending.aws.table.calendar.calendar import closure_key

    api.staff()
    take_back(library_table(), closure_key(closure_id))
    return answer(204)


@api.get("/api/desk/suspensions")
def show_suspensions() -> Any:
    """All suspensions that have not ended, and with `all=1` the others, too."""
    from lending.actions.calendar.closing_days import cards_of_patrons
    from lending.aws.table.calendar.calendar import load as load_calendar

    staff, table = api.staff(), library_table()
    found = [each for each in load_calendar(table).suspensions if _is_shown(each.ends_on)]
    cards = cards_of_patrons(table, found, staff, api.moment(), settings().policy)
    return api.listed(
        found,
        lambda each: (each.starts_on.isoformat(), each.suspension_id),
        lambda each: _shown_suspension(each, cards),
    )


@api.post("/api/desk/suspensions")
def suspend_lending() -> Any:
    """Record a suspension."""
    from lending.actions.calendar.closing_days import cards_of_patrons, patrons_of_cards, suspend

    staff, asked, table = api.staff(), api.body(SuspensionRequest), library_table()
    suspension = Suspension(
        suspension_id=uuid4().hex,
        scope=Scope(asked.scope),
        opted_in=patrons_of_cards(table, asked.opted_in),
        **asked.model_dump(exclude={"scope", "opted_in"}),
    )
    moment, policy = api.moment(), settings().policy
    suspend(table, suspension, staff, moment, policy)
    return answer(201, _shown_suspension(suspension, cards_of_patrons(table, [suspension], staff, moment, policy)))


@api.delete("/api/desk/suspensions/<suspension_id>")
def resume(suspension_id: str) -> Any:
    """Take a suspension back."""
    from lending.actions.calendar.closing_days import take_back
    from lending.aws.table.calendar.calendar import suspension_key

    api.staff()
    take_back(library_table(), suspension_key(suspension_id))
    return answer(204)


@api.get("/api/desk/shifts")
def show_shifts() -> Any:
    """The shifts of a week's batches."""
    from lending.aws.table.calendar.shifts import of_week as shifts_of_week

    api.staff()
    pickup_from = day_of(api.query("pickup_from"), "pickup_from")
    return api.listed(shifts_of_week(library_table(), pickup_from), lambda each: (int(each.facility),), _shown_shift)


@api.post("/api/desk/shifts")
def shift() -> Any:
    """Set other days for a batch or many, and tell each patron concerned. Sent again it goes on where it was."""
    from lending.actions.calendar.shift_batch import record_shift
    from lending.actions.calendar.shift_batches import facilities_of, shift_batches
    from lending.domain.loans.shift import Shift

    staff, asked, table, policy = api.staff(), api.body(ShiftRequest), library_table(), settings().policy
    days = asked.model_dump(exclude={"facility", "facilities", "district", "all"})

    def wanted(number: str) -> Shift:
        return Shift(shift_id=uuid4().hex, recorded_at=api.moment(), facility=number, **days)

    _demand_one(facility=asked.facility, facilities=asked.facilities, district=asked.district, all=asked.all)
    if asked.facility:
        recorded, moved = record_shift(table, wanted(asked.facility), staff, policy)
        return answer(201, _shown_shift(recorded) | {"patrons": moved})
    numbers = facilities_of(table, asked.facilities, asked.district)
    return _batches(201, shift_batches(table, numbers, wanted, staff, policy, within_a_request()))


@api.delete("/api/desk/shifts/<batch_id>")
def unshift(batch_id: str) -> Any:
    """Give a batch its regular days again, and tell each patron concerned."""
    from lending.actions.calendar.shift_batch import take_shift_back

    staff = api.staff()
    sunday, _, number = batch_id.partition(".")
    pickup_from, facility = day_of(sunday, "id"), as_place(number)
    back, moved = take_shift_back(library_table(), pickup_from, facility, staff, api.moment(), settings().policy)
    return answer(200, _shown_shift(back) | {"patrons": moved})


@api.delete("/api/desk/shifts")
def unshift_many() -> Any:
    """Give many batches of a week their regular days again, and tell each patron concerned."""
    from lending.actions.calendar.shift_batches import facilities_of, take_shifts_back

    staff, table, moment = api.staff(), library_table(), api.moment()
    pickup_from, policy = day_of(api.query("pickup_from"), "pickup_from"), settings().policy
    numbers = [as_place(number) for number in api.query("facilities", most=1000).split(",") if number]
    district, every = api.query("district"), api.query("all") in ("1", "true")
    _demand_one(facilities=numbers, district=district, all=every)
    found, time = facilities_of(table, numbers, district), within_a_request()
    return _batches(200, take_shifts_back(table, pickup_from, found, staff, moment, policy, time))


def _demand_one(**ways: Any) -> None:
    """Demand that the facilities are named in exactly one way."""
    named = [field for field, value in ways.items() if value]
    if len(named) != 1:
        reasons = (Reason("one_of_these", {"one_of": list(ways)}, field) for field in named or list(ways)[:1])
        raise Refused("invalid_fields", *reasons)


def _batches(status: int, batches: "Batches") -> Any:
    shown = {"items": [_shown_batch(each) for each in batches.done], "left": batches.left}
    return answer(202 if batches.left else status, shown)


def _shown_batch(done: "Shifted") -> dict[str, Any]:
    if done.shift is None:
        reasons = done.refusal.reasons if done.refusal else ()
        return {"facility": done.facility, "done": False, "reasons": [shown_reason(each) for each in reasons]}
    return _shown_shift(done.shift) | {"done": True, "patrons": done.patrons}


def _is_shown(ends_on: date) -> bool:
    return api.query("all") == "1" or ends_on >= in_tokyo(api.moment()).date()


def _shown_closure(closure: Closure) -> dict[str, Any]:
    return {
        "id": closure.closure_id,
        "scope": closure.scope,
        "facility": closure.facility or None,
        "from": closure.starts_on,
        "until": closure.ends_on,
        "reason": closure.reason,
        "weekdays": sorted(closure.weekdays),
        "kind": closure.kind,
    }


def _shown_suspension(suspension: Suspension, cards: dict[str, str]) -> dict[str, Any]:
    return {
        "id": suspension.suspension_id,
        "scope": suspension.scope,
        "facility": suspension.facility or None,
        "from": suspension.starts_on,
        "until": suspension.ends_on,
        "reason": suspension.reason,
        "opted_in": sorted(cards[patron_id] for patron_id in suspension.opted_in if patron_id in cards),
        "pickup_until": suspension.pickup_until,
    }


def _shown_shift(shift: "Shift") -> dict[str, Any]:
    named = ("facility", "pickup_from", "pickup_until", "due_on", "pickup_until_before", "due_on_before", "reason",
             "recorded_at", "taken_back_at")  # fmt: skip
    return {"id": shift.batch_id} | {name: getattr(shift, name) for name in named}
