"""Whole runs over any small library, while patrons and visitors go on: what must be so at the end (RULES 11, 15-27)."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending.actions.library import Library
from lending.actions.run import carry_out as running
from lending.actions.run import plan
from lending.actions.run.carry_out import carry_out
from lending.actions.run.plan import decide
from lending.actions.run.run_input import RunInput, read
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import holds, reasons
from lending.aws.table.patrons import patrons
from lending.aws.table.run import runs
from lending.aws.table.writes import Write, put
from lending.domain.catalogue.title import CopyState, Title
from lending.domain.holds.hold import HoldStatus
from lending.domain.run.run import RunDecision, RunKind
from tests.benchmarks.counting_store import CountingStore
from tests.copies import moved
from tests.domain.run.test_allocation import CUT_OFF, POLICY, THURSDAY, Case, Naive, cases, hold

PULLED = {"lend": "lend", "keep_aside": "keep_aside", "ready": "ready"}

many = settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
seeds = st.integers(0, 2**32)


def library_of(case: Case) -> tuple[CountingStore, Table]:
    store = CountingStore()
    store.load(write.parameters["Item"] for write in rows_of(case))
    return store, Table(store, "lending", at_once=1)


def rows_of(case: Case) -> Iterator[Write]:
    for patron in case.patrons.values():
        yield patrons.addition(replace(patron, card_number="見本", name="見本", email="見本"))
    for each in case.holds:
        until = date(2026, 6, 20) if each.status is HoldStatus.READY else None
        yield holds.addition(replace(each, pickup_until=until))
    for title_id, found_copies in case.copies.items():
        barcodes = tuple(copy.barcode for copy in found_copies)
        yield titles.description_change(None, Title(title_id, "見本の本", barcodes=barcodes))
        # A run that was never made has left no pulls.
        foreign = (replace(c, pull=None) if c.pull and c.pull.run == case.run.run_id else c for c in found_copies)
        yield from map(copies.addition, foreign)
        waiting = sum(each.title_id == title_id and each.status is HoldStatus.WAITING for each in case.holds)
        yield put(queues.key(title_id), {"waiting": waiting})
    yield from map(calendar.suspension_addition, case.calendar.suspensions)


def as_it_is(table: Table, case: Case) -> Case:
    """The library as it now is."""
    found = read(table, case.run, POLICY)
    copies = {title_id: found.copies.get(title_id, []) for title_id in case.copies}
    return Case(found.holds, copies, found.patrons, found.calendar, case.run)


@contextmanager
def life_goes_on(table: Table, chance: random.Random) -> Iterator[list[RunDecision]]:
    """Between reading and writing, in two rounds, holds are cancelled and placed and visitors take copies.

    Gives all decisions of all rounds.
    """
    rounds_left = running.ROUNDS - 1
    all_decided: list[RunDecision] = []
    decide = plan.decide

    def and_then(*arguments: Any) -> list[RunDecision]:
        nonlocal rounds_left
        decided = decide(*arguments)
        all_decided.extend(decided)
        for _ in range(3 if rounds_left > 0 else 0):
            meddle(table, chance)
        rounds_left -= 1
        return decided

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "decide", and_then)
        yield all_decided


def decided_by(case: Case) -> list[RunDecision]:
    """What the run of a case decides, books that were kept in vain given back first (RULES 21)."""
    return decide(RunInput(case.holds, case.copies, case.patrons, case.calendar), case.run, POLICY)


def meddle(table: Table, chance: random.Random) -> None:
    found = read(table, THURSDAY, POLICY)
    waiting = [each for each in found.holds if each.status is HoldStatus.WAITING]
    # A book that is on the list already is lent by the counter, which plans another one for its hold.
    copies = (copy for of_title in found.copies.values() for copy in of_title)
    on_shelf = [copy for copy in copies if copy.state is CopyState.ON_SHELF and copy.pull is None]
    kind = chance.choice(("cancel", "take", "place"))
    if kind == "cancel" and waiting:
        table.write(holds.end(chance.choice(waiting)))
    if kind == "take" and on_shelf:
        taken = chance.choice(on_shelf).barcode
        table.write(moved(table, taken, CopyState.ON_LOAN, holder="visitor", due_on=date(2026, 6, 20)))
    if kind == "place" and waiting:
        title_id = chance.choice(waiting).title_id
        late = hold(f"new{chance.randrange(10**9)}", title_id, placed_at=CUT_OFF + timedelta(minutes=1))
        table.write(holds.addition(late))


@many
@given(cases(), seeds)
def test_when_it_is_through_nothing_is_idle_and_nobody_overtaken(case: Case, seed: int) -> None:
    """GIVEN a library that lives on during its run THEN its books are planned for whom the rules name now (18-23)."""
    _, table = library_of(case)
    with life_goes_on(table, random.Random(seed)) as decided:
        record, _ = carry_out(Library(table, POLICY, case.run.moment), case.run, lambda: True)
    assert record.finished_at
    now = as_it_is(table, case)
    decisions = decided_by(now)
    naive = Naive(now, decisions)
    copies = {copy.barcode: copy for of_title in now.copies.values() for copy in of_title}
    secured = {(each.patron_id, each.title_id) for each in now.holds if each.status is HoldStatus.SECURED}
    pulls = [copy.pull for copy in copies.values() if copy.pull and copy.pull.run == case.run.run_id]
    planned = {(pull.patron_id, pull.title_id) for pull in pulls}
    # A copy that no plan was written on, for it was left to a hold of the other kind, which was cancelled then.
    there = {(each.patron_id, each.title_id) for each in now.holds}
    left_to = [each for each in decided if each.decision in ("for_prefectural", "for_partner")]
    left = {each.title_id for each in left_to if (each.patron_id, each.title_id) not in there}
    # A copy that another run has planned for a hold that was cancelled: its scan gives it to the next (23).
    other_plans = [(copy, copy.pull) for copy in copies.values() if copy.pull and copy.pull.run != case.run.run_id]
    left |= {copy.title_id for copy, pull in other_plans if (pull.patron_id, copy.title_id) not in there}
    if record.lost == 0:
        for each in decisions:
            stays_kept = each.decision == "keep_aside" and (each.patron_id, each.title_id) in secured
            if each.decision in PULLED and not stays_kept:
                # Which of several copies on the shelf it is, is all the same.
                assert (each.patron_id, each.title_id) in planned or each.title_id in left, each
    assert len(planned) == len(pulls)
    # RULES 19
    lent = Counter(pull.patron_id for pull in pulls if pull.decision == "lend")
    for patron_id, books in lent.items():
        who = now.patrons[patron_id]
        assert who.loans + books <= who.cap_on(case.run.day)
    # RULES 21: nobody has a plan who has an obstacle
    by_key = {(each.patron_id, each.title_id): each for each in now.holds}
    assert not [pull for pull in pulls if naive.obstacle(by_key[pull.patron_id, pull.title_id])]


@many
@given(cases())
def test_every_hold_without_a_book_is_told_why(case: Case) -> None:
    """GIVEN a quiet library THEN after Thursday's run each hold without a book has the reason that is true (27)."""
    _, table = library_of(case)
    carry_out(Library(table, POLICY, case.run.moment), case.run, lambda: True)
    decided = {(each.patron_id, each.title_id): each for each in decided_by(case)}
    for each in reasons.read_with(table, list(holds.to_be_served(table))):
        decision = decided.get((each.patron_id, each.title_id))
        told = each.last_run
        if case.run.kind is not RunKind.THURSDAY or decision is None or decision.decision == "lend":
            assert told is None
        else:
            assert told
            assert (told.code, told.facts) == (decision.code, json.loads(json.dumps(decision.facts)))


@many
@given(cases(), seeds)
def test_once_finished_it_changes_nothing(case: Case, seed: int) -> None:
    """GIVEN a finished run WHEN it is asked for again THEN not one item changes (26)."""
    store, table = library_of(case)
    with life_goes_on(table, random.Random(seed)):
        first, before = carry_out(Library(table, POLICY, case.run.moment), case.run, lambda: True)
    items = store.items()
    assert carry_out(Library(table, POLICY, case.run.moment + timedelta(hours=1)), case.run, lambda: True) == (
        first,
        True,
    )
    assert (before, store.items()) == (False, items)
    # AND its record tells what is so
    assert first.pulls == sum(bool(copy.pull and copy.pull.run == case.run.run_id) for copy in copies.pulls(table))
    assert runs.find(table, case.run.run_id) == first
