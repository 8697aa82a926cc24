"""Many at once for one place, and what meets at one hold, on the deployed stack (RULES 9, 10, 12, 23, 32)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import requests

from infra.local.people import Caller
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.domain.catalogue.title import CopyState
from lending.domain.week import TOKYO
from tests.copies import plan as planned
from tests.deployed.conftest import NOON, Given
from tests.deployed.racing import Pair, Round, at_once, copy_of, heads_start, lend, own

AT_ONCE = 32
RUN_DAY = datetime(2026, 6, 4, 9, 30, tzinfo=TOKYO)


def ask(caller: Caller, title_id: str) -> requests.Response:
    own = Caller(caller.stack, caller.token)  # a connection of one's own: nobody waits for another
    return own.call("POST", "/me/holds", NOON, {"title_id": title_id, "pickup_place": "prefectural"})


def test_thirty_two_requests_for_the_twentieth_hold(given: Given, library: Table) -> None:
    # GIVEN a patron with nineteen holds, and thirty-two more titles
    patron, caller = given.patron()
    for _ in range(19):
        given.hold(patron, given.title())
    titles = [given.title() for _ in range(AT_ONCE)]
    # WHEN all are asked for at once
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda title: ask(caller, title.title_id), titles))
    # THEN exactly one wins (RULES 10), the others are told why
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    refused = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert set(refused) == {"hold_limit"}
    # AND counter and rows agree
    found = patrons.find(library, patron.patron_id)
    assert found is not None
    assert found.open_holds == len(holds.of_patron(library, patron.patron_id)) == 20


def test_thirty_two_requests_for_one_title(given: Given, library: Table) -> None:
    # GIVEN a patron without holds WHEN the same title is asked for many times at once
    patron, caller = given.patron()
    title = given.title()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(caller, title.title_id), range(8)))
    # THEN there is one hold (RULES 9), and it is counted once
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    found = patrons.find(library, patron.patron_id)
    assert found is not None
    assert found.open_holds == len(holds.of_patron(library, patron.patron_id)) == 1


@pytest.fixture(scope="module")
def pair(given: Given) -> Pair:
    """Two patrons who are in each other's way."""
    return given.patron(), given.patron()


def test_check_in_and_cancellation(given: Given, library: Table, pair: Pair) -> None:
    (borrower, borrows), (waiting, waits) = pair
    desk = given.account("desk")
    for number, start in enumerate(heads_start()):
        # GIVEN a book on loan, and a hold that waits: another's for this book, or the borrower's own for another one
        title, another = given.title(), given.title()
        barcode = lend(library, borrower, title, "12" if number % 2 else "")
        who, caller, held = (waiting, waits, title) if number % 4 < 2 else (borrower, borrows, another)
        given.hold(who, held)
        # WHEN the book is checked in in the moment in which the hold is cancelled
        checked_in, cancelled = at_once(
            lambda: own(desk).call("POST", "/desk/checkins", RUN_DAY, {"barcodes": [barcode]}),  # noqa: B023
            lambda: own(caller).call("DELETE", f"/me/holds/{held.title_id}", RUN_DAY),  # noqa: B023
            start=start,
        )
        # THEN both are done, and staff are told what was true before the one or after the other (RULES 12, 32)
        assert (checked_in.status_code, cancelled.status_code) == (200, 204), checked_in.text + cancelled.text
        (book,) = checked_in.json()["items"]
        assert book["result"] == "returned"
        assert book["next"] in ("shelve", "hold" if held is title else "shelve")
        rows = Round(library, (borrower, waiting), (title, another)).is_whole()
        assert not [row for row in rows if row["SK"].startswith(("HOLD#", "LOAN#"))]
        assert copy_of(library, title).state is CopyState.ON_SHELF


# By each plan: its run, place and cap (none is left where it keeps a book aside, RULES 20), what a scan by it does, and
# what staff do with the book if another waits for it instead.
PLANS = {
    "lend": ("2026-06-04", "12", 10, "lend", "lend"),
    "keep_aside": ("2026-06-04", "12", 0, "keep_aside", "lend"),
    "ready": ("2026-06-04am", "prefectural", 10, "shelve_ready", "shelve_ready"),
}


@pytest.mark.parametrize("decision", PLANS)
def test_cancellation_and_scan(given: Given, library: Table, decision: str) -> None:
    run, place, cap, by_plan, for_next = PLANS[decision]
    desk = given.account("desk")
    for number, start in enumerate(heads_start(50 if decision == "lend" else 20, quicker=0.03)):
        # Lent and ready ones stay with their patrons, of whom ten books are the cap.
        if number % 10 == 0:
            (first, cancels), (second, _) = given.patron(), given.patron()
        # GIVEN a book on the pull list for the head of its queue, every second time with another hold behind
        title = given.title()
        given.hold(first, title, place)
        if number % 2:
            given.hold(second, title, place, at=NOON + timedelta(hours=1))
        plan = planned(first.patron_id, title.title_id, decision, run, place, cap)
        library.write(copies.pull_change(copy_of(library, title), plan))
        # WHEN it is found in the moment in which the hold is cancelled
        cancelled, scanned = at_once(
            lambda: own(cancels).call("DELETE", f"/me/holds/{title.title_id}", RUN_DAY),  # noqa: B023
            lambda: own(desk).call("POST", f"/desk/pulls/{title.barcodes[0]}", RUN_DAY, {"result": "found"}),  # noqa: B023
            start=start,
        )
        # THEN one of them was first: cancelled before the scan, or not at all (RULES 12, 23)
        assert scanned.status_code == 200, scanned.text
        Round(library, (first, second), (title,)).is_whole()
        copy, action = copy_of(library, title), scanned.json()["action"]
        hold = holds.find(library, first.patron_id, title.title_id)
        if cancelled.status_code == 204:
            assert (hold, copy.holder) == (None, second.patron_id if number % 2 else "")
            assert action == (for_next if number % 2 else "shelve")
        else:
            code = "already_on_loan" if decision == "lend" else "cancel_by_phone"
            assert (cancelled.status_code, cancelled.json()["code"]) == (409, code)
            assert (action, copy.holder, hold is None) == (by_plan, first.patron_id, decision == "lend")
        assert copy.pull is None
