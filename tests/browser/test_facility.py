"""A week at a partner facility: what comes, is handed over, goes back, and what it tells the desk (RULES 28-30, 54)."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lending.aws.table.patrons import patrons
from lending.domain.week import TOKYO
from tests.browser.conftest import assert_accessible
from tests.browser.given import Clock, Given, open_view, sign_in_at

pytestmark = pytest.mark.browser

# Not the week of the desk's tests: its crates are counted there.
S = date(2026, 7, 5)
SATURDAY = datetime(2026, 7, 4, 10, tzinfo=TOKYO)
SUNDAY = datetime(2026, 7, 5, 10, tzinfo=TOKYO)
MONDAY_AFTER = datetime(2026, 7, 13, 9, tzinfo=TOKYO)


def pile(page: Page, name: str, bags: int) -> None:
    """Go to a list and wait until it is there; its number stands in the link."""
    open_view(page, name, exact=False)
    has_bags(page, name, bags)


def has_bags(page: Page, name: str, bags: int) -> None:
    expect(page.locator(".view-links").get_by_role("link", name=f"{name} {bags}", exact=True)).to_be_visible()


def scan(page: Page, code: str, what: str, *lines: str) -> None:
    """A scanner types a bar code and Enter, wherever it was pointed before; the screen says what to do."""
    expect(page.locator("#field-barcode")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    told(page, what, *lines)


def told(page: Page, what: str, *lines: str) -> None:
    expect(page.locator("#instruction .what")).to_have_text(what)
    for line in lines:
        expect(page.locator("#instruction")).to_contain_text(line)
    # Nobody looks for the cursor between two scans.
    expect(page.locator("#field-barcode")).to_be_focused()


def test_a_week_of_bags(phone: BrowserContext, given: Given) -> None:
    # GIVEN three bags for a facility, and one for another
    clock = Clock(phone, SATURDAY)
    hanako, shoko, ichiro = (given.patron() for _ in range(3))
    for patron, books in ((hanako, 2), (shoko, 1), (ichiro, 1)):
        given.bag(patron, "7", S, books)
    given.bag(given.patron(), "8", S)
    # WHEN it opens its page on Saturday THEN nothing is to be handed over yet, and it stands in its own name
    page = phone.new_page()
    sign_in_at(page, "/facility.html", given.account("facility-07"), "協力館ID")
    expect(page.get_by_text("お渡しする袋は、ありません。")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("No.7 ")
    has_bags(page, "届く", 3)
    assert_accessible(page)
    # WHEN the crate is unpacked and a bag is not in it THEN it is told with one press, and taken back with one (54)
    pile(page, "届く", 3)
    assert_accessible(page)
    page.get_by_role("button", name=f"{shoko.card_number} の袋が届いていない").click()
    told(page, "届いていない", "県立図書館に伝えました")
    page.get_by_role("button", name=f"{ichiro.card_number} の袋が届いていない").click()
    told(page, "届いていない", ichiro.card_number)
    page.get_by_role("button", name=f"{ichiro.card_number} の袋が届いた").click()
    told(page, "届いた", ichiro.card_number)
    expect(page.get_by_text("届いていません(県立図書館に伝えました)")).to_have_count(1)
    assert_accessible(page)
    # AND a card shown too early is answered with the day (RULES 29)
    scan(page, hanako.card_number, "7月5日(日)から", "2冊")
    # WHEN on Sunday a card is scanned, with the letters that begin and end its bar code THEN its bag is found
    clock.now = SUNDAY
    pile(page, "お渡しする", 3)
    has_bags(page, "届く", 0)
    scan(page, f"A{hanako.card_number}A", "お渡しする", "2冊 7月5日(日)～7月12日(日)")
    assert_accessible(page)
    # WHEN it is handed over, by mistake, and again THEN the numbers at the doors say so (RULES 30)
    page.locator("#instruction").get_by_role("button", name="お渡しした").click()
    told(page, "お渡し済み", hanako.card_number)
    has_bags(page, "お渡しする", 2)
    page.get_by_role("button", name="お渡しを取り消す").click()
    told(page, "取り消しました", hanako.card_number)
    has_bags(page, "お渡しする", 3)
    page.get_by_role("button", name=f"{hanako.card_number} の袋をお渡しした").click()
    told(page, "お渡し済み", hanako.card_number)
    pile(page, "済み", 1)
    expect(page.locator(".book")).to_contain_text("7月5日(日) 10:00")
    assert_accessible(page)
    # AND what is missing, unknown, or of another facility is told from a scan
    scan(page, shoko.card_number, "届いていない袋")
    scan(page, "90999999", "袋はありません", "番号を確かめてください")
    # WHEN a card was re-issued THEN both numbers find the bag, and the new one is shown (RULES 28)
    given.table.transact(patrons.change(ichiro, replace(ichiro, card_number="95000007")))
    scan(page, ichiro.card_number, "お渡しする", "再発行前の番号です。新しい番号は 95000007 です。")
    scan(page, "95000007", "お渡しする")
    pile(page, "お渡しする", 2)
    expect(page.get_by_role("heading", name="95000007")).to_be_visible()
    expect(page.get_by_text(f"再発行前の番号 {ichiro.card_number}")).to_be_visible()
    # WHEN the last day is over THEN what is left goes back, by Wednesday
    clock.now = MONDAY_AFTER
    pile(page, "返送する", 2)
    expect(page.get_by_role("heading", name="7月15日(水)までに県立図書館へ")).to_be_visible()
    assert_accessible(page)
    # AND what was collected without a record is recorded late (RULES 30)
    page.get_by_role("button", name="95000007 の袋をお渡しした").click()
    told(page, "お渡し済み", "95000007")
    has_bags(page, "返送する", 1)
    has_bags(page, "済み", 1)
    # AND the numbers are nobody's any more once the facility has left
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_label("協力館ID")).to_be_visible()
    expect(page.locator(".view-links li")).to_have_count(0)


def test_a_whole_crate_has_arrived(phone: BrowserContext, given: Given) -> None:
    # GIVEN two bags on their way
    Clock(phone, SATURDAY)
    for _ in range(2):
        given.bag(given.patron(), "9", S)
    page = phone.new_page()
    sign_in_at(page, "/facility.html#coming", given.account("facility-09"), "協力館ID")
    # WHEN all of it is there THEN one press says so (RULES 54)
    page.get_by_role("button", name="すべて届いた").click()
    told(page, "すべて届いた")
    expect(page.get_by_text("届きました", exact=True)).to_have_count(2)
    expect(page.get_by_role("button", name="すべて届いた")).to_have_count(0)


def test_what_a_facility_tells_is_a_task_at_the_desk(phone: BrowserContext, given: Given) -> None:
    # GIVEN a bag that did not come
    Clock(phone, SATURDAY)
    patron = given.patron()
    given.bag(patron, "5", S)
    there, page = phone.new_page(), phone.new_page()
    sign_in_at(there, "/facility.html#coming", given.account("facility-05"), "協力館ID")
    there.get_by_role("button", name=f"{patron.card_number} の袋が届いていない").click()
    told(there, "届いていない")
    # WHEN nothing is filled in THEN each question is named
    open_view(there, "連絡")
    there.get_by_role("button", name="連絡する").click()
    expect(there.locator("#summary li")).to_have_count(2)
    assert_accessible(there)
    # WHEN something else is told in the facility's own words (RULES 54)
    there.get_by_label("余分な本や袋が、届いている").check()
    there.get_by_role("textbox", name="内容").fill("袋の票のない本が1冊ありました。")
    there.get_by_role("button", name="連絡する").click()
    expect(there.locator("#news")).to_contain_text("県立図書館に連絡しました。")
    # THEN staff read both, and say when they have seen to it
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    open_view(page, "協力館から")
    bag, extra = (page.locator(".book", has_text=text) for text in (patron.card_number, "袋の票のない本が1冊"))
    expect(bag).to_contain_text("届いていない")
    expect(extra).to_contain_text("No.5 ")
    assert_accessible(page)
    for task in (bag, extra):
        task.get_by_role("button", name="済みにする").click()
        page.get_by_role("dialog").get_by_role("button", name="済みにする").click()
        expect(task).to_have_count(0)


def test_a_facility_keeps_its_own_closed_days(phone: BrowserContext, given: Given) -> None:
    # GIVEN a facility's own closed days, of which there are none (RULES 40)
    Clock(phone, SATURDAY)
    page = phone.new_page()
    sign_in_at(page, "/facility.html", given.account("facility-06"), "協力館ID")
    open_view(page, "休館日")
    expect(page.get_by_text("登録されていません")).to_be_visible()
    # WHEN no day is given THEN it is asked for
    page.get_by_role("button", name="加える").click()
    expect(page.locator("#summary")).to_contain_text("はじめの日を入力してください。")
    # WHEN every Monday of a year is closed THEN it is in the list
    page.get_by_label("はじめの日").fill("2026-07-06")
    page.get_by_label("おわりの日").fill("2027-03-31")
    page.get_by_label("月曜日").check()
    page.get_by_label("理由").fill("定休日")
    assert_accessible(page)
    page.get_by_role("button", name="加える").click()
    expect(page.locator("#news")).to_contain_text("休館日を加えました。")
    expect(page.locator(".book")).to_contain_text("月曜日")
    assert_accessible(page)
    # AND can be taken back
    page.get_by_role("button", name="2026年7月6日～2027年3月31日を取り消す").click()
    page.get_by_role("dialog").get_by_role("button", name="取り消す", exact=True).click()
    expect(page.get_by_text("登録されていません")).to_be_visible()
    # WHEN a whole pickup window is shut THEN what that brings is said (RULES 21, 29)
    page.get_by_label("はじめの日").fill("2026-07-05")
    page.get_by_label("おわりの日").fill("2026-07-12")
    page.get_by_role("button", name="加える").click()
    expect(page.locator("#news")).to_contain_text(
        "7月5日(日)から7月12日(日)までの受取期間は、受け渡しのできる日が1日も"
    )
