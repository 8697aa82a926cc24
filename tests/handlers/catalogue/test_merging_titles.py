"""Two records of one work become one: RULES 9-12, 23, 26, 31, 38, 41."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from functions.desk.handler import handler
from functions.holds.handler import handler as holds_function
from functions.public.handler import handler as public_function
from lending.api.desk import catalogue as desk
from lending.aws.search_file import Entry
from lending.aws.table.catalogue import copies, queues, search_index, titles
from lending.aws.table.codec import from_wire
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.domain.catalogue.description import Description
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import HoldStatus
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.crashing import Mortal, deaths, everything
from tests.handlers.desk import SampleLibrary, answered, ask, codes
from tests.handlers.invariants import what_must_never_break
from tests.handlers.played_once import played_once

A, B = "t-1", "t-2"
NOBODYS = "t-1-5"


@pytest.fixture
@played_once
def at(given: Given) -> SampleLibrary:
    """Two titles that are one. On the first wait p-1 (its book is planned), p-2 (kept aside), p-3, p-4 and p-8; p-6
    has a copy of it, p-7 has lost one. On the second wait p-4, p-5 and p-6, a book is ready for p-9; p-8 has a copy."""
    library = SampleLibrary(given)
    library.facility()
    given.title(A, copies=6), given.title(B, copies=3)
    for n in range(1, 10):
        library.patron(f"p-{n}")
    library.loan("t-1-3", "p-6"), library.loan("t-1-4", "p-7"), library.loan("t-2-1", "p-8")
    ask("POST", "/copies/t-1-4/lost")
    for n in (1, 2, 3, 4, 8):
        library.hold(f"p-{n}", A)
    noon = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
    library.hold("p-4", B, "prefectural", placed_at=noon, queued_at=noon)
    for n in (5, 6, 9):
        library.hold(f"p-{n}", B)
    library.pull("t-1-1", "p-1"), library.kept("t-1-2", "p-2"), library.kept("t-2-2", "p-9", HoldStatus.READY)
    library.table.write(moved(library.table, "t-1-6", CopyState.MISSING))
    return library


@pytest.fixture(autouse=True)
def one_version(around: pytest.MonkeyPatch) -> None:
    """Names of changes that are the same each time, so that one end can be told from another."""
    around.setattr(desk, "uuid4", lambda: SimpleNamespace(hex="version"))


def merge(title_id: str = A, into: str = B) -> tuple[int, Any]:
    return ask("POST", f"/titles/{title_id}/merge", {"into": into})


def mails(at: SampleLibrary, patron_id: str) -> list[str]:
    return [item["facts"]["title"] for item in at.table.query(f"PATRON#{patron_id}", "MAIL#hold_cancelled#")]


def all_is_true(at: SampleLibrary) -> None:
    """What must never break, and what each title knows of its copies (RULES 9)."""
    rows = [from_wire(item) for item in at.everything()]
    what_must_never_break(rows, hold_limit=20, cap=10)
    for title in (row for row in rows if row["SK"] == "TITLE"):
        copies = [row for row in rows if row["SK"] == "COPY" and row["title_id"] == title["title_id"]]
        assert sorted(copy["barcode"] for copy in copies) == sorted(title.get("barcodes", []))
        assert title["lendable"] == sum(copy["state"] not in ("lost", "damaged") for copy in copies)
    for row in rows:
        if row["SK"].startswith("LOAN#"):
            assert row["title_id"] == next(copy["title_id"] for copy in rows if copy["PK"] == f"COPY#{row['barcode']}")


def all_is_merged(at: SampleLibrary) -> None:
    """The whole of the second title."""
    title = titles.find(at.table, B)
    assert title
    # the queue: who held both has the older place, RULES 11; who has the book at home waits no more
    queue = [(each.patron_id, each.status) for each in queues.open_holds(at.table, B)]
    assert queue == [
        ("p-4", "waiting"), ("p-1", "waiting"), ("p-2", "secured"), ("p-3", "waiting"), ("p-5", "waiting"),
        ("p-9", "ready"),
    ]  # fmt: skip
    assert {copy.title_id for copy in copies.find_many(at.table, title.barcodes)} == {B}
    assert len(title.barcodes) == 9
    assert (titles.find(at.table, A), titles.merged_into(at.table, A)) == (None, B)
    assert title.merge is None
    assert [at.who(f"p-{n}").open_holds for n in range(1, 10)] == [1, 1, 1, 1, 1, 0, 0, 0, 1]
    all_is_true(at)


def test_sample_merges_copies_loans_and_queues(at: SampleLibrary) -> None:
    # WHEN staff merge the first into the second, each hold at its place in one queue (RULES 11)
    status, done = answered(handler(sample("desk/title_merge"), context()))
    # THEN all of it is the second's
    assert (status, done["merged"], done["copies"], done["holds"], done["ended"]) == (200, True, 6, 4, 2), done
    all_is_merged(at)
    # AND a book that was planned or kept for a hold still is: its scan serves it, RULES 23
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[1]["card_number"] == "10000001"
    assert (at.held("p-2", B).barcode, at.copy("t-1-2").holder) == ("t-1-2", "p-2")
    # AND loans are of the second, too: who waits for it stands in the way of a renewal, RULES 31
    loan = at.lent("p-6", "t-1-3")
    assert loan
    assert (loan.title_id, loan.title, at.who("p-6").lent_titles) == (B, "見本の本 t-2", frozenset({B}))
    problem = ask("POST", "/patrons/10000006/loans/t-1-3/renewal", now=datetime(2026, 6, 20, 12, tzinfo=TOKYO))[1]
    assert codes(problem) == ["held_by_others"]
    assert ask("POST", "/checkins", {"barcodes": ["t-1-3"]})[1]["items"][0]["next"] == "hold"
    all_is_true(at)


def test_who_has_one_at_home_is_told_that_the_hold_on_the_other_has_ended(at: SampleLibrary) -> None:
    merge()
    # THEN those two and no others have a mail that names the title they held, RULES 9, 38
    told = {f"p-{n}": found for n in range(1, 10) if (found := mails(at, f"p-{n}"))}
    assert told == {"p-6": ["見本の本 t-2"], "p-8": ["見本の本 t-1"]}
    # AND the act has its trace, RULES 41
    assert [trace["what"] for trace in at.table.query("PATRON#p-8", "TRACE#")] == ["cancel_hold"]


def test_asked_again_it_says_that_all_is_done(at: SampleLibrary) -> None:
    merge()
    before = at.everything()
    expected = {"title_id": A, "into": B, "merged": True, "copies": 0, "holds": 0, "ended": 0}
    assert merge() == (200, expected)
    assert at.everything() == before


def test_it_may_die_anywhere(at: SampleLibrary, mortal: Mortal) -> None:
    # RULES 26: what is there after a death is true, and asked again it comes to the same end
    start = everything(at.table)
    merge()
    alive, played = everything(at.table), 0
    for death in deaths(at.table, mortal, start, merge):
        all_is_true(at)
        assert merge()[1]["merged"], death
        assert everything(at.table) == alive, f"another end after dying {death}"
        played += 1
    assert played > 10


def test_when_the_time_is_too_short_it_goes_on_where_it_was(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN time for one step a request
    def for_one_step() -> Any:
        looks = iter([True])
        return lambda: next(looks, False)

    monkeypatch.setattr(desk, "within_a_request", for_one_step)
    statuses: list[int] = []
    while not statuses or statuses[-1] == 202:
        statuses.append(merge()[0])
        all_is_true(at)
        # who is left in the queue of the first stands before all who have moved, and can be overtaken by none of them
        left = [each.patron_id for each in queues.open_holds(at.table, A)]
        in_order = ["p-1", "p-2", "p-3", "p-4", "p-8"]
        assert left == in_order[: len(left)]
        assert len(statuses) < 20
    assert (statuses[0], statuses[-1]) == (202, 200)
    all_is_merged(at)


# While it is under way


@pytest.fixture
def half_way(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    """Marked and no more."""
    monkeypatch.setattr(desk, "within_a_request", lambda: lambda: False)
    assert merge()[0] == 202
    monkeypatch.undo()
    return at


def place(user: str, title_id: str) -> tuple[int, Any]:
    body = {"title_id": title_id, "pickup_place": "12"}
    return answered(
        holds_function(request("POST", "/api/me/holds", body=body, group="patron", user=user), context())
    )  # fmt: skip


def search(words: str) -> list[str]:
    asked = request("GET", "/api/titles", query={"q": words})
    return [item["title_id"] for item in answered(public_function(asked, context()))[1]["items"]]


def test_a_title_under_way_takes_no_hold_and_is_not_found(half_way: SampleLibrary, given: Given) -> None:
    given.patron("p-10")
    # WHEN somebody who has its page open holds it
    status, problem = place("p-10", A)
    # THEN they are told, with the title it becomes
    assert (status, codes(problem), problem["reasons"][0]["into"]) == (409, ["title_merged"], B)
    assert "別の書誌" in problem["detail"]
    assert answered(public_function(request("GET", f"/api/titles/{A}"), context()))[0] == 404
    assert place("p-10", B)[0] == 201
    # AND once it is done there is no such title
    assert merge()[0] == 200
    assert place("p-10", A)[0] == 404


def test_a_hold_that_was_just_asked_for_is_refused_by_the_write(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN one who has read that the title can be held
    at.patron("p-10")
    find = titles.find

    def read_and_then_merge(*asked: Any) -> Any:
        title = find(*asked)
        monkeypatch.undo()
        monkeypatch.setattr(desk, "within_a_request", lambda: lambda: False)
        assert merge()[0] == 202
        return title

    monkeypatch.setattr(titles, "find", read_and_then_merge)
    # WHEN the title is marked before the hold is written THEN it is not placed
    assert codes(place("p-10", A)[1]) == ["title_merged"]
    assert at.hold_or_none("p-10", A) is None


def test_it_is_searched_no_more_also_when_the_file_is_made_anew(
    half_way: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a search file that knows both
    from lending.actions.catalogue.refresh_search import refresh_search

    half_way.table.write(search_index.change_removal(search_index.state(half_way.table).changes[0]))
    both = [Entry.of(Description(title_id, "見本の本", "見本")) for title_id in (A, B)]
    refresh_search(half_way.table, "catalogue", both)
    assert search("見本") == [B]
    half_way.table.write(search_index.title_removal(A, "v"))
    # WHEN it is made anew THEN the one is not in it
    assert refresh_search(half_way.table, "catalogue") == 1
    assert (search("見本"), search_index.state(half_way.table).changes) == ([B], [])


def test_the_catalogue_describes_neither_away(half_way: SampleLibrary) -> None:
    copies = [{"barcode": f"t-2-{n}", "call_number": "913"} for n in (1, 2, 3)]
    # WHEN the one that stays is described meanwhile THEN it still is the one that stays
    assert ask("PUT", f"/titles/{B}", {"title": "新しい題", "copies": copies})[0] == 200
    assert codes(ask("PUT", f"/titles/{A}", {"title": "x", "copies": []})[1])[0] == "title_merged"
    assert merge()[0] == 200
    title = titles.find(half_way.table, B)
    assert title
    assert (title.title, len(title.barcodes)) == ("新しい題", 9)
    # AND a file that still has the other one's copies is told so, and brings it back not
    wrong = ask("PUT", f"/titles/{A}", {"title": "x", "copies": [{"barcode": "t-1-5", "call_number": "913"}]})[1]
    assert codes(wrong) == ["barcode_of_other_title"]


def test_a_book_lent_at_the_counter_meanwhile_moves_with_its_loan(half_way: SampleLibrary) -> None:
    # GIVEN a visitor with a book of the title that is under way
    half_way.patron("p-10")
    assert ask("POST", "/checkouts", {"card_number": "10000010", "barcode": NOBODYS})[0] == 201
    assert merge()[0] == 200
    assert half_way.who("p-10").lent_titles == frozenset({B})
    all_is_true(half_way)


def test_who_takes_both_meanwhile_keeps_it_open_until_one_is_back(half_way: SampleLibrary) -> None:
    half_way.patron("p-10")
    for barcode in (NOBODYS, "t-2-3"):
        assert ask("POST", "/checkouts", {"card_number": "10000010", "barcode": barcode})[0] == 201
    # THEN all else is moved
    assert merge()[0] == 202
    title = titles.find(half_way.table, A)
    assert title
    assert title.barcodes == (NOBODYS,)
    all_is_true(half_way)
    # WHEN one of them is back THEN it comes to its end
    ask("POST", "/checkins", {"barcodes": ["t-2-3"]})
    assert merge()[0] == 200
    all_is_true(half_way)


def test_a_hold_that_the_index_does_not_show_yet_is_moved_with_its_book(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an index that shows no hold of the title
    read = queues.open_holds
    monkeypatch.setattr(queues, "open_holds", lambda *asked: [])
    # WHEN it is merged THEN what is kept or planned moves with its hold, and it waits for those that only wait
    assert merge()[0] == 202
    assert {patron for patron in ("p-1", "p-2") if at.hold_or_none(patron, B)} == {"p-1", "p-2"}
    all_is_true(at)
    monkeypatch.setattr(queues, "open_holds", read)
    assert merge()[0] == 200
    all_is_merged(at)


def test_a_scan_that_read_the_book_before_it_moved_asks_again(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a scan of the first one's planned book, whose hold was just cancelled: the next would get it, RULES 23
    ask("POST", f"/patrons/10000001/holds/{A}", {"action": "cancel"})
    ask("POST", "/patrons/10000004/holds", {"action": "cancel_all"})
    for patron_id in ("p-3", "p-8"):
        at.table.transact(holds.end(at.held(patron_id, A)), patrons.hold_decrement(patron_id))
    find_copy = copies.find

    def read_and_then_merge(*asked: Any) -> Any:
        copy = find_copy(*asked)
        monkeypatch.undo()
        assert merge()[0] == 200
        return copy

    monkeypatch.setattr(copies, "find", read_and_then_merge)
    # WHEN the titles are merged before it writes THEN the head of the one queue has it, whom the scan had not seen
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[1]["card_number"] == "10000005"
    all_is_true(at)


def test_a_scan_from_before_is_undone_no_more(at: SampleLibrary) -> None:
    # GIVEN a book lent by its scan, which could be undone until the crates leave, RULES 23
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[1]["action"] == "lend"
    merge()
    # THEN no hold on the title that is gone comes back
    assert codes(ask("DELETE", "/pulls/t-1-1/scan")[1]) == ["no_scan"]
    assert at.who("p-1").lent_titles == frozenset({B})
    all_is_true(at)


def test_a_hold_placed_while_the_loan_moves_ends_as_well(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN one with a copy of the first, for whom no hold on the second was found
    find = holds.find

    def read_and_then_place(table: Any, patron_id: str, title_id: str) -> Any:
        hold = find(table, patron_id, title_id)
        if (patron_id, title_id) == ("p-7", B):
            monkeypatch.setattr(holds, "find", find)
            assert place("p-7", B)[0] == 201
        return hold

    monkeypatch.setattr(holds, "find", read_and_then_place)
    # WHEN they place one before the loan is written THEN they do not hold what they have at home, RULES 9
    assert merge()[0] == 200
    assert (at.hold_or_none("p-7", B), mails(at, "p-7")) == (None, ["見本の本 t-2"])
    all_is_true(at)


# What stands in the way


def test_titles_that_are_none_or_the_same(at: SampleLibrary) -> None:
    before = at.everything()
    assert merge("t-9")[0] == 404
    status, problem = merge(into="t-9")
    assert (status, codes(problem), problem["reasons"][0]["field"]) == (422, ["unknown_title"], "into")
    assert codes(merge(into=A)[1]) == ["same_title"]
    assert codes(merge(into="#")[1]) == ["invalid_field"]
    assert at.everything() == before


def test_one_merge_at_a_time(half_way: SampleLibrary, given: Given) -> None:
    given.title("t-3")
    for title_id, into in ((A, "t-3"), (B, "t-3"), ("t-3", A), ("t-3", B)):
        status, problem = merge(title_id, into)
        assert (status, codes(problem)) == (409, ["merging"]), (title_id, into)
    assert merge()[0] == 200
    assert merge("t-3")[0] == 200


def test_not_while_one_patron_has_both_at_home(at: SampleLibrary) -> None:
    at.loan("t-2-3", "p-6")
    before = at.everything()
    status, problem = merge()
    assert (status, codes(problem), problem["reasons"][0]["barcode"]) == (409, ["both_on_loan"], "t-1-3")
    assert at.everything() == before


def test_two_books_kept_for_one_patron_become_one(at: SampleLibrary) -> None:
    # GIVEN a patron with a book kept aside of each
    at.kept("t-2-3", "p-4")
    at.kept(NOBODYS, "p-4")
    merge()
    # THEN one is kept, the other is free and lies where it was kept
    hold = holds.find(at.table, "p-4", B)
    assert hold
    assert (hold.barcode, hold.queued_at.minute) == ("t-2-3", 0)
    free = at.copy(NOBODYS)
    assert (free.title_id, free.state, free.holder, free.lies_at) == (B, CopyState.ON_SHELF, "", "kept_aside")
    all_is_true(at)


def test_a_book_kept_for_who_waits_for_the_other_stays_kept(at: SampleLibrary) -> None:
    at.kept(NOBODYS, "p-4")
    merge()
    hold = holds.find(at.table, "p-4", B)
    assert hold
    assert (hold.barcode, hold.queued_at.minute, at.copy(NOBODYS).holder) == (NOBODYS, 0, "p-4")
    all_is_true(at)
