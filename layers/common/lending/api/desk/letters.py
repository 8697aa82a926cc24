"""Letters to print, for those whom no mail reaches (RULES 44)."""

from typing import Annotated, Any

from pydantic import Field

from lending.actions.mail.letters import PaperLetter, note_printed, open_letters
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import RequestModel
from lending.api.surface import Area
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import UNSENT_LABELS

area = Area("/api/desk/lists/letters", staff)


class Printed(RequestModel):
    """Letters that have been printed."""

    printed: Annotated[list[Annotated[str, Field(max_length=300)]], Field(min_length=1, max_length=100)]


@area.get()
def show_letters(request: Request) -> Page[dict[str, Any]]:
    """What those get as letters whom no mail reaches, the oldest first; that persons were seen is recorded."""
    staff, why = request.caller, request.query("for", "letters")
    table, moment, policy = request.library.table, request.moment, request.library.policy
    letters, last = open_letters(table, staff, why, moment, policy, request.limit(default=20), request.start())
    return request.page([_shown_letter(letter) for letter in letters], last)


@area.post()
def note_letters_printed(request: Request, asked: Printed) -> dict[str, Any]:
    """Letters have been printed, and leave the list."""
    staff = request.caller
    done = note_printed(request.library.table, asked.printed, staff, request.moment, request.library.policy)
    return {"items": [{"id": name, "printed": printed} for name, printed in done.items()]}


def _shown_letter(letter: PaperLetter) -> dict[str, Any]:
    mail, named = letter.mail, ("card_number", "name", "guardian", "postal_code", "address", "phone")
    return {"id": letter.letter_id} | {name: getattr(letter.patron, name) for name in named} | {
        "mail": {"kind": mail.kind, "label": kind_named(mail.kind).label},
        "why": mail.why,
        "why_label": mail.why and UNSENT_LABELS[mail.why],
        "since": mail.created_at,
        "subject": letter.text.subject,
        "text": letter.text.body,
        "with_slip": letter.with_slip,
    }  # fmt: skip
