"""Staff call patrons whose mails come back (RULES 39)."""

from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.aws import suppression
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.mail import addresses, contacts
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.registration import applications
from lending.aws.table.writes import Write
from lending.domain.mail.contact import ADDRESS_CHANGED, Contact
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Refused


class Task(NamedTuple):
    """A contact task as staff need it on the phone; `card_number` is empty for who has applied for a first card."""

    contact_id: str
    contact: Contact
    card_number: str
    name: str
    phone: str


def open_tasks(library: Library, staff: str, limit: int, start: Any = None) -> tuple[list[Task], Any]:
    """Some of the open tasks, the oldest first, and where the list goes on.

    That staff looked at whom to call leaves a trace with each person (RULES 41).
    """
    found, last = contacts.page(library.table, limit, start)
    known = patrons.find_many(library.table, {contact.patron_id for contact in found if contact.patron_id})
    tasks = [task for contact in found if (task := _task(library.table, contact, known))]
    write_what_holds(
        library.table, _traces(tasks, Act(library.moment, staff, Deed.LOOK, "contacts"), library.policy).values()
    )
    return tasks, last


def _task(table: Table, contact: Contact, known: dict[str, Patron]) -> Task | None:
    """The task with whom to call, None if the application it is about has been erased."""
    if patron := known.get(contact.patron_id):
        return Task(contacts.contact_id(contact), contact, patron.card_number, patron.name, patron.phone)
    application = applications.find(table, contact.receipt_number) if contact.receipt_number else None
    if application is None:
        return None
    # Once it is registered the application says no more whose it was: the patron does.
    if patron := patrons.find(table, application.patron_id) if not application.name else None:
        return Task(contacts.contact_id(contact), contact, patron.card_number, patron.name, patron.phone)
    return Task(contacts.contact_id(contact), contact, "", application.name, application.phone)


def _traces(tasks: list[Task], act: Act, policy: Policy) -> dict[str, Write]:
    """One with each person, however many tasks they have."""
    return {task.contact.patron_id or task.contact.receipt_number: _trace(task.contact, act, policy) for task in tasks}


def _trace(contact: Contact, act: Act, policy: Policy) -> Write:
    if contact.patron_id:
        return audit_log.entry_of_patron(contact.patron_id, act, policy)
    return audit_log.entry_of_application(contact.receipt_number, act, policy)


@again_when_overtaken
def finish_task(library: Library, contact_id: str, staff: str) -> None:
    """Staff have called. Said twice, the first time stands.

    Raises:
        Refused: there is no such task.
    """
    contact = contacts.find_by_id(library.table, contact_id)
    if contact is None:
        raise Refused("not_found")
    if contact.done_at is None:
        trace = _trace(contact, Act(library.moment, staff, Deed.FINISH_TASK), library.policy)
        library.table.transact(contacts.end(contact, library.moment, staff, library.policy), trace)


def address_changed(library: Library, patron_id: str, old: str, new: str) -> None:
    """What follows when a patron uses another address than the one mails came back from. Safe to repeat.

    The patron's tasks about the old one are settled. Both addresses may be tried again: the old one for those who share
    it, until it comes back again; the new one because it is on SES's list if it once failed (RULES 39).

    Args:
        old: the address given up, empty if there was none.
        new: the one in its place, empty if there is none.
    """
    _settle_tasks(library, patron_id, old)
    for address in dict.fromkeys((old, new)):
        if address:
            library.table.write(addresses.mark_removal(address))
            suppression.remove_from_suppression_list(address)


@again_when_overtaken
def _settle_tasks(library: Library, patron_id: str, address: str) -> None:
    for write in tasks_settled(library, patron_id, {address}):
        library.table.write(write)


def tasks_settled(library: Library, patron_id: str, given_up: set[str]) -> list[Write]:
    """The end of a patron's tasks about addresses that they have given up or named anew (RULES 39)."""
    return [
        contacts.end(contact, library.moment, ADDRESS_CHANGED, library.policy)
        for contact in contacts.of_patron(library.table, patron_id)
        if contact.done_at is None and contact.address in given_up
    ]
