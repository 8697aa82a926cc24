"""A run of 200 holds that dies at any of its writes, or runs out of time, ends as if it had not (RULES 26).

On the store in memory, so that each single write can be died at, with parts and transactions of their own size and
with small ones, which make more moments to die.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from functions.allocator import handler as allocator
from functions.notices import handler as notices
from lending.aws.schedules import JobFailed
from lending.aws.table import Table, grouped
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.run import runs
from lending.aws.table.store import TRANSACTION_WRITES
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.patrons.patron import Patron
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import CountingStore
from tests.benchmarks.generator import library
from tests.benchmarks.run_cost import everything
from tests.copies import moved, plan
from tests.handlers.conftest import context, sample
from tests.handlers.crashing import Crash, Items, Mortal, is_result, one_at_a_time
from tests.library import aomori

HOLDS = 200
Job = Callable[..., dict[str, Any]]


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], Job]:
    """A function's job on a store: each call is an invocation of its own, with a table of its own."""

    def of(function: Any, event: str) -> Job:
        def invoke(client: Any, lambda_context: Any = None) -> dict[str, Any]:
            monkeypatch.setattr("lending.actions.library.library_table", lambda: one_at_a_time(client))
            answer: dict[str, Any] = function.handler(sample(event), lambda_context or context())
            return answer

        return invoke

    return of


@pytest.fixture(params=[(runs.CHUNK, TRANSACTION_WRITES), (25, 12)], ids=["as it is", "in small parts"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of the plan and transactions as they are, or small ones."""
    monkeypatch.setattr(runs, "CHUNK", request.param[0])
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", request.param[1])


def a_library() -> CountingStore:
    """200 holds of every kind, and plans of last week that nobody carried out."""
    store, given = CountingStore(), library(HOLDS)
    store.load(write.parameters["Item"] for write in everything(given))
    left = [
        copy
        for found_copies in given.copies_by_title.values()
        for copy in found_copies
        if copy.state is CopyState.ON_SHELF
    ]
    for copy in left[:5]:
        Table(store, "lending").write(
            copies.pull_change(copy, plan("p", copy.title_id, run="2026-05-28", pickup_place="1", cap=5))
        )
    return store


def written_by(writes: Iterable[Write]) -> CountingStore:
    store = CountingStore()
    for write in writes:
        Table(store, "lending").transact(write)
    return store


def copied(store: CountingStore) -> CountingStore:
    other = CountingStore()
    other.load(store.items().values())
    return other


def results(store: CountingStore) -> Items:
    return {key: dict(item) for key, item in store.items().items() if is_result(key)}


def dies_anywhere(start: CountingStore, invoke: Job, tells_the_same: bool = True) -> int:
    """Check that one more invocation makes up for every death; answers how many deaths there were."""
    alive = copied(start)
    client = Mortal(alive)
    answer = invoke(client)
    expected = results(alive)
    for dies_at in range(1, client.writes + 1):
        for written in (False, True):
            store = copied(start)
            with pytest.raises(Crash):
                invoke(Mortal(store, dies_at, written))
            again = invoke(store)
            death = f"{'after' if written else 'before'} write {dies_at} of {client.writes}"
            assert results(store) == expected, f"another end after dying {death}"
            if tells_the_same:
                assert again | {"already_done": None} == answer | {"already_done": None}, death
    return 2 * client.writes


@pytest.mark.usefixtures("sizes")
def test_the_run_dies_before_and_after_each_write(job: Callable[[Any, str], Job]) -> None:
    # GIVEN a library of 200 holds WHEN its run dies at any write and is invoked again (RULES 26)
    # THEN the table is the same as without a death, each time
    assert dies_anywhere(a_library(), job(allocator, "allocator/thursday_run")) >= 20


def test_the_run_dies_while_several_transactions_are_under_way(
    job: Callable[[Any, str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN transactions that are written four at a time, in no order
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", 8)
    start, expected = a_library(), a_library()
    alive = Mortal(expected)
    job(allocator, "allocator/thursday_run")(alive)
    assert alive.writes > 20
    for dies_at in range(4, alive.writes, 4):
        store = copied(start)
        with monkeypatch.context() as patch:
            patch.setattr(
                "lending.actions.library.library_table", partial(Table, Mortal(store, dies_at), "lending", at_once=4)
            )
            with pytest.raises(Crash):
                allocator.handler(sample("allocator/thursday_run"), context())
            patch.setattr("lending.actions.library.library_table", partial(Table, store, "lending", at_once=4))
            allocator.handler(sample("allocator/thursday_run"), context())
        assert results(store) == results(expected), dies_at


def test_what_happens_between_death_and_the_next_life_counts(
    job: Callable[[Any, str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CHUNK", 40)
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", 15)
    invoke, start = job(allocator, "allocator/thursday_run"), a_library()
    alive = Mortal(copied(start))
    invoke(alive)
    assert alive.writes > 20
    for dies_at in range(2, alive.writes + 1, 3):
        store = copied(start)
        # GIVEN a run that has died WHEN a hold is cancelled and a planned copy taken before it is invoked again
        with pytest.raises(Crash):
            invoke(Mortal(store, dies_at))
        table = one_at_a_time(store)
        cancel_one_and_take_one(table)
        summary = invoke(store)
        # THEN there is no pull for what is gone, no copy for two, and nothing left undone
        pulls = [copy for copy in copies.pulls(table) if copy.pull]
        assert len({(copy.pull.patron_id, copy.pull.title_id) for copy in pulls if copy.pull}) == len(pulls), dies_at
        assert all(copy.state in (CopyState.ON_SHELF, CopyState.KEPT_ASIDE) for copy in pulls), dies_at
        record = runs.find(table, RunId("2026-06-04"))
        assert record, dies_at
        assert (record.lost, summary["lost"], record.finished_at is not None) == (0, 0, True), dies_at


def cancel_one_and_take_one(table: Table) -> None:
    table.transact(holds.end(next(iter(holds.to_be_served(table)))))
    planned = next((copy for copy in copies.pulls(table) if copy.state is CopyState.ON_SHELF), None)
    if planned:
        table.transact(moved(table, planned.barcode, CopyState.ON_LOAN, holder="p-visitor", due_on=date(2026, 6, 20)))


def test_out_of_time_again_and_again_it_goes_on_by_itself(
    job: Callable[[Any, str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a plan of many parts, and invocations that have time for three of them
    monkeypatch.setattr(runs, "CHUNK", 20)
    start = a_library()
    invoke, whole = job(allocator, "allocator/thursday_run"), copied(start)
    answer = invoke(whole)
    store, invocations = copied(start), 0
    # WHEN Lambda invokes the function again each time it has failed
    while True:
        invocations += 1
        try:
            again = invoke(store, short_of_time(parts=3))
            break
        except JobFailed:
            assert invocations < 10
    # THEN it ends as in one go, and has told what all of them took
    assert (again, results(store)) == (answer, results(whole))
    cost = runs.cost_of(one_at_a_time(store), RunId("2026-06-04"))
    assert cost
    assert invocations == cost.invocations == 4


def short_of_time(parts: int) -> Any:
    left = iter([60_000] * parts + [1_000])
    return SimpleNamespace(**vars(context()) | {"get_remaining_time_in_millis": lambda: next(left)})


def test_a_mail_is_put_once_whenever_the_job_dies(
    job: Callable[[Any, str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN 60 bags, and mails in small transactions
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", 4)
    # THEN one mail a bag, the same one, whatever happens (RULES 36, 38)
    start = written_by(bags.book_addition(bag, f"b-{n}", aomori()) for n, bag in enumerate(some_bags(60)))
    assert dies_anywhere(start, job(notices, "notices/lending_mail"), tells_the_same=False) > 20


def some_bags(count: int) -> Iterator[Bag]:
    for n in range(count):
        yield Bag(f"p-{n % 40}", f"{n % 40:08}", str(10 + n // 40), date(2026, 6, 7), date(2026, 6, 14))


def test_a_mail_of_every_day_is_put_once_whenever_the_job_dies(
    job: Callable[[Any, str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN books made ready, books overdue, cards run out and cards that soon will, two or three of each a patron
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", 4)
    start = written_by(ready_and_overdue(20))
    # THEN (RULES 8, 15, 35, 37, 38)
    assert dies_anywhere(start, job(notices, "notices/daily_notices"), tells_the_same=False) > 40


def ready_and_overdue(people: int) -> Iterator[Write]:
    at = datetime(2026, 5, 1, tzinfo=TOKYO)
    for n in range(people):
        expires_on = (date(2026, 6, 1), date(2026, 6, 20), date(2027, 3, 31))[n % 3]
        yield patrons.addition(
            Patron(f"p-{n}", f"{n:08}", date(1960, 1, 1), expires_on, "見本", email=f"p-{n}@example.jp", open_holds=2)
        )
        for book in range(2):
            yield holds.addition(
                Hold(f"p-{n}", f"t-{book}", PREFECTURAL, at, at, HoldStatus.READY, f"t-{book}-{n}",
                     ready_on=date(2026, 6, 9) - timedelta(days=book), pickup_until=date(2026, 6, 20))
            )  # fmt: skip
            yield loans.addition(Loan(f"p-{n}", f"b-{n}-{book}", f"t-b-{book}", "本", "12", at, date(2026, 5, 24)))
