"""Applications: APPLICATION#receipt / APPLICATION. `work` lists them by status, in the order they reached the desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from lending.aws.table.codec import Item, attributes, each_of, epoch, stamp, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put_new, update
from lending.domain.registration.application import Application, is_over
from lending.domain.registration.kinds import ApplicationStatus
from lending.domain.week import TOKYO

# What the record of a registration has no more, and an item therefore has not at all.
_LEFT_OUT: Item = {"name": "", "slots": {}}


def partition(receipt_number: str) -> str:
    """The partition that holds all of one application: itself, its mails, the traces of who looked at it."""
    return f"APPLICATION#{receipt_number}"


def key(receipt_number: str) -> Key:
    """The key of an application."""
    return partition(receipt_number), "APPLICATION"


def application_of(item: Item) -> Application:
    """The application that an item holds."""
    application = value_of(Application, _LEFT_OUT | item)
    if application.expires_at is None:
        return application
    return replace(application, expires_at=application.expires_at.astimezone(TOKYO))


def find(table: Table, receipt_number: str) -> Application | None:
    """The application as of now."""
    item = table.get(key(receipt_number))
    return application_of(item) if item else None


def standing(table: Table, receipt_number: str, moment: datetime) -> Application | None:
    """The application, if its time is not over by a moment (RULES 41)."""
    application = find(table, receipt_number)
    return None if application and is_over(application, moment) else application


def page(
    table: Table, status: ApplicationStatus, limit: int, start: Any = None
) -> tuple[list[Application], Item | None]:
    """Some of the applications of a status, the one first that reached the desk first, and where the list goes on."""
    found = table.page(_work(status), index="work", limit=limit, start=start)
    return list(each_of(application_of, found.items)), found.last


def decided_of(table: Table, moment: datetime) -> Iterator[Application]:
    """The applications that staff have decided for good, of those that reached the desk since a moment."""
    for status in (ApplicationStatus.REGISTERED, ApplicationStatus.REFUSED):
        items = table.query(_work(status), index="work", after=stamp(moment), before="~")
        yield from each_of(application_of, items)


def waiting_since(table: Table, moment: datetime) -> int:
    """How many applications have been at the desk since before a moment."""
    waiting = table.query(_work(ApplicationStatus.SUBMITTED), index="work", before=stamp(moment))
    return sum(1 for _ in waiting)


def cards_at_stake(table: Table) -> set[str]:
    """Numbers of the cards that applications name which nobody has decided yet."""
    undecided = (ApplicationStatus.AWAITING_IMAGES, ApplicationStatus.SUBMITTED, ApplicationStatus.IMAGE_AGAIN)
    items = (item for status in undecided for item in table.query(_work(status), index="work"))
    return {item[name] for item in items for name in ("card_number", "old_card_number") if item.get(name)}


def addition(application: Application) -> Write:
    """A new application."""
    return put_new(key(application.receipt_number), _item(application))


def change(before: Application, after: Application) -> Write:
    """An application becomes another state of itself, if it still is what was read."""
    after = replace(after, revision=before.revision + 1)
    changed = dict.fromkeys(_item(before)) | _item(after)
    key_ = key(before.receipt_number)
    return update(key_, set=changed, condition="#revision = :read", read=before.revision)


def erasure(application: Application) -> Write:
    """The application is gone, if it still is what was read."""
    return delete(key(application.receipt_number), "#revision = :read", read=application.revision)


def _item(application: Application) -> Item:
    item = attributes(application)
    if application.slots:
        item["slots"] = {slot: attributes(state) for slot, state in application.slots.items()}
    if application.expires_at:
        item["expires_at"] = epoch(application.expires_at)
    order = f"{stamp(application.submitted_at or application.created_at)}#{application.receipt_number}"
    return item | {"work": _work(application.status), "work_order": order}


def _work(status: ApplicationStatus) -> str:
    return f"APPLICATION#{status}"
