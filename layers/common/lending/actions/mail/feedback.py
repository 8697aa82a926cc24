"""What SES tells of a mail: how far it came, and whom staff must call because it came back (RULES 38, 39).

Events come late, twice and out of order. A mail only moves to a stronger state, a task only counts a later bounce than
its last one, and a delivery only settles what is older: so the end is the same for any order and number of them.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from lending.actions.library import Library
from lending.actions.mail.count_mails import MailCounts
from lending.aws import mailer, suppression
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.mail import addresses, contacts, mails, sent_messages
from lending.aws.table.writes import Key, Write
from lending.domain.mail.bounce_table import BounceCause, Diagnosis
from lending.domain.mail.bounces import classify, forwarded, may_come_again
from lending.domain.mail.contact import DELIVERED, Contact, contact_about, with_bounce
from lending.domain.mail.events import EventKind, MailEvent, Recipient, bare_address
from lending.domain.mail.mail import Mail, MailState, Unsent, with_news
from lending.domain.policy import Policy
from lending.domain.week import in_tokyo

# The sender notes a mail a moment after SES took it. An event may be faster, but not by this many deliveries.
_PATIENCE = 3


class NotYetKnown(Exception):
    """Nobody knows this mail yet: its sender may be about to note it."""


def take_event_in(table: Table, event: MailEvent, received: int, policy: Policy, counts: MailCounts) -> None:
    """Take in what SES tells of a mail.

    Args:
        received: how often the event has been brought, this time counted. A mail that stays unknown is told of by its
            address alone.
        counts: is told what the mail becomes by it.

    Raises:
        NotYetKnown: the event is to come again.
    """
    if event.moves_to is None or event.at is None:
        return
    key = mailer.key_in(event.tags) or sent_messages.mail_key(table, event.message_id)
    if key is None and received < _PATIENCE:
        raise NotYetKnown
    mail = _note(table, key, event, in_tokyo(event.at), policy, counts) if key else None
    if mail is None and event.asks_for_contact:
        _tell_users(table, event, in_tokyo(event.at), policy)
    _keep_trying(event, mail)
    if event.kind is EventKind.DELIVERY and (mail is None or mail.state is MailState.DELIVERED):
        for address in _addresses(event, mail):
            _settle(table, address, in_tokyo(event.at), policy)


def _keep_trying(event: MailEvent, mail: Mail | None) -> None:
    """An address that is not at fault stays one that SES writes to."""
    for recipient in event.recipients if event.kind is EventKind.BOUNCE else ():
        if may_come_again(event, classify(event, recipient)):
            suppression.remove_from_suppression_list(_address(event, recipient, mail))


@again_when_overtaken
def _note(table: Table, key: Key, event: MailEvent, at: datetime, policy: Policy, counts: MailCounts) -> Mail | None:
    """Move the mail, and with it in one transaction whatever staff must do. None if the mail has vanished."""
    mail = mails.find(table, key)
    if mail is None or event.moves_to is None:
        return None
    after = with_news(mail, event.moves_to, at, event.message_id)
    writes = [] if after is mail else [mails.change(mail, after)]
    if event.asks_for_contact:
        news = [contact for contact in _found(event, after, at) if not _reached_since(table, contact, key)]
        writes += _tasks(table, key[0], news, policy)
    if writes:
        table.transact(*writes)
        counts.note(mail, after)
    return after


def _reached_since(table: Table, contact: Contact, key: Key | None = None) -> bool:
    """Whether a mail reached the address later, whosever it was, but for the one of `key`: then the bounce is old."""
    kind, _, owner = key[0].partition("#") if key else ("", "", "")
    users = {*addresses.users(table, contact.address), *([owner] if kind == "PATRON" else [])}
    return any(
        mails.key(other) != key
        and other.state is MailState.DELIVERED
        and other.to_address == contact.address
        and other.news_at is not None
        and other.news_at > contact.last_at
        for user in sorted(users)
        for other in mails.of_patron(table, user)
    )


@again_when_overtaken
def _tell_users(table: Table, event: MailEvent, at: datetime, policy: Policy) -> None:
    """A mail nobody knows came back: everybody who uses the address is told of it."""
    found = [contact for contact in _found(event, None, at) if not _reached_since(table, contact)]
    users = {contact.address: addresses.users(table, contact.address) for contact in found}
    for patron_id in sorted({user for each in users.values() for user in each}):
        theirs = [contact for contact in found if patron_id in users[contact.address]]
        if writes := _tasks(table, f"PATRON#{patron_id}", theirs, policy):
            table.transact(*writes)


def _found(event: MailEvent, mail: Mail | None, at: datetime) -> list[Contact]:
    """A task for each of an event's recipients, those that are one task only once."""
    found = [
        contact_about(classify(event, recipient), _address(event, recipient, mail), at, mail)
        for recipient in event.recipients
    ]
    return list({contact.name: contact for contact in found}.values())


def _addresses(event: MailEvent, mail: Mail | None) -> set[str]:
    return {_address(event, recipient, mail) for recipient in event.recipients}


def _address(event: MailEvent, recipient: Recipient, mail: Mail | None) -> str:
    """The address that the patron gave us, as we have it: not the one a mail was forwarded to, nor in other letters."""
    known = mail.to_address if mail else ""
    if known and (recipient.address == bare_address(known) or forwarded(event, recipient)):
        return known
    return event.addressed_to[0] if forwarded(event, recipient) else recipient.address


def tasks_of_refusal(library: Library, mail: Mail, cause: BounceCause) -> list[Write]:
    """What staff must do about a mail that SES refused when it was asked to send it (RULES 39)."""
    contact = contact_about(Diagnosis(cause), mail.to_address, library.moment, mail)
    return _tasks(library.table, mails.key(mail)[0], [contact], library.policy)


def tasks_of_unsent(library: Library, mail: Mail) -> list[Write]:
    """What staff must do about a mail that was given up before sending: who waits for it in vain is called (RULES 39).

    A patron without an address has no task for it: their mails are letters to print (RULES 44).
    """
    if mail.why is Unsent.UNREACHABLE:
        cause = addresses.cause_of_mark(library.table, mail.to_address) or BounceCause.UNKNOWN
    elif mail.why is Unsent.NO_ADDRESS and mails.key(mail)[0].startswith("APPLICATION#"):
        cause = BounceCause.UNKNOWN
    else:
        return []
    contact = replace(contact_about(Diagnosis(cause), mail.to_address, library.moment, mail), unsent=mail.why)
    return _recorded(_news(library.table, mails.key(mail)[0], [contact]), library.policy)


def _tasks(table: Table, partition: str, found: Iterable[Contact], policy: Policy) -> list[Write]:
    """Record the tasks as one person's, and mark the addresses that nothing reaches any more (RULES 39)."""
    news = _news(table, partition, found)
    marks = {
        contact.address: addresses.mark_addition(contact.address, contact.last_at, contact.cause)
        for _, contact in news
        if contact.permanent
    }
    return [*_recorded(news, policy), *marks.values()]


def _news(table: Table, partition: str, found: Iterable[Contact]) -> list[tuple[Contact | None, Contact]]:
    """Each task of one person that something new is known of: as it is, and as it will be."""
    owned = [contacts.owned(contact, partition) for contact in found]
    known = [contacts.find(table, contacts.key(contact)) for contact in owned]
    after = [with_bounce(before, contact) for before, contact in zip(known, owned, strict=True)]
    return [(before, then) for before, then in zip(known, after, strict=True) if then is not before]


def _recorded(news: list[tuple[Contact | None, Contact]], policy: Policy) -> list[Write]:
    return [contacts.record(before, after, policy) for before, after in news]


@again_when_overtaken
def _settle(table: Table, address: str, at: datetime, policy: Policy) -> None:
    """A mail arrived: older tasks about the address are settled, whosever they are, and an older mark goes."""
    trouble = contacts.trouble_with(table, address)
    for contact in trouble.tasks:
        if contact.last_at < at:
            table.write(contacts.end(contact, at, DELIVERED, policy))
    if trouble.marked_since and trouble.marked_since < at:
        table.write(addresses.mark_removal_of_earlier(address, trouble.marked_since))
