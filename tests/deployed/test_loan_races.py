"""Pairs that meet at one loan, raced on the deployed stack: always one of the allowed outcomes (RULES 30, 31)."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import requests

from infra.local.people import Caller, run_job
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.domain.loans.bag import Bag
from lending.domain.loans.batch import bag_id
from lending.domain.patrons.patron import Patron
from lending.domain.week import TOKYO
from tests.deployed.conftest import Given
from tests.deployed.racing import DUE, POLICY, RENEWABLE, Pair, Round, at_once, heads_start, lend, own


@pytest.fixture(scope="module")
def pair(given: Given) -> Pair:
    """Two patrons for all races, who make their titles anew."""
    return given.patron(), given.patron()


def renew(caller: Caller, barcode: str) -> requests.Response:
    return own(caller).call("POST", f"/me/loans/{barcode}/renewals", RENEWABLE)


def check_renewal(library: Table, patron: Patron, barcode: str, answer: requests.Response) -> None:
    """Loan and copy tell the same date: a week later if and only if the answer said so."""
    loan, copy = loans.find(library, patron.patron_id, barcode), copies.find(library, barcode)
    assert loan
    assert copy
    assert loan.due_on == copy.due_on == (DUE + timedelta(days=7) if answer.status_code == 201 else DUE)
    if answer.status_code != 201:
        assert [reason["code"] for reason in answer.json()["reasons"]] == ["held_by_others"]


def test_renewal_and_first_hold(given: Given, library: Table, pair: Pair) -> None:
    (borrower, borrows), (waiting, waits) = pair
    for start in heads_start():
        # GIVEN a loan whose title nobody waits for
        title = given.title()
        barcode = lend(library, borrower, title)
        wish = {"title_id": title.title_id, "pickup_place": "prefectural"}
        # WHEN it is renewed in the moment in which the first hold is placed
        renewed, held = at_once(
            lambda: renew(borrows, barcode),  # noqa: B023 - called before the next title
            lambda: own(waits).call("POST", "/me/holds", RENEWABLE, wish),  # noqa: B023
            start=start,
        )
        # THEN the renewal came first or is refused, and the hold stands; afterwards nothing is renewed any more (31)
        assert (renewed.status_code, held.status_code) in {(201, 201), (409, 201)}
        check_renewal(library, borrower, barcode, renewed)
        Round(library, (borrower, waiting), (title,)).is_whole()
        assert queues.waiting_counts(library, {title.title_id})[title.title_id] == 1
        again = renew(borrows, barcode).json()
        assert "held_by_others" in [reason["code"] for reason in again["reasons"]]
        waits.call("DELETE", f"/me/holds/{title.title_id}", RENEWABLE)


def test_renewal_and_last_waiting_hold(given: Given, library: Table, pair: Pair) -> None:
    (borrower, borrows), (waiting, waits) = pair
    for start in heads_start():
        # GIVEN a loan whose title one other waits for
        title = given.title()
        barcode = lend(library, borrower, title)
        given.hold(waiting, title)
        # WHEN the hold is cancelled in the moment of the renewal
        renewed, cancelled = at_once(
            lambda: renew(borrows, barcode),  # noqa: B023
            lambda: own(waits).call("DELETE", f"/me/holds/{title.title_id}", RENEWABLE),  # noqa: B023
            start=start,
        )
        # THEN the hold is gone, and the renewal came after or is refused (RULES 31)
        assert (renewed.status_code, cancelled.status_code) in {(201, 204), (409, 204)}
        check_renewal(library, borrower, barcode, renewed)
        Round(library, (borrower, waiting), (title,)).is_whole()
        assert queues.waiting_counts(library, {title.title_id})[title.title_id] == 0


def test_renewal_twice_at_once(given: Given, library: Table, pair: Pair) -> None:
    (borrower, borrows), _ = pair
    for _ in range(10):
        barcode = lend(library, borrower, given.title())
        answers = at_once(*[lambda: renew(borrows, barcode)] * 4)  # noqa: B023
        # THEN one counts; for the others it is too early to renew again
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
        loan = loans.find(library, borrower.patron_id, barcode)
        assert loan
        assert (loan.due_on, loan.renewals) == (DUE + timedelta(days=7), 1)


def test_hand_over_and_release(given: Given, library: Table) -> None:
    group = next(each["group"] for each in given.stack.accounts if each["group"].startswith("facility-"))
    facility, number = given.account(group), str(int(group.removeprefix("facility-")))
    (patron, _), (other, _) = given.patron(), given.patron()
    for week, start in enumerate(heads_start(quicker=0.06)):
        # GIVEN a bag that is still there when its last day ends; each time of another week, which is released once
        sunday = date(2030, 1, 6) + timedelta(days=7 * week)
        closing = datetime.combine(sunday + timedelta(days=7), POLICY.release_at, TOKYO)
        title = given.title()
        barcode = lend(library, patron, title, number, sunday)
        # Another bag of the batch was recorded: without any record nothing of it would be released.
        library.write(
            bags.book_addition(Bag(other.patron_id, other.card_number, number, sunday, closing.date()), "x", POLICY)
        )
        (recorded,) = [bag for bag in bags.of_week(library, sunday, number) if bag.patron_id == other.patron_id]
        library.write(bags.hand_over_record(recorded, closing))
        path = f"/facility/bags/{bag_id(sunday, number, patron.patron_id)}/handover"
        # WHEN the facility records the hand-over in the moment of the release
        handed, _ = at_once(
            lambda: own(facility).call("POST", path, closing),  # noqa: B023
            lambda: run_job(given.stack, "ReleaseFunction", "sunday_release", closing),  # noqa: B023
            start=start,
        )
        # THEN the book was collected, and nothing of the release is left (RULES 30)
        loan, who = loans.find(library, patron.patron_id, barcode), patrons.find(library, patron.patron_id)
        assert loan
        assert who
        assert handed.status_code == 200
        assert (loan.handed_over_at is not None, loan.released_at, who.returning) == (True, None, 0)
