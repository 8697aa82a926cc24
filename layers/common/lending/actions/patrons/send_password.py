"""A temporary password that has run out is sent anew: it must never be a dead end (RULES 6)."""

from datetime import date, timedelta

from lending.actions.library import Library
from lending.actions.mend_accounts import see_to_account
from lending.aws.table import Overtaken, Table
from lending.aws.table.mail import mails
from lending.aws.table.patrons import account_work, audit_log, patrons
from lending.aws.table.registration import cards
from lending.aws.table.writes import Write
from lending.domain.mail.kinds.accounts import TemporaryPasswordMail
from lending.domain.mail.mail import new_mail
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Refused
from lending.domain.registration.card import CardState

# Long enough for a button that is pressed twice, short enough for somebody who waits on the phone.
_DESK_INTERVAL = timedelta(minutes=1)


def ask_for_password(library: Library, card_number: str, birth_date: date) -> None:
    """A person asks for their expired temporary password anew; it goes to the registered address.

    Nothing tells whether the card exists or the birthday is right. At most one mail within the policy's minutes, and
    none for an account whose password the person has chosen: nobody can take that away by knowing a birthday.
    """
    patron = _holder(library.table, card_number)
    if patron and patron.birth_date == birth_date:
        interval = timedelta(minutes=library.policy.password_again_minutes)
        _send(library, patron, interval)


def send_password(library: Library, card_number: str, staff: str) -> None:
    """Staff send a patron a temporary password; whatever password there was is void at once, whenever the mail goes.

    Raises:
        Refused: no patron has this card.
    """
    patron = _holder(library.table, card_number)
    if patron is None:
        raise Refused("not_found")
    trace = audit_log.entry_of_patron(
        patron.patron_id, Act(library.moment, staff, Deed.TEMPORARY_PASSWORD), library.policy
    )
    void = account_work.addition(patron.patron_id, library.moment, void_password=True)
    _send(library, patron, _DESK_INTERVAL, void, trace)
    see_to_account(library.table, patron.patron_id)


def _holder(table: Table, card_number: str) -> Patron | None:
    card = cards.find(table, card_number)
    return patrons.find(table, card.patron_id) if card and card.state is CardState.ACTIVE else None


def _send(library: Library, patron: Patron, interval: timedelta, *more: Write) -> None:
    about, card_number = int(library.moment.timestamp() * 1000), patron.card_number
    mail = new_mail(TemporaryPasswordMail, patron.patron_id, library.moment, about, card_number=card_number)
    try:
        noted = patrons.password_record(patron.patron_id, library.moment, library.moment - interval)
        library.table.transact(noted, mails.addition(mail, library.policy), *more)
    except Overtaken:
        return  # one was sent just now, which is what was asked for
