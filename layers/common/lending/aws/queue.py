"""The queue between outbox and mail."""

import json
from collections.abc import Iterable

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table import in_batches
from lending.aws.table.writes import Key, key_of

_BATCH = 10


class NotCarried(Exception):
    """The queue did not take every message."""


def carry(mails: Iterable[Key]) -> int:
    """Hand mails to the queue by their keys; answers how many.

    Raises:
        NotCarried: the queue refused some; others may have been handed over, which does no harm when repeated.
    """
    return sum(_send(batch) for batch in in_batches(mails, _BATCH))


def _send(batch: list[Key]) -> int:
    entries = [{"Id": str(n), "MessageBody": json.dumps(key_of(key))} for n, key in enumerate(batch)]
    answer = client("sqs").send_message_batch(QueueUrl=settings().mail_queue_url, Entries=entries)
    if answer.get("Failed"):
        raise NotCarried(f"{len(answer['Failed'])} of {len(batch)} messages")
    return len(batch)
