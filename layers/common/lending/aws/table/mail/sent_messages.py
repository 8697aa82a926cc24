"""What SES calls a mail: MESSAGE#id / MESSAGE, with the mail's key, so that what SES tells of it finds the mail."""

from dataclasses import dataclass

from lending.aws.table.codec import epoch, value_of
from lending.aws.table.mail.mails import vanishes
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.mail.mail import Mail
from lending.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class _SentMessage:
    mail_pk: str
    mail_sk: str


def _key(message_id: str) -> Key:
    return f"MESSAGE#{message_id}", "MESSAGE"


def mail_key(table: Table, message_id: str) -> Key | None:
    """The key of the mail that was sent under a message id."""
    item = table.get(_key(message_id))
    told = value_of(_SentMessage, item) if item else None
    return (told.mail_pk, told.mail_sk) if told else None


def addition(message_id: str, key: Key, mail: Mail, policy: Policy) -> Write:
    """A mail was sent under a message id. The item vanishes with the mail."""
    gone = epoch(vanishes(mail, policy))
    return put(_key(message_id), {"mail_pk": key[0], "mail_sk": key[1], "expires_at": gone})


def removal(message_id: str) -> Write:
    """Nothing that SES tells of a message is of interest any more: its mail was erased."""
    return delete(_key(message_id))
