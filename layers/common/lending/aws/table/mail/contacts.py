"""Contact tasks: PATRON#id or APPLICATION#receipt / CONTACT#hash; `work` lists the open ones, the oldest first.

ADDRESS#address / CONTACT#… points to each open one, so that a delivery to the address finds and closes it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lending.aws.table.codec import Item, attributes, epoch, stamp, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put, still
from lending.domain.mail.contact import Contact
from lending.domain.policy import Policy

_WORK = "CONTACT"
_PREFIX = "CONTACT#"


def key(contact: Contact) -> Key:
    """The key of a task: one per person, address and cause (RULES 39)."""
    owner = f"PATRON#{contact.patron_id}" if contact.patron_id else f"APPLICATION#{contact.receipt_number}"
    return owner, f"{_PREFIX}{contact.name}"


def owned(contact: Contact, partition: str) -> Contact:
    """The task as one of a patron's, or of an application's without a patron."""
    kind, _, owner = partition.partition("#")
    return replace(contact, patron_id=owner) if kind == "PATRON" else replace(contact, receipt_number=owner)


def contact_id(contact: Contact) -> str:
    """What the desk calls it."""
    kind = "patron" if contact.patron_id else "application"
    return f"{kind}.{contact.patron_id or contact.receipt_number}.{contact.name}"


def find(table: Table, key_: Key) -> Contact | None:
    """The task as of now."""
    item = table.get(key_)
    return value_of(Contact, item) if item else None


def find_by_id(table: Table, text: str) -> Contact | None:
    """The task that the desk calls so."""
    kind, _, rest = text.partition(".")
    owner, _, name = rest.rpartition(".")
    if kind not in ("patron", "application") or not owner or not name:
        return None
    return find(table, (f"{kind.upper()}#{owner}", f"{_PREFIX}{name}"))


def page(table: Table, limit: int, start: Any = None) -> tuple[list[Contact], Item | None]:
    """Some of the open tasks, the oldest first, and where the list goes on."""
    found = table.page(_WORK, index="work", limit=limit, start=start)
    return list(values_of(Contact, found.items)), found.last


def of_patron(table: Table, patron_id: str) -> list[Contact]:
    """A patron's tasks, open and of late."""
    return list(values_of(Contact, table.query(f"PATRON#{patron_id}", _PREFIX)))


def of_application(table: Table, receipt_number: str) -> list[Contact]:
    """An application's tasks, open and of late."""
    return list(values_of(Contact, table.query(f"APPLICATION#{receipt_number}", _PREFIX)))


class Trouble(NamedTuple):
    """What is known against an address: since when nothing reaches it, if so, and the open tasks about it."""

    marked_since: datetime | None
    tasks: list[Contact]


def trouble_with(table: Table, address: str) -> Trouble:
    """What is known against an address, in one query as long as that is nothing."""
    items = list(table.query(f"ADDRESS#{address}", before=f"{_PREFIX}~"))
    pointers = values_of(_Pointer, (item for item in items if item["SK"].startswith(_PREFIX)))
    marks = values_of(_Mark, (item for item in items if not item["SK"].startswith(_PREFIX)))
    keys = [(pointer.task_pk, pointer.task_sk) for pointer in pointers]
    tasks = values_of(Contact, table.get_many(keys))
    return Trouble(next((mark.since for mark in marks), None), [task for task in tasks if task.done_at is None])


@dataclass(frozen=True, slots=True)
class _Pointer:
    task_pk: str
    task_sk: str


@dataclass(frozen=True, slots=True)
class _Mark:
    since: datetime


def record(before: Contact | None, after: Contact, policy: Policy) -> Write:
    """A task is there and open, if it still is what was read; its pointer comes along. One about an application, which
    holds an address nobody else keeps, vanishes no later than that (RULES 41)."""
    condition, was = _still(before)
    item = attributes(after) | {"work": _WORK, "work_order": f"{stamp(after.since)}#{contact_id(after)}"}
    gone = {} if after.patron_id else {"expires_at": epoch(after.since + timedelta(days=policy.application_days))}
    pk, sk = key(after)
    pointer = [put(_pointer(after), {"task_pk": pk, "task_sk": sk} | gone)] if after.address else []
    return replace(put((pk, sk), item | gone, condition, **was), also=tuple(pointer))


def end(contact: Contact, moment: datetime, by: str, policy: Policy) -> Write:
    """The task is done, if it still is what was read. It vanishes after the policy's days; its pointer goes at once."""
    condition, was = _still(contact)
    gone = epoch(moment + timedelta(days=policy.history_days))
    done = attributes(replace(contact, done_at=moment, done_by=by)) | {"expires_at": gone}
    pointer = [delete(_pointer(contact))] if contact.address else []
    return replace(put(key(contact), done, condition, **was), also=tuple(pointer))


def erasure(contact: Contact) -> tuple[Write, Write]:
    """The task is gone with whom it is about, and what pointed to it."""
    return delete(key(contact)), delete(_pointer(contact))


def _pointer(contact: Contact) -> Key:
    return f"ADDRESS#{contact.address}", f"{_PREFIX}{contact_id(contact)}"


def _still(contact: Contact | None) -> tuple[str, Item]:
    return still(attributes(contact) if contact else {}, "last_at", "done_at")
