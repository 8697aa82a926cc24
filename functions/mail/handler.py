"""Mails that the queue brings by their keys, sent one by one: a failing one comes again and holds up no other.

A wish for a temporary password comes the same way, and becomes a mail if it is right.
"""

from datetime import datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lending.actions.library import library_at
from lending.actions.mail.count_mails import MailCounts, mails_counted
from lending.actions.mail.send import Sending, send_mail
from lending.actions.patrons.send_password import grant_password_wish
from lending.aws.metrics import emit_counts
from lending.aws.sqs_batches import each_message
from lending.aws.table import library_table
from lending.aws.table.patrons.password_wishes import PREFIX as WISH
from lending.aws.telemetry import logger
from lending.domain.week import TOKYO


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send an event's mails; answer which of them are to come again."""
    with mails_counted(library_table()) as counts:
        return each_message(event, context, partial(_send, counts))


def _send(counts: MailCounts, record: SQSRecord) -> None:
    # No schedule or request gives the moment here, and a claim is about the senders' own time: the clock's.
    named, moment = record.json_body, datetime.now(TOKYO)
    library, key = library_at(moment), (named["PK"], named["SK"])
    if named["SK"].startswith(WISH):
        grant_password_wish(library, key)
        return
    became = send_mail(library, key, counts)
    if became is Sending.HELD_BACK:
        emit_counts(MailHeldBack=1)
    logger().info("mail", extra={"became": became, "kind": named["SK"].split("#")[1]})
