"""A job that dies before or after any of its writes, and is invoked again, ends as if it had not died (RULES 26).

On moto, whose DynamoDB is another's than ours; `test_run_of_200_holds` does the same with more on a faster one.
"""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from lending.aws.table import Table, grouped
from lending.aws.table.holds import holds, reasons
from lending.aws.table.loans import bags, loans
from lending.aws.table.run import runs
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus, RunReason
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.run.reasons import Code
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, sample
from tests.handlers.crashing import Mortal, dies_anywhere
from tests.handlers.desk import SampleLibrary
from tests.library import aomori


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some small writes instead of one large one, so that there are moments to die; not many, moto is slow."""
    monkeypatch.setattr(runs, "CHUNK", 6)
    monkeypatch.setattr(grouped, "TRANSACTION_WRITES", 6)


def a_busy_library(given: Given, library: Table) -> None:
    """11 holds of 5 patrons on 6 titles, of every kind: scarce, plenty, kept aside, blocked, expired, at the cap."""
    chance = random.Random(4)
    for n, loans_now in enumerate((0, 8, 9, 10, 3)):
        expires_on = date(2026, 6, 1) if n == 4 else date(2027, 3, 31)
        given.patron(f"p-{n}", loans=loans_now, blocked=n == 0, expires_on=expires_on)
    for n in range(5):
        given.title(f"t-{n}", copies=1 + n % 2)
    for p, t in chance.sample([(p, t) for p in range(5) for t in range(5)], 10):
        at = datetime(2026, 5, 1, tzinfo=TOKYO) + timedelta(minutes=chance.randrange(60_000))
        place = chance.choice((PREFECTURAL, "12", "13"))
        # Of the run before, which a book that is planned takes away.
        hold = Hold(f"p-{p}", f"t-{t}", place, at, at)
        tell(library, hold, RunReason(date(2026, 5, 28), Code.ALL_ON_LOAN))
        library.transact(holds.addition(hold))
    long_ago = datetime(2026, 4, 1, tzinfo=TOKYO)
    kept = Hold("p-3", "t-k", "12", long_ago, long_ago, HoldStatus.SECURED, "t-k-1")
    given.title("t-k")
    library.transact(holds.addition(kept), moved(library, "t-k-1", CopyState.KEPT_ASIDE, holder="p-3"))


def tell(library: Table, hold: Hold, reason: RunReason) -> None:
    known = reasons.find(library, hold.patron_id)
    library.transact(*reasons.change(known, known.after((hold, reason)), datetime(2026, 5, 28, tzinfo=TOKYO), aomori()))


def test_thursday_run(given: Given, library: Table, mortal: Mortal) -> None:
    a_busy_library(given, library)
    played = dies_anywhere(library, mortal, lambda: allocator(sample("allocator/thursday_run"), context()))
    assert played >= 10


def test_prefectural_pull(given: Given, library: Table, mortal: Mortal) -> None:
    a_busy_library(given, library)
    assert dies_anywhere(library, mortal, lambda: allocator(sample("allocator/prefectural_pull"), context())) > 2


def some_bags(given: Given, library: Table) -> None:
    """Three bags with four books, one of them handed over."""
    for n, books in enumerate((1, 2, 1)):
        patron = given.patron(f"p-{n}", loans=books)
        bag = Bag(patron.patron_id, patron.card_number, "12", date(2026, 6, 7), date(2026, 6, 14))
        for book in range(books):
            loan = Loan(
                patron.patron_id, f"b-{n}-{book}", f"t-{n}-{book}", "本", "12", datetime(2026, 6, 4, 11, tzinfo=TOKYO),
                date(2026, 6, 21), pickup_from=bag.pickup_from, pickup_until=bag.pickup_until,
            )  # fmt: skip
            library.transact(loans.addition(loan), bags.book_addition(bag, loan.barcode, aomori()))
        if n == 2:
            library.transact(bags.hand_over_record(bag, datetime(2026, 6, 9, tzinfo=TOKYO)))


def test_sunday_release(given: Given, library: Table, mortal: Mortal) -> None:
    some_bags(given, library)
    assert dies_anywhere(library, mortal, lambda: _counts_aside(release(sample("release/sunday_release"), context())))


def test_plans_that_lapse_with_a_release(given: Given, library: Table, mortal: Mortal) -> None:
    # GIVEN books of Thursday's run that nobody fetched (RULES 23, 27)
    there = SampleLibrary(given)
    for n in range(1, 9):
        there.patron(f"p-{n}"), given.title(f"t-{n}")
        there.hold(f"p-{n}", f"t-{n}"), there.pull(f"t-{n}-1", f"p-{n}")
    # THEN each hold is told why, whenever the release dies
    assert dies_anywhere(library, mortal, lambda: _counts_aside(release(sample("release/sunday_release"), context())))


def test_prefectural_release(given: Given, library: Table, mortal: Mortal) -> None:
    for n in range(2):
        given.patron(f"p-{n}", open_holds=1), given.title(f"t-{n}")
        at = datetime(2026, 5, 1, tzinfo=TOKYO)
        hold = Hold(
            f"p-{n}", f"t-{n}", PREFECTURAL, at, at, HoldStatus.READY, f"t-{n}-1", pickup_until=date(2026, 6, 14)
        )
        library.transact(holds.addition(hold), moved(library, hold.barcode, CopyState.READY, holder=hold.patron_id))
    job = lambda: _counts_aside(release(sample("release/prefectural_release"), context()))  # noqa: E731
    assert dies_anywhere(library, mortal, job)


def test_lending_mail(given: Given, library: Table, mortal: Mortal) -> None:
    some_bags(given, library)
    assert dies_anywhere(library, mortal, lambda: _counts_aside(notices(sample("notices/lending_mail"), context())))


def test_daily_notices(given: Given, library: Table, mortal: Mortal) -> None:
    for n in range(2):
        given.patron(f"p-{n}", open_holds=1, expires_on=date(2026, 6, 1) if n else date(2026, 6, 20))
        at = datetime(2026, 5, 1, tzinfo=TOKYO)
        ready = Hold(f"p-{n}", f"t-{n}", PREFECTURAL, at, at, HoldStatus.READY, f"t-{n}-1", ready_on=date(2026, 6, 9),
                     pickup_until=date(2026, 6, 20))  # fmt: skip
        overdue = Loan(f"p-{n}", f"b-{n}", f"t-b-{n}", "本", "12", at, date(2026, 5, 24))
        library.transact(holds.addition(ready), loans.addition(overdue))
    assert dies_anywhere(library, mortal, lambda: _counts_aside(notices(sample("notices/daily_notices"), context())))


def _counts_aside(summary: dict[str, Any]) -> dict[str, Any]:
    """What was done before the death is not counted again by a job that keeps no plan."""
    return {name: summary[name] for name in ("job", "date")}
