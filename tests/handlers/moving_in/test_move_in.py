"""A library moves in with its files, RULES 42: whole, as often as it likes, stopped anywhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from infra.moving_in.move import Moved
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues
from lending.aws.table.loans import loans
from lending.aws.table.patrons import patrons, people
from lending.aws.table.registration import cards
from lending.domain.catalogue.title import CopyState
from lending.domain.registration.card import Card
from tests.handlers.crashing import Crash, Mortal, everything
from tests.handlers.invariants import what_must_never_break
from tests.handlers.moving_in.folders import counts, folder, of_card, rows, why


def test_who_has_a_card_today_is_a_patron_without_a_visit(
    library: Table, moving: Callable[..., Moved], tmp_path: Path
) -> None:
    # GIVEN the files of a library in its own headings, codes, forms of dates and encoding WHEN it moves in, RULES 42
    moved = moving(folder(tmp_path))
    # THEN nothing was left out
    assert not moved.faults
    assert counts(moved) == {
        "copies.csv": {"changed": 2}, "patrons.csv": {"added": 3}, "loans.csv": {"added": 2}, "holds.csv": {"added": 2},
    }  # fmt: skip
    # AND people are who they were, found by reading and birthday
    hanako, taro = of_card(library, "20000001"), of_card(library, "20000002")
    assert (hanako.birth_date, hanako.expires_on, hanako.blocked) == (date(1980, 4, 1), date(2027, 3, 31), False)
    assert (taro.kana, taro.blocked) == ("ミホン タロウ", True)
    assert people.namesakes(library, "ミホン タロウ", date(1978, 5, 6)) == [taro.patron_id]
    # AND what they have is a loan of theirs, with its day
    assert (hanako.loans, hanako.lent_titles) == (2, frozenset({"t-1", "t-2"}))
    assert [(loan.barcode, loan.due_on) for loan in loans.of_patron(library, hanako.patron_id)] == [
        ("c-2", date(2026, 6, 10)),
        ("c-1", date(2026, 6, 14)),
    ]
    states = {copy.barcode: (copy.state, copy.holder) for copy in copies.find_many(library, ["c-1", "c-3", "c-4"])}
    assert states == {
        "c-1": (CopyState.ON_LOAN, hanako.patron_id),
        "c-3": (CopyState.MISSING, ""),
        "c-4": (CopyState.LOST, ""),
    }
    # AND a queue is in the order in which holds were placed, whatever the order of the lines
    queue = [queued.patron_id for queued in queues.open_holds(library, "t-1")]
    assert queue == [taro.patron_id, of_card(library, "20000003").patron_id]
    what_must_never_break(rows(library), hold_limit=20, cap=10)


def test_moving_in_again_changes_nothing(library: Table, moving: Callable[..., Moved], tmp_path: Path) -> None:
    # GIVEN a library that has moved in WHEN it does once more THEN not an item differs, RULES 42
    path = folder(tmp_path)
    moving(path)
    before = everything(library)
    again = moving(path)
    assert everything(library) == before
    assert counts(again) == {
        "copies.csv": {"same": 2}, "patrons.csv": {"same": 3}, "loans.csv": {"same": 2}, "holds.csv": {"same": 2},
    }  # fmt: skip


def test_a_dry_run_tells_the_same_and_writes_nothing(
    library: Table, moving: Callable[..., Moved], tmp_path: Path
) -> None:
    path = folder(tmp_path)
    before = everything(library)
    told = moving(path, dry=True)
    assert everything(library) == before
    moved = moving(path)
    assert (counts(told), told.written) == (counts(moved), moved.written)
    # AND once all is there it tells that nothing would change
    told = moving(path, dry=True)
    assert all(set(counted) == {"same"} for counted in counts(told).values())


def test_what_is_known_better_here_stays(library: Table, moving: Callable[..., Moved], tmp_path: Path) -> None:
    # GIVEN a patron who has changed their mail here, and whose card was renewed here
    moving(folder(tmp_path))
    before = of_card(library, "20000001")
    after = replace(before, email="new@example.jp", expires_on=date(2029, 3, 31))
    library.write(patrons.change(before, after))
    # WHEN the library moves in again, with an address and a block
    head = "利用者番号,カナ,生年月日,有効期限,貸出停止,メール,address"
    line = "20000001,ミホン ハナコ,1980-04-01,2027-03-31,停止,family@example.jp,青森市荒川"
    moved = moving(folder(tmp_path, patrons=f"{head}\n{line}\n"))
    # THEN the block counts, the address is filled in, and the rest is as it was here
    assert counts(moved)["patrons.csv"] == {"changed": 1}
    assert of_card(library, "20000001") == replace(after, blocked=True, address="青森市荒川")


FAULTY = {
    "patrons": (
        "利用者番号,カナ,生年月日,有効期限,貸出停止,メール\n"
        ",ミホン ハナコ,1980-04-01,2027-03-31,,\n"  # no number
        "abc,ミホン ハナコ,1980-04-01,2027-03-31,,\n"  # no card's number
        "20000001,花子,1980-04-01,2027-03-31,,\n"  # no reading
        "20000001,ミホン ハナコ,令和8年13月1日,2027-03-31,,\n"  # no day
        "20000001,ミホン ハナコ,1980-04-01,いつか,,\n"
        "20000001,ミホン ハナコ,1980-04-01,2027-03-31,,family@@example.jp\n"
        "30000001,ミホン ハナコ,1980-04-01,2027-03-31,,\n"  # a kit's
        "20000004,ミホン ハナコ,1980-04-01,2027-03-31,,\n"
        "20000004,ミホン ジロウ,1981-04-01,2027-03-31,,\n"  # twice
        "20000005,ミホン ハナコ,1980-04-01\n",  # too short
        [2, 3, 4, 5, 6, 7, 8, 10, 11],
    ),
    "loans": (
        "利用者番号,資料番号,返却期限\n20000009,c-1,R8.6.14\n20000004,c-9,R8.6.14\n20000004,c-4,R8.6.14\n"
        "20000004,c-1,\n20000004,c-2,R8.6.14\n20000004,c-2,R8.6.14\n",
        [2, 3, 4, 5, 7],
    ),
    "holds": (
        "card_number,title_id,placed_at,pickup_place\n20000009,t-1,2026-05-20,\n20000004,t-9,2026-05-20,\n"
        "20000004,t-1,2026-05-20 25:00,\n20000004,t-3,2026-05-20,77\n20000004,t-2,2026-05-20,\n"
        "20000004,t-1,2026-05-20,12\n",
        [2, 3, 4, 5, 6],
    ),
    "copies": (
        "barcode,title_id,call_number,state\nc-1,t-1,913.6,\nc-2,t-2,913.6,\nc-4,t-3,913.6,lost\n"
        "c-5,t-9,913.6,\nc-6,t-1,,\nc-7,t-1,913.6,どこか\nc-1,t-2,913.6,\n",
        [5, 6, 7, 8],
    ),
}


def test_a_line_that_cannot_be_used_is_named_and_hurts_no_other(
    library: Table, moving: Callable[..., Moved], tmp_path: Path
) -> None:
    # GIVEN a file of each kind with many faults, and a blank card of a kit
    library.write(cards.addition(Card("30000001", facility="12")))
    path = folder(tmp_path, **{name: text for name, (text, _) in FAULTY.items()})
    # WHEN it moves in THEN each is named by its line, with a sentence, RULES 42
    moved = moving(path)
    assert sorted(why(moved)) == sorted((f"{name}.csv", line) for name, (_, lines) in FAULTY.items() for line in lines)
    assert all(fault.why for fault in moved.faults)
    assert "受取館" in next(fault.why for fault in moved.faults if (fault.file, fault.line) == ("holds.csv", 5))
    # AND what is right was taken in
    assert counts(moved) == {
        "copies.csv": {"changed": 1}, "patrons.csv": {"added": 1}, "loans.csv": {"added": 1}, "holds.csv": {"added": 1},
    }  # fmt: skip
    assert of_card(library, "20000004").lent_titles == {"t-2"}


def test_stopped_anywhere_it_goes_on(
    library: Table, moving: Callable[..., Moved], mortal: Mortal, tmp_path: Path
) -> None:
    # GIVEN a move that dies before or after each of its writes in turn and goes on where it was, RULES 42
    path = folder(tmp_path)
    deaths = 0
    while True:
        mortal.writes, mortal.dies_at, mortal.written = 0, 1 + deaths % 2, deaths % 2 == 0
        try:
            moved = moving(path)
            break
        except Crash:
            deaths += 1
            assert deaths < 100
    # THEN in the end all is there, once
    assert deaths > 5
    assert not moved.faults
    assert (of_card(library, "20000001").loans, of_card(library, "20000003").open_holds) == (2, 1)
    what_must_never_break(rows(library), hold_limit=20, cap=10)
    before = everything(library)
    mortal.dies_at = 0
    moving(path)
    assert everything(library) == before
