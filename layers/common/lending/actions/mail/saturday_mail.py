"""The Saturday lending mail (RULES 36, 38)."""

from contextlib import suppress
from datetime import date, datetime

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
from lending.domain.run.run_record import JobResult
from lending.domain.week import weeks_mailed_at

JOB = "lending_mail"

# As many mails as are put between two looks at the time that is left.
_PART = 1000


def announce_bags(library: Library, enough_time: EnoughTime) -> JobResult:
    """One mail for each patron and facility with books in a bag of the weeks whose mails are due at `moment`.

    The mail is composed when it is sent, from what is on loan then.

    Returns:
        The day it was done for and what was done; no counts if it had been done before.

    Raises:
        Unfinished: there was not enough time; asked again it goes on.
    """
    weeks = [runs.week_as_run(library.table, week) for week in weeks_mailed_at(library.moment, library.policy)]
    day = max(week.mail_on for week in weeks)
    if runs.is_done(library.table, JOB, day):
        return JobResult(day)
    packed = [bag for week in weeks for bag in bags.of_week(library.table, week.pickup_from) if bag.barcodes]
    new = _not_there_yet(library, [_mail(bag, library.moment) for bag in packed])
    put = sum(_put(library, part, enough_time) for part in in_batches(new, _PART))
    _note_done(library, day, enough_time)
    return JobResult(day, {"bags": len(packed), "mails": put})


def _note_done(library: Library, day: date, enough_time: EnoughTime) -> None:
    """Note that the mails are put, as soon as the table takes it."""
    while enough_time():
        with suppress(Busy):
            runs.note_done(library.table, JOB, day, library.moment)
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


def _mail(bag: Bag, moment: datetime) -> Mail:
    facts = {"pickup_from": bag.pickup_from.isoformat(), "facility": bag.facility}
    return new_mail(LendingMail, bag.patron_id, moment, bag.pickup_from, bag.facility, **facts)
