"""Images that people have sent: each is looked at as the bucket tells of it, through a queue.

The table's stream tells of applications: what nobody may see any more is deleted (RULES 3).
"""

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lending.actions.registration.check_image import look_at_images
from lending.actions.registration.keep_images import clear_images
from lending.aws.image_bucket import arrivals
from lending.aws.settings import settings
from lending.aws.sqs_batches import each_message
from lending.aws.stream_batches import changed_keys, is_of_stream
from lending.aws.table import library_table


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Look at the images a batch of messages tells of, or clear those of changed applications."""
    if is_of_stream(event):
        _clear(event)
        return None
    return each_message(event, context, _look_at)


def _clear(event: dict[str, Any]) -> None:
    for owner in sorted({owner for owner, _ in changed_keys(event)}):
        clear_images(library_table(), owner.removeprefix("APPLICATION#"))


def _look_at(record: SQSRecord) -> None:
    look_at_images(library_table(), arrivals(record.body), settings().policy)
