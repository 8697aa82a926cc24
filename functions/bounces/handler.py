"""What SES tells of mails, by way of the queue: each event on its own, a malformed one ends in the dead letters."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lending.actions.mail.count_mails import MailCounts, mails_counted
from lending.actions.mail.feedback import take_event_in
from lending.aws.metrics import emit_counts
from lending.aws.ses_events import from_sns
from lending.aws.settings import settings
from lending.aws.sqs_batches import each_message
from lending.aws.table import library_table
from lending.domain.mail.bounces import blames_sender


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take in an event's messages; answer which of them are to come again."""
    with mails_counted(library_table()) as counts:
        return each_message(event, context, partial(_hear, counts))


def _hear(counts: MailCounts, record: SQSRecord) -> None:
    received, event = int(record.attributes.approximate_receive_count or 1), from_sns(record.body)
    take_event_in(library_table(), event, received, settings().policy, counts)
    if blames_sender(event):
        emit_counts(SenderRefused=1)
