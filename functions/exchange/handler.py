"""Files from and to the library's own system (RULES 43).

Each that comes is taken in as the bucket tells of it; hourly what happened goes out, before a run its candidates.
"""

from datetime import datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lending.actions.exchange.candidates import ask_about_candidates
from lending.actions.exchange.send_movements import send_movements
from lending.actions.exchange.take_in_file import take_in_file
from lending.actions.library import library_at
from lending.actions.unfinished import EnoughTime
from lending.aws.exchange_bucket import arrived
from lending.aws.schedules import Summary, carry_out_job, enough_time
from lending.aws.sqs_batches import each_message


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take in the files that a batch of messages tells of, one that is refused only once; or carry out the job."""
    if "job" in event:
        movements_out = partial(_movements_out, enough_time(context))
        return carry_out_job({"movements_out": movements_out, "candidates_out": _candidates_out}, event)
    return each_message(event, context, _take_in)


def _take_in(record: SQSRecord) -> None:
    for key, moment in arrived(record.body):
        take_in_file(library_at(moment), key)


def _candidates_out(moment: datetime) -> Summary:
    return {"date": moment.date().isoformat(), **ask_about_candidates(library_at(moment))}


def _movements_out(has_time: EnoughTime, moment: datetime) -> Summary:
    return send_movements(library_at(moment), has_time)
