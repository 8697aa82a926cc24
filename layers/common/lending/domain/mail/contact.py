"""A contact task: mails to an address come back, and staff call the patron (RULES 39)."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from lending.domain.mail.bounce_table import BounceCause, Diagnosis, Fault
from lending.domain.mail.bounces import explanation
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import Mail, Unsent


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One task per person, address and cause, however many mails came back.

    Of whom: `patron_id`, or `receipt_number` while there is no patron. `permanent`, `suppressed`, `also` and `fault`
    are the diagnosis's. `since` is when the first mail came back, `last_at` the latest, as SES told, in Tokyo;
    `mails` is how many; `unsent` says why the latest did not even leave, if so. `mail_…` tell of the latest, as far
    as it is known. `done_by` is who of staff called, or what settled it.
    """

    patron_id: str = ""
    receipt_number: str = ""
    address: str = ""
    cause: BounceCause
    also: BounceCause | None = None
    permanent: bool = False
    suppressed: bool = False
    fault: Fault = Fault.ADDRESS
    unsent: Unsent | None = None
    since: datetime
    last_at: datetime
    mails: int = 1
    mail_id: str = ""
    mail_kind: str | None = None
    mail_sent_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str = ""

    def __post_init__(self) -> None:
        """Refuse a kind of mail that there is not."""
        if self.mail_kind:
            kind_named(self.mail_kind)

    @property
    def name(self) -> str:
        """What sets it apart from other tasks of the same person: what only this mail or the library did is another."""
        not_theirs = f"\n{self.fault}" if self.fault in (Fault.SENDER, Fault.MAIL) else ""
        return hashlib.sha256(f"{self.address.lower()}\n{self.cause}{not_theirs}".encode()).hexdigest()[:16]

    @property
    def diagnosis(self) -> Diagnosis:
        """What the bounce means."""
        return Diagnosis(self.cause, self.permanent, self.suppressed, self.also, self.fault)


DELIVERED = "delivered"
ADDRESS_CHANGED = "address_changed"


def contact_about(diagnosis: Diagnosis, address: str, at: datetime, mail: Mail | None) -> Contact:
    """The task of one bounce, still nobody's.

    Args:
        at: when the mail came back.
        mail: the mail, if it is known.
    """
    contact = Contact(
        address=address,
        cause=diagnosis.cause,
        also=diagnosis.also,
        permanent=diagnosis.permanent,
        suppressed=diagnosis.suppressed,
        fault=diagnosis.fault,
        since=at,
        last_at=at,
    )
    if mail is None:
        return contact
    return replace(contact, mail_id=mail.mail_id, mail_kind=mail.kind, mail_sent_at=mail.sent_at)


def advice(contact: Contact) -> str:
    """What staff tell the person, with the FAQ's hint (RULES 39, A15)."""
    if contact.unsent is Unsent.NO_ADDRESS:
        return "メールアドレスがないため、お知らせを送れませんでした。内容をお電話でお伝えください。"
    hint = explanation(contact.diagnosis)
    return f"このアドレスには届かないため、お知らせを送っていません。{hint}" if contact.unsent else hint


def with_bounce(known: Contact | None, contact: Contact) -> Contact:
    """The task after one more bounce.

    A bounce that is told twice, or late, changes nothing; a new one after the task was done opens it again.

    Args:
        known: the task as it is, if there is one.
        contact: what it would be for this bounce alone.
    """
    if known is None or (known.done_at and known.last_at < contact.last_at):
        return contact
    if known.last_at >= contact.last_at:
        return known
    return replace(contact, since=known.since, mails=known.mails + 1)
