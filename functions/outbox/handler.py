"""New mails of the table's stream, handed on to the queue. Any failure raises, and the stream brings them again."""

from typing import Any

from lending.actions.mail.outbox import carry_on
from lending.aws.stream_batches import new_keys
from lending.aws.table.patrons.password_wishes import PREFIX as WISH


def handler(event: dict[str, Any], context: Any) -> None:
    """Hand on the keys of an event's new mails, and of wishes for a password, of which a mail may come."""
    carry_on((owner, name) for owner, name in new_keys(event) if name.startswith(("MAIL#", WISH)))
