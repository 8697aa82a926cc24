"""Whom to call, and a patron's addresses and mails (RULES 38, 39)."""

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict

from lending.actions.mail.contact_tasks import Task, finish_task, open_tasks
from lending.actions.mail.mails_of_patron import send_again, show_mails
from lending.actions.mail.try_addresses import try_again
from lending.api.desk.shared import Message, regular_card_number
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import RequestModel
from lending.api.shown.mails import MailAnswer, shown_mail
from lending.api.surface import Area
from lending.aws.settings import settings
from lending.domain.mail.bounce_table import BounceCause, Fault
from lending.domain.mail.bounces import CAUSE_LABELS
from lending.domain.mail.contact import advice
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import Mail, Unsent

area = Area("/api/desk", staff)


class ContactMail(TypedDict):
    """The latest mail that came back."""

    kind: str
    label: str
    sent_at: datetime | None


class ContactAnswer(TypedDict):
    """Whom to call, by which number, because of what."""

    id: str
    patron: str
    receipt_number: str
    name: str
    phone: str
    cause: BounceCause
    cause_label: str
    fault: Fault
    explanation: str
    address: str
    unreachable: bool
    mail: ContactMail | None
    mails: int
    since: datetime


class TriedAnswer(Message):
    """The addresses to which mails go again."""

    addresses: list[str]


class MailOfPatron(MailAnswer):
    """A mail as staff see it."""

    id: str
    label: str


@area.get("/contacts")
def show_contacts(request: Request) -> Page[ContactAnswer]:
    """Whom to call because mails come back, the longest waiting first."""
    tasks, last = open_tasks(request.library, request.caller, request.limit(), request.start())
    return request.page([_task(task) for task in tasks], last)


@area.post("/contacts/<contact_id>/done", status=204)
def finish_contact(contact_id: str, request: Request) -> None:
    """They have been called."""
    finish_task(request.library, contact_id, request.caller)


def _task(task: Task) -> ContactAnswer:
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
        "explanation": advice(contact),
        "address": contact.address,
        "unreachable": contact.permanent or contact.unsent is Unsent.UNREACHABLE,
        "mail": {"kind": kind, "label": kind_named(kind).label, "sent_at": contact.mail_sent_at} if kind else None,
        "mails": contact.mails,
        "since": contact.since,
    }


class AddressAction(RequestModel):
    """What staff do about addresses that mails do not reach."""

    action: Literal["try_again"]


@area.post("/patrons/<card_number>/address", status=202)
def try_address(card_number: str, request: Request, asked: AddressAction) -> TriedAnswer:
    """Mails go to the patron's addresses again, and a test mail first."""
    staff = request.caller
    number = regular_card_number(card_number, "card_number")
    tried = try_again(request.library, number, staff)
    return {"addresses": tried, "message": "受信確認メールをお送りします。届いたかどうかはメールの一覧でわかります。"}


@area.get("/patrons/<card_number>/mails")
def show_mails_of_patron(card_number: str, request: Request) -> Page[MailOfPatron]:
    """The patron's mails with what they said, the newest first; that they were looked at is recorded."""
    number = regular_card_number(card_number, "card_number")
    found = show_mails(request.library, number, request.caller)
    return request.page_of(found, lambda mail: (-mail.created_at.timestamp(), mail.mail_id), _shown_mail)


@area.post("/patrons/<card_number>/mails/<mail>/again", status=202)
def send_mail_again(card_number: str, mail: str, request: Request) -> MailOfPatron:
    """Send once more what a mail is about."""
    number, name = regular_card_number(card_number, "card_number"), mail.replace("~", "#")
    sent = send_again(request.library, number, name, request.caller)
    return _shown_mail(sent)


def _shown_mail(mail: Mail) -> MailOfPatron:
    # `#` would end an address.
    name = mail.mail_id.replace("#", "~")
    return {"id": name, "label": kind_named(mail.kind).label, **shown_mail(mail, settings().policy)}
