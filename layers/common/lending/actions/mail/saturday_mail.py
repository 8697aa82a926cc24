"""The Saturday lending mail (RULES 36, 38)."""

from contextlib import suppress
from datetime import datetime, timedelta

from lending.actions.library import Library
from lending.actions.unfinished import EnoughTime, Unfinished
from lending.aws.table import Busy, in_batches
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.loans import bags
from lending.aws.table.mail import mails
from lending.aws.table.run import runs
from lending.domain.loans.bag import Bag
from lending.domain.mail.kinds.lending import LendingMail
from lending.domain.mail.mail import Mail, new_mail
from lending.domain.policy import Policy
from lending.domain.run.run_record import JobResult
from lending.domain.week import DAYS_OF_WEEK, Week, in_tokyo, run_due_at, week_of_run

JOB = "lending_mail"

# As many mails as are put between two looks at the time that is left.
_PART = 1000


def announce_bags(library: Library, enough_time: EnoughTime) -> JobResult:
    """One mail for each patron and facility with books in a bag of the week whose mails are due at `moment`.

    The mail is composed when it is sent, from what is on loan then.

    Returns:
        The day it was done for and what was done; no counts if it had been done before.

    Raises:
        Unfinished: there was not enough time; asked again it goes on.
    """
    week = runs.week_as_run(library.table, _week_due(library.moment, library.policy))
    if runs.is_done(library.table, JOB, week.mail_on):
        return JobResult(week.mail_on)
    packed = [bag for bag in bags.of_week(library.table, week.pickup_from) if bag.barcodes]
    new = _not_there_yet(library, [_mail(bag, library.moment) for bag in packed])
    put = sum(_put(library, part, enough_time) for part in in_batches(new, _PART))
    _note_done(library, week, enough_time)
    return JobResult(week.mail_on, {"bags": len(packed), "mails": put})


def _note_done(library: Library, week: Week, enough_time: EnoughTime) -> None:
    """Note that the mails are put, as soon as the table takes it."""
    while enough_time():
        with suppress(Busy):
            runs.note_done(library.table, JOB, week.mail_on, library.moment)
            return
    raise Unfinished("all mails are put")


def _put(library: Library, new: list[Mail], enough_time: EnoughTime) -> int:
    """Put mails; answers how many were not there. While the table takes no more of them, what it did not take waits."""
    there_already = 0
    left = new
    while left:
        if not enough_time():
            raise Unfinished(f"{len(left)} mails or more are still to be put")
        try:
            there_already += len(write_what_holds(library.table, (mails.addition(m, library.policy) for m in left)))
            break
        except Busy:
            # Each transaction has waited, and been tried, many times by now.
            left = _not_there_yet(library, left)
    return len(new) - there_already


def _not_there_yet(library: Library, wanted: list[Mail]) -> list[Mail]:
    there = mails.existing(library.table, map(mails.key, wanted))
    return [mail for mail in wanted if mails.key(mail) not in there]


def _week_due(moment: datetime, policy: Policy) -> Week:
    """The latest week whose Saturday has come."""
    week = week_of_run(run_due_at(moment, policy), policy)
    if week.mail_on <= in_tokyo(moment).date():
        return week
    return week_of_run(week.run_date - timedelta(days=DAYS_OF_WEEK), policy)


def _mail(bag: Bag, moment: datetime) -> Mail:
    facts = {"pickup_from": bag.pickup_from.isoformat(), "facility": bag.facility}
    return new_mail(LendingMail, bag.patron_id, moment, bag.pickup_from, bag.facility, **facts)
