"""Applying for a card, and sending the pictures an application needs (RULES 1, 2, 41)."""

from collections.abc import Callable, Iterable
from datetime import datetime

from lending.actions.library import Library
from lending.aws.access_codes import may_open
from lending.aws.table import Overtaken, again_when_overtaken
from lending.aws.table.mail import mails
from lending.aws.table.registration import applications, receipts
from lending.aws.table.writes import Write
from lending.domain.mail.kinds.applications import ReceiptMail
from lending.domain.mail.mail import Mail, new_mail
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import Application, ApplicationForm, is_decided
from lending.domain.registration.kinds import SlotStatus
from lending.domain.registration.slots import is_optional, missing_slots, open_application, with_tickets


def apply(
    library: Library,
    form: ApplicationForm,
    receipt_number: str,
    patron_id: str,
    code_hash: str,
    draw_ticket: Callable[[], str],
) -> Application:
    """Take a faultless form in; each of its images gets an upload ticket.

    A mail to the address on the form brings the receipt number and a link, so that nobody is lost with a code they have
    not written down, and an address that is wrong shows at once (RULES 4, 39). The registered address of a card that
    anybody can name is not written to.

    Nothing is asked about the card number: no answer to an applicant tells whether a card exists, staff see it.

    Args:
        receipt_number: a new one that nobody guesses.
        patron_id: the id a new patron will get, so that a decision can be repeated without making two.
        code_hash: of the access code, which is not kept itself.
        draw_ticket: gives a new ticket id each time.

    Raises:
        Overtaken: the receipt number is taken.
    """
    opened = open_application(form, receipt_number, patron_id, code_hash, library.moment, library.policy)
    application = with_tickets(opened, {slot: draw_ticket() for slot in opened.slots})
    try:
        library.table.transact(
            applications.addition(application), *_receipt(application, library.moment, library.policy)
        )
    except Overtaken as overtaken:
        if 0 in overtaken.failed:
            raise
        # Too many applications have named this address today: it is written to no more, and this one is taken in.
        library.table.write(applications.addition(application))
    return application


def _receipt(application: Application, moment: datetime, policy: Policy) -> list[Write]:
    if not application.email:
        return []
    counted = receipts.receipt_increment(application.email, moment.date(), moment, policy.receipt_mails_a_day)
    return [mails.addition(receipt_mail(application, moment), policy), counted]


def receipt_mail(application: Application, moment: datetime, *again: int, to: str = "") -> Mail:
    """The mail that brings receipt number and link.

    Args:
        again: what sets it apart from earlier ones of the same application.
        to: where it goes if the form names no address.
    """
    receipt = application.receipt_number
    facts = {"receipt_number": receipt, "application_kind": application.kind} | ({"to": to} if to else {})
    return new_mail(ReceiptMail, receipt, moment, receipt, *again, **facts)


def show_application(library: Library, receipt_number: str, shown: str) -> Application:
    """An application as its applicant sees it.

    Args:
        shown: the access code, or the code of a mail's link.

    Raises:
        Refused: there is none with this number and code; which of them is wrong is not told.
    """
    application = applications.standing(library.table, receipt_number, library.moment)
    if application is None or not may_open(application, shown):
        raise Refused("not_found")
    return application


@again_when_overtaken
def ask_for_uploads(
    library: Library, receipt_number: str, shown: str, wanted: Iterable[str], draw_ticket: Callable[[], str]
) -> tuple[Application, tuple[str, ...]]:
    """New upload tickets for images that are missing; earlier tickets for them are void.

    Args:
        wanted: slots, among them ones nobody waits for but that may still come; none for all that are missing.

    Returns:
        The application, and the slots that have a new ticket.

    Raises:
        Refused: no image is missing, the application is decided, or there is none with this number and code.
    """
    before = show_application(library, receipt_number, shown)
    slots = _asked_for(before, tuple(dict.fromkeys(wanted)))
    after = with_tickets(before, {slot: draw_ticket() for slot in slots})
    library.table.write(applications.change(before, after))
    return after, slots


def _asked_for(application: Application, wanted: tuple[str, ...]) -> tuple[str, ...]:
    if is_decided(application):
        raise Refused("already_decided")
    missing = missing_slots(application)
    may_come = {s for s, state in application.slots.items() if is_optional(s) and state.status is SlotStatus.AWAITING}
    if unasked := [slot for slot in wanted if slot not in may_come.union(missing)]:
        raise Refused("invalid_fields", *(Reason("not_that_image", {"slot": slot}, field="slots") for slot in unasked))
    if not wanted and not missing:
        raise Refused("no_image_missing")
    return wanted or missing
