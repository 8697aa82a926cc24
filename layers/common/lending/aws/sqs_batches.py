"""Messages of a queue, each on its own: what fails comes again and ends in the dead letters, the others are done."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lending.aws.telemetry import kind_and_place, logger

_ENOUGH_MILLISECONDS = 12_000


class OutOfTime(Exception):
    """The function has not enough time left to begin with another message: it comes again."""


def each_message(event: dict[str, Any], context: Any, carry_out: Callable[[SQSRecord], None]) -> dict[str, Any]:
    """Carry out every message of an event and answer which of them are to come again.

    Args:
        context: Lambda's; a message that could be cut off in the middle is not begun.
    """

    def handled(record: SQSRecord) -> None:
        try:
            if context.get_remaining_time_in_millis() < _ENOUGH_MILLISECONDS:
                raise OutOfTime
            carry_out(record)
        except Exception as error:
            logger().warning("message comes again", extra=kind_and_place(error))
            raise

    # A batch that failed as a whole is told message by message, too: an exception would show in the log what it says.
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, handled, processor, context)
    return {"batchItemFailures": answer["batchItemFailures"]}
