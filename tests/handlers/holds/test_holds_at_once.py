"""Many hold the same title at the same instant: nobody is refused, and the queue is in order (RULES 9-11)."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lending.actions.holds.place import place_hold
from lending.actions.library import Library
from lending.aws.table import Table, store
from lending.aws.table.catalogue import queues, titles
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.domain.catalogue.title import Title
from lending.domain.holds.hold import in_turn
from lending.domain.patrons.patron import Patron
from lending.domain.week import TOKYO
from tests.benchmarks import contention
from tests.benchmarks.counting_store import CountingStore
from tests.library import aomori

NOON = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
CROWD = 60


class CollidingStore(CountingStore):
    """As DynamoDB: of two transactions on an item at once the later is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.conflicts = 0
        self._busy = Counter[str]()
        self._taking = Lock()

    def transact_write_items(self, TransactItems: list[dict[str, Any]], **more: Any) -> dict[str, Any]:  # noqa: N803
        wanted = [_key_of(next(iter(each.values()))) for each in TransactItems]
        with self._taking:
            taken = [key in self._busy for key in wanted]
            if any(taken):
                self.conflicts += 1
                raise _cancelled(taken)
            self._busy.update(wanted)
        try:
            time.sleep(0.002)
            return super().transact_write_items(TransactItems=TransactItems, **more)
        finally:
            with self._taking:
                self._busy -= Counter(wanted)


def _key_of(request: dict[str, Any]) -> str:
    key = request.get("Key") or request["Item"]
    return f"{key['PK']['S']} {key['SK']['S']}"


def _cancelled(taken: list[bool]) -> ClientError:
    reasons = [{"Code": "TransactionConflict" if each else "None"} for each in taken]
    told = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": reasons}
    return ClientError(told, "TransactWriteItems")  # type: ignore[arg-type]  # the stubs know no more fields


def _patron(number: int) -> Patron:
    return Patron(
        patron_id=f"p-{number:03}",
        card_number=f"{number + 10_000_000}",
        name="",
        kana="",
        birth_date=date(1990, 1, 1),
        postal_code="",
        address="",
        phone="",
        email="",
        expires_on=date(2030, 1, 1),
    )


def test_a_crowd_is_let_in_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a title that many want, on a store where transactions get in each other's way
    monkeypatch.setattr(store, "longest_pause", lambda attempt: 0.004 * 1.4**attempt)
    colliding = CollidingStore()
    table = Table(colliding, "lending")
    table.write(titles.description_change(None, Title("t-1", "本", barcodes=("t-1-1",), lendable=1)))
    for number in range(CROWD):
        table.write(patrons.addition(_patron(number)))
    colliding.conflicts = 0

    def place(number: int) -> None:
        moment = NOON + timedelta(milliseconds=(number * 37) % CROWD)
        place_hold(Library(table, aomori(), moment), f"p-{number:03}", "t-1", "prefectural")

    # WHEN all of them place a hold at once
    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(place, range(CROWD)))
    # THEN they did get in each other's way, and each has a place by the moment it was asked for
    assert colliding.conflicts
    queue = sorted((hold for n in range(CROWD) for hold in holds.of_patron(table, f"p-{n:03}")), key=in_turn)
    assert [queues.places(table, [hold])["t-1"] for hold in queue] == [(n, CROWD) for n in range(1, CROWD + 1)]
    assert [each.patron_id for each in queues.open_holds(table, "t-1")] == [hold.patron_id for hold in queue]


def test_a_thousand_at_the_same_instant_are_let_in_within_a_request() -> None:
    # GIVEN the model of a title whose transactions go one by one
    # WHEN a thousand come THEN as often as any transaction is tried most were refused; as often as a hold is, none
    (row,) = contention.run((1_000,))
    assert row["refused_before"] > 500
    assert (row["refused"], row["seconds"] < 24) == (0, True)
