"""The mails of those whom no mail reaches are printed as letters (RULES 41, 44).

A letter is a mail that could not be sent for want of an address. It is put into words when it is looked at, from what
is true then, and leaves the list when staff say that it is printed, or with its mail after the policy's days.
"""

from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.actions.mail.compose import NotToBeSent, write_on_paper
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.codec import key_hash
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.mail import mails
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.writes import Key, key_of
from lending.aws.telemetry import logger
from lending.domain.mail.mail import Mail, MailState, printed
from lending.domain.mail.text import Text
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy


class PaperLetter(NamedTuple):
    """A letter with whom it is for; `with_slip` says that a password on a slip goes with it."""

    letter_id: str
    mail: Mail
    patron: Patron
    text: Text
    with_slip: bool


def open_letters(
    library: Library, staff: str, why: str, limit: int, start: Any = None
) -> tuple[list[PaperLetter], Any]:
    """Some of the letters to be printed, the oldest first, and where the list goes on.

    That staff looked at them leaves a trace with each person (RULES 41).

    Args:
        why: what for, as staff say it.
    """
    found, last = mails.page_of_letters(library.table, limit, start)
    known = patrons.find_many(library.table, {mail.owner for mail in found})
    letters = [
        letter for mail in found if (letter := _letter(library.table, mail, known.get(mail.owner), library.policy))
    ]
    look, seen = Act(library.moment, staff, Deed.LOOK, why), {each.patron.patron_id for each in letters}
    write_what_holds(
        library.table, (audit_log.entry_of_patron(patron_id, look, library.policy) for patron_id in sorted(seen))
    )
    return letters, last


def _letter(table: Table, mail: Mail, patron: Patron | None, policy: Policy) -> PaperLetter | None:
    """None if there is nothing to tell any more."""
    if patron is None:
        return None
    try:
        text, with_slip = write_on_paper(table, mail, patron, policy)
    except NotToBeSent:
        return None
    except (ValueError, KeyError):
        logger().error("a letter lacks what it tells", extra={"item": key_hash(key_of(mails.key(mail)))})
        return None
    return PaperLetter(f"{mail.owner}#{mail.mail_id}", mail, patron, text, with_slip)


def note_printed(library: Library, letter_ids: list[str], staff: str) -> dict[str, bool]:
    """Staff have printed letters. Said twice, the first time stands.

    Returns:
        Of each, whether it has been printed; not if there is no such letter, or if it has gone as a mail after all.
    """
    act = Act(library.moment, staff, Deed.PRINT_LETTER)
    return {letter_id: _note_printed(library.table, _key(letter_id), act, library.policy) for letter_id in letter_ids}


def _key(letter_id: str) -> Key:
    owner, _, mail_id = letter_id.partition("#")
    return patrons.partition(owner), f"MAIL#{mail_id}"


@again_when_overtaken
def _note_printed(table: Table, key: Key, act: Act, policy: Policy) -> bool:
    mail = mails.find(table, key)
    if mail and mail.is_letter:
        table.transact(mails.change(mail, printed(mail, act.at)), audit_log.entry_of_patron(mail.owner, act, policy))
        return True
    return mail is not None and mail.state is MailState.PRINTED
