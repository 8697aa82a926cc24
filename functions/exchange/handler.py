"""Files from the library's own system: each is taken in as the bucket tells of it, through a queue (RULES 43)."""

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lending.actions.exchange.take_in_copies import take_in_copies
from lending.actions.library import library_at
from lending.aws.exchange_bucket import arrived_copies, content
from lending.aws.sqs_batches import each_message


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take in the files that a batch of messages tells of; one that is refused does not come again."""
    return each_message(event, context, _take_in)


def _take_in(record: SQSRecord) -> None:
    for key, arrived in arrived_copies(record.body):
        if (data := content(key)) is not None:
            take_in_copies(library_at(arrived), key.rpartition("/")[2], arrived, data)
