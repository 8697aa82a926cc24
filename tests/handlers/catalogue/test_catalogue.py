"""The catalogue, RULES 9, 11, 40, as anyone sees it, and how titles get there."""

import json
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.catalogue.handler import handler as catalogue
from functions.desk.handler import handler as desk
from functions.public.handler import handler
from infra.catalogue.files import read
from infra.import_catalogue import import_catalogue
from infra.search_anew import search_anew
from lending.actions.catalogue.refresh_search import refresh_search
from lending.aws import search_file, search_making
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.catalogue import copies, search_index, titles
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.calendar.facility import Facility
from lending.domain.catalogue.title import CopyState
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.desk import SampleLibrary

BUCKET = "catalogue"
HEAD = "title_id,title,author,isbn,barcode,call_number,reference_only"


def ask(path: str, **query: str) -> tuple[int, Any]:
    return answered(handler(request("GET", f"/api{path}", query=query), context()))


def put(title_id: str, title: str, *copies: dict[str, Any], **more: Any) -> tuple[int, Any]:
    body = {"title": title, "author": "", "isbn": "", "copies": list(copies)} | more
    return answered(desk(request("PUT", f"/api/desk/titles/{title_id}", body=body, group="desk", user="d"), context()))


def copy(barcode: str, **more: Any) -> dict[str, Any]:
    return {"barcode": barcode, "call_number": "913.6"} | more


def answered(answer: dict[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None


def found(query: str, **more: str) -> list[str]:
    return [title["title_id"] for title in ask("/titles", q=query, **more)[1]["items"]]


def codes(problem: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in problem["reasons"]]


# Facilities and notices


def test_samples_show_facilities_and_notices(library: Table) -> None:
    # GIVEN a facility with a weekly closed day, and a closure that is over (RULES 40)
    facility = Facility(7, "西北地区", "鰺ヶ沢町", "見本館", True, "別の書き方", 40.773, 140.212)
    library.write(facilities.facility_record(facility))
    weekly = Closure(closure_id="c-1", scope=Scope.FACILITY, facility="7", starts_on=date(2026, 5, 1),
                     ends_on=date(2027, 3, 31), weekdays=frozenset({0}), reason="定休日")  # fmt: skip
    over = Closure(closure_id="c-2", scope=Scope.PREFECTURAL, starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31))
    library.transact(calendar.closure_addition(weekly), calendar.closure_addition(over))
    # THEN anyone sees the facility as API.md has it
    shown = answered(handler(sample("public/facilities"), context()))[1]["items"]
    assert shown == [
        {"number": 7, "district": "西北地区", "municipality": "鰺ヶ沢町", "name": "見本館", "gives_out_kits": True,
         "latitude": 40.773, "longitude": 140.212}
    ]  # fmt: skip
    # and what has not ended, by its name
    (notice,) = answered(handler(sample("public/notices"), context()))[1]["items"]
    assert (notice["facility"], notice["from"], notice["until"]) == ("7", "2026-05-01", "2027-03-31")
    assert "見本館" in notice["message"]
    assert "毎週月曜日" in notice["message"]


def test_a_run_on_a_closed_day_is_announced(library: Table) -> None:
    # GIVEN a closed Thursday that nobody has named a suspension, and one beyond the weeks of the policy (RULES 22, 40)
    for day in (date(2026, 6, 11), date(2026, 8, 6)):
        shut = Closure(closure_id=f"c-{day}", scope=Scope.PREFECTURAL, starts_on=day, ends_on=day, reason="祝日")
        library.write(calendar.closure_addition(shut))
    # THEN its run is told of like any suspension
    shown = answered(handler(sample("public/notices"), context()))[1]["items"]
    assert [(each["scope"], each["from"], each["message"]) for each in shown if each["scope"] == "service"] == [
        ("service", "2026-06-11", "オンライン貸出の処理は、2026年6月11日(木)、お休みします(祝日)。")
    ]


def test_the_sample_shows_the_weeks_to_come(library: Table) -> None:
    # GIVEN a run that falls on a closed day, and a facility that is shut on a first pickup day and in a whole window
    shut = [
        ("c-1", Scope.PREFECTURAL, "", date(2026, 6, 11), date(2026, 6, 11), "祝日"),
        ("c-2", Scope.FACILITY, "7", date(2026, 6, 7), date(2026, 6, 7), "工事"),
        ("c-3", Scope.FACILITY, "7", date(2026, 6, 21), date(2026, 6, 30), "蔵書点検"),
    ]
    library.write(facilities.facility_record(Facility(7, "西北地区", "鰺ヶ沢町", "見本館", True)))
    for name, scope, facility, first, last, why in shut:
        closure = Closure(closure_id=name, scope=scope, facility=facility, starts_on=first, ends_on=last, reason=why)
        library.write(calendar.closure_addition(closure))
    # THEN anyone sees the coming weeks as they will be (RULES 18, 22, 29, 40)
    status, answer = answered(handler(sample("public/calendar"), context()))
    assert status == 200
    assert answer["items"][:2] == [
        {"run_date": "2026-06-04", "cut_off": "2026-06-04T08:30:00+09:00", "mail_on": "2026-06-06",
         "pickup_from": "2026-06-07", "pickup_until": "2026-06-14", "suspended": False, "reason": None},
        {"run_date": "2026-06-11", "cut_off": "2026-06-11T08:30:00+09:00", "mail_on": "2026-06-13",
         "pickup_from": None, "pickup_until": "2026-06-21", "suspended": True, "reason": "祝日"},
    ]  # fmt: skip
    assert answer["closed_days"] == [{"date": "2026-06-11", "reason": "祝日"}]
    # and at a facility with its own closed days: a later first day, and a window in which it never opens (RULES 21)
    status, answer = ask("/calendar", facility="7")
    own = [(week["run_date"], week["pickup_from"], week["reason"]) for week in answer["items"][:4]]
    assert own == [
        ("2026-06-04", "2026-06-08", None), ("2026-06-11", None, "祝日"),
        ("2026-06-18", None, "蔵書点検"), ("2026-06-25", "2026-07-01", None),
    ]  # fmt: skip
    assert [each["date"] for each in answer["closed_days"]] == ["2026-06-07", *(f"2026-06-{n}" for n in range(21, 31))]


def test_there_is_no_calendar_of_a_facility_that_is_none(library: Table) -> None:
    status, problem = ask("/calendar", facility="70")
    assert (status, codes(problem)) == (422, ["unknown_facility"])


# One title


def test_samples_describe_a_title_and_show_it(library: Table) -> None:
    # GIVEN the desk's sample, which describes a title with one copy
    status, described = answered(desk(sample("desk/describe_title"), context()))
    assert (status, described["holdable"]) == (200, True), described
    # THEN anyone sees it, with the first day it could be had
    status, title = answered(handler(sample("public/title"), context()))
    assert status == 200
    assert title == {
        "title_id": "t-1", "title": "吾輩は猫である", "author": "夏目漱石", "isbn": "978-4-10-101001-4",
        "title_kana": "ワガハイ ワ ネコ デ アル", "author_kana": "ナツメ ソウセキ", "volume": "", "publisher": "新潮社",
        "year": 2003, "ndc": "913.6", "kind": "book",
        "holdable": True, "copies": 1, "copies_available": 1, "holds_waiting": 0, "earliest_pickup": "2026-06-07",
            "expected_pickup": {
                "earliest": "2026-06-07", "middle": "2026-06-07", "latest": "2026-06-07",
                "assumption": "本が書架にあるものとして、つぎの処理で用意できた場合の日です。",
            },
    }  # fmt: skip
    # and the sample of the search finds it at once
    assert [t["title_id"] for t in answered(handler(sample("public/search"), context()))[1]["items"]] == ["t-1"]


def test_a_title_with_a_queue_tells_of_it(given: Given) -> None:
    # GIVEN one copy and one who waits: a hold placed now is the second (RULES 11)
    there = SampleLibrary(given)
    there.patron(), given.title(), there.hold()
    title = ask("/titles/t-1")[1]
    assert (title["holds_waiting"], title["earliest_pickup"]) == (1, "2026-06-28")
    # at the prefectural library it would be when the first one's loan is over
    assert ask("/titles/t-1", pickup_place="prefectural")[1]["earliest_pickup"] < "2026-06-28"


def test_a_title_nobody_knows() -> None:
    assert ask("/titles/t-9")[0] == 404


# Describing titles at the desk


def test_described_again_a_title_keeps_its_copies_as_they_are(given: Given) -> None:
    # GIVEN a title with a copy on loan
    there = SampleLibrary(given)
    there.patron(), given.title(copies=2), there.loan()
    before = there.copy()
    # WHEN it is described anew, with a third copy and without the second
    status, _ = put("t-1", "新しい題", copy("t-1-1", call_number="914"), copy("t-1-3", reference_only=True))
    assert status == 200
    # THEN the loan stands, the second is gone, and one of the two may be held
    after = there.copy()
    assert (after.state, after.holder, after.due_on) == (CopyState.ON_LOAN, before.holder, before.due_on)
    assert after.call_number == "914"
    title = titles.find(there.table, "t-1")
    assert title
    assert (title.title, title.barcodes, title.lendable) == ("新しい題", ("t-1-1", "t-1-3"), 1)
    assert copies.find(there.table, "t-1-2") is None


def test_a_description_is_whole_each_time(library: Table) -> None:
    # GIVEN a title with all that a catalogue says of it (RULES 45)
    told = {"title_kana": "タビ", "author_kana": "ミホン タロウ", "volume": "上", "publisher": "見本社", "year": 1999,
            "ndc": "913.6", "kind": "dvd"}  # fmt: skip
    status, described = put("t-1", "旅", copy("t-1-1"), **told)
    assert status == 200
    for shown in (described, ask("/titles/t-1")[1], ask("/titles", q="旅")[1]["items"][0]):
        assert {name: shown[name] for name in told} == told
    # WHEN it is described anew with less
    put("t-1", "旅", copy("t-1-1"), volume="下")
    # THEN what is not told is known no more: a book, until something else is told
    shown = ask("/titles/t-1")[1]
    assert {name: shown[name] for name in told} == {
        "title_kana": "", "author_kana": "", "volume": "下", "publisher": "", "year": None, "ndc": "", "kind": "book",
    }  # fmt: skip


def test_the_same_description_again_writes_nothing(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    put("t-1", "題", copy("t-1-1"))
    monkeypatch.setattr(Table, "transact", lambda *_: pytest.fail("written"))
    assert put("t-1", "題", copy("t-1-1"))[0] == 200


def test_a_copy_in_use_is_not_withdrawn_and_a_bar_code_is_one_book(given: Given) -> None:
    # GIVEN a copy on loan, and another title's
    there = SampleLibrary(given)
    there.patron(), given.title("t-1"), given.title("t-2"), there.loan("t-1-1")
    # WHEN the one is left out and the other claimed
    status, problem = put("t-1", "題", copy("t-2-1"))
    # THEN both are named, and nothing has changed
    assert (status, sorted(codes(problem))) == (409, ["barcode_of_other_title", "copy_in_use"])
    assert there.copy("t-2-1").title_id == "t-2"


def test_only_reference_copies_make_a_title_that_cannot_be_held(given: Given) -> None:
    # RULES 9
    assert put("t-1", "題", copy("t-1-1", reference_only=True))[1]["holdable"] is False
    assert ask("/titles/t-1")[1]["holdable"] is False


@pytest.mark.parametrize(
    ("title_id", "body"),
    [
        ("t-1", {"copies": [copy("b-1"), copy("b-1")]}),
        ("t-1", {"copies": [copy("b#1")]}),
        ("t-1", {"copies": [copy("b-1", state="lost")]}),
        ("t-1", {"kind": "stone"}),
        ("t-1", {"year": 0}),
        ("t-1", {"year": "昭和"}),
        ("t-1", {"title_kana": "カ" * 501}),
        ("t+1", {}),
    ],
)
def test_wrong_descriptions_are_refused(title_id: str, body: dict[str, Any]) -> None:
    assert put(title_id, "題", **body)[0] == 422


def test_only_the_desk_describes_titles() -> None:
    event = sample("desk/describe_title")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:groups"] = "[patron]"
    assert desk(event, context())["statusCode"] == 403


# Search


@pytest.fixture
def books(library: Table) -> Table:
    """Some titles, half of them in the search file and half described since."""
    put("t-1", "こころ", author="夏目漱石", isbn="978-4-10-101013-7")
    put("t-2", "旅のこころ", author="見本 太郎")
    put("t-9", "のちに改題", author="見本 太郎")
    assert refresh_search(library, BUCKET) == 3
    put("t-3", "ｺｺﾛの科学", author="齋藤 花子")
    put("t-9", "あのこころ", author="見本 太郎")
    return library


def test_found_in_the_file_and_beside_it(books: Table) -> None:
    # THEN the title of just this name comes first, then all by their names
    assert found("こころ") == ["t-1", "t-3", "t-9", "t-2"]
    assert found("ココロ 斎藤") == ["t-3"]
    assert found("石") == ["t-1"]
    assert found("101013") == ["t-1"]
    # what a title was called before finds it no more
    assert found("のちに改題") == []
    assert found("坊っちゃん") == []


def test_what_a_search_shows_may_be_a_moment_old(books: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN what is asked of the table
    asked, ask_once = [], Table._ask_once

    def noted(table: Table, operation: str, **request: Any) -> Any:
        asked.append((operation, "'ConsistentRead': True" in str(request)))
        return ask_once(table, operation, **request)

    monkeypatch.setattr(Table, "_ask_once", noted)
    # WHEN titles are searched THEN which file is the one, and what it lacks, is read as of now, and the titles are not
    assert found("こころ")
    assert asked[0] == ("query", True)
    assert {now for operation, now in asked if operation == "batch_get_item"} == {False}
    # and a title of its own is as it is now
    asked.clear()
    assert ask("/titles/t-1")[0] == 200
    assert {now for operation, now in asked if operation == "batch_get_item"} == {True}


def test_pages_of_a_search_follow_each_other(books: Table) -> None:
    first = ask("/titles", q="こころ", limit="3")[1]
    assert len(first["items"]) == 3
    rest = ask("/titles", q="こころ", limit="3", cursor=first["cursor"])[1]
    assert [t["title_id"] for t in first["items"] + rest["items"]] == ["t-1", "t-3", "t-9", "t-2"]
    assert rest["cursor"] is None
    # a made-up cursor is refused
    assert ask("/titles", q="こころ", cursor="AAAA")[0] == 400


def test_what_is_on_the_shelf_now_is_asked_of_the_table(given: Given) -> None:
    # GIVEN titles of one word, of which the second's only copy is on loan (RULES 45)
    there = SampleLibrary(given)
    there.patron()
    for number in range(1, 6):
        given.title(f"t-{number}")
        put(f"t-{number}", f"旅 {number}", copy(f"t-{number}-1"), year=2000 + number)
    there.loan("t-2-1")
    # THEN the others are found, and the list goes on behind what was shown
    first = ask("/titles", q="旅", available="true", limit="2", sort="year")[1]
    assert ([title["title_id"] for title in first["items"]], first["total"]) == (["t-5", "t-4"], 4)
    rest = ask("/titles", q="旅", available="true", limit="2", sort="year", cursor=first["cursor"])[1]
    assert ([title["title_id"] for title in rest["items"]], rest["cursor"]) == (["t-3", "t-1"], None)
    assert ask("/titles", q="旅")[1]["total"] == 5


def test_where_many_match_a_part_is_looked_at(books: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN more titles than are looked at for those on the shelf
    monkeypatch.setattr("lending.actions.catalogue.search_titles._LOOKED_AT", 2)
    put("t-3", "ココロの科学", copy("b-3"))
    # THEN how many are there is not told, and pages that may be empty lead to the end
    ids, cursor, pages = list[str](), "", 0
    while True:
        page = ask("/titles", q="こころ", available="true", cursor=cursor)[1]
        assert page["total"] is None
        ids += [title["title_id"] for title in page["items"]]
        pages += 1
        if not (cursor := page["cursor"] or ""):
            break
    assert (ids, pages) == (["t-3"], 2)


@pytest.mark.parametrize(("name", "value"), [("kind", "stone"), ("available", "perhaps"), ("sort", "colour")])
def test_a_search_that_cannot_be_is_refused_in_words(books: Table, name: str, value: str) -> None:
    status, problem = ask("/titles", q="こころ", **{name: value})
    assert (status, [(reason["field"], reason["message"]) for reason in problem["reasons"]]) == (
        422,
        [(name, "入力内容をご確認ください。")],
    )


def test_nobody_searches_for_more_than_twenty_words(books: Table) -> None:
    words = [chr(ord("一") + n) + "本" for n in range(21)]
    assert ask("/titles", q=" ".join(words[:20]))[0] == 200
    status, problem = ask("/titles", q=" ".join(words))
    assert (status, [(reason["code"], reason["field"]) for reason in problem["reasons"]]) == (
        422,
        [("too_many_words", "q")],
    )


@pytest.mark.parametrize("query", ["", "「」", '" OR 1=1 --', "*", "%", "a AND", "#"])
def test_nothing_to_find_finds_nothing(books: Table, query: str) -> None:
    assert ask("/titles", q=query)[1]["items"] == []


def test_a_new_file_takes_up_what_has_changed(books: Table) -> None:
    before = search_index.state(books)
    assert [change.title_id for change in before.changes] == ["t-3", "t-9"]
    assert refresh_search(books, BUCKET) == 4
    after = search_index.state(books)
    assert after.changes == []
    assert after.file_key != before.file_key
    assert found("こころ") == ["t-1", "t-3", "t-9", "t-2"]


def test_samples_renew_the_search_every_night(books: Table) -> None:
    # GIVEN titles described since the last file, which each search reads
    assert catalogue(sample("catalogue/renew_search"), context()) == {"job": "renew_search", "changed": 2}
    # THEN they are in the file
    after = search_index.state(books)
    assert after.changes == []
    assert found("こころ") == ["t-1", "t-3", "t-9", "t-2"]
    # and a night after a day without changes leaves it as it is
    assert catalogue(sample("catalogue/renew_search"), context()) == {"job": "renew_search", "changed": 0}
    assert search_index.state(books) == after


def test_what_changes_while_a_file_is_made_stays_to_be_found(books: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a file being made, while a title gets another name
    build = search_making.build

    def build_and_change(*how: Any) -> int:
        put("t-3", "改題")
        return build(*how)

    monkeypatch.setattr(search_making, "build", build_and_change)
    refresh_search(books, BUCKET)
    assert found("改題") == ["t-3"]
    assert "t-3" not in found("こころ")


def test_of_two_new_files_at_once_one_is_used(books: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    build = search_making.build

    def build_beside_another(*how: Any) -> int:
        monkeypatch.setattr(search_making, "build", build)
        put("t-4", "こころざし")
        refresh_search(books, BUCKET)
        return build(*how)

    monkeypatch.setattr(search_making, "build", build_beside_another)
    with pytest.raises(Overtaken):
        refresh_search(books, BUCKET)
    assert "t-4" in found("こころ")


# Import


def write(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding=encoding)
    return path


def test_an_import_brings_titles_in_once(library: Table, tmp_path: Path) -> None:
    # GIVEN three copies of two titles, and a title without one
    file = write(tmp_path / "c.csv", "t-1,雪国,川端康成,,b-1,913,0", "t-2,こころ,夏目漱石,,b-2,913,1",
                 "t-1,雪国,川端康成,,b-3,913,", "t-3,目録だけ,,,,,")  # fmt: skip
    # WHEN it is imported
    report = import_catalogue(library, BUCKET, file)
    # THEN all of it is there and can be found
    assert (report.titles, report.copies, report.written, report.searchable, report.bad) == (3, 3, 6, 3, [])
    assert found("雪国") == ["t-1"]
    title = titles.find(library, "t-1")
    assert title
    assert (title.barcodes, title.lendable) == (("b-1", "b-3"), 2)
    # and again it changes nothing
    assert import_catalogue(library, BUCKET, file).written == 0
    assert search_index.state(library).changes == []


def test_an_import_changes_no_copys_state_and_withdraws_none(given: Given, tmp_path: Path) -> None:
    # GIVEN a title with a copy on loan and one that the file does not name
    there = SampleLibrary(given)
    there.patron(), given.title(copies=2), there.loan()
    report = import_catalogue(there.table, BUCKET, write(tmp_path / "c.csv", "t-1,新しい題,,,t-1-1,914,0"))
    # THEN both are there, the loan untouched
    assert report.written == 2
    assert (there.copy().state, there.copy().call_number) == (CopyState.ON_LOAN, "914")
    title = titles.find(there.table, "t-1")
    assert title
    assert (title.title, title.barcodes, title.lendable) == ("新しい題", ("t-1-1", "t-1-2"), 2)


def test_an_import_that_stopped_before_its_end_ends_when_repeated(
    library: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an import that died after writing the titles, before the file that is searched
    file = write(tmp_path / "c.csv", "t-1,雪国,川端康成,,b-1,913,0")
    with monkeypatch.context() as patched:
        patched.setattr("infra.import_catalogue.refresh_search", None)
        with pytest.raises(TypeError):
            import_catalogue(library, BUCKET, file)
    assert found("雪国") == []
    # WHEN it is repeated
    assert import_catalogue(library, BUCKET, file).written == 0
    assert found("雪国") == ["t-1"]


def test_bad_rows_are_named_by_line_and_all_others_brought_in(library: Table, tmp_path: Path) -> None:
    put("t-0", "前からある題", copy("b-0"))
    file = write(
        tmp_path / "c.csv",
        "t-1,雪国,川端康成,,b-1,913,0",
        "t-1,雪の国,川端康成,,b-2,913,0",  # 3: another description
        ",題なし,,,b-3,913,0",  # 4: no id
        "t-2,こころ,夏目漱石,,b-1,913,0",  # 5: the bar code of line 2
        "t-2,こころ,夏目漱石,,b-4,913,maybe",  # 6
        "t-3,三四郎,夏目漱石,,b-0,913,0",  # 7: the bar code of a title in the catalogue
        "t-4,門",  # 8: too few columns
        "t-5,それから,夏目漱石,,b-5,,0",  # 9: no call number
        "t-6,草枕,夏目漱石,,b/6,913,0",  # 10
        'a,"改行\nのある題",見本,,b-7,913,0',  # 11, 12
    )
    report = import_catalogue(library, BUCKET, file)
    assert [line for line, _ in report.bad] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert found("雪国") == ["t-1"]
    assert found("三四郎") == []
    assert found("改行") == ["a"]


def test_a_stray_quotation_mark_spoils_no_other_row(tmp_path: Path) -> None:
    file = write(
        tmp_path / "c.csv", 't-1,"雪国,,,b-1,913,0', "t-2,こころ,,,b-2,913,0", 't-3,"門"の外,,,b-3,913,0',
        't-4,"こころ, 上",,,b-4,913,0', 't-5,「"道草"」,,,b-5,913,0',
        't-6,"坊っちゃん,,,b-6,913,0', 't-7,草枕",,,b-7,913,0',
    )  # fmt: skip
    found = read(file)
    assert {title_id: title.title for title_id, title in found.titles.items()} == {
        "t-2": "こころ", "t-4": "こころ, 上", "t-5": '「"道草"」', "t-7": '草枕"',
    }  # fmt: skip
    assert [line for line, _ in found.bad] == [2, 4, 7]


@pytest.mark.parametrize(
    "row",
    [
        f"t-1,{'長' * 501},,,b-1,913,0",
        f"t-1,雪国,{'長' * 501},,b-1,913,0",
        f"t-1,雪国,,{'9' * 21},b-1,913,0",
        f"t-1,雪国,,,b-1,{'9' * 61},0",
        f"t-1,{'長' * 200_000},,,b-1,913,0",
    ],
    ids=["title", "author", "isbn", "call number", "cell"],
)
def test_a_row_has_the_limits_of_the_desk(tmp_path: Path, row: str) -> None:
    # GIVEN a row that the desk could not send either (a call number is a part of an index), and one after it
    found = read(write(tmp_path / "c.csv", row, "t-2,こころ,,,b-2,913,0"))
    # THEN it is named, and the other brought in
    assert [line for line, _ in found.bad] == [2]
    assert set(found.titles) == {"t-2"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_line_that_is_no_text_is_named(tmp_path: Path, encoding: str) -> None:
    # GIVEN a good file with one broken byte
    file = write(
        tmp_path / "c.csv", "t-1,雪国,,,b-1,913,0", "t-2,X,,,b-2,913,0", "t-3,門,,,b-3,913,0", encoding=encoding
    )
    file.write_bytes(file.read_bytes().replace(b"X", b"\xff"))
    found = read(file)
    # THEN its line alone is left out
    assert [line for line, _ in found.bad] == [3]
    assert [title.title for title in found.titles.values()] == ["雪国", "門"]


def test_a_file_of_the_windows_code_page_is_read(tmp_path: Path) -> None:
    assert read(write(tmp_path / "c.csv", "t-1,雪国,,,b-1,913,0", encoding="cp932")).titles["t-1"].title == "雪国"


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,name\n1,x\n")
    assert read(tmp_path / "c.csv").bad[0][0] == 1


def test_the_moment_of_a_search_is_that_of_the_request(given: Given) -> None:
    # GIVEN a title on the shelf; after Thursday's cut-off it is next week's
    put("t-1", "雪国", copy("b-1"))
    late = datetime(2026, 6, 4, 8, 30, 1, tzinfo=TOKYO)
    event = request("GET", "/api/titles", query={"q": "雪国"}, now=late)
    assert answered(handler(event, context()))[1]["items"][0]["earliest_pickup"] == "2026-06-14"
    assert ask("/titles", q="雪国")[1]["items"][0]["earliest_pickup"] == "2026-06-07"


def test_a_search_file_that_is_gone_is_made_anew_of_what_the_table_has(books: Table) -> None:
    # GIVEN a title that the file does not have yet, and a file that is gone, as after a restore
    put("t-9", "新しい本")
    before = {"t-9", *found("こころ")}
    boto3.client("s3").delete_object(Bucket=BUCKET, Key=search_index.state(books).file_key)
    search_file._open.clear()
    for kept in Path(tempfile.gettempdir()).glob("lending-search-*"):
        kept.unlink()
    assert ask("/titles", q="こころ")[0] >= 500
    # WHEN it is made anew THEN everything is found again, without a list to import
    search_anew(books, BUCKET)
    assert search_index.state(books).changes == []
    assert {*found("こころ"), *found("新しい本")} == before
