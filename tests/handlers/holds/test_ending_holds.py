"""All holds of a title end, with a mail to each patron: RULES 9, 12, 34, 38, 41."""

from typing import Any

import pytest

from functions.desk.handler import handler
from functions.my_library.handler import handler as my_library
from lending.api.desk import catalogue as desk
from lending.aws.table.catalogue import queues
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import HoldStatus
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.crashing import Mortal, dies_anywhere
from tests.handlers.desk import THURSDAY, SampleLibrary, answered, ask, codes
from tests.handlers.mails import Post

REASON = "所蔵していた本を紛失したため"


@pytest.fixture
def at(given: Given) -> SampleLibrary:
    """Five patrons with a hold on a title of three copies: one waits planned, one secured, one ready, two only wait."""
    library = SampleLibrary(given)
    library.facility()
    given.title(copies=3)
    for n in range(1, 6):
        library.patron(f"p-{n}")
        library.hold(f"p-{n}")
    library.pull("t-1-1", "p-1")
    library.kept("t-1-2", "p-2")
    library.kept("t-1-3", "p-3", HoldStatus.READY)
    return library


def end(title_id: str = "t-1", **body: Any) -> tuple[int, Any]:
    return ask("POST", f"/titles/{title_id}/holds", {"action": "cancel_all", "reason": REASON} | body)


def mails(at: SampleLibrary, patron_id: str) -> list[dict[str, Any]]:
    return [item["facts"] for item in at.table.query(f"PATRON#{patron_id}", "MAIL#hold_cancelled#")]


def test_sample_ends_every_hold_with_a_mail(at: SampleLibrary, given: Given) -> None:
    # GIVEN a hold of one of them on another title
    given.title("t-2")
    at.hold("p-1", "t-2")
    # WHEN staff end all holds of the title
    status, done = answered(handler(sample("desk/title_holds_cancel_all"), context()))
    # THEN each has ended, in whatever state, and is no longer counted, RULES 12
    assert (status, done["cancelled"], done["left"]) == (200, 5, 0), done
    assert [at.hold_or_none(f"p-{n}") for n in range(1, 6)] == [None] * 5
    assert [at.who(f"p-{n}").open_holds for n in range(1, 6)] == [1, 0, 0, 0, 0]
    assert queues.waiting_counts(at.table, {"t-1"}) == {"t-1": 0}
    # AND each patron is told the reason once, RULES 38
    told = {"title": "見本の本 t-1", "reason": REASON}
    assert [mails(at, f"p-{n}") for n in range(1, 6)] == [[told]] * 5
    # AND what was kept goes back from where it lies
    assert {copy["barcode"]: copy["lies_at"] for copy in done["copies"]} == {"t-1-2": "kept_aside", "t-1-3": "counter"}
    assert [(at.copy(f"t-1-{n}").state, at.copy(f"t-1-{n}").holder) for n in (2, 3)] == [(CopyState.ON_SHELF, "")] * 2
    # AND each trace says what was done, not with which title, RULES 41
    traces = [trace["what"] for n in range(1, 6) for trace in at.table.query(f"PATRON#p-{n}", "TRACE#")]
    assert traces == ["cancel_hold"] * 5


def test_the_patron_reads_it_by_mail_and_in_my_library(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    end()
    post = Post(monkeypatch, THURSDAY)
    # WHEN the queue brings the mail
    assert post.bring_event(sample("mail/hold_cancelled")) == []
    # THEN it says which hold and why
    assert "見本の本 t-1" in post.text
    assert REASON in post.text
    # AND nothing is lost with it, RULES 38
    mine = my_library(request("GET", "/api/me/mails", group="patron", user="p-1", now=THURSDAY), context())
    (mail,) = answered(mine)[1]["items"]
    assert (mail["subject"], mail["facts"]) == (
        "【青森県立図書館】予約取消のお知らせ",
        {"reason": REASON, "title": "見本の本 t-1"},
    )


def test_the_planned_book_goes_back_to_its_shelf_by_its_scan(at: SampleLibrary) -> None:
    end()
    # RULES 23
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[1]["action"] == "shelve"


def test_asked_again_nothing_is_left_to_do(at: SampleLibrary) -> None:
    end()
    before = at.everything()
    assert end()[1] == {"title_id": "t-1", "cancelled": 0, "left": 0, "copies": []}
    assert at.everything() == before


def test_a_hold_placed_anew_and_ended_again_is_told_again(at: SampleLibrary) -> None:
    end()
    ask("POST", "/patrons/10000001/holds", {"title_id": "t-1", "pickup_place": "12"})
    assert end()[1]["cancelled"] == 1
    assert len(mails(at, "p-1")) == 2


def test_when_the_time_is_too_short_it_goes_on_where_it_was(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN time for two holds
    looks = iter([True, True, False])
    monkeypatch.setattr(desk, "within_a_request", lambda: lambda: next(looks, True))
    status, done = end()
    assert (status, done["cancelled"], done["left"]) == (202, 2, 3)
    # WHEN it is asked again THEN the others follow, each told once
    assert end()[1]["cancelled"] == 3
    assert [len(mails(at, f"p-{n}")) for n in range(1, 6)] == [1] * 5


def test_a_hold_that_became_a_loan_meanwhile_is_left(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a request that has read the queue
    read = queues.open_holds

    def read_and_then_scan(*asked: Any) -> Any:
        found = read(*asked)
        monkeypatch.undo()
        assert ask("POST", "/pulls/t-1-1", {"result": "found"})[1]["action"] == "lend"
        return found

    monkeypatch.setattr(queues, "open_holds", read_and_then_scan)
    # WHEN the first one's book is lent before it goes on THEN that loan stands, and its patron is told nothing
    assert end()[1]["cancelled"] == 4
    assert (at.who("p-1").loans, mails(at, "p-1")) == (1, [])


def test_no_title_no_reason_or_no_such_action(at: SampleLibrary) -> None:
    before = at.everything()
    assert end("t-9")[0] == 404
    assert codes(end(reason="")[1]) == ["invalid_field"]
    assert codes(ask("POST", "/titles/t-1/holds", {"action": "cancel_all"})[1]) == ["missing_field"]
    assert codes(end(action="cancel")[1]) == ["invalid_field"]
    assert at.everything() == before


def test_it_may_die_anywhere(at: SampleLibrary, mortal: Mortal) -> None:
    # RULES 26: a death at any write is made good by asking again, and nobody is told twice
    def job() -> dict[str, Any]:
        end()
        return {}

    assert dies_anywhere(at.table, mortal, job) == 5
