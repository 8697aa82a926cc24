"""Staff correct what was mistyped in an application, and help who has lost the way to it (RULES 4, 5, 39)."""

from dataclasses import replace
from datetime import datetime

from lending.actions.library import Library
from lending.actions.registration.apply import receipt_mail
from lending.actions.registration.decide import find_patron
from lending.aws import suppression
from lending.aws.table import Overtaken, again_when_overtaken
from lending.aws.table.mail import contacts, mails
from lending.aws.table.patrons import audit_log
from lending.aws.table.registration import applications
from lending.aws.table.writes import Write
from lending.domain.form_fields import FieldFault, check_card_number, check_mail_address
from lending.domain.mail.contact import ADDRESS_CHANGED
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import Application, is_decided
from lending.domain.registration.slots import with_card_number


@again_when_overtaken
def correct_application(library: Library, receipt_number: str, wanted: dict[str, str], staff: str) -> Application:
    """Correct fields of an application before it is decided; a trace says which, not what was in them (RULES 41).

    A corrected address is sent receipt number and link; links that went to the one before open nothing any more.

    Args:
        wanted: `card_number`, as staff read it on the card, and `email`, as the applicant says it; as typed.

    Raises:
        Refused: there is no such application, it is decided, or what is typed is none.
    """
    before, regular = _open(library, receipt_number), _regular(wanted)
    after = with_card_number(before, regular.get("card_number", before.card_number))
    if moved := regular.get("email", before.email) != before.email:
        after = replace(after, email=regular["email"], link=before.link + 1)
    if after == before:
        return before
    act = Act(library.moment, staff, Deed.CORRECT_APPLICATION, ", ".join(sorted(wanted)))
    told = _mail_to_new_address(library, before, after) if moved else []
    library.table.transact(
        applications.change(before, after), audit_log.entry_of_application(receipt_number, act, library.policy), *told
    )
    return after


_CHECKS = {"card_number": check_card_number, "email": check_mail_address}


def _regular(typed: dict[str, str]) -> dict[str, str]:
    checked = {name: _CHECKS[name](text, name) for name, text in typed.items()}
    faults = [found for found in checked.values() if isinstance(found, FieldFault)]
    if faults:
        raise Refused("invalid_fields", *(Reason(each.code, field=each.field, message=each.message) for each in faults))
    return {name: found for name, found in checked.items() if isinstance(found, str)}


def _mail_to_new_address(library: Library, before: Application, after: Application) -> list[Write]:
    """The new address gets its mail, and nobody needs to call about the old one."""
    suppression.remove_from_suppression_list(after.email)
    settled = [
        contacts.end(contact, library.moment, ADDRESS_CHANGED, library.policy)
        for contact in contacts.of_application(library.table, before.receipt_number)
        if contact.done_at is None and contact.address == before.email
    ]
    return [
        mails.addition(receipt_mail(after, library.moment, _minute(library.moment), after.link), library.policy),
        *settled,
    ]


def send_numbers(library: Library, receipt_number: str, staff: str) -> None:
    """Send receipt number and link again: to the form's address, or else to the registered one of whose it is.

    Sent twice within a minute it is one mail.

    Raises:
        Refused: there is no such application, it is decided, or no address is known.
    """
    application = _open(library, receipt_number)
    patron = None if application.email else find_patron(library.table, application)
    registered = patron.email if patron else ""
    if not (address := application.email or registered):
        raise Refused("no_mail_address")
    suppression.remove_from_suppression_list(address)
    mail = receipt_mail(application, library.moment, _minute(library.moment), application.link, to=registered)
    trace = audit_log.entry_of_application(
        receipt_number, Act(library.moment, staff, Deed.SEND_NUMBERS), library.policy
    )
    try:
        library.table.transact(mails.addition(mail, library.policy), trace)
    except Overtaken:
        return  # it was sent just now, which is what was asked for


def _open(library: Library, receipt_number: str) -> Application:
    application = applications.standing(library.table, receipt_number, library.moment)
    if application is None:
        raise Refused("not_found")
    if is_decided(application):
        raise Refused("already_decided")
    return application


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
