"""What a run decides on: read, named by its hash, and packed so that it can be decided again later (RULES 18-27)."""

import hashlib
import json
import lzma
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from lending.actions.wishes import in_reading_order, titles_of_groups, with_books_of_run
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.codec import attributes, read_as
from lending.aws.table.holds import holds, reasons
from lending.aws.table.patrons import patrons
from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, Suspension
from lending.domain.catalogue.title import Copy, CopyState, LiesAt
from lending.domain.holds.hold import Hold
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.run import Run, RunKind


@dataclass(frozen=True, slots=True)
class RunInput:
    """What a run decides on, as it was read."""

    holds: list[Hold]
    copies: dict[str, list[Copy]]
    patrons: dict[str, Patron]
    calendar: Calendar


def read(table: Table, run: Run, policy: Policy) -> RunInput:
    """Everything a run needs: for a weekly one in a number of requests that grows with pages, not with holds.

    A pull for the counter needs the queues in which somebody waits for the counter, those in which one of a group with
    such a hold waits, and nothing of the others (RULES 15, 48).
    """
    at_counter = run.kind is RunKind.PREFECTURAL
    waiting = list(holds.to_be_served(table, at_counter=at_counter))
    if at_counter:
        title_ids = {hold.title_id for hold in waiting} | titles_of_groups(table, waiting, policy)
        waiting += holds.beside_the_counter(table, title_ids)
    else:
        waiting = reasons.read_with(table, waiting)
    waiting = in_reading_order(table, waiting, policy)
    found_copies = _copies_of(table, {hold.title_id for hold in waiting})
    known = patrons.find_many(table, {hold.patron_id for hold in waiting})
    known = with_books_of_run(table, known, policy, run)
    return RunInput(waiting, _by_title(found_copies), dict(sorted(known.items())), calendar.load(table))


def copies_waited_for(table: Table) -> list[Copy]:
    """All copies of the titles that a weekly run considers (RULES 43)."""
    return _copies_of(table, {hold.title_id for hold in holds.to_be_served(table)})


def _copies_of(table: Table, title_ids: set[str]) -> list[Copy]:
    found = titles.find_many(table, title_ids)
    return copies.find_many(table, [barcode for title in found.values() for barcode in title.barcodes])


def after_giving_back(given: RunInput, kept: list[Hold]) -> RunInput:
    """The same, with the books kept for some holds on the shelf again and these holds waiting (RULES 21)."""
    if not kept:
        return given
    barcodes, holders = {hold.barcode for hold in kept}, {(hold.patron_id, hold.title_id) for hold in kept}
    copies = {
        title_id: [_given_back(copy) if copy.barcode in barcodes else copy for copy in each]
        for title_id, each in given.copies.items()
    }
    waiting = [hold.waiting_again() if (hold.patron_id, hold.title_id) in holders else hold for hold in given.holds]
    return replace(given, holds=waiting, copies=copies)


def _given_back(copy: Copy) -> Copy:
    return replace(copy, state=CopyState.ON_SHELF, holder="", lies_at=LiesAt.KEPT_ASIDE, pull=None)


def _by_title(copies: Iterable[Copy]) -> dict[str, list[Copy]]:
    # In an order of their own: a batch comes in any, and the same input is to be packed and named the same.
    by_title: dict[str, list[Copy]] = defaultdict(list)
    for copy in sorted(copies, key=lambda copy: (copy.title_id, copy.barcode)):
        by_title[copy.title_id].append(copy)
    return dict(by_title)


def fingerprint(given: RunInput, run: Run, policy: Policy, number: int) -> str:
    """A hash of everything a plan is made from, so that the same input makes the same plan, named the same.

    Args:
        number: of the plan in its run, from 1 on: a plan that replaces another has a name of its own.
    """
    digest = hashlib.sha256(f"{attributes(run)} {number - 1} {policy.model_dump_json()}".encode())
    for hold in sorted(given.holds, key=lambda hold: (hold.title_id, hold.patron_id)):
        digest.update(repr(replace(hold, last_run=None)).encode())
    for copy in chain.from_iterable(given.copies.values()):
        digest.update(repr(copy).encode())
    for patron in given.patrons.values():
        digest.update(repr(_as_the_run_sees(patron, run)).encode())
    for each in (*given.calendar.closures, *given.calendar.suspensions):
        digest.update(repr(_in_order(each)).encode())
    return digest.hexdigest()[:16]


def _in_order(value: object) -> list[tuple[str, object]]:
    # The order of a set of texts differs from one process to the next.
    pairs = [(name, getattr(value, name)) for name in value.__slots__]  # type: ignore[attr-defined]
    return [(name, sorted(each) if isinstance(each, frozenset) else each) for name, each in pairs]


def _as_the_run_sees(patron: Patron, run: Run) -> Patron:
    """The patron without anything that no run asks for: no name, no address, no card number."""
    cap = patron.cap_on(run.week.cycle)
    return Patron(
        patron_id=patron.patron_id,
        expires_on=patron.expires_on,
        online_lending=patron.online_lending,
        blocked=patron.blocked,
        loan_cap=cap,
        loan_cap_before=cap,
        loans=patron.loans,
        returning=patron.returning,
        paused_until=patron.paused_until,
        books_a_run=patron.books_a_run,
        books_of_run=patron.books_of_run,
        card_number="",
        birth_date=date.min,
    )


_KINDS: dict[str, type[Any]] = {
    "holds": Hold,
    "copies": Copy,
    "patrons": Patron,
    "closures": Closure,
    "suspensions": Suspension,
}


def pack(given: RunInput, run: Run, policy: Policy) -> bytes:
    """All that the run's decisions follow from, in few bytes."""
    rows: dict[str, list[Any]] = {
        "holds": [replace(hold, last_run=None) for hold in given.holds],
        "copies": list(chain.from_iterable(given.copies.values())),
        "patrons": [_as_the_run_sees(patron, run) for patron in given.patrons.values()],
        "closures": list(given.calendar.closures),
        "suspensions": list(given.calendar.suspensions),
    }
    told = {kind: [attributes(each) for each in values] for kind, values in rows.items()}
    # A higher preset takes sixteen times as long for a fifth fewer bytes.
    return lzma.compress(json.dumps({"policy": policy.model_dump(mode="json"), **told}).encode(), preset=1)


def unpack(packed: bytes) -> tuple[RunInput, Policy]:
    """What was packed.

    Raises:
        Unreadable: it was packed by software that knew other fields.
    """
    told = json.loads(lzma.decompress(packed))
    rows = {
        kind: [read_as(of, row | {"card_number": ""} if of is Patron else row) for row in told[kind]]
        for kind, of in _KINDS.items()
    }
    by_id = {patron.patron_id: patron for patron in rows["patrons"]}
    known = Calendar(closures=tuple(rows["closures"]), suspensions=tuple(rows["suspensions"]))
    return RunInput(rows["holds"], _by_title(rows["copies"]), by_id, known), Policy.model_validate(told["policy"])
