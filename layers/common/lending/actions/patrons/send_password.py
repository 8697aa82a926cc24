"""A temporary password that has run out is sent anew: it must never be a dead end (RULES 6)."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from lending.actions.library import Library
from lending.actions.mend_accounts import see_to_account
from lending.aws.table import Overtaken, Table
from lending.aws.table.mail import mails
from lending.aws.table.patrons import account_work, audit_log, password_wishes, patrons
from lending.aws.table.registration import cards
from lending.aws.table.writes import Key, Write
from lending.domain.mail.kinds.accounts import TemporaryPasswordMail
from lending.domain.mail.mail import new_mail
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.password_wish import PasswordWish
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Refused
from lending.domain.registration.card import CardState
from lending.domain.week import in_tokyo

# Long enough for a button that is pressed twice, short enough for somebody who waits on the phone.
_DESK_INTERVAL = timedelta(minutes=1)


def wish_for_password(library: Library, card_number: str, birth_date: date) -> None:
    """A person asks for their expired temporary password anew.

    It is only noted, whoever asks and for whatever card, so that neither answer nor time tells whether the card exists
    or the birthday is right; nor are there more than the policy's wishes for a card number on a day.
    """
    wish = PasswordWish(card_number, birth_date, library.moment)
    counted = password_wishes.try_increment(card_number, library.moment, library.policy.password_wishes_a_day)
    with suppress(Overtaken):
        library.table.transact(counted, password_wishes.addition(wish))


def grant_password_wish(library: Library, key: Key) -> None:
    """See to a wish: the password goes to the registered address, if card and birthday are a patron's. Safe to repeat.

    At most one mail within the policy's minutes, and none for an account whose password the person has chosen: nobody
    can take that away by knowing a birthday.
    """
    wish = password_wishes.find(library.table, key)
    if wish is None:
        return
    patron = _holder(library.table, wish.card_number)
    if patron and patron.birth_date == wish.birth_date:
        interval = timedelta(minutes=library.policy.password_again_minutes)
        _send(replace(library, moment=in_tokyo(wish.asked_at)), patron, interval)
    library.table.write(password_wishes.removal(key))


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
