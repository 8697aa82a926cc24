"""What is this book, and who waits for it: RULES 11, 16, 23, 27, 34, 41."""

from datetime import date
from typing import Any

import pytest

from functions.desk.handler import handler
from lending.aws.table.calendar import calendar
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import HoldStatus, RunReason
from tests.copies import moved
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import CARD, SampleLibrary, answered, ask, codes


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """A facility, three patrons and a title with two copies."""
    library = SampleLibrary(given)
    library.facility()
    for n in (1, 2, 3):
        library.patron(f"p-{n}")
    given.title(copies=2)
    return library


def book(barcode: str = "t-1-1") -> dict[str, Any]:
    status, answer = ask("GET", f"/copies/{barcode}")
    assert status == 200, answer
    shown: dict[str, Any] = answer
    return shown


def traces(at: SampleLibrary, pk: str) -> list[str]:
    return [f"{trace['by']}: {trace.get('note', trace['what'])}" for trace in at.table.query(pk, "TRACE#")]


# A book


def test_sample_a_book_on_loan_tells_who_has_it_and_leaves_a_trace(at: SampleLibrary) -> None:
    # GIVEN a loan, and one who waits
    at.loan()
    at.hold("p-2")
    # WHEN staff scan the book they found
    status, shown = answered(handler(sample("desk/copy_show"), context()))
    # THEN they see who has it and who is next
    assert (status, shown["title"], shown["state_label"], shown["lies_at"]) == (200, "見本の本 t-1", "貸出中", None)
    assert (shown["loan"]["card_number"], shown["loan"]["due_on"]) == ("10000001", "2026-06-21")
    assert (shown["next_in_queue"]["card_number"], shown["waiting"]) == ("10000002", 1)
    assert (shown["kept_for"], shown["planned_for"]) == (None, None)
    # AND both have a trace that does not say which book, RULES 41
    assert traces(at, "PATRON#p-1") == traces(at, "PATRON#p-2") == ["desk-1: 落とし物の本"]
    assert traces(at, "PATRON#p-3") == []


def test_a_book_that_concerns_nobody_leaves_no_trace(at: SampleLibrary) -> None:
    shown, before = book(), at.everything()
    assert (shown["state"], shown["lies_at_label"], shown["waiting"]) == ("on_shelf", "書架", 0)
    assert {shown[name] for name in ("loan", "kept_for", "planned_for", "next_in_queue")} == {None}
    assert at.everything() == before


@pytest.mark.parametrize(
    ("status", "state", "place"),
    [
        (HoldStatus.SECURED, "確保済み(保留)", "保留の本の棚"),
        (HoldStatus.READY, "貸出可能", "カウンターの取置棚"),
    ],
)
def test_a_book_that_is_kept_tells_for_whom_and_where_it_lies(
    at: SampleLibrary, status: HoldStatus, state: str, place: str
) -> None:
    # RULES 15, 20
    at.hold()
    at.kept(status=status)
    shown = book()
    assert (shown["state_label"], shown["lies_at_label"]) == (state, place)
    assert (shown["kept_for"]["card_number"], shown["loan"]) == ("10000001", None)
    assert traces(at, "PATRON#p-1") == ["desk-1: counter"]


def test_its_deadline_is_told_as_it_counts(at: SampleLibrary) -> None:
    # GIVEN a book that is ready until Sunday 06-14, which is a closed day by now (RULES 16)
    at.hold()
    at.kept(status=HoldStatus.READY)
    day = date(2026, 6, 14)
    at.table.write(
        calendar.closure_addition(Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=day, ends_on=day))
    )
    # THEN book, title and record of the patron say Monday
    assert ask("GET", "/copies/t-1-1")[1]["kept_for"]["pickup_until"] == "2026-06-15"
    assert ask("GET", "/titles/t-1")[1]["holds"][0]["pickup_until"] == "2026-06-15"
    assert ask("GET", f"/patrons/{CARD}")[1]["holds"][0]["pickup_until"] == "2026-06-15"


def test_a_book_that_is_planned_tells_for_whom(at: SampleLibrary) -> None:
    # RULES 23: until the scan the hold waits
    at.hold()
    at.pull()
    shown = book()
    assert (shown["planned_for"]["card_number"], shown["planned_for"]["run"]) == ("10000001", "2026-06-04")
    assert (shown["planned"], shown["next_in_queue"]["card_number"]) == (True, "10000001")


@pytest.mark.parametrize(
    ("state", "label"),
    [(CopyState.MISSING, "所在不明"), (CopyState.LOST, "紛失"), (CopyState.DAMAGED, "破損")],
)
def test_a_book_that_is_not_there_lies_nowhere(at: SampleLibrary, state: CopyState, label: str) -> None:
    # RULES 23, 34
    at.table.write(moved(at.table, "t-1-1", state, on=date(2026, 5, 28)))
    shown = book()
    assert (shown["state_label"], shown["lies_at"], shown["since"]) == (label, None, "2026-05-28")


def test_a_lost_book_on_loan_tells_whose_loan_it_is(at: SampleLibrary) -> None:
    at.loan()
    ask("POST", "/copies/t-1-1/lost")
    assert book()["loan"]["card_number"] == "10000001"


def test_no_book_of_the_library(at: SampleLibrary) -> None:
    status, problem = ask("GET", "/copies/x-9")
    assert (status, codes(problem)) == (404, ["unknown_barcode"])


# A title


def test_sample_a_title_shows_copies_and_its_queue_in_order(at: SampleLibrary) -> None:
    # GIVEN a book ready for one, and two who wait, of whom one was moved to the end
    for n in (1, 2, 3):
        at.hold(f"p-{n}")
    at.kept("t-1-2", "p-2", HoldStatus.READY)
    ask("POST", "/patrons/10000001/holds/t-1", {"action": "to_end"})
    reason = RunReason(date(2026, 5, 28), "queue", {"position": 2, "of": 2, "copies": 2})
    at.tell(reason, "p-3")
    # WHEN somebody asks on the phone who waits
    status, shown = answered(handler(sample("desk/title_show"), context()))
    # THEN the queue is in its order, RULES 11, with places for those who wait
    assert (status, shown["title"], shown["holdable"], shown["waiting"]) == (200, "見本の本 t-1", True, 2), shown
    queue = [(line["card_number"], line["position"], line["status_label"]) for line in shown["holds"]]
    assert queue == [("10000002", None, "貸出可能"), ("10000003", 1, "確保待ち"), ("10000001", 2, "確保待ち")]
    assert [line["pickup_place"] for line in shown["holds"]] == ["prefectural", "12", "12"]
    # AND why nothing came, in the counter's words, RULES 27
    assert shown["holds"][1]["last_run"]["message"].startswith("順番待ち")
    assert shown["holds"][0]["last_run"] is None
    # AND where each copy lies
    assert [(copy["barcode"], copy["lies_at"]) for copy in shown["copies"]] == [
        ("t-1-1", "shelf"),
        ("t-1-2", "counter"),
    ]
    # AND the look leaves one trace, with the title: nothing ties a patron to it, RULES 41
    assert traces(at, "TITLE#t-1") == ["desk-1: 電話での問い合わせ"]
    assert [traces(at, f"PATRON#p-{n}") for n in (1, 2, 3)] == [["desk-1: move_hold"], [], []]


def test_a_title_nobody_waits_for_leaves_no_trace(at: SampleLibrary) -> None:
    before = at.everything()
    status, shown = ask("GET", "/titles/t-1")
    assert (status, shown["holds"], shown["waiting"]) == (200, [], 0)
    assert at.everything() == before


def test_an_unknown_title_is_not_found(at: SampleLibrary) -> None:
    assert ask("GET", "/titles/t-9")[0] == 404
