"""Whom to call, and a patron's addresses and mails (RULES 38, 39)."""

from typing import Any, Literal

from lending.actions.mail.contact_tasks import Task, finish_task, open_tasks
from lending.actions.mail.mails_of_patron import send_again, show_mails
from lending.actions.mail.try_addresses import try_again
from lending.api.desk.shared import regular_card_number
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import RequestModel
from lending.api.surface import Area
from lending.aws.settings import settings
from lending.domain.mail.bounces import CAUSE_LABELS
from lending.domain.mail.contact import advice
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import STATE_LABELS, UNSENT_LABELS, Mail, Unsent, subject_of

area = Area("/api/desk", staff)


@area.get("/contacts")
def show_contacts(request: Request) -> Page[dict[str, Any]]:
    """Whom to call because mails come back, the longest waiting first."""
    tasks, last = open_tasks(
        request.library.table, request.caller, request.moment, request.library.policy, request.limit(), request.start()
    )
    return request.page([_task(task) for task in tasks], last)


@area.post("/contacts/<contact_id>/done", status=204)
def finish_contact(contact_id: str, request: Request) -> None:
    """They have been called."""
    finish_task(request.library.table, contact_id, request.caller, request.moment, request.library.policy)


def _task(task: Task) -> dict[str, Any]:
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
        "mail": {"kind": kind, "label": kind_named(kind).label, "sent_at": contact.mail_sent_at} if kind else None,
        "mails": contact.mails,
        "since": contact.since,
    }


class AddressAction(RequestModel):
    """What staff do about addresses that mails do not reach."""

    action: Literal["try_again"]


@area.post("/patrons/<card_number>/address", status=202)
def try_address(card_number: str, request: Request, asked: AddressAction) -> dict[str, Any]:
    """Mails go to the patron's addresses again, and a test mail first."""
    staff, moment = request.caller, request.moment
    number = regular_card_number(card_number, "card_number")
    tried = try_again(request.library.table, number, staff, moment, request.library.policy)
    return {"addresses": tried, "message": "受信確認メールをお送りします。届いたかどうかはメールの一覧でわかります。"}


@area.get("/patrons/<card_number>/mails")
def show_mails_of_patron(card_number: str, request: Request) -> Page[dict[str, Any]]:
    """The patron's mails with what they said, the newest first; that they were looked at is recorded."""
    number = regular_card_number(card_number, "card_number")
    found = show_mails(request.library.table, number, request.caller, request.moment, request.library.policy)
    return request.page_of(found, lambda mail: (-mail.created_at.timestamp(), mail.mail_id), _shown_mail)


@area.post("/patrons/<card_number>/mails/<mail>/again", status=202)
def send_mail_again(card_number: str, mail: str, request: Request) -> dict[str, Any]:
    """Send once more what a mail is about."""
    number, name = regular_card_number(card_number, "card_number"), mail.replace("~", "#")
    sent = send_again(request.library.table, number, name, request.caller, request.moment, request.library.policy)
    return _shown_mail(sent)


def _shown_mail(mail: Mail) -> dict[str, Any]:
    return {
        # `#` would end an address.
        "id": mail.mail_id.replace("#", "~"),
        "kind": mail.kind,
        "label": kind_named(mail.kind).label,
        "subject": subject_of(mail, settings().policy),
        "text": mail.text or None,
        "created_at": mail.created_at,
        "sent_at": mail.sent_at,
        "to": mail.to_address or None,
        "state": mail.state,
        "state_label": STATE_LABELS[mail.state],
        "why": UNSENT_LABELS[mail.why] if mail.why else None,
    }
