"""What did not arrive, what is one too many, and kits: told by a facility, a task at the desk, RULES 54, 41."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.desk.handler import handler as desk
from functions.facility.handler import handler as facility
from lending.aws.table import Table, library_table
from lending.aws.table.loans import bags, reports
from lending.aws.table.patrons import patrons
from lending.domain.loans.batch import bag_id
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.crashing import Crash, Mortal
from tests.handlers.desk import SampleLibrary, answered
from tests.handlers.desk import ask as ask_desk
from tests.library import aomori

BAG = bag_id(date(2026, 6, 7), "7", "p-1")
TEXT = "見本花子さんの本が1冊足りません。"


def on(day: int, hour: int = 11) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=TOKYO)


@pytest.fixture
def there(given: Given) -> SampleLibrary:
    """A patron with one book of the worked example's week at facility 7."""
    library = SampleLibrary(given)
    library.facility(7), library.facility(8)
    library.patron(), given.title(), library.loan(facility="7")
    return library


def ask(path: str, body: Any, now: datetime, number: str = "07") -> tuple[int, Any]:
    event = request("POST", f"/api/facility{path}", body=body, group=f"facility-{number}", user="f", now=now)
    return answered(facility(event, context()))


def arrival(state: str, day: int, number: str = "07") -> tuple[int, Any]:
    return ask(f"/bags/{BAG}/arrival", {"state": state}, on(day), number)


def shown(there: SampleLibrary, day: int) -> Any:
    """What the facility's list says of the arrival."""
    event = request("GET", "/api/facility/bags", group="facility-07", user="f", now=on(day),
                    query={"list": "coming,to_hand_over,to_return,done"})  # fmt: skip
    (bag,) = answered(facility(event, context()))[1]["items"]
    return bag["arrival"]


def tasks(**how: Any) -> list[dict[str, Any]]:
    status, answer = ask_desk("GET", "/reports", **how)
    assert status == 200, answer
    items: list[dict[str, Any]] = answer["items"]
    return items


# Arrivals


def test_samples_a_missing_bag_is_a_task_with_its_number(there: SampleLibrary) -> None:
    # WHEN the facility says on Friday that a bag did not come (RULES 54)
    status, told = answered(facility(sample("facility/arrival"), context()))
    assert (status, told) == (200, {"id": BAG, "arrival": "missing", "arrival_at": "2026-06-05T10:00:00+09:00"})
    assert shown(there, 5) == "missing"
    # THEN the desk knows which to look for: facility, card number, how many books; and no name
    (task,) = answered(desk(sample("desk/reports_list"), context()))[1]["items"]
    assert task == {
        "id": f"7.{BAG}", "facility": "7", "facility_name": "見本館", "kind": "missing",
        "kind_label": "届いていない", "text": "", "reported_at": "2026-06-05T10:00:00+09:00",
        "bag": {"id": BAG, "books": 1, "pickup_from": "2026-06-07", "card_number": "10000001",
                "former_card_number": None},
    }  # fmt: skip
    # WHEN staff have seen to it, said twice THEN it is done by whom and when, once, and vanishes (RULES 41)
    event = sample("desk/report_done")
    assert [answered(desk(event, context()))[0] for _ in range(2)] == [204, 204]
    assert tasks() == []
    done = reports.find(there.table, "7", BAG)
    assert done
    assert (done.done_by, done.done_at) == ("staff-1", on(5, 15))


def test_arrived_afterwards_takes_the_task_back(there: SampleLibrary) -> None:
    # GIVEN a bag that was missed, said twice
    assert [arrival("missing", 5)[0] for _ in range(2)] == [200, 200]
    assert len(tasks()) == 1
    # WHEN it comes after all, said twice THEN nobody looks for it (RULES 54)
    assert [arrival("arrived", 6)[1]["arrival_at"] for _ in range(2)] == ["2026-06-06T11:00:00+09:00"] * 2
    assert (tasks(), shown(there, 6)) == ([], "arrived")
    # AND missed again it is a task again, from then on
    arrival("missing", 7)
    (task,) = tasks()
    assert task["reported_at"] == "2026-06-07T11:00:00+09:00"


def test_a_bag_that_was_handed_over_is_looked_for_by_nobody(there: SampleLibrary) -> None:
    # GIVEN a bag that was missed, and is handed over on Sunday all the same
    arrival("missing", 5)
    assert ask(f"/bags/{BAG}/handover", None, on(7))[0] == 200
    # THEN it has arrived (RULES 30, 54)
    assert (tasks(), shown(there, 7)) == ([], "arrived")
    # and cannot be missing
    status, problem = arrival("missing", 8)
    assert (status, problem["code"]) == (409, "already_handed_over")
    assert arrival("arrived", 8)[0] == 200


def test_what_staff_have_done_stays_done_when_a_hand_over_is_taken_back(there: SampleLibrary) -> None:
    arrival("missing", 5)
    ask_desk("POST", f"/reports/7.{BAG}/done")
    ask(f"/bags/{BAG}/handover", None, on(7))
    event = request("DELETE", f"/api/facility/bags/{BAG}/handover", group="facility-07", user="f", now=on(7))
    assert facility(event, context())["statusCode"] == 204
    assert tasks() == []


def test_after_a_re_issue_the_desk_reads_both_numbers(there: SampleLibrary) -> None:
    # RULES 28: the slip bears the former one
    arrival("missing", 5)
    patron = there.who()
    there.table.transact(patrons.change(patron, replace(patron, card_number="20000001")))
    (task,) = tasks()
    assert (task["bag"]["card_number"], task["bag"]["former_card_number"]) == ("20000001", "10000001")


def test_what_is_no_bag_does_not_arrive(there: SampleLibrary) -> None:
    assert arrival("missing", 5, number="08")[0] == 404
    assert ask(f"/bags/{bag_id(date(2026, 6, 7), '7', 'p-9')}/arrival", {"state": "arrived"}, on(5))[0] == 404
    assert arrival("lost", 5)[0] == 422
    # nor one whose books are all checked in again
    (bag,) = bags.of_week(there.table, on(7).date(), "7")
    there.table.write(bags.books_removal(bag, {"t-1-1"}))
    assert arrival("missing", 5)[0] == 404


# In the facility's own words


def test_sample_tells_the_desk_in_its_own_words(there: SampleLibrary) -> None:
    status, told = answered(facility(sample("facility/report"), context()))
    # The answer may be kept for who repeats it: the text is not in it (RULES 41)
    assert (status, told) == (201, {"kind": "extra", "reported_at": "2026-06-05T10:00:00+09:00"})
    (task,) = tasks()
    assert (task["facility"], task["kind"], task["kind_label"], task["bag"]) == ("7", "extra", "余分に届いた", None)
    assert task["text"].startswith("袋の票のない本が1冊")


def test_said_twice_it_is_one_task_and_after_it_was_done_another(there: SampleLibrary) -> None:
    # GIVEN the same told twice, and by another facility (RULES 54)
    body = {"kind": "kits", "text": "あと10部お願いします。"}
    for day, number in ((5, "07"), (6, "07"), (6, "08")):
        assert ask("/reports", body, on(day), number)[0] == 201
    first, other = tasks()
    assert (first["facility"], first["reported_at"]) == ("7", "2026-06-05T11:00:00+09:00")
    assert other["facility"] == "8"
    # WHEN it was done, and is told once more
    assert ask_desk("POST", f"/reports/{first['id']}/done")[0] == 204
    assert [task["facility"] for task in tasks()] == ["8"]
    ask("/reports", body, on(12))
    # THEN it is a task again, of that day
    assert [(task["facility"], task["reported_at"][:10]) for task in tasks()] == [
        ("8", "2026-06-06"),
        ("7", "2026-06-12"),
    ]


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"text": " 　\n"}, {"text": "あ" * 501}, {"kind": "else"}, {"bag": BAG}]
)
def test_a_report_is_of_a_kind_and_not_too_long(there: SampleLibrary, wrong: dict[str, Any]) -> None:
    status, problem = ask("/reports", {"kind": "extra", "text": "本"} | wrong, on(5))
    assert (status, [reason["field"] for reason in problem["reasons"]]) == (422, [*wrong])
    assert tasks() == []


def test_the_words_are_erased_some_time_after_it_was_done(there: SampleLibrary) -> None:
    # GIVEN a report that may name somebody (RULES 41)
    ask("/reports", {"kind": "missing", "text": TEXT}, on(5))
    (open_one,) = there.table.query("FACILITY#007", "REPORT#")
    assert "expires_at" not in open_one
    # WHEN staff have done it THEN it leaves the list at once and the table after the policy's days
    ask_desk("POST", f"/reports/{tasks()[0]['id']}/done", now=on(6))
    (done,) = there.table.query("FACILITY#007", "REPORT#")
    assert "work" not in done
    assert done["expires_at"] == int((on(6) + timedelta(days=aomori().history_days)).timestamp())


def test_the_words_are_in_no_log_and_in_no_kept_answer(
    there: SampleLibrary,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # GIVEN a report with a key, one that is refused, and one at which the function breaks (RULES 41)
    body = {"kind": "missing", "text": TEXT}
    event = request("POST", "/api/facility/reports", body=body, group="facility-07", user="f", now=on(5),
                    headers={"idempotency-key": "k-1"})  # fmt: skip
    assert facility(event, context())["statusCode"] == 201
    assert ask("/reports", body | {"kind": "else"}, on(5))[0] == 422
    monkeypatch.setattr(reports, "find", lambda *_: 1 / 0)
    assert ask("/reports", body, on(5))[0] == 500
    # THEN what was typed is in the report and nowhere else
    said = "".join(capfd.readouterr()) + "".join(str(vars(record)) for record in caplog.records)
    assert "ZeroDivisionError" in said
    assert not re.search("見本|\\\\u898b", said)
    holders = [item["SK"]["S"] for item in there.everything() if "見本花子さん" in json.dumps(item, ensure_ascii=False)]
    assert len(holders) == 1
    assert holders[0].startswith("REPORT#")


def test_the_longest_waiting_come_first_page_by_page(there: SampleLibrary) -> None:
    for day in (7, 5, 6):
        ask("/reports", {"kind": "extra", "text": f"{day}日"}, on(day))
    first = ask_desk("GET", "/reports", query={"limit": "2"})[1]
    rest = tasks(query={"limit": "2", "cursor": first["cursor"]})
    assert [task["text"] for task in first["items"] + rest] == ["5日", "6日", "7日"]


@pytest.mark.parametrize("report_id", ["x", "7.x", "7.", ".x", f"7.{BAG[:-1]}", "-7.x"])
def test_an_unknown_report_is_not_found(there: SampleLibrary, report_id: str) -> None:
    assert ask_desk("POST", f"/reports/{report_id}/done")[0] == 404


@pytest.mark.parametrize("group", ["patron", "facility-07"])
def test_only_the_desk_reads_them_and_only_a_facility_writes_them(there: SampleLibrary, group: str) -> None:
    for method, path in (("GET", "/api/desk/reports"), ("POST", "/api/desk/reports/7.x/done")):
        assert desk(request(method, path, group=group, user="x"), context())["statusCode"] == 403
    other = request("POST", "/api/facility/reports", body={}, group="desk", user="x")
    assert facility(other, context())["statusCode"] == 403


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("act", ["told", "done"])
def test_who_dies_half_way_asks_again(
    there: SampleLibrary, act: str, written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a report to be told, or one to be done
    body, table = {"kind": "extra", "text": "本"}, library_table()
    report_id = ""
    if act == "done":
        ask("/reports", body, on(5))
        report_id = tasks()[0]["id"]

    def do() -> tuple[int, Any]:
        return ask("/reports", body, on(5)) if act == "told" else ask_desk("POST", f"/reports/{report_id}/done")

    mortal = Mortal(table._client, dies_at=1, written=written)
    monkeypatch.setattr(table, "_client", mortal)
    with pytest.raises(Crash):
        do()
    mortal.dies_at = 0
    # THEN asked again it ends the same, with one write in all
    status, after = do()[0], there.everything()
    assert (do()[0], there.everything()) == (status, after)
    assert mortal.writes == (1 if written else 2)
    assert len(tasks()) == (1 if act == "told" else 0)


def test_missed_and_done_at_the_same_moment(there: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a missed bag that comes after all, while the desk says done between the facility's look and its write
    arrival("missing", 5)
    transact = Table.transact

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        assert ask_desk("POST", f"/reports/7.{BAG}/done", now=on(6))[0] == 204
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    assert arrival("arrived", 6)[0] == 200
    # THEN both are true: the desk did it, and the bag is there (RULES 54)
    done = reports.find(there.table, "7", BAG)
    assert done
    assert (done.done_by, shown(there, 6)) == ("desk-1", "arrived")


def test_missed_and_handed_over_at_the_same_moment(there: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a bag that one of the facility misses, while another hands it over between look and write
    transact = Table.transact

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        assert ask(f"/bags/{BAG}/handover", None, on(7))[0] == 200
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    status, problem = arrival("missing", 7)
    # THEN the hand-over stands, and nobody looks for the bag (RULES 30, 54)
    assert (status, problem["code"]) == (409, "already_handed_over")
    assert (tasks(), shown(there, 7)) == ([], "arrived")
