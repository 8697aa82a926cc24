"""Traces of what staff did: PATRON#id, APPLICATION#receipt, TITLE#id or LIST#name / TRACE#moment#hash (RULES 41).

`work` lists those of each member of staff by month, so that no partition is everybody's. All vanish by TTL.
"""

import hashlib
from datetime import date, timedelta
from typing import Any

from lending.aws.table.codec import Item, attributes, each_of, epoch, stamp, value_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Write, update
from lending.domain.patrons.audit_log import Act, Trace
from lending.domain.policy import Policy

_PREFIX = "TRACE#"


def entry_of_patron(patron_id: str, act: Act, policy: Policy, times: int = 1) -> Write:
    """An act on a patron, or a look at their record; `times` in one request, for each of their books."""
    return _on(partition(patron_id), act, policy, times)


def entry_of_application(receipt_number: str, act: Act, policy: Policy) -> Write:
    """An act on an application, or a look at it or its images."""
    return _on(f"APPLICATION#{receipt_number}", act, policy)


def entry_of_title(title_id: str, act: Act, policy: Policy) -> Write:
    """A look at a title's queue. It stays with the title: one look, however many wait."""
    return _on(f"TITLE#{title_id}", act, policy)


def entry_of_list(name: str, act: Act, policy: Policy) -> Write:
    """A look through a list that names patrons. It stays with the list."""
    return _on(f"LIST#{name}", act, policy)


def of_patron(table: Table, patron_id: str, start: Any, limit: int) -> tuple[list[Trace], Any]:
    """Some of the traces on a patron, the latest first, and where the list goes on."""
    page = table.page(partition(patron_id), _PREFIX, start=start, limit=limit, forward=False)
    return list(each_of(_trace_of, page.items)), page.last


def of_staff(table: Table, staff: str, month: date, first: date, start: Any, limit: int) -> tuple[list[Trace], Any]:
    """Some of the traces that somebody left in a month, from a day on, the earliest first, and where it goes on."""
    page = table.page(_work(staff, month), index="work", after=first.isoformat(), before="~", start=start, limit=limit)
    return list(each_of(_trace_of, page.items)), page.last


def _on(pk: str, act: Act, policy: Policy, times: int = 1) -> Write:
    # The same act at the very same moment is the same trace, once more: it happens where one request does many.
    alike = hashlib.sha256(f"{act.by}\n{act.what}\n{act.note}".encode()).hexdigest()[:12]
    item = attributes(act) | {"expires_at": epoch(act.at + timedelta(days=policy.trail_days))}
    work = {"work": _work(act.by, act.at.date()), "work_order": f"{stamp(act.at)}#{pk}#{alike}"}
    return update((pk, f"{_PREFIX}{stamp(act.at)}#{alike}"), set=item | work, add={"times": times})


def _work(staff: str, month: date) -> str:
    return f"TRAIL#{staff}#{month:%Y-%m}"


def _trace_of(item: Item) -> Trace:
    return value_of(Trace, {"act": item, "on": item["PK"], **item})
