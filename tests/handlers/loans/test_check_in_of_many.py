"""A trolley of books is checked in at once: each book for itself, in the order of the scans (RULES 32, 41)."""

from dataclasses import replace
from datetime import date, datetime

from lending.actions.library import Library
from lending.actions.loans.check_in import check_in_all
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.loans.bag import Bag
from lending.domain.week import TOKYO
from tests.benchmarks.mail_cost import BOOKS, a_bag, a_loan, a_patron
from tests.benchmarks.throttling_store import ThrottlingStore
from tests.library import aomori

WEDNESDAY = datetime(2026, 6, 17, 10, tzinfo=TOKYO)
PATRONS = 8


def a_trolley(table: Table) -> list[str]:
    """Three books of each of some patrons, in no order of theirs."""
    for n in range(PATRONS):
        bag = a_bag(n)
        table.write(patrons.addition(a_patron(bag.patron_id, bag.card_number)))
        for barcode in sorted(bag.barcodes):
            loan = a_loan(bag.patron_id, barcode, bag.facility)
            copy = Copy(barcode, loan.title_id, "913", state=CopyState.ON_LOAN, holder=bag.patron_id)
            table.write(titles.description_change(None, Title(loan.title_id, loan.title, "", "", (barcode,), 1)))
            table.transact(copies.addition(copy), loans.addition(loan), bags.book_addition(bag, barcode, aomori()))
    return [f"{n}-{book}" for book in range(BOOKS) for n in range(PATRONS)]


def test_many_books_of_a_few_patrons_are_checked_in_side_by_side() -> None:
    # GIVEN a trolley with three books of each patron, and a scan that is no book
    store = ThrottlingStore()
    table = Table(store, "lending", at_once=8)
    trolley = [*a_trolley(table), "7777"]
    # WHEN they are checked in together
    done = check_in_all(Library(table, aomori(), WEDNESDAY), [*trolley, trolley[0]], "desk-1")
    # THEN each is told in its place, once
    assert [book.barcode for book in done] == trolley
    assert [book.result for book in done] == ["returned"] * (len(trolley) - 1) + ["unknown"]
    # AND nobody has a book any more, whatever was written side by side; no two met at one patron
    assert {
        n: patron.loans for n, patron in patrons.find_many(table, {f"p{n:05}" for n in range(PATRONS)}).items()
    } == {f"p{n:05}": 0 for n in range(PATRONS)}
    assert not any(bag.barcodes for bag in bags.of_week(table, date(2026, 6, 7)))
    assert store.refused["TransactionConflict"] == 0


def test_as_many_books_as_fit_a_transaction_go_together() -> None:
    # GIVEN forty books of one patron, each with a bag of its own
    store = ThrottlingStore()
    table = Table(store, "lending")
    table.write(patrons.addition(replace(a_patron("p", "10000001"), loans=40)))
    barcodes = [f"book-{n}" for n in range(40)]
    for n, barcode in enumerate(barcodes):
        loan = a_loan("p", barcode, str(n + 1))
        copy = Copy(barcode, loan.title_id, "913", state=CopyState.ON_LOAN, holder="p")
        bag = Bag("p", "10000001", loan.pickup_place, date(2026, 6, 7), date(2026, 6, 14))
        table.write(titles.description_change(None, Title(loan.title_id, loan.title, "", "", (barcode,), 1)))
        table.transact(copies.addition(copy), loans.addition(loan), bags.book_addition(bag, barcode, aomori()))
    # WHEN they are checked in together THEN no transaction is too large, and all are back
    done = check_in_all(Library(table, aomori(), WEDNESDAY), barcodes, "desk-1")
    assert {book.result for book in done} == {"returned"}
    assert loans.of_patron(table, "p") == []
