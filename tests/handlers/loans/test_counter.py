"""Check-ins, check-outs, lost and damaged books: RULES 8, 9, 17, 19, 23, 30, 32, 34, 41."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from functions.desk.handler import handler
from lending.aws.table import Busy, Overtaken, Table
from lending.aws.table.catalogue import titles
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.registration import cards
from lending.aws.table.writes import update
from lending.domain.catalogue.title import CopyState, Title
from lending.domain.holds.hold import HoldStatus
from lending.domain.patrons.audit_log import Deed
from tests.copies import moved
from tests.handlers.conftest import NOON, Given, context, sample
from tests.handlers.desk import CARD, SUNDAY, THURSDAY, WEDNESDAY_AFTER, SampleLibrary, answered, ask, codes


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, two patrons, a title with one copy."""
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1")
    library.patron("p-2")
    given.title()
    return library


def check_in(*barcodes: str, now: Any = WEDNESDAY_AFTER) -> list[dict[str, Any]]:
    status, done = ask("POST", "/checkins", {"barcodes": list(barcodes)}, now)
    assert status == 200, done
    items: list[dict[str, Any]] = done["items"]
    return items


def check_out(barcode: str = "t-1-1", card: str = CARD, now: Any = THURSDAY) -> tuple[int, Any]:
    return ask("POST", "/checkouts", {"card_number": card, "barcode": barcode}, now)


# Check-ins


def test_a_check_in_ends_the_loan_and_nothing_ties_the_patron_to_the_title(at: SampleLibrary) -> None:
    # GIVEN a book that was lent to a facility
    at.loan()
    # WHEN it is checked in, RULES 32
    assert check_in("t-1-1") == [{"barcode": "t-1-1", "result": "returned", "next": "shelve", "title": "見本の本 t-1"}]
    # THEN loan, count, copy and bag say nothing of it any more, RULES 41
    who = at.who()
    assert (at.lent(), who.loans, who.lent_titles) == (None, 0, frozenset())
    assert (at.copy().state, at.copy().holder, at.copy().due_on) == (CopyState.ON_SHELF, "", None)
    assert next(bags.of_week(at.table, SUNDAY)).barcodes == frozenset()
    of_patron = [item for item in at.everything() if "p-1" in item["PK"]["S"] + item["SK"]["S"]]
    assert "t-1" not in str(of_patron)


def test_checked_in_again_the_answer_is_the_same_and_nothing_changes(at: SampleLibrary) -> None:
    at.loan()
    first, before = check_in("t-1-1"), at.everything()
    assert check_in("t-1-1", "t-1-1") == first
    assert at.everything() == before


def test_a_released_loan_is_no_longer_on_its_way_back(at: SampleLibrary) -> None:
    # GIVEN an uncollected book that the Sunday release has counted as returning, RULES 30
    loan = at.loan()
    released = replace(loan, released_at=WEDNESDAY_AFTER - timedelta(days=3))
    at.table.transact(loans.change(loan, released), update(patrons.key("p-1"), add={"returning": 1}))
    # THEN the check-in takes it off both counts
    check_in("t-1-1")
    assert (at.who().loans, at.who().returning) == (0, 0)


def test_next_is_hold_when_somebody_waits(at: SampleLibrary) -> None:
    at.loan()
    at.hold("p-2")
    assert check_in("t-1-1")[0]["next"] == "hold"


def test_books_that_nobody_expected(at: SampleLibrary, given: Given) -> None:
    # GIVEN one on its shelf, one missed, one kept aside, one ready, one lost that was never lent, one unknown
    for title_id in ("t-2", "t-3", "t-4", "t-5"):
        given.title(title_id)
    at.table.write(moved(at.table, "t-2-1", CopyState.MISSING))
    for title_id, status in (("t-3", HoldStatus.SECURED), ("t-4", HoldStatus.READY)):
        at.hold("p-1", title_id)
        at.kept(f"{title_id}-1", status=status)
    ask("POST", "/copies/t-5-1/lost")
    # WHEN they are checked in, RULES 32, 34
    done = check_in("t-1-1", "t-2-1", "t-3-1", "t-4-1", "t-5-1", "unknown")
    # THEN each gets its own answer, and kept ones stay kept
    assert [(book["result"], book["next"]) for book in done] == [
        ("not_on_loan", "shelve"),
        ("found", "shelve"),
        ("kept", "hold"),
        ("kept", "hold"),
        ("found", "shelve"),
        ("unknown", None),
    ]
    states = [at.copy(f"t-{n}-1").state for n in range(1, 6)]
    assert states == [CopyState.ON_SHELF, CopyState.ON_SHELF, CopyState.KEPT_ASIDE, CopyState.READY, CopyState.ON_SHELF]


def test_one_book_that_cannot_be_written_does_not_hold_up_the_others(
    at: SampleLibrary, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN two loans, and a store that is too busy for the first
    given.title("t-2")
    at.loan("t-1-1")
    at.loan("t-2-1", "p-2")
    transact = Table.transact

    def busy(table: Table, *writes: Any) -> None:
        if "p-1" in str(writes[0].parameters):
            raise Busy
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", busy)
    # THEN the second is checked in all the same, and staff see which to scan again
    assert [book["result"] for book in check_in("t-1-1", "t-2-1")] == ["try_again", "returned"]
    monkeypatch.undo()
    assert check_in("t-1-1")[0]["result"] == "returned"


def test_all_that_a_patron_brings_back_ends_in_one_go(at: SampleLibrary, given: Given) -> None:
    # GIVEN three books of one bag, of which somebody waits for the second
    for title_id in ("t-2", "t-3"):
        given.title(title_id)
    for number in (1, 2, 3):
        at.loan(f"t-{number}-1")
    at.hold("p-2", "t-2")
    # WHEN they are checked in with one more that is on its shelf
    given.title("t-4")
    done = check_in("t-1-1", "t-4-1", "t-2-1", "t-3-1")
    # THEN each is told where it goes next, in the order of the scans
    assert [(book["barcode"], book["result"], book["next"]) for book in done] == [
        ("t-1-1", "returned", "shelve"),
        ("t-4-1", "not_on_loan", "shelve"),
        ("t-2-1", "returned", "hold"),
        ("t-3-1", "returned", "shelve"),
    ]
    # AND nothing is left of the loans, and the trace tells of three books, RULES 41
    assert (at.who().loans, at.who().lent_titles) == (0, frozenset())
    assert next(bags.of_week(at.table, SUNDAY)).barcodes == frozenset()
    (trace,) = audit_log.of_patron(at.table, "p-1", None, 10)[0]
    assert (trace.act.what, trace.times) == (Deed.CHECK_IN, 3)


def test_sample_check_in(at: SampleLibrary) -> None:
    at.loan()
    status, done = answered(handler(sample("desk/check_in"), context()))
    assert (status, [book["result"] for book in done["items"]]) == (200, ["returned", "unknown"])


# Check-outs


def test_sample_lends_a_free_copy_for_fourteen_days_from_the_day_after(at: SampleLibrary) -> None:
    # WHEN a visitor brings a book on Monday, RULES 17
    status, done = answered(handler(sample("desk/check_out"), context()))
    # THEN
    assert (status, done["due_on"], done["hold_spent"]) == (201, "2026-06-15", False)
    assert (at.copy().state, at.copy().due_on, at.who().loans) == (CopyState.ON_LOAN, date(2026, 6, 15), 1)
    loan = at.lent()
    assert loan
    assert (loan.pickup_place, loan.state_on(NOON.date())) == ("prefectural", "on_loan")


def test_lending_twice_answers_the_same_and_counts_once(at: SampleLibrary) -> None:
    first = check_out()
    assert first[0] == 201
    assert check_out() == first
    assert at.who().loans == 1


@pytest.mark.parametrize("status", [HoldStatus.WAITING, HoldStatus.SECURED, HoldStatus.READY])
def test_the_patrons_own_hold_is_answered(at: SampleLibrary, status: HoldStatus) -> None:
    # RULES 17
    at.hold()
    if status is not HoldStatus.WAITING:
        at.kept(status=status)
    assert check_out()[1]["hold_spent"]
    assert (at.hold_or_none(), at.who().open_holds, at.who().loans) == (None, 0, 1)


def test_a_refusal_names_every_reason_at_once(at: SampleLibrary, given: Given) -> None:
    # GIVEN a blocked patron with an expired card and a full cap, and a book ready for another
    at.hold("p-2")
    at.kept(patron_id="p-2", status=HoldStatus.READY)
    given.title("t-2")
    at.patron("p-3", blocked=True, expires_on=date(2026, 6, 3), loan_cap=1)
    at.loan("t-2-1", "p-3", facility="")
    # THEN all of RULES 8, 19, 17 stand in the answer, and nothing is lent
    status, problem = check_out(card="10000003")
    assert status == 409
    assert codes(problem) == ["blocked", "card_expired", "loan_cap", "kept_for_other"]
    assert at.held("p-2").status is HoldStatus.READY


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (CopyState.ON_LOAN, "copy_on_loan"),
        (CopyState.ELSEWHERE, "copy_on_loan"),
        (CopyState.LOST, "copy_withdrawn"),
        (CopyState.DAMAGED, "copy_withdrawn"),
    ],
)
def test_a_copy_that_cannot_be_lent(at: SampleLibrary, state: CopyState, code: str) -> None:
    at.table.write(moved(at.table, "t-1-1", state, holder="p-2" if state is CopyState.ON_LOAN else ""))
    assert codes(check_out()[1]) == [code]


def test_reference_only_another_copy_kept_and_title_at_home(at: SampleLibrary, given: Given) -> None:
    given.title("t-2", reference_only=True)
    assert codes(check_out("t-2-1")[1]) == ["copy_reference_only"]
    given.title("t-3", copies=2)
    at.hold("p-1", "t-3")
    at.kept("t-3-1")
    assert codes(check_out("t-3-2")[1]) == ["another_copy_kept"]
    assert check_out("t-3-1")[0] == 201
    assert codes(check_out("t-3-2")[1]) == ["already_on_loan"]


def test_a_visitor_may_take_what_is_planned_and_not_yet_scanned(at: SampleLibrary) -> None:
    # GIVEN a plan for another patron's hold, RULES 23
    at.hold("p-2")
    at.pull(patron_id="p-2")
    # WHEN a visitor borrows the book
    assert check_out()[0] == 201
    # THEN the hold waits at its place and says who was first, RULES 27; the scan of `taken` only agrees
    hold = at.held("p-2")
    assert hold.last_run
    assert (hold.status, hold.last_run.code) == (HoldStatus.WAITING, "taken_by_visitor")
    before = at.everything()
    status, done = ask("POST", "/pulls/t-1-1", {"result": "taken"})
    assert (status, done["action"]) == (200, "taken")
    assert at.everything() == before
    assert ask("GET", "/pulls")[1]["items"] == []


def test_a_visitors_own_hold_is_no_part_of_the_queue_the_next_is_told_of(at: SampleLibrary) -> None:
    # GIVEN a plan for the second in the queue, RULES 27
    at.hold("p-1")
    at.hold("p-2")
    at.pull(patron_id="p-2")
    # WHEN the first borrows the book at the counter
    assert check_out()[0] == 201
    # THEN the second is the first and only one who waits, where no run has counted
    told = at.held("p-2").last_run
    assert told
    assert (told.facts["position"], told.facts["of"]) == (1, 1)


def test_a_visitor_who_is_first_leaves_another_copy_to_the_plan(at: SampleLibrary, given: Given) -> None:
    given.title("t-2", copies=2)
    at.hold("p-2", "t-2")
    at.pull("t-2-1", "p-2")
    assert check_out("t-2-1")[0] == 201
    assert [line["barcode"] for line in ask("GET", "/pulls")[1]["items"]] == ["t-2-2"]


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Have something happen between reading and writing of what comes next."""

    def happens(something: Callable[[], Any]) -> None:
        transact, waiting = Table.transact, [something]

        def overtaken(table: Table, *writes: Any) -> None:
            if waiting:
                waiting.pop()()
            transact(table, *writes)

        monkeypatch.setattr(Table, "transact", overtaken)

    return happens


def test_scanned_in_between_the_book_is_not_lent_twice(at: SampleLibrary, first: Callable[..., None]) -> None:
    # GIVEN staff scan the book for a hold after the counter has read it as free
    at.hold("p-2")
    at.pull(patron_id="p-2")
    first(lambda: ask("POST", "/pulls/t-1-1", {"result": "found"}))
    # THEN the counter is told what is true now, and exactly one has the book
    assert codes(check_out()[1]) == ["copy_on_loan"]
    assert (at.who("p-1").loans, at.who("p-2").loans, at.copy().holder) == (0, 1, "p-2")


def test_two_visitors_with_one_book(at: SampleLibrary, first: Callable[..., None]) -> None:
    first(lambda: check_out(card="10000002"))
    assert codes(check_out()[1]) == ["copy_on_loan"]
    assert (at.who("p-1").loans, at.who("p-2").loans, at.copy().holder) == (0, 1, "p-2")


def test_the_last_book_under_the_cap_is_lent_once(at: SampleLibrary, given: Given, first: Callable[..., None]) -> None:
    # GIVEN a cap of one, and two counters at the same moment, RULES 19
    given.title("t-2")
    at.patron("p-3", loan_cap=1)
    first(lambda: check_out("t-2-1", card="10000003"))
    assert codes(check_out("t-1-1", card="10000003")[1]) == ["loan_cap"]
    assert (at.who("p-3").loans, at.copy("t-1-1").state) == (1, CopyState.ON_SHELF)


def test_a_hold_cancelled_while_its_book_is_scanned(at: SampleLibrary, first: Callable[..., None]) -> None:
    # GIVEN a patron who cancels between the scan's reading and its writing, RULES 12, 23
    at.hold()
    at.pull()
    first(lambda: ask("POST", f"/patrons/{CARD}/holds/t-1", {"action": "cancel"}))
    # THEN the scan sends the book back to its shelf
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[1]["action"] == "shelve"
    assert (at.who().loans, at.who().open_holds, at.copy().state) == (0, 0, CopyState.ON_SHELF)


def test_unknown_and_retired_cards(at: SampleLibrary) -> None:
    assert (check_out(card="99999999")[0], check_out("no-such")[0]) == (404, 404)
    at.table.write(cards.retirement(CARD, "p-1"))
    assert codes(check_out()[1]) == ["card_retired"]


# Lost and damaged


def marked(what: str, barcode: str = "t-1-1") -> tuple[int, Any]:
    return ask("POST", f"/copies/{barcode}/{what}")


def lendable(at: SampleLibrary) -> int:
    title = titles.find(at.table, "t-1")
    assert title
    return title.lendable


@pytest.mark.parametrize("what", ["lost", "damaged"])
def test_sample_marked_while_on_loan_the_loan_stays_open(at: SampleLibrary, what: str) -> None:
    # GIVEN a loan
    at.loan()
    # WHEN staff mark the book, RULES 34
    assert answered(handler(sample(f"desk/copy_{what}"), context())) == (200, {"barcode": "t-1-1", "state": what})
    # THEN the loan counts on, says so, and the title can no longer be held (9); again it is the same
    loan = at.lent()
    assert loan
    assert (loan.lost, loan.damaged, at.who().loans, lendable(at)) == (what == "lost", what == "damaged", 1, 0)
    before = at.everything()
    assert marked(what)[0] == 200
    assert at.everything() == before


def test_a_lost_book_found_by_its_patron_is_on_loan_again(at: SampleLibrary) -> None:
    at.loan()
    marked("lost")
    assert answered(handler(sample("desk/copy_found"), context()))[1]["state"] == "on_loan"
    loan = at.lent()
    assert loan
    assert (loan.lost, at.copy().state, at.copy().due_on, lendable(at)) == (
        False, CopyState.ON_LOAN, date(2026, 6, 21), 1,
    )  # fmt: skip


def test_a_lost_book_that_comes_back_ends_its_loan(at: SampleLibrary) -> None:
    # RULES 32, 34
    at.loan()
    marked("lost")
    (book,) = check_in("t-1-1")
    assert (book["result"], book["was_lost"]) == ("returned", True)
    assert (at.who().loans, at.copy().state, lendable(at)) == (0, CopyState.ON_SHELF, 1)


def test_a_damaged_book_that_comes_back_goes_to_repair(at: SampleLibrary) -> None:
    at.loan()
    marked("damaged")
    first = check_in("t-1-1")
    assert [(book["result"], book["next"]) for book in first] == [("damaged", "repair")]
    assert (at.who().loans, at.copy().state, at.copy().holder) == (0, CopyState.DAMAGED, "")
    assert marked("found")[1]["state"] == "on_shelf"
    assert lendable(at) == 1


def test_replaced_in_kind_ends_the_loan_of_a_lost_book(at: SampleLibrary) -> None:
    # RULES 34
    assert codes(marked("replaced")[1]) == ["not_lent"]
    at.loan()
    marked("lost")
    assert answered(handler(sample("desk/copy_replaced"), context())) == (200, {"barcode": "t-1-1", "state": "lost"})
    assert (at.lent(), at.who().loans, at.who().lent_titles, at.copy().state) == (None, 0, frozenset(), CopyState.LOST)


@pytest.mark.parametrize("status", [HoldStatus.SECURED, HoldStatus.READY])
def test_a_kept_book_that_is_lost_lets_its_hold_wait_again(at: SampleLibrary, status: HoldStatus) -> None:
    at.hold()
    before = at.held()
    at.kept(status=status)
    marked("lost")
    hold = at.held()
    assert hold.last_run
    assert (hold.status, hold.barcode, hold.pickup_until, hold.last_run.code) == (
        HoldStatus.WAITING, "", None, "no_copy_left",
    )  # fmt: skip
    assert hold.queued_at == before.queued_at


def test_lost_twice_counts_one_copy_fewer(at: SampleLibrary) -> None:
    marked("lost")
    marked("damaged")
    assert lendable(at) == 0
    marked("found")
    marked("found")
    assert lendable(at) == 1
    with pytest.raises(Overtaken):
        at.table.write(titles.lendable_change(Title("no-such", "見本の本"), 1))
