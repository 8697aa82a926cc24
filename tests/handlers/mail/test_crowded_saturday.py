"""Saturday's mails on a table that takes no more than so much a second: nothing is lost (RULES 36, 38)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest

from lending.actions.library import Library
from lending.actions.mail import saturday_mail
from lending.actions.mail.saturday_mail import announce_bags
from lending.actions.unfinished import Unfinished
from lending.aws.table import Table
from lending.aws.table.codec import Item, attributes
from lending.aws.table.loans import bags
from lending.aws.table.mail import mails
from lending.aws.table.writes import put
from lending.domain.loans.bag import Bag
from lending.domain.week import TOKYO
from tests.benchmarks import throttling_store
from tests.benchmarks.throttling_store import ThrottlingStore
from tests.library import aomori

SATURDAY, SUNDAY = datetime(2026, 6, 6, 9, tzinfo=TOKYO), date(2026, 6, 7)
BAGS = 400


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThrottlingStore]:
    # A tenth of what DynamoDB takes, for a hundredth of the bags.
    monkeypatch.setattr(throttling_store, "OF_TABLE", 400)
    monkeypatch.setattr(throttling_store, "OF_KEY", 100)
    monkeypatch.setattr(saturday_mail, "_PART", 100)
    crowded = ThrottlingStore()
    last_day = date(2026, 6, 14)
    crowded.load(_item(Bag(f"p{n}", f"{n:08}", "7", SUNDAY, last_day, frozenset({str(n)}))) for n in range(BAGS))
    with crowded.clock():
        yield crowded


def _item(bag: Bag) -> Item:
    key = bags.key(bag.pickup_from, bag.facility, bag.patron_id)
    item: Item = put(key, attributes(bag)).parameters["Item"]
    return item


def announce(store: ThrottlingStore, enough_time: Callable[[], bool]) -> dict[str, int] | None:
    return announce_bags(Library(Table(store, "lending"), aomori(), SATURDAY), enough_time).counts


def put_mails(store: ThrottlingStore) -> int:
    return len(list(mails.on_their_way(Table(store, "lending"), SATURDAY)))


def test_what_is_not_taken_at_once_is_put_later(store: ThrottlingStore) -> None:
    # GIVEN more bags than the table takes mails in a second
    # WHEN Saturday's job has all the time it wants
    assert announce(store, lambda: True) == {"bags": BAGS, "mails": BAGS}
    # THEN it was refused again and again, waited, and each bag has its mail
    assert store.refused["ThrottlingError"] > 0
    assert store.now >= 2 * BAGS / 400
    assert put_mails(store) == BAGS
    # AND asked once more it does nothing
    assert announce(store, lambda: True) is None


def test_what_there_was_no_time_for_is_put_by_the_next_invocation(store: ThrottlingStore) -> None:
    # GIVEN an invocation that ends half-way
    with pytest.raises(Unfinished):
        announce(store, lambda: put_mails(store) < BAGS / 2)
    before = put_mails(store)
    assert BAGS / 2 <= before < BAGS
    # WHEN it is invoked again THEN it puts what is left, and no mail twice
    assert announce(store, lambda: True) == {"bags": BAGS, "mails": BAGS - before}
    assert put_mails(store) == BAGS


def test_a_part_that_is_never_taken_is_tried_as_long_as_there_is_time(
    store: ThrottlingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a table that takes nothing for five minutes
    monkeypatch.setattr(store, "_refusals", _shut_until(300, store))
    # WHEN the job has a quarter of an hour THEN it waits, and ends
    assert announce(store, lambda: store.now < 885) == {"bags": BAGS, "mails": BAGS}
    assert put_mails(store) == BAGS


def _shut_until(moment: float, store: ThrottlingStore) -> Callable[..., list[str]]:
    refusals = store._refusals
    return lambda changes: ["ThrottlingError"] * len(changes) if store.now < moment else refusals(changes)
