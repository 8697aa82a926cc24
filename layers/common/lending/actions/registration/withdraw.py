"""An application and all that came with it is erased at once: its applicant has withdrawn it (RULES 41)."""

from lending.actions.registration.keep_images import upload_for
from lending.aws import image_bucket
from lending.aws.access_codes import is_genuine, may_open
from lending.aws.table import Table, again_when_overtaken, in_batches
from lending.aws.table.mail import addresses, contacts, mails, sent_messages
from lending.aws.table.registration import applications
from lending.aws.table.store import TRANSACTION_WRITES
from lending.aws.table.writes import Write
from lending.domain.mail.contact import Contact
from lending.domain.problems import Refused
from lending.domain.registration.application import Application, is_decided


def withdraw_application(table: Table, receipt_number: str, shown: str) -> None:
    """Erase an application that nobody has decided. Said twice, or again after a crash, it ends the same.

    Args:
        shown: the access code, or the code of a mail's link.

    Raises:
        Refused: it is decided, or there is none with this number and code.
    """
    application = applications.find(table, receipt_number)
    if not (may_open(application, shown) if application else is_genuine(receipt_number, shown)):
        raise Refused("not_found")
    erase_application(table, receipt_number)


def erase_application(table: Table, receipt_number: str) -> None:
    """Erase an undecided application with its images, mails and contact tasks; safe to repeat.

    The traces of who of staff looked at it stay for their own time: they hold nothing of the applicant. Should this die
    before the images are deleted, the stream of the table brings them to `clear_images`.

    Raises:
        Refused: it is decided.
    """
    if erased := _erase_items(table, receipt_number):
        for slot in erased.slots:
            image_bucket.delete(upload_for(erased, slot))


@again_when_overtaken
def _erase_items(table: Table, receipt_number: str) -> Application | None:
    """The application goes last and only as it was read: of what is added meanwhile nothing is left behind."""
    application = applications.find(table, receipt_number)
    if application is None:
        return None
    if is_decided(application):
        raise Refused("already_decided")
    *before, last = list(in_batches(_belongings(table, application), TRANSACTION_WRITES - 1)) or [[]]
    for batch in before:
        table.transact(*batch)
    table.transact(applications.erasure(application), *last)
    return application


def _belongings(table: Table, application: Application) -> list[Write]:
    receipt = application.receipt_number
    of_mails = [
        write
        for mail in mails.of_application(table, receipt)
        for write in (mails.erasure(mail), *([sent_messages.removal(mail.message_id)] if mail.message_id else []))
    ]
    tasks = contacts.of_application(table, receipt)
    of_tasks = [write for contact in tasks for write in contacts.erasure(contact)]
    return [*of_mails, *of_tasks, *_marks(table, application, tasks)]


def _marks(table: Table, application: Application, tasks: list[Contact]) -> list[Write]:
    """What was found out about an address that nobody else uses is erased with it."""
    named = {application.email, *(contact.address for contact in tasks)} - {""}
    return [addresses.mark_removal(each) for each in sorted(named) if not addresses.users(table, each)]
