"""Letters to print, for those whom no mail reaches (RULES 44)."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.mail.letters import PaperLetter, note_printed, open_letters
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import Purpose, QueryModel, RequestModel, as_list
from lending.api.surface import Area
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import UNSENT_LABELS, Unsent

area = Area("/api/desk/lists/letters", staff)


class Printed(RequestModel):
    """Letters that have been printed."""

    printed: Annotated[
        list[Annotated[str, Field(max_length=300)]], Field(min_length=1, max_length=100), BeforeValidator(as_list)
    ]


class KindAnswer(TypedDict):
    """A kind of mail, and what it is called."""

    kind: str
    label: str


class LetterAnswer(TypedDict):
    """A letter in words, and whom it is for; `with_slip` if a temporary password goes with it."""

    id: str
    card_number: str
    name: str
    guardian: str
    postal_code: str
    address: str
    phone: str
    mail: KindAnswer
    why: Unsent | None
    why_label: str | None
    since: datetime
    subject: str
    text: str
    with_slip: bool


class PrintedLetter(TypedDict):
    """Whether a letter has been printed."""

    id: str
    printed: bool


class PrintedLetters(TypedDict):
    """Which letters have been printed."""

    items: list[PrintedLetter]


class LettersQuery(QueryModel):
    """What the letters are looked through for."""

    why: Purpose = "letters"


@area.get()
def show_letters(request: Request, asked: LettersQuery) -> Page[LetterAnswer]:
    """What those get as letters whom no mail reaches, the oldest first; that persons were seen is recorded."""
    limit, start = request.limit(default=20), request.start()
    letters, last = open_letters(request.library, request.caller, asked.why, limit, start)
    return request.page([_shown_letter(letter) for letter in letters], last)


@area.post()
def note_letters_printed(request: Request, asked: Printed) -> PrintedLetters:
    """Letters have been printed, and leave the list."""
    staff = request.caller
    done = note_printed(request.library, asked.printed, staff)
    return {"items": [{"id": name, "printed": printed} for name, printed in done.items()]}


def _shown_letter(letter: PaperLetter) -> LetterAnswer:
    mail, patron = letter.mail, letter.patron
    return {
        "id": letter.letter_id,
        "card_number": patron.card_number,
        "name": patron.name,
        "guardian": patron.guardian,
        "postal_code": patron.postal_code,
        "address": patron.address,
        "phone": patron.phone,
        "mail": {"kind": mail.kind, "label": kind_named(mail.kind).label},
        "why": mail.why,
        "why_label": UNSENT_LABELS[mail.why] if mail.why else None,
        "since": mail.created_at,
        "subject": letter.text.subject,
        "text": letter.text.body,
        "with_slip": letter.with_slip,
    }
