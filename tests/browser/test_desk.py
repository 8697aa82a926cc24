"""A Thursday at the desk, and what follows it (RULES 4, 15, 23, 24, 28-30, 32, 39)."""

from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

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
    page.locator("#field-barcode").fill(code)
    page.keyboard.press("Enter")
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
    assert hanako.name.split()[0] not in page.locator("body").inner_text()
    assert_accessible(page)
    enter(page, "コンテナ")
    page.get_by_role("link", name="コンテナの一覧を印刷する").click()
    expect(page.locator(".crate")).to_contain_text(f"{found}1")
    assert_accessible(page)
    # WHEN the facility hands the bag over on Sunday
    clock.now = SUNDAY
    there = phone.new_page()
    sign_in_at(there, "/facility.html", given.account("facility-02"), "利用者名")
    there.get_by_role("button", name=f"利用者番号 {hanako.card_number} の袋をお渡しした").click()
    expect(there.get_by_role("dialog")).to_be_visible()
    assert_accessible(there)
    there.get_by_role("button", name="お渡しした", exact=True).click()
    expect(there.locator("#news")).to_contain_text("お渡し済みにしました")
    expect(there.get_by_text("済み 6月7日(日) 10:00")).to_be_visible()
    assert_accessible(there)
    # AND the book comes back
    clock.now = NEXT_WEDNESDAY
    enter(page, "返却")
    scan(page, f"{found}1")
    told(page, "書架に戻す", "返却しました", "津軽の昔話")
    assert_accessible(page)
