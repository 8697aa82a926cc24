"""A Thursday at the desk, and what follows it (RULES 4, 15, 23, 24, 28-30, 32, 39)."""

from dataclasses import replace
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from infra.local.samples import PEOPLE
from lending.aws.table import cards
from lending.domain.card import Card
from lending.domain.week import TOKYO
from tests.browser.conftest import assert_accessible
from tests.browser.given import Clock, Given, enter, on_paper, sign_in_at

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
THURSDAY = datetime(2026, 6, 4, 9, tzinfo=TOKYO)
SUNDAY = datetime(2026, 6, 7, 10, tzinfo=TOKYO)
NEXT_WEDNESDAY = datetime(2026, 6, 17, 10, tzinfo=TOKYO)


def scan(page: Page, code: str) -> None:
    """A scanner types a bar code and Enter."""
    field = page.locator("#field-barcode")
    field.fill(code)
    field.press("Enter")
    expect(page.locator("#instruction .number")).to_have_text(code)


def told(page: Page, what: str, *where: str) -> None:
    """What the screen says in large letters."""
    expect(page.locator("#instruction .what")).to_have_text(what)
    for line in where:
        expect(page.locator("#instruction")).to_contain_text(line)


def test_books_are_pulled_packed_handed_over_and_come_back(phone: BrowserContext, given: Given) -> None:
    # GIVEN two people of two facilities with three holds, one cancelled after the run
    clock = Clock(phone, THURSDAY)
    hanako, shoko = given.patron(), given.patron(name="例示 翔子")
    found, missed, dropped = (given.title(name, MONDAY) for name in ("津軽の昔話", "下北の昔話", "白神の昔話"))
    given.hold(hanako, found, "2", MONDAY)
    given.hold(shoko, missed, "12", MONDAY)
    given.hold(shoko, dropped, "12", MONDAY)
    given.run("thursday_run", THURSDAY.replace(hour=8, minute=30))
    # WHEN staff open the pull list
    page = phone.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in_at(page, "/desk.html", given.account("desk"), "利用者名")
    expect(page.locator("#left")).to_have_text("残り3冊です。")
    assert_accessible(page)
    # THEN it can be printed, in shelf order, with no name on it
    page.get_by_role("link", name="リストを印刷する").click()
    expect(page.locator(".sheet tbody tr")).to_have_count(3)
    places = page.locator(".sheet tbody th").all_text_contents()
    assert places == sorted(places)
    with on_paper(page):
        expect(page.locator(".sheet")).to_be_visible()
        expect(page.locator("header, footer, .rooms, h1, .actions").filter(visible=True)).to_have_count(0)
    assert_accessible(page)
    # WHEN the books are scanned
    enter(page, "取り出し")
    scan(page, f"{found}1")
    told(page, "袋に入れる", "No.2 平内町立図書館", f"利用者番号 {hanako.card_number}")
    expect(page.locator("#left")).to_have_text("残り2冊です。")
    page.get_by_role("button", name=f"{missed}1 見つからない").click()
    told(page, "見つからないと記録しました")
    given.desk().post(f"/desk/patrons/{shoko.card_number}/holds/{dropped}", THURSDAY, {"action": "cancel"})
    scan(page, f"{dropped}1")
    told(page, "書架に戻す")
    scan(page, "nothing")
    told(page, "確かめてください", "この資料番号の本は登録されていません。")
    assert_accessible(page)
    # THEN the crates of the week are told, and the slip of each bag bears card and facility, and no name (RULES 24)
    enter(page, "コンテナ")
    expect(page.get_by_text("1館、袋1、本1冊です。")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="袋の票を印刷する").click()
    expect(page.locator(".slip")).to_have_count(1)
    expect(page.locator(".slip")).to_contain_text("平内町立図書館")
    expect(page.locator(".slip")).to_contain_text(hanako.card_number)
    expect(page.locator("body")).not_to_contain_text(hanako.name.split()[0])
    assert_accessible(page)
    enter(page, "コンテナ")
    page.get_by_role("link", name="コンテナの一覧を印刷する").click()
    expect(page.locator(".crate")).to_contain_text(f"{found}1")
    assert_accessible(page)
    # WHEN the facility hands the bag over on Sunday
    clock.now = SUNDAY
    there = phone.new_page()
    sign_in_at(there, "/facility.html", given.account("facility-02"), "協力館ID")
    there.get_by_role("button", name=f"利用者番号 {hanako.card_number} の袋をお渡しした").click()
    told(there, "お渡し済み", hanako.card_number)
    assert_accessible(there)
    # AND the book comes back
    clock.now = NEXT_WEDNESDAY
    enter(page, "返却")
    scan(page, f"{found}1")
    told(page, "書架に戻す", "返却しました", "津軽の昔話")
    assert_accessible(page)


def test_an_application_is_looked_at_painted_over_and_decided(phone: BrowserContext, given: Given) -> None:
    # GIVEN applications with an insurance document
    Clock(phone, MONDAY)
    people = [replace(PEOPLE[0], facility=number) for number in (3, 4)]
    given.table.transact(*(cards.add(Card(person.card_number, facility=str(person.facility))) for person in people))
    first, second = (given.application(person, MONDAY, ["insurance_certificate"]) for person in people)
    page = phone.new_page()
    sign_in_at(page, "/desk.html", given.account("desk"), "利用者名")
    enter(page, "申請")
    assert_accessible(page)
    page.get_by_role("link", name=first).click()
    # THEN the photos are there
    expect(page.get_by_role("img", name="利用者カード")).to_be_visible()
    page.wait_for_function("() => [...document.images].every((image) => image.complete && image.naturalWidth)")
    assert_accessible(page)
    # WHEN a part is marked and painted black THEN it is asked for once more, and done (RULES 3)
    canvas = page.locator(".marked").last
    canvas.hover(position={"x": 20, "y": 20})
    page.mouse.down()
    canvas.hover(position={"x": 120, "y": 60})
    page.mouse.up()
    page.get_by_role("button", name="選んだ部分を黒く塗る").last.click()
    page.get_by_role("button", name="黒く塗る", exact=True).click()
    expect(page.locator("#news")).to_contain_text("黒く塗りました")
    # WHEN nothing is answered THEN each question is named (RULES 3, 4)
    page.get_by_label("登録する", exact=True).check()
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#summary")).to_contain_text("番号が隠されているか")
    assert_accessible(page)
    page.get_by_role("group", name="番号は隠されていますか").get_by_label("はい").check()
    page.get_by_role("button", name="決定する").click()
    # THEN it is registered, and gone from the list
    expect(page.locator("#news")).to_contain_text(f"受付番号 {first} を登録しました")
    expect(page.get_by_role("link", name=first)).to_have_count(0)
    # WHEN the other's image is asked for again THEN the reason is needed
    page.get_by_role("link", name=second).click()
    page.get_by_label("写真をもう一度送ってもらう").check()
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#summary li")).to_have_count(2)
    page.get_by_role("group", name="もう一度送ってもらう写真").get_by_role("checkbox").first.check()
    page.get_by_label("理由").fill("写真がぼけています。")
    assert_accessible(page)
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#news")).to_contain_text("写真の再提出をお願いしました")
    assert_accessible(page)


def test_a_patron_is_called_and_looked_up(phone: BrowserContext, given: Given) -> None:
    # GIVEN a patron with two holds whose mail came back
    Clock(phone, MONDAY)
    patron = given.patron(name="例示 一郎")
    dropped, kept = given.title("十和田の星空", MONDAY), given.title("津軽の星空", MONDAY)
    for title_id in (dropped, kept):
        given.hold(patron, title_id, "2", MONDAY)
    given.contact(patron, MONDAY)
    page = phone.new_page()
    sign_in_at(page, "/desk.html", given.account("desk"), "利用者名")
    # WHEN staff look whom to call THEN name, number and cause are there (RULES 39)
    enter(page, "連絡")
    task = page.locator(".book")
    expect(task).to_contain_text(patron.phone)
    expect(task).to_contain_text(patron.email)
    assert_accessible(page)
    # WHEN they look at the record
    task.get_by_role("link", name=patron.card_number).click()
    expect(page.get_by_text("例示 一郎(ミホン ハナコ)")).to_be_visible()
    assert_accessible(page)
    # THEN a hold can be cancelled and a pickup place changed (RULES 12, 14)
    page.get_by_role("button", name="「十和田の星空」を取り消す").click()
    page.get_by_role("button", name="取り消す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("取り消しました")
    page.get_by_text("受取館を変える").click()
    page.get_by_label("「津軽の星空」の受取館", exact=True).select_option(label="青森県立図書館")
    page.get_by_role("button", name="「津軽の星空」の受取館を変える").click()
    expect(page.locator("#news")).to_contain_text("青森県立図書館にします")
    # AND the number of books at a time (RULES 19)
    page.get_by_text("登録の内容を変える").click()
    page.get_by_label("5冊").check()
    page.get_by_role("button", name="変更する").click()
    expect(page.locator("#news")).to_contain_text("登録の内容を変えました。")
    # AND once they were called the task is done
    enter(page, "連絡")
    page.get_by_role("button", name="連絡済みにする").click()
    page.get_by_role("button", name="済みにする", exact=True).click()
    expect(page.get_by_text("連絡が必要な方は、いません。")).to_be_visible()
    # AND a book is lent at the counter (RULES 17)
    enter(page, "貸出")
    page.get_by_label("利用者カードの番号").fill(patron.card_number)
    scan(page, f"{dropped}1")
    told(page, "6月15日(月)まで", "十和田の星空")
    assert_accessible(page)
