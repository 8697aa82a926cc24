"""Mails on their way from the table to the sender: nothing that was put is lost (RULES 38)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from lending.aws import queue
from lending.aws.table import Table
from lending.aws.table.mail import mails
from lending.aws.table.writes import Key
from lending.domain.week import in_tokyo

# What the queue still has in hand needs no help; what it gave up, or never got, does.
_STUCK_AFTER = timedelta(hours=1)


def carry_on(new: Iterable[Key]) -> int:
    """Hand new mails to the queue by their keys; answers how many. Safe to repeat: the sender claims each one.

    Raises:
        NotCarried: the queue did not take them all.
    """
    return queue.carry(new)


def send_again_what_is_stuck(table: Table, moment: datetime) -> int:
    """Hand mails to the queue again that should long have been sent, the oldest first; answers how many.

    They are those that SES held back, that the queue gave up while SES was away, or that it never got. Whether one is
    still to be sent, the sender asks when it claims it, so this may be done at any time and any number of times.
    """
    return queue.carry(mails.on_their_way(table, in_tokyo(moment) - _STUCK_AFTER))
