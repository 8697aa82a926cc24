"""The lists staff go through, and letters to print (RULES 9, 16, 20, 23, 34, 35, 44)."""

from typing import Annotated, Any

from pydantic import Field

from lending.actions.catalogue.list_books import Line, list_books
from lending.actions.mail.letters import PaperLetter, note_printed, open_letters
from lending.api.desk.shared import shown_copy
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import RequestModel
from lending.api.surface import Area
from lending.domain.mail.mail import KIND_LABELS as MAIL_LABELS
from lending.domain.mail.mail import UNSENT_LABELS

area = Area("/api/desk", staff)


class Printed(RequestModel):
    """Letters that have been printed."""

    printed: Annotated[list[Annotated[str, Field(max_length=300)]], Field(min_length=1, max_length=100)]


@area.get("/lists/letters")
def show_letters(request: Request) -> Page[dict[str, Any]]:
    """What those get as letters whom no mail reaches, the oldest first; that persons were seen is recorded."""
    staff, why = request.caller, request.query("for", "letters")
    table, moment, policy = request.library.table, request.moment, request.library.policy
    letters, last = open_letters(table, staff, why, moment, policy, request.limit(default=20), request.start())
    return request.page([_shown_letter(letter) for letter in letters], last)


@area.post("/lists/letters")
def note_letters_printed(request: Request, asked: Printed) -> dict[str, Any]:
    """Letters have been printed, and leave the list."""
    staff = request.caller
    done = note_printed(request.library.table, asked.printed, staff, request.moment, request.library.policy)
    return {"items": [{"id": name, "printed": printed} for name, printed in done.items()]}


def _shown_letter(letter: PaperLetter) -> dict[str, Any]:
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


@area.get("/lists/<name>")
def show_list(name: str, request: Request) -> Page[dict[str, Any]]:
    """What is missing, kept, to be cleared, lost, overdue …, the longest first; that persons were seen is recorded."""
    staff, why = request.caller, request.query("for", "list")
    table, moment, policy = request.library.table, request.moment, request.library.policy
    lines, last = list_books(table, name, staff, why, moment, policy, request.start(), request.limit())
    return request.page([_shown_line(line) for line in lines], last)


def _shown_line(line: Line) -> dict[str, Any]:
    title = {name: getattr(line.title, name, "") for name in ("title", "author")}
    copy = shown_copy(line.copy) if line.copy else {}
    of = line.hold or line.loan
    until = {"pickup_until": of.pickup_until, "pickup_place": of.pickup_place} if of else {}
    concerned = {"card_number": line.card_number or None, "waiting": line.waiting} | until
    return {"title_id": line.title_id} | title | copy | concerned | {"since": line.since}
