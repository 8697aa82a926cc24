"""Sending one mail: claimed before it is sent, and noted after it (RULES 38).

SES has no token that makes a sending happen once. So a mail is first claimed, by a condition that only one sender
meets. What is certain not to have been sent is given back and comes again. If nobody can know (SES did not answer, or
the sender died between its claim and its note) the claim stays: news from SES settles it, or else `may_be_claimed` says
when it is tried again.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from lending.actions.library import Library
from lending.actions.mail.compose import Letter, NotToBeSent, write_letter
from lending.actions.mail.count_mails import MailCounts
from lending.actions.mail.feedback import tasks_of_refusal, tasks_of_unsent
from lending.aws import mailer, suppression
from lending.aws.mailer import HeldBack, NeverSent, PerhapsSent
from lending.aws.settings import settings
from lending.aws.table import Busy, Overtaken, Table, again_when_overtaken
from lending.aws.table.mail import mails, sent_messages
from lending.aws.table.writes import Key
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.mail import Mail, MailState, claimed, given_back, given_up, may_be_claimed, moved
from lending.domain.mail.text import Text


class InHand(Exception):
    """Another sender has the mail; whether it sends it shows a little later."""


class Sending(StrEnum):
    """What became of a mail that the queue brought."""

    SENT = "sent"
    UNSENT = "unsent"
    REJECTED = "rejected"
    SETTLED_BEFORE = "settled_before"
    HELD_BACK = "held_back"  # SES takes no mail at all: it waits in the table, the hourly job brings it
    LEFT_FOR_NEWS = "left_for_news"  # tried twice with an unknown end: SES will tell, or the daily job brings it


def send_mail(library: Library, key: Key, counts: MailCounts) -> Sending:
    """Send the mail of a key, if it is still to be sent; `counts` is told what it becomes.

    Raises:
        InHand: another sender has it.
        PerhapsSent: SES did not answer; the claim stays.
        Exception: whatever kept it from being sent this time; it was given back.
    """
    mail = _claim(library.table, key, library.moment)
    if isinstance(mail, Sending):
        return mail
    try:
        letter = write_letter(library.table, mail, library.policy)
        if letter.marked:
            # Or SES takes the mail and silently does not send it.
            suppression.remove_from_suppression_list(letter.to_address)
        message_id = mailer.send(key, letter.to_address, letter.text)
    except NotToBeSent as reason:
        return _note_unsent(library, mail, reason, counts)
    except HeldBack as refusal:
        return _note_held_back(library.table, mail, refusal.code)
    except NeverSent as refusal:
        return _note_rejected(library, mail, letter, refusal, counts)
    except PerhapsSent:
        raise
    except Exception:
        # Should even this fail, the claim lapses by itself.
        with suppress(Overtaken, Busy):
            library.table.write(mails.change(mail, given_back(mail)))
        raise
    return _note_sent(library, key, letter, message_id, counts)


@again_when_overtaken
def _claim(table: Table, key: Key, moment: datetime) -> Mail | Sending:
    mail = mails.find(table, key)
    if mail is None or not mail.on_its_way:
        return Sending.SETTLED_BEFORE
    if not may_be_claimed(mail, moment):
        if mail.claims < 2:
            raise InHand
        return Sending.LEFT_FOR_NEWS
    mine = claimed(mail, moment)
    table.write(mails.change(mail, mine))
    return mine


def _note_held_back(table: Table, mail: Mail, code: str) -> Sending:
    """The queue would give the mail up long before anybody has put the account right, so it does not keep it."""
    with suppress(Overtaken, Busy):
        table.write(mails.change(mail, replace(given_back(mail), error=code)))
    return Sending.HELD_BACK


def _note_unsent(library: Library, mail: Mail, reason: NotToBeSent, counts: MailCounts) -> Sending:
    """It is seen in My Library and at the desk all the same; who would wait for it in vain is called (RULES 38, 39)."""
    # The desk puts it into words anew if it is printed, and does not know where the pages are (RULES 44).
    kept = replace(mail, facts={**mail.facts, "site_url": settings().site_url})
    unsent = _saying(given_up(kept, reason.why, reason.to_address), reason.shown)
    library.table.transact(mails.change(mail, unsent), *tasks_of_unsent(library, unsent))
    counts.note(mail, unsent)
    return Sending.UNSENT


def _saying(mail: Mail, shown: Text) -> Mail:
    return replace(mail, subject=shown.subject, text=shown.body)


@again_when_overtaken
def _note_sent(library: Library, key: Key, letter: Letter, message_id: str, counts: MailCounts) -> Sending:
    """News from SES may have been faster: what it said stands, and only what it cannot know is added."""
    mail = mails.find(library.table, key)
    if mail is None:
        return Sending.SENT
    state = moved(mail.state, MailState.SENT)
    sent = replace(
        mail,
        state=state,
        to_address=letter.to_address,
        message_id=message_id,
        sent_at=library.moment,
        claimed_at=None,
        why=None,
        error="",
    )
    library.table.transact(
        mails.change(mail, _saying(sent, letter.shown)), sent_messages.addition(message_id, key, mail, library.policy)
    )
    counts.note(mail, sent)
    return Sending.SENT


def _note_rejected(library: Library, mail: Mail, letter: Letter, refusal: NeverSent, counts: MailCounts) -> Sending:
    """SES will never take it: nobody will hear of it any more, so staff must (RULES 39)."""
    rejected = replace(
        mail,
        state=MailState.REJECTED,
        to_address=letter.to_address,
        error=refusal.code,
        news_at=library.moment,
        claimed_at=None,
    )
    cause = BounceCause.WRONG_ADDRESS if refusal.of_address else BounceCause.UNKNOWN
    tasks = tasks_of_refusal(library, rejected, cause)
    library.table.transact(mails.change(mail, _saying(rejected, letter.shown)), *tasks)
    counts.note(mail, rejected)
    return Sending.REJECTED
