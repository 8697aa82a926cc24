"""What a run has decided, or would decide now (RULES 18-27). Nothing here writes, but for the trace of who looked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.actions.run.plan import count, decide
from lending.actions.run.run_input import RunInput, read
from lending.aws.table import Table
from lending.aws.table.catalogue import titles
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.run import runs
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused
from lending.domain.run.run import RunDecision, thursday_run
from lending.domain.run.run_record import Cost, CycleRun, RunRecord
from lending.domain.run.what_if import Difference, WhatIf, difference
from lending.domain.run_id import RunId


class DecisionView(NamedTuple):
    """A decision with the card's number and the title, both empty once they are gone."""

    decision: RunDecision
    card_number: str
    title: str


@dataclass(frozen=True, slots=True)
class RunView:
    """A part of a run's decisions; `following` is where the next part begins, None at the end."""

    counts: dict[str, int]
    decisions: list[DecisionView]
    following: int | None
    record: RunRecord | None = None
    cost: Cost | None = None
    difference: Difference | None = None
    cards: dict[str, str] | None = None


def view_runs(table: Table, start: Any, limit: int) -> tuple[list[CycleRun], dict[RunId, Cost], Any]:
    """The weekly runs, the latest first, what each took as far as it is known, and where the list goes on."""
    found, last = runs.weekly_runs(table, start, limit)
    return found, runs.costs_of(table, [each.run_id for each in found]), last


def view_run(library: Library, run_id: RunId, staff: str, start: int, limit: int) -> RunView:
    """The decisions of a run or pull that was made, `limit` from position `start` on.

    Raises:
        Refused: there is no such run.
    """
    record = runs.find(library.table, run_id)
    if record is None:
        raise Refused("not_found")
    decisions = list(islice(_from(library.table, record, start), limit + 1))
    _looked(library, decisions, staff)
    view = RunView(record.counts, *_page(library.table, decisions, start, limit), record=record)
    return replace(view, cost=runs.cost_of(library.table, run_id))


def dry_run(library: Library, run_date: date, staff: str, what_if: WhatIf | None, start: int, limit: int) -> RunView:
    """What the run of a date would decide if it were made now, or if something were otherwise as well.

    With `what_if` the answer also has the difference to the plain run.
    """
    run = thursday_run(run_date, library.policy)
    given = read(library.table, run, library.policy)
    decided = plain = decide(given, run, library.policy)
    if what_if is not None:
        given = RunInput(
            given.holds,
            what_if.copies(given.copies),
            what_if.patrons(given.patrons),
            what_if.calendar(given.calendar, run),
        )
        decided = decide(given, run, library.policy)
    _looked(library, decided, staff)
    view = RunView(
        count(given, decided, run, library.policy),
        *_page(library.table, decided[start : start + limit + 1], start, limit),
    )
    if what_if is None:
        return view
    cards = {patron_id: patron.card_number for patron_id, patron in given.patrons.items()}
    return replace(view, difference=difference(plain, decided), cards=cards)


def _looked(library: Library, decisions: list[RunDecision], staff: str) -> None:
    """That staff looked at whom a run has considered leaves a trace (RULES 41)."""
    if decisions:
        library.table.write(audit_log.entry_of_list("runs", Act(library.moment, staff, Deed.LOOK), library.policy))


def _from(table: Table, record: RunRecord, start: int) -> Iterable[RunDecision]:
    first, skipped = divmod(start, runs.CHUNK)
    for number in range(first, record.chunks):
        yield from runs.chunk(table, record, number)[skipped if number == first else 0 :]


def _page(table: Table, decisions: list[RunDecision], start: int, limit: int) -> tuple[list[DecisionView], int | None]:
    shown = decisions[:limit]
    by_id = patrons.find_many(table, {each.patron_id for each in shown})
    found = titles.find_many(table, {each.title_id for each in shown})
    views = [
        DecisionView(
            each,
            by_id[each.patron_id].card_number if each.patron_id in by_id else "",
            found[each.title_id].title if each.title_id in found else "",
        )
        for each in shown
    ]
    return views, start + limit if len(decisions) > limit else None
