"""Images that people have sent: each is looked at as the bucket tells of it, through a queue.

The table's stream tells of applications: what nobody may see any more is deleted (RULES 3).
"""

import json
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lending.actions.registration.check_image import look_at_image
from lending.actions.registration.keep_images import clear_images
from lending.aws.image_bucket import upload_of
from lending.aws.messages import each_message
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.aws.telemetry import logger
from lending.domain.week import TOKYO


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Look at the images a batch of messages tells of, or clear those of changed applications."""
    if any(record.get("eventSource") == "aws:dynamodb" for record in event["Records"]):
        _clear(event)
        return None
    return each_message(event, context, _look_at)


def _clear(event: dict[str, Any]) -> None:
    """Applications that have changed or gone, as the stream tells; a batch that fails comes again as a whole."""
    owners = {record["dynamodb"]["Keys"]["PK"]["S"] for record in event["Records"]}
    for owner in sorted(owners):
        clear_images(library_table(), owner.removeprefix("APPLICATION#"))


def _look_at(record: SQSRecord) -> None:
    """One message: what the bucket tells in it, or S3's test event, which tells nothing."""
    failures = [failure for told in json.loads(record.body).get("Records", []) if (failure := _tried(told))]
    if failures:
        raise failures[0]


def _tried(told: dict[str, Any]) -> Exception | None:
    """One image; that it fails is no reason to leave the others of its message alone."""
    try:
        _look(told)
    except Exception as failure:
        return failure
    return None


def _look(told: dict[str, Any]) -> None:
    upload = upload_of(told["s3"]["object"]["key"])
    if upload is None:
        logger().warning("an object without a ticket")
        return
    arrived = datetime.fromisoformat(told["eventTime"]).astimezone(TOKYO)
    outcome = look_at_image(library_table(), upload, arrived, settings().policy)
    logger().info("image", extra={"slot": upload.slot, "outcome": outcome})
