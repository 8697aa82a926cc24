"""A job that dies before or after any of its writes, and is invoked again, ends as if it had not died (RULES 26)."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count, islice
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from lending.aws.table import Table, bags, grouped, holds, library_table, loans, runs, titles
from lending.domain.bag import Bag
from lending.domain.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loan import Loan
from lending.domain.policy import Policy
from lending.domain.title import CopyState
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, sample

WRITES = ("put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item")

Items = list[dict[str, Any]]


class Crash(BaseException):
    """The function is gone, in the middle of it; nothing may catch that."""


class Mortal:
    """A client of DynamoDB whose process dies before or after its nth write; nothing is written by the dead."""

    def __init__(self, client: Any) -> None:
        self._client, self.writes, self.dies_at, self.written = client, 0, 0, False

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return self._writing(call) if name in WRITES else call

    def _writing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def write(**parameters: Any) -> Any:
            self.writes += 1
            if self.writes == self.dies_at and not self.written:
                raise Crash
            answer = call(**parameters)
            if self.writes == self.dies_at:
                raise Crash
            return answer

        return write


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small writes instead of few large ones, so that there are many moments to die."""
    monkeypatch.setattr(runs, "CHUNK", 12)
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", 8)


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> Mortal:
    table = library_table()
    mortal = Mortal(table._client)
    monkeypatch.setattr(table, "_client", mortal)
    return mortal


def everything(table: Table) -> Items:
    found = table._client.scan(TableName=table.name)["Items"]
    return sorted(found, key=_key)


def restore(table: Table, items: Items) -> None:
    client, wanted = table._client._client, {_key(item): item for item in items}
    for item in everything(table):
        if wanted.get(_key(item)) == item:
            del wanted[_key(item)]
        elif _key(item) not in wanted:
            client.delete_item(TableName=table.name, Key={name: item[name] for name in ("PK", "SK")})
    for item in wanted.values():
        client.put_item(TableName=table.name, Item=item)


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def deaths(table: Table, mortal: Mortal, start: Items, job: Callable[[], Any]) -> Iterator[str]:
    """Play the job once for every moment it can die at; yields when it has died, before it is invoked again."""
    for written in (False, True):
        for nth in count(1):
            restore(table, start)
            mortal.writes, mortal.dies_at, mortal.written = 0, nth, written
            try:
                job()
            except Crash:
                mortal.dies_at = 0
                yield f"{'after' if written else 'before'} write {nth}"
            else:
                mortal.dies_at = 0
                assert nth > 1, "the job wrote nothing"
                break


def dies_anywhere(table: Table, mortal: Mortal, job: Callable[[], Any]) -> int:
    """Check that every death is made good by one more invocation; answers how many deaths there were."""
    start = everything(table)
    answer = job()
    alive = everything(table)
    assert alive != start
    played = 0
    for death in deaths(table, mortal, start, job):
        again = job()
        assert everything(table) == alive, f"another end after dying {death}"
        assert again | {"already_done": None} == answer | {"already_done": None}, death
        played += 1
    return played


def a_busy_library(given: Given, library: Table) -> None:
    """30 holds of 8 patrons on 12 titles, of every kind: scarce, plenty, kept aside, blocked, expired, at the cap."""
    chance = random.Random(4)
    for n in range(8):
        given.patron(
            f"p-{n}", loans=chance.choice((0, 3, 8, 9, 10)), blocked=n == 6,
            expires_on=date(2026, 6, 1) if n == 7 else date(2027, 3, 31),
        )  # fmt: skip
    for n in range(12):
        given.title(f"t-{n:02}", copies=chance.choice((1, 1, 2)))
    pairs = [(p, t) for p in range(8) for t in range(12)]
    for p, t in chance.sample(pairs, 30):
        at = datetime(2026, 5, 1, tzinfo=TOKYO) + timedelta(minutes=chance.randrange(60_000))
        place = chance.choice((PREFECTURAL, "12", "13"))
        library.transact(holds.add(Hold(f"p-{p}", f"t-{t:02}", place, at, at)))
    kept = Hold("p-3", "t-k", "12", datetime(2026, 4, 1, tzinfo=TOKYO), datetime(2026, 4, 1, tzinfo=TOKYO),
                HoldStatus.SECURED, "t-k-1")  # fmt: skip
    given.title("t-k")
    library.transact(holds.add(kept), titles.keep_for("t-k-1", "p-3", CopyState.KEPT_ASIDE, (CopyState.ON_SHELF,)))


def test_thursday_run(given: Given, library: Table, mortal: Mortal) -> None:
    a_busy_library(given, library)
    played = dies_anywhere(library, mortal, lambda: allocator(sample("allocator/thursday_run"), context()))
    assert played >= 24


def test_prefectural_pull(given: Given, library: Table, mortal: Mortal) -> None:
    a_busy_library(given, library)
    assert dies_anywhere(library, mortal, lambda: allocator(sample("allocator/prefectural_pull"), context())) > 5


def test_what_happens_between_death_and_the_next_life_counts(given: Given, library: Table, mortal: Mortal) -> None:
    """A hold is cancelled and a copy taken after the death: no pull for what is gone, no copy twice, caps kept."""
    a_busy_library(given, library)
    start = everything(library)
    job = lambda: allocator(sample("allocator/thursday_run"), context())  # noqa: E731
    for death in islice(deaths_meddled(library, mortal, start, job), None, None, 3):
        summary = job()
        pulls = [copy for copy in titles.pulls(library) if copy.pull]
        assert len({(copy.pull.patron_id, copy.pull.title_id) for copy in pulls if copy.pull}) == len(pulls), death
        assert all(copy.state in (CopyState.ON_SHELF, CopyState.KEPT_ASIDE) for copy in pulls), death
        assert summary["lost"] == 0, death
        record = runs.find(library, "2026-06-04")
        assert record
        assert record.finished_at, death


def deaths_meddled(table: Table, mortal: Mortal, start: Items, job: Callable[[], Any]) -> Iterator[str]:
    for death in deaths(table, mortal, start, job):
        hold = next(iter(holds.to_be_served(table)))
        table.transact(holds.spend(hold))
        planned = next((copy for copy in titles.pulls(table) if copy.state is CopyState.ON_SHELF), None)
        if planned:
            table.transact(titles.give_to(planned.barcode, "p-visitor", date(2026, 6, 20), (CopyState.ON_SHELF,)))
        yield death


def some_bags(given: Given, library: Table) -> None:
    """Four bags with seven books, one of them handed over."""
    for n, books in enumerate((1, 2, 3, 1)):
        patron = given.patron(f"p-{n}", loans=books)
        bag = Bag(patron.patron_id, patron.card_number, "12", date(2026, 6, 7), date(2026, 6, 14))
        for book in range(books):
            loan = Loan(
                patron.patron_id, f"b-{n}-{book}", f"t-{n}-{book}", "本", "12", datetime(2026, 6, 4, 11, tzinfo=TOKYO),
                date(2026, 6, 21), pickup_from=bag.pickup_from, pickup_until=bag.pickup_until,
            )  # fmt: skip
            library.transact(loans.add(loan), bags.pack(bag, loan.barcode, Policy()))
        if n == 3:
            library.transact(bags.hand_over(bag, datetime(2026, 6, 9, tzinfo=TOKYO)))


def test_sunday_release(given: Given, library: Table, mortal: Mortal) -> None:
    some_bags(given, library)
    assert dies_anywhere(library, mortal, lambda: _counts_aside(release(sample("release/sunday_release"), context())))


def test_prefectural_release(given: Given, library: Table, mortal: Mortal) -> None:
    for n in range(4):
        given.patron(f"p-{n}", open_holds=1), given.title(f"t-{n}")
        at = datetime(2026, 5, 1, tzinfo=TOKYO)
        hold = Hold(
            f"p-{n}", f"t-{n}", PREFECTURAL, at, at, HoldStatus.READY, f"t-{n}-1", pickup_until=date(2026, 6, 14)
        )
        library.transact(
            holds.add(hold), titles.keep_for(hold.barcode, hold.patron_id, CopyState.READY, (CopyState.ON_SHELF,))
        )
    job = lambda: _counts_aside(release(sample("release/prefectural_release"), context()))  # noqa: E731
    assert dies_anywhere(library, mortal, job)


def test_lending_mail(given: Given, library: Table, mortal: Mortal) -> None:
    some_bags(given, library)
    assert dies_anywhere(library, mortal, lambda: _counts_aside(notices(sample("notices/lending_mail"), context())))


def test_daily_notices(given: Given, library: Table, mortal: Mortal) -> None:
    for n in range(3):
        given.patron(f"p-{n}", open_holds=1, expires_on=date(2026, 6, 1) if n else date(2026, 6, 20))
        at = datetime(2026, 5, 1, tzinfo=TOKYO)
        ready = Hold(f"p-{n}", f"t-{n}", PREFECTURAL, at, at, HoldStatus.READY, f"t-{n}-1", ready_on=date(2026, 6, 9),
                     pickup_until=date(2026, 6, 20))  # fmt: skip
        overdue = Loan(f"p-{n}", f"b-{n}", f"t-b-{n}", "本", "12", at, date(2026, 5, 24))
        library.transact(holds.add(ready), loans.add(overdue))
    assert dies_anywhere(library, mortal, lambda: _counts_aside(notices(sample("notices/daily_notices"), context())))


def _counts_aside(summary: dict[str, Any]) -> dict[str, Any]:
    """What was done before the death is not counted again by a job that keeps no plan."""
    return {name: summary[name] for name in ("job", "date")}
