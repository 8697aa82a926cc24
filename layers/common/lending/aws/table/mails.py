"""Mails: with their patron, PATRON#id / MAIL#…, or with their application, APPLICATION#receipt / MAIL#….

A mail exists because its item was put in the same transaction as the change it tells of; the stream carries it on.
`work` lists those on their way, so that what is stuck is found.
"""

from datetime import timedelta

from lending.aws.table.codec import Item, attributes, epoch, stamp, value_of
from lending.aws.table.writes import Key, Write, put_new
from lending.domain.mail import Mail, MailKind
from lending.domain.policy import Policy

WORK = "MAIL"
_OF_APPLICATIONS = frozenset({MailKind.IMAGE_AGAIN, MailKind.REFUSAL})


def key(mail: Mail) -> Key:
    """The key of a mail: what it is about names it, so it is there once (RULES 38)."""
    owner = "APPLICATION" if mail.kind in _OF_APPLICATIONS else "PATRON"
    return f"{owner}#{mail.owner}", f"MAIL#{mail.mail_id}"


def mail_of(item: Item) -> Mail:
    """The mail that an item holds."""
    return value_of(Mail, item)


def add(mail: Mail, policy: Policy) -> Write:
    """A mail to be sent; put it in the transaction of what it tells of. It vanishes after the policy's days (41)."""
    gone = epoch(mail.created_at + timedelta(days=policy.history_days))
    order = f"{stamp(mail.created_at)}#{mail.owner}#{mail.mail_id}"
    return put_new(key(mail), attributes(mail) | {"expires_at": gone, "work": WORK, "work_order": order})
