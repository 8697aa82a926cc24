"""A run as pictures and as a replay, the numbers of weeks, and whether all went well (RULES 18-27, 56)."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from infra.local.stack import Stack
from lending.domain.week import TOKYO
from tests.browser.conftest import DESKTOP, assert_accessible
from tests.browser.given import Clock, Given, open_view, sign_in_at

pytestmark = pytest.mark.browser

WEDNESDAY = datetime(2026, 9, 16, 12, tzinfo=TOKYO)
THURSDAY = datetime(2026, 9, 17, 10, tzinfo=TOKYO)
MONDAY = datetime(2026, 10, 5, 10, tzinfo=TOKYO)


def press(page: Page, name: str, role: str = "link") -> None:
    """Come to something by the keyboard alone, and press Enter."""
    target = page.locator("#content").get_by_role(role, name=name)  # type: ignore[arg-type]
    expect(target).to_be_visible()
    target.focus()
    page.keyboard.press("Enter")


def at_desk(phone: BrowserContext, given: Given) -> Page:
    page = phone.new_page()
    page.set_viewport_size(DESKTOP)
    page.emulate_media(reduced_motion="reduce")
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    open_view(page, "記録")
    return page


def test_a_run_is_tried_read_as_pictures_and_replayed_by_the_keyboard(phone: BrowserContext, given: Given) -> None:
    # GIVEN two people who wait for the one copy of a title, and one of them for a book at the counter as well
    clock = Clock(phone, WEDNESDAY)
    first, second = given.patron(), given.patron()
    title = given.title("再生する昔話", WEDNESDAY)
    given.hold(first, title, "2", WEDNESDAY)
    given.hold(second, title, "12", WEDNESDAY + timedelta(minutes=1))
    given.hold(second, given.title("窓口の昔話", WEDNESDAY), "prefectural", WEDNESDAY)
    page = at_desk(phone, given)
    # WHEN staff try the run with a cap of nothing
    press(page, "試算")
    page.get_by_label("1人が借りられる冊数").fill("0")
    press(page, "試算する", "button")
    # THEN they see who would have no book, and nothing is written
    expect(page.get_by_role("img", name="いまのままと比べた、協力館ごとの貸出の増減")).to_be_visible()
    expect(page.locator("#found")).to_contain_text("結果が変わります")
    assert_accessible(page)
    # WHEN the run is made, and its report is opened
    clock.now = THURSDAY
    given.run("thursday_run", THURSDAY.replace(hour=8, minute=31))
    open_view(page, "記録")
    press(page, "9月17日(木)")
    # THEN it is told in pictures, each of which has its numbers as well
    expect(page.get_by_role("img", name="予約が何になったか")).to_be_visible()
    expect(page.get_by_role("img", name="この処理の日程")).to_be_visible()
    for_the_counter = page.locator(".tiles li", has_text="県立図書館へ").locator("strong").inner_text()
    page.locator("figure", has_text="日程").get_by_text("数字で見る").click()
    expect(page.locator("figure", has_text="日程").get_by_role("table")).to_contain_text("9月20日(日)")
    # and a decision is found by the title
    page.get_by_label("本の名前・利用者番号・受取館").fill("再生する昔話")
    rows = page.get_by_role("region", name="決定").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=first.card_number)).to_contain_text("貸出")
    expect(rows.filter(has_text=second.card_number)).to_contain_text("順番待ち")
    assert_accessible(page)
    # WHEN it is replayed, key by key
    press(page, "この処理を再生する")
    expect(page.locator("#content")).to_contain_text("すべて同じです")
    page.get_by_label("どこまで進めるか").focus()
    page.keyboard.press("ArrowRight")
    sums = page.locator(".sums li")
    expect(sums.first).to_have_text("決まった予約 1")
    expect(page.locator(".head.told")).to_have_count(1)
    assert_accessible(page)
    page.keyboard.press("ArrowLeft")
    expect(sums.first).to_have_text("決まった予約 0")
    # THEN its end says what came of all, as the report does, and it plays on from the beginning
    page.keyboard.press("End")
    expect(page.locator(".said-now")).to_contain_text("これで終わりです")
    expect(sums.filter(has_text="県立図書館へ").locator("strong")).to_have_text(for_the_counter)
    page.keyboard.press("Space")
    expect(page.locator(".said-now")).not_to_contain_text("これで終わりです")
    page.keyboard.press("End")
    expect(page.locator(".said-now")).to_contain_text("これで終わりです")


def test_numbers_for_all_and_whether_all_went_well(phone: BrowserContext, given: Given, stack: Stack) -> None:
    # GIVEN a week that was counted on its Sunday night
    clock = Clock(phone, MONDAY)
    for n in range(6):
        title = given.title(f"数える本{n}", WEDNESDAY)
        given.hold(given.patron(), title, "2", WEDNESDAY + timedelta(days=6))
    given.run("thursday_run", datetime(2026, 10, 8, 8, 31, tzinfo=TOKYO))
    given.run("weekly_counts", datetime(2026, 10, 11, 23, tzinfo=TOKYO), "NoticesFunction")
    clock.now = datetime(2026, 10, 12, 10, tzinfo=TOKYO)
    page = at_desk(phone, given)
    # WHEN the desk looks at the numbers THEN they are plots, tables, and a file for a spreadsheet
    press(page, "統計")
    lent = page.locator("figure", has_text="木曜日の処理")
    expect(lent.get_by_role("img")).to_be_visible()
    lent.get_by_text("数字で見る").click()
    expect(lent.get_by_role("table")).to_contain_text("10/5(月)")
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="表計算ソフト用の表(CSV)").click()
    assert download.value.path().read_text().startswith("week_from,week_until,facility")
    # and who runs the service sees this week's jobs, and what to do about what is not done
    press(page, "運用のようす")
    expect(page.locator(".verdict")).to_contain_text("10月12日(月) 10:00現在")
    jobs = page.get_by_role("region", name="この週の仕事")
    expect(jobs.get_by_role("row").filter(has_text="貸出メール").get_by_role("img", name="これから")).to_have_count(1)
    expect(
        jobs.get_by_role("row").filter(has_text="毎日のお知らせ").get_by_role("img", name="遅れています")
    ).to_have_count(1)
    assert_accessible(page)
    press(page, "前の週")
    expect(jobs.get_by_role("row").filter(has_text="木曜日の処理").get_by_role("img", name="済み")).to_have_count(1)
    # THEN anybody sees the week without its small numbers
    anyone = phone.new_page()
    anyone.goto("/statistics.html")
    expect(anyone.locator("figure", has_text="木曜日の処理").get_by_role("img")).to_be_visible()
    assert_accessible(anyone)
    with anyone.expect_download() as download:
        anyone.get_by_role("button", name="表計算ソフト用の表(CSV)").click()
    assert download.value.path().read_text().startswith("week_from,week_until,facility")
