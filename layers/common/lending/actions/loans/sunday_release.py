"""The Sunday release: what was not collected is on its way back (RULES 30)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from lending.actions.library import Library
from lending.actions.unfinished import EnoughTime, Stuck, Unfinished
from lending.aws.table import Busy, Table, Unreadable, again_when_overtaken, in_batches
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.run import runs
from lending.aws.table.writes import Write, as_one
from lending.domain.loans.bag import Bag, is_left, left_behind
from lending.domain.loans.loan import Loan
from lending.domain.loans.release import latest_closing, release_moment
from lending.domain.policy import Policy
from lending.domain.run.run_record import JobResult
from lending.domain.week import Week, weeks_opening

JOB = "sunday_release"

# A suspension or a shift can move a batch's last day; of older batches whatever is left is long checked in.
_BACK = timedelta(weeks=8)

# As many bags as are released between two looks at the time that is left.
_PART = 500


def release_uncollected(library: Library, enough_time: EnoughTime) -> JobResult:
    """Release what the facilities have not handed over by the end of the last pickup Sunday before `moment`.

    Bags with another last day, of opted-in patrons or of a shifted batch, keep to it (RULES 22, 40). Of a batch without
    any recorded hand-over nothing is released: its facility keeps no records.

    Returns:
        The day it was done for and what was done; no counts if it had been done before.

    Raises:
        Stuck: some bags could not be released, all others are.
        Unfinished: there was not enough time; asked again it goes on.
    """
    sunday = latest_closing(library.moment, library.policy)
    if runs.is_done(library.table, JOB, sunday):
        return JobResult(sunday)
    left = [bag for week in _weeks(sunday, library.policy) for bag in _left_of_week(library.table, week, sunday)]
    released: list[int | None] = []
    for part in in_batches(left, _PART):
        if not enough_time():
            raise Unfinished(f"{len(left) - len(released)} bags are still to be released")
        released += _released_together(library, part, sunday)
    if stuck := released.count(None):
        raise Stuck(f"{stuck} bags could not be released")
    books = [count for count in released if count]
    counts = {"bags": len(books), "books": sum(books)}
    runs.note_done(library.table, JOB, sunday, library.moment)
    return JobResult(sunday, counts)


def _weeks(last_day: date, policy: Policy) -> list[Week]:
    return weeks_opening(last_day - _BACK, last_day, policy)


def _left_of_week(table: Table, week: Week, last_day: date) -> list[Bag]:
    return left_behind(list(bags.of_week(table, week.pickup_from)), last_day)


def _released_together(library: Library, left: list[Bag], last_day: date) -> list[int | None]:
    """How many books of each bag were released, many bags at once: a release changes loans and sums, in any order.

    What has changed since it was read is read anew, bag by bag.
    """
    table = library.table
    in_bags = loans.find_many(table, [(bag.patron_id, barcode) for bag in left for barcode in sorted(bag.barcodes)])
    by_book = {(loan.patron_id, loan.barcode): loan for loan in in_bags}
    found = [(bag, _left_in(bag, by_book, last_day)) for bag in left]
    of_patrons = _releases(found, library.policy)
    try:
        lost = {list(of_patrons)[number] for number in write_what_holds(table, of_patrons.values())}
    except Busy:
        lost = set(of_patrons)
    return [_released(library, bag, last_day) if bag.patron_id in lost else len(books) for bag, books in found]


def _releases(found: list[tuple[Bag, list[Loan]]], policy: Policy) -> dict[str, Write]:
    """What releases the books of each patron. Their bags go together, for they change the same sum."""
    changes: dict[str, list[Write]] = defaultdict(list)
    for bag, books in found:
        at = release_moment(bag.pickup_until, policy)
        changes[bag.patron_id] += [loans.change(loan, replace(loan, released_at=at)) for loan in books]
    return {
        patron_id: as_one(*of_patron, patrons.returning_change(patron_id, len(of_patron)))
        for patron_id, of_patron in changes.items()
        if of_patron
    }


def _left_in(bag: Bag, by_book: Mapping[tuple[str, str], Loan], last_day: date) -> list[Loan]:
    in_bag = (by_book.get((bag.patron_id, barcode)) for barcode in sorted(bag.barcodes))
    return [loan for loan in in_bag if loan and _is_left(loan, bag, last_day)]


def _released(library: Library, bag: Bag, last_day: date) -> int | None:
    """How many books of a bag were released; None if it could not be done: that must not hold up the other bags."""
    try:
        return _release(library.table, bag.pickup_from, bag.facility, bag.patron_id, last_day, library.policy)
    except (Busy, Unreadable):
        return None


@again_when_overtaken
def _release(table: Table, pickup_from: date, facility: str, patron_id: str, last_day: date, policy: Policy) -> int:
    """Release one bag, whole or not at all; answers how many books. It is read anew: it may just be handed over."""
    bag = bags.find(table, pickup_from, facility, patron_id)
    if bag is None or not is_left(bag, last_day):
        return 0
    in_bag = loans.find_many(table, [(patron_id, barcode) for barcode in sorted(bag.barcodes)])
    left = [loan for loan in in_bag if _is_left(loan, bag, last_day)]
    if left:
        at = release_moment(bag.pickup_until, policy)
        changes = [loans.change(loan, replace(loan, released_at=at)) for loan in left]
        table.transact(*changes, patrons.returning_change(patron_id, len(left)))
    return len(left)


def _is_left(loan: Loan, bag: Bag, last_day: date) -> bool:
    # The same copy may have come back and be on loan to the same patron again, in another batch.
    of_this_batch = loan.pickup_from == bag.pickup_from and (loan.pickup_until or bag.pickup_until) <= last_day
    return of_this_batch and loan.handed_over_at is None and loan.released_at is None
