"""Loans: PATRON#id / LOAN#barcode while the book is out, `work` by due date. Check-in deletes them (RULES 41)."""

from collections.abc import Iterator
from datetime import date

from lending.aws.table.codec import Item, attributes, each_of, value_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.shards import merged, shard
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put_new, still, update
from lending.domain.loans.loan import Loan

_WORK = "LOAN"


def key(patron_id: str, barcode: str) -> Key:
    """The key of a loan."""
    return partition(patron_id), f"LOAN#{barcode}"


def loan_of(item: Item) -> Loan:
    """The loan that an item holds."""
    return value_of(Loan, item)


def find(table: Table, patron_id: str, barcode: str) -> Loan | None:
    """The loan as of now."""
    item = table.get(key(patron_id, barcode))
    return loan_of(item) if item else None


def find_many(table: Table, loans: list[tuple[str, str]]) -> list[Loan]:
    """Many loans by (patron id, barcode); those checked in are not in the answer."""
    return list(each_of(loan_of, table.get_many(key(*loan) for loan in loans)))


def of_patron(table: Table, patron_id: str) -> list[Loan]:
    """A patron's open loans, the first due first."""
    loans = each_of(loan_of, table.query(partition(patron_id), "LOAN#"))
    return sorted(loans, key=lambda loan: (loan.due_on, loan.barcode))


def due_until(table: Table, day: date) -> Iterator[Loan]:
    """Open loans due on or before a day."""
    yield from each_of(loan_of, merged(table, _WORK, before=f"{day.isoformat()}#~"))


def by_due_date(table: Table, until: date, after: str, at_once: int) -> Iterator[tuple[str, Loan]]:
    """Open loans due on or before a day, the longest due first, each with its place in that order.

    Args:
        after: the place of the loan to go on after, empty for the beginning.
        at_once: how many of each part to read with one request.
    """
    in_order = merged(table, _WORK, after=after, before=f"{until.isoformat()}#~", limit=at_once)
    further = (item for item in in_order if item["work_order"] != after)
    yield from each_of(lambda item: (str(item["work_order"]), loan_of(item)), further)


def _work(loan: Loan) -> Item:
    order = f"{loan.due_on.isoformat()}#{loan.patron_id}#{loan.barcode}"
    return {"work": shard(_WORK, loan.barcode), "work_order": order}


def addition(loan: Loan) -> Write:
    """A new loan."""
    return put_new(key(loan.patron_id, loan.barcode), attributes(loan) | _work(loan))


def change(before: Loan, after: Loan) -> Write:
    """A loan becomes another state of itself, if it still is what it was."""
    changed = dict.fromkeys(attributes(before)) | attributes(after) | _work(after)
    condition, values = _still(before)
    return update(key(before.patron_id, before.barcode), set=changed, condition=condition, **values)


def end(loan: Loan) -> Write:
    """The loan ends with the check-in (RULES 32)."""
    condition, values = _still(loan)
    return delete(key(loan.patron_id, loan.barcode), condition, **values)


def _still(loan: Loan) -> tuple[str, Item]:
    return still(attributes(loan), "due_on", "pickup_until", "renewals", "handed_over_at", "released_at", "declared")
