"""Addresses that mails did not reach are tried again, because staff say so (RULES 39)."""

from datetime import datetime

from lending.actions.library import Library
from lending.actions.lookup import patron_of_card
from lending.aws import suppression
from lending.aws.table import Overtaken, again_when_overtaken
from lending.aws.table.mail import addresses, contacts, mails
from lending.aws.table.patrons import audit_log
from lending.aws.table.writes import Write
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.mail import Mail, new_mail
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused


def try_again(library: Library, card_number: str, staff: str) -> list[str]:
    """Let mails go to a patron's addresses again, whatever is known against them, and send a test mail to each.

    The marks and the tasks about them go for everybody who uses them. Cut off anywhere and made again, the end is the
    same; said twice within a minute there is one test mail.

    Returns:
        The addresses.

    Raises:
        Refused: no such card, or no address to try.
    """
    patron, _ = patron_of_card(library.table, card_number)
    used = sorted({patron.email, patron.mail_to} - {""})
    if not used:
        raise Refused("no_mail_address")
    for address in used:
        suppression.remove_from_suppression_list(address)
        _settle_tasks(library, address, staff)
    lifted: list[Write] = [addresses.mark_removal(address) for address in used]
    tests = [
        mails.addition(_test(patron.patron_id, address, nth, library.moment), library.policy)
        for nth, address in enumerate(used, 1)
    ]
    trace = audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.TRY_ADDRESS), library.policy)
    try:
        library.table.transact(*lifted, *tests, trace)
    except Overtaken:  # the test mails of this minute are on their way
        library.table.transact(*lifted)
    return used


def _test(patron_id: str, address: str, nth: int, moment: datetime) -> Mail:
    return new_mail(ArrivalTestMail, patron_id, moment, int(moment.timestamp()) // 60, nth, to=address)


@again_when_overtaken
def _settle_tasks(library: Library, address: str, staff: str) -> None:
    for contact in contacts.trouble_with(library.table, address).tasks:
        library.table.write(contacts.end(contact, library.moment, staff, library.policy))
