"""The candidates of a run, asked about just before it, RULES 43."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.exchange.handler import handler
from infra.library import as_parameter
from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table import Table
from lending.domain.catalogue.title import CopyState
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, sample
from tests.handlers.crashing import Mortal, dies_anywhere, everything
from tests.handlers.desk import SampleLibrary, ask
from tests.handlers.exchange.test_copies import DUE, comes, differences, rows
from tests.handlers.metrics import counts_in
from tests.handlers.played_once import played_once
from tests.library import aomori

HEAD = "barcode,state,due_on\n"
ASKED_AT, CUT_OFF = datetime(2026, 6, 4, 7, 30, tzinfo=TOKYO), datetime(2026, 6, 4, 8, 31, tzinfo=TOKYO)
NOTHING = {"job": "candidates_out", "date": "2026-06-04", "candidates": 0}


@pytest.fixture
def at(given: Given, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    """A library whose own system is asked."""
    monkeypatch.setenv("POLICY", as_parameter(aomori(candidates=True, taken_away_percent=100)))
    settings.cache_clear()
    return people_who_wait(given)


@played_once
def people_who_wait(given: Given) -> SampleLibrary:
    """Four people wait for t-1 of three copies, one for t-2."""
    library = SampleLibrary(given)
    library.facility()
    for n in range(1, 6):
        library.patron(f"p-{n}")
    for n in range(1, 21):
        given.title(f"t-{n}", copies=3)
    for n in range(1, 5):
        library.hold(f"p-{n}")
    library.hold("p-5", "t-2")
    return library


def asks(moment: datetime = ASKED_AT) -> dict[str, Any]:
    return handler({"job": "candidates_out", "scheduled_time": moment.isoformat()}, context())


def question(run: str = "2026-06-04") -> list[str]:
    body = client("s3").get_object(Bucket="exchange", Key=f"out/candidates/{run}.csv")["Body"]
    return str(body.read(), "utf-8").splitlines()


def asked_for() -> list[str]:
    return [each["Key"] for each in client("s3").list_objects_v2(Bucket="exchange").get("Contents", [])]


def answers(*away: str, text: str = "", run: str = "2026-06-04") -> None:
    """The library's own system says which of them it has lent by now."""
    told = text or HEAD + "".join(f"{barcode},elsewhere,{DUE}\n" for barcode in away)
    client("s3").put_object(Bucket="exchange", Key=f"in/candidates/{run}.csv", Body=told.encode())
    notice()


def notice() -> dict[str, Any]:
    """The queue tells of the answer."""
    return handler(sample("exchange/answer"), context()) or {}


def runs(moment: datetime = CUT_OFF) -> dict[str, Any]:
    return dict(allocator({"job": "thursday_run", "scheduled_time": moment.isoformat()}, context()))


def planned(at: SampleLibrary) -> set[str]:
    """The copies on the pull list of the run."""
    everywhere = [at.copy(f"t-{title}-{n}") for title in (1, 2) for n in (1, 2, 3)]
    return {copy.barcode for copy in everywhere if copy.pull}


def test_sample_the_run_takes_only_what_is_there(at: SampleLibrary) -> None:
    # GIVEN a run to come WHEN the job asks before it, RULES 43
    assert handler(sample("exchange/candidates_out"), context()) == NOTHING | {"candidates": 6}
    # THEN the copies of what people wait for are in the file, in the order of shelves, and nobody's name
    assert question() == ["barcode", "t-1-1", "t-1-2", "t-1-3", "t-2-1", "t-2-2", "t-2-3"]
    # WHEN one was lent over there since the night
    answers("t-1-2")
    # THEN the run takes the others, and says what it was told
    summary = runs()
    assert planned(at) == {"t-1-1", "t-1-3", "t-2-1"}
    assert (at.copy("t-1-2").state, at.copy("t-1-2").due_on) == (CopyState.ELSEWHERE, DUE)
    assert (summary["candidates_answered"], summary["candidates_away"]) == (1, 1)
    assert ask("GET", "/runs/2026-06-04", now=CUT_OFF)[1]["summary"]["candidates_answered"] == 1


def test_without_an_answer_the_run_goes_on_and_says_so(at: SampleLibrary) -> None:
    # GIVEN a question, RULES 43 WHEN nobody answers before the cut-off THEN the run is as it would be without it
    asks()
    summary = runs()
    assert len(planned(at)) == 4
    assert (summary["candidates_answered"], summary["candidates_away"]) == (0, 0)


def test_that_nothing_is_away_is_an_answer(at: SampleLibrary) -> None:
    asks()
    answers(text=HEAD)
    assert (runs()["candidates_answered"], len(planned(at))) == (1, 4)


def test_a_library_that_does_not_ask_has_nothing_to_do_with_it(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a library as the policy has it WHEN the schedule comes
    # THEN it writes nothing, and the record says nothing, RULES 43
    monkeypatch.setenv("POLICY", as_parameter(aomori()))
    settings.cache_clear()
    before = everything(at.table)
    assert asks() == NOTHING
    assert (everything(at.table), asked_for()) == (before, [])
    assert not [name for name in runs() if name.startswith("candidates")]


def test_it_is_asked_on_the_day_of_a_run_before_it(at: SampleLibrary) -> None:
    # GIVEN Wednesday, and a Thursday whose run was made already
    assert asks(ASKED_AT - timedelta(days=1))["candidates"] == 0
    runs()
    assert asks(CUT_OFF + timedelta(minutes=5)) == NOTHING
    assert asked_for() == []


def test_asked_again_the_question_stays(at: SampleLibrary) -> None:
    # GIVEN a question, and a hold that comes before the cut-off WHEN the schedule calls twice
    asks()
    before = question()
    at.hold("p-5", "t-3")
    assert asks()["candidates"] == 9
    # THEN who answers has one question; the late hold goes by the file of the night
    assert question() == before
    answers("t-3-1")
    runs()
    assert at.copy("t-3-1").pull is not None


def test_what_is_kept_here_is_a_difference(at: SampleLibrary) -> None:
    at.kept("t-1-1", "p-1")
    asks()
    answers("t-1-1", "t-1-2")
    assert [line["barcode"] for line in differences()] == ["t-1-1"]
    assert (at.copy("t-1-1").state, at.copy("t-1-2").state) == (CopyState.KEPT_ASIDE, CopyState.ELSEWHERE)


@pytest.mark.parametrize(
    "text",
    [f"{HEAD}t-1-1,elsewhere,\nt-1-2,elsewhere,\n", f"{HEAD}t-1-1,elsewhere", "barcode,place\n"],
    ids=["too much", "cut", "other columns"],
)
def test_an_answer_is_refused_as_a_whole_and_the_run_goes_on(
    at: SampleLibrary, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # GIVEN an answer that takes away a third of the six, or is none, RULES 43
    asks()
    before = everything(at.table)
    answers(text=text)
    # THEN nothing of it counts, the alarm hears it, and the run says that it had no answer
    assert everything(at.table) == before
    assert counts_in(capsys.readouterr().out)["CopiesRefused"] == [1]
    assert runs()["candidates_answered"] == 0


def test_what_nobody_asked_is_no_answer(at: SampleLibrary) -> None:
    before = everything(at.table)
    answers("t-1-1")
    assert everything(at.table) == before


def test_an_answer_after_the_run_is_told_to_the_desk(at: SampleLibrary) -> None:
    asks()
    runs(CUT_OFF)
    answers("t-1-1")
    assert [line["barcode"] for line in differences()] == ["t-1-1"]


def test_an_answer_of_another_day_or_before_the_newest_file_is_older(at: SampleLibrary) -> None:
    # GIVEN last week's answer, put again; and one that a newer file of the night has overtaken
    client("s3").put_object(Bucket="exchange", Key="out/candidates/2026-05-28.csv", Body=b"barcode\nt-1-1\n")
    asks()
    comes(rows("t-2-1"), "copies-20260604-0755.csv")
    before = everything(at.table)
    answers("t-1-1")
    client("s3").put_object(
        Bucket="exchange", Key="in/candidates/2026-05-28.csv", Body=b"barcode,state\nt-1-1,elsewhere\n"
    )
    event = sample("exchange/answer")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace("2026-06-04.csv", "2026-05-28.csv")
    handler(event, context())
    assert everything(at.table) == before


def test_a_file_of_the_night_that_comes_late_puts_nothing_back(at: SampleLibrary) -> None:
    # GIVEN an answer WHEN Wednesday's file comes only now THEN what is away stays so, and what it takes is gone
    asks()
    answers("t-1-1")
    comes(rows("t-5-1"), "copies-20260603-2300.csv")
    assert [at.copy(barcode).state for barcode in ("t-1-1", "t-5-1")] == [CopyState.ELSEWHERE] * 2
    # WHEN the next night's says that it is back THEN it is
    comes(rows(), "copies-20260604-2300.csv")
    assert at.copy("t-1-1").state is CopyState.ON_SHELF


def test_a_death_anywhere_is_made_good(at: SampleLibrary, library: Table, mortal: Mortal) -> None:
    at.table.write(moved(at.table, "t-2-1", CopyState.KEPT_ASIDE, holder="p-5"))
    asks()
    body = f"{HEAD}t-1-1,elsewhere,{DUE}\nt-2-1,elsewhere,{DUE}\n"
    client("s3").put_object(Bucket="exchange", Key="in/candidates/2026-06-04.csv", Body=body.encode())
    assert dies_anywhere(library, mortal, notice) >= 2
