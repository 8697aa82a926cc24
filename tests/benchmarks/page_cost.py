"""What a page or a scan takes: read units, bytes and processor time, in a small and new library and in a large old one.

A request goes the whole way, from the event to the answer, through a real client to `counting_store`. Processor time
is without the store's own. Large and old: 5,000 wait for each title, 6,000 closures were recorded, ten years went by.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from statistics import median
from typing import Any, TypedDict

from functions.desk import handler as desk
from functions.holds import handler as holds_page
from functions.public import handler as public
from lending.aws.clients import client
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.codec import attributes
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.aws.table.writes import Write, put
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.calendar.facility import Facility
from lending.domain.catalogue.title import Copy, CopyState, Pull, Title
from lending.domain.holds.hold import Hold
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO
from tests.benchmarks.cloud import cloud
from tests.benchmarks.counting_store import CountingStore
from tests.benchmarks.mail_cost import a_bag, a_loan, a_patron
from tests.benchmarks.run_cost import queue_counters
from tests.benchmarks.wire import Wire
from tests.handlers.conftest import context, request

HOLDS = 20  # of one patron: as many as there may be
TRIES = 6  # of each page
BAGS = 34  # of three books, which the carriage brings back: a hundred books and two
NOW = datetime(2036, 6, 5, 10, tzinfo=TOKYO)  # the Thursday, after its run
RUN = RunId("2036-06-05")
_ME, _CARD = "patron-of-the-bench-000", "10000001"
_SPAN = timedelta(days=96)  # over which a queue came together


@dataclass(frozen=True, slots=True)
class Size:
    """A library: how many wait for each title, how many closures were recorded, how many years it has been open."""

    queue: int = 20
    closures: int = 0
    years: int = 0


SMALL, LARGE = Size(), Size(5_000, 6_000, 10)


class Row(TypedDict):
    """One page in the large library, and how it grew from the small one."""

    page: str
    read_units: float
    kilobytes: float
    requests: int
    cpu_ms: float
    times_small: float


@dataclass(frozen=True, slots=True)
class Taken:
    """What one page took."""

    read_units: float
    kilobytes: float
    requests: int
    cpu_ms: float


def run() -> list[Row]:
    """One row a page."""
    small, large = measure(SMALL), measure(LARGE)
    return [
        {
            "page": page,
            "read_units": taken.read_units,
            "kilobytes": taken.kilobytes,
            "requests": taken.requests,
            "cpu_ms": taken.cpu_ms,
            "times_small": round(taken.read_units / small[page].read_units, 2),
        }
        for page, taken in large.items()
    ]


@cache
def measure(size: Size) -> dict[str, Taken]:
    """What each page takes in a library of a size: units of the dearest of some, time of the median."""
    store = CountingStore()
    store.load(write.parameters["Item"] for write in _everything(size))
    with cloud():
        wire = Wire(store).behind(client("dynamodb"))
        return {page: _taken(wire, ask) for page, ask in PAGES.items()}


def _taken(wire: Wire, ask: Callable[[int], Any]) -> Taken:
    each = [_once(wire, ask, number) for number in range(TRIES)][1:]  # the first warms up
    return Taken(
        max(taken.read_units for taken in each),
        max(taken.kilobytes for taken in each),
        max(taken.requests for taken in each),
        round(median(taken.cpu_ms for taken in each), 1),
    )


def _once(wire: Wire, ask: Callable[[int], Any], number: int) -> Taken:
    wire.store.count_from_here()
    before, started = replace(wire), time.process_time()
    status = ask(number)["statusCode"]
    seconds = time.process_time() - started - (wire.store_seconds - before.store_seconds)
    if status not in (200, 201):
        raise RuntimeError(f"the page answered {status}")
    return Taken(
        sum(wire.store.counts.read.values()),
        round((wire.bytes - before.bytes) / 1000, 1),
        wire.requests - before.requests,
        seconds * 1000,
    )


def _own(method: str, path: str) -> dict[str, Any]:
    return request(method, path, group="patron", user=_ME, now=NOW)


def _staff(method: str, path: str, body: Any = None) -> dict[str, Any]:
    return request(method, path, body=body, group="desk", user="staff-1", now=NOW)


PAGES: dict[str, Callable[[int], Any]] = {
    "own holds": lambda _: holds_page.handler(_own("GET", "/api/me/holds"), context()),
    "home": lambda _: public.handler(request("GET", "/api/notices", now=NOW), context()),
    "title": lambda n: public.handler(request("GET", f"/api/titles/T{n:03}", now=NOW), context()),
    "title at the desk": lambda n: desk.handler(_staff("GET", f"/api/desk/titles/T{n:03}"), context()),
    "book at the desk": lambda n: desk.handler(_staff("GET", f"/api/desk/copies/T{n:03}-0"), context()),
    "scan, hold cancelled": lambda n: desk.handler(
        _staff("POST", f"/api/desk/pulls/T{n:03}-0", {"result": "found"}), context()
    ),
    "scan, book missing": lambda n: desk.handler(
        _staff("POST", f"/api/desk/pulls/T{n + 6:03}-0", {"result": "missing"}), context()
    ),
    "check-in": lambda n: desk.handler(_staff("POST", "/api/desk/checkins", {"barcodes": [f"T{n:03}-1"]}), context()),
    "100 check-ins": lambda n: desk.handler(
        _staff("POST", "/api/desk/checkins", {"barcodes": _carried_back(n)}), context()
    ),
}


# A library


def _everything(size: Size) -> Iterator[Write]:
    for number in range(1, 60):
        yield facilities.facility_record(Facility(number, "西北", "鰺ヶ沢町", f"見本の公民館{number}", True))
    yield patrons.addition(_patron(_ME, _CARD, open_holds=HOLDS))
    yield cards.addition(Card(_CARD, CardState.ACTIVE, patron_id=_ME))
    for number in range(HOLDS):
        yield from _title(f"T{number:03}", size)
    for number in range(100):
        yield patrons.addition(_patron(_other(number), f"{number + 20_000_000}", open_holds=HOLDS))
    for number in range(TRIES * BAGS):
        yield from _bag(number)
    closures = [calendar.closure_addition(_closure(number)) for number in range(size.closures)]
    yield from (each for each in closures if _is_there(each))
    yield from (put(count.key, {count.name: len(closures)}) for count in (each.counts[0] for each in closures[:1]))


def _other(number: int) -> str:
    return f"patron-who-waits-{number:06}"


def _patron(patron_id: str, card_number: str, open_holds: int) -> Patron:
    return replace(a_patron(patron_id, card_number), open_holds=open_holds, loans=0, expires_on=date(2038, 3, 31))


def _title(title_id: str, size: Size) -> Iterator[Write]:
    """A title: a book planned for somebody who has cancelled, one just back, and a queue, I nearly at its end."""
    barcodes = tuple(f"{title_id}-{number}" for number in range(2))
    yield titles.description_change(
        None, Title(title_id, "青森県の見本の本とその続き", "見本 太郎", "9784000000000", barcodes, lendable=2)
    )
    gone = Pull("patron-who-left", title_id, "lend", RUN, "12", 10)
    missed = replace(gone, patron_id=_other(size.queue // 2))
    planned = missed if title_id >= "T006" else gone
    # Who has a book has it for two weeks and more: of three copies not one is being fetched.
    fetched = Copy(barcodes[0], title_id, "913", pull=planned)
    lent = Copy(barcodes[0], title_id, "913", state=CopyState.ON_LOAN, due_on=NOW.date())
    yield copies.addition(fetched if title_id < "T012" else lent)
    yield copies.addition(replace(lent, barcode=barcodes[1]))
    queue = [_hold(_other(number), title_id, number / size.queue) for number in range(size.queue)]
    queue.append(_hold(_ME, title_id, 0.9301))
    yield from map(holds.addition, queue)
    for write in queue_counters(queue):
        if size.years and write.parameters["Item"]["SK"]["S"] == "QUEUE":
            # Weeks of the past since which nobody queues any more: with one more they would be forgotten.
            write.parameters["Item"] |= {f"w2035010{number}": {"N": "0"} for number in range(5)}
        yield write


def _carried_back(number: int) -> list[str]:
    """The books that a carriage brings back."""
    carried = range(number * BAGS, (number + 1) * BAGS)
    return [barcode for bag in carried for barcode in sorted(a_bag(bag).barcodes)][:100]


def _bag(number: int) -> Iterator[Write]:
    """A bag that lies at its facility, with its patron and books."""
    bag = a_bag(number)
    yield put(bags.key(bag.pickup_from, bag.facility, bag.patron_id), attributes(bag))
    lent = [a_loan(bag.patron_id, barcode, bag.facility) for barcode in sorted(bag.barcodes)]
    yield patrons.addition(
        replace(a_patron(bag.patron_id, bag.card_number), lent_titles=frozenset(loan.title_id for loan in lent))
    )
    for loan in lent:
        yield loans.addition(loan)
        yield titles.description_change(None, Title(loan.title_id, loan.title, "", "", (loan.barcode,), lendable=1))
        yield copies.addition(
            Copy(loan.barcode, loan.title_id, "913", state=CopyState.ON_LOAN, holder=bag.patron_id, due_on=loan.due_on)
        )


def _hold(patron_id: str, title_id: str, part: float) -> Hold:
    placed_at = NOW - timedelta(days=1) - _SPAN * (1 - part)
    return Hold(patron_id, title_id, "12", placed_at, placed_at)


def _closure(number: int) -> Closure:
    """One day in five weeks for the library and each facility; all but the last few are over."""
    place, day = number % 60, NOW.date() + timedelta(days=100 - number // 60 * 37)
    scope, facility = (Scope.FACILITY, str(place)) if place else (Scope.PREFECTURAL, "")
    return Closure(
        closure_id=f"c-{number:05}", scope=scope, facility=facility, starts_on=day, ends_on=day, reason="休館日"
    )


def _is_there(write: Write) -> bool:
    """Not erased by its time, which the table does within two days."""
    return int(write.parameters["Item"]["expires_at"]["N"]) > (NOW - timedelta(days=2)).timestamp()
