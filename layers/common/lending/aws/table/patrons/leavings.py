"""Patrons who go: PATRON#id / LEAVING, until all that is kept of them is gone; `work` lists them (RULES 41)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lending.aws.table.codec import Item, attributes, stamp, value_of, values_of
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put_new, update

_WORK = "LEAVING"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who goes, and what is kept of them elsewhere: applications by receipt number, and addresses to which
    no mail came through, of which SES keeps a list."""

    patron_id: str
    since: datetime
    receipts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def key(patron_id: str) -> Key:
    """The key of what is still to be done about somebody who goes."""
    return partition(patron_id), _WORK


def find(table: Table, patron_id: str) -> Leaving | None:
    """What is still to be done about somebody who goes, None if nothing is."""
    item = table.get(key(patron_id))
    return value_of(Leaving, item) if item else None


def all_of_them(table: Table) -> Iterator[Leaving]:
    """All who go, the first first."""
    return values_of(Leaving, table.query(_WORK, index="work"))


def addition(leaving: Leaving) -> Write:
    """Somebody goes; put it in the transaction that takes their record away."""
    listed = {"work": _WORK, "work_order": f"{stamp(leaving.since)}#{leaving.patron_id}"}
    return put_new(key(leaving.patron_id), attributes(leaving) | listed)


def clear(table: Table, leaving: Leaving) -> None:
    """Delete all that is kept of them but the word that they go, and the traces of staff, which lose their notes.

    Traces keep to their own time: nobody of the staff takes their tracks away by taking the person out.
    """
    for pk in (f"APPLICATION#{receipt}" for receipt in leaving.receipts):
        write_what_holds(table, _deletions(table.query(pk)))
    of_patron = table.query(partition(leaving.patron_id))
    write_what_holds(table, _deletions(item for item in of_patron if item["SK"] != _WORK))


def end(leaving: Leaving) -> Write:
    """Nothing is left of them."""
    return delete(key(leaving.patron_id))


def _deletions(items: Iterable[Item]) -> Iterator[Write]:
    for item in items:
        if item["SK"].startswith("TRACE#"):
            yield from [update((item["PK"], item["SK"]), remove=("note",))] if "note" in item else []
            continue
        yield delete((item["PK"], item["SK"]))
        # An open contact task is pointed to by its address.
        if item["SK"].startswith("CONTACT#") and "address" in item:
            kind, _, owner = item["PK"].partition("#")
            name = item["SK"].removeprefix("CONTACT#")
            yield delete((f"ADDRESS#{item['address']}", f"CONTACT#{kind.lower()}.{owner}.{name}"))
