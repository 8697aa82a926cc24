"""Whoever has no card yet looks for books, and sees the weeks to come (RULES 11, 18, 22, 40)."""

import re
from datetime import date, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lending.aws.table.calendar import calendar
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.week import TOKYO
from tests.browser.conftest import assert_accessible
from tests.browser.given import Clock, Given

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 9, 7, 12, tzinfo=TOKYO)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_book_is_looked_for_without_a_card(phone: BrowserContext, given: Given) -> None:
    # GIVEN a book on the shelf
    Clock(phone, MONDAY)
    title = given.title("岩木山の四季", MONDAY, copies=2)
    page = phone.new_page()
    # WHEN it is looked for on the first page
    page.goto("/")
    page.get_by_label("本をさがす").fill("岩木山の四季")
    page.get_by_role("button", name="さがす").click()
    # THEN it is found, with its copies and the first day it can be had
    expect(page.get_by_text("1点あります。")).to_be_visible()
    expect(page.locator(".book")).to_contain_text("2冊(うち棚にある本 2冊)")
    expect(page.locator(".book")).to_contain_text("早くて 9月13日(日)")
    assert_accessible(page)
    # WHEN it is opened and a place chosen THEN its day is told for that place
    page.get_by_role("link", name="岩木山の四季", exact=True).click()
    heading(page, "資料")
    assert_accessible(page)
    page.get_by_label("受取館").select_option(label="青森県立図書館")
    page.get_by_role("button", name="見込みを見る").click()
    expect(page).to_have_url(re.compile(f"#title/{title}/prefectural$"))
    expect(page.locator("#content")).to_contain_text("受取の見込み")
    # and Back leads to what was found
    page.go_back()
    page.go_back()
    expect(page.get_by_text("1点あります。")).to_be_visible()
    # WHEN it is to be held THEN the card is asked for
    page.get_by_role("link", name="「岩木山の四季」を予約する").click()
    heading(page, "Myライブラリ")


def test_what_was_found_is_narrowed_and_stays_when_one_comes_back(phone: BrowserContext, given: Given) -> None:
    # GIVEN more volumes than a page shows, the last of which is a film (RULES 45)
    Clock(phone, MONDAY)
    for number in range(1, 24):
        given.title("青森の昔話", MONDAY, copies=0, title_kana="アオモリ ノ ムカシバナシ", volume=f"第{number}巻",
                    publisher="見本社", year=2000 + number, kind="dvd" if number == 23 else "book")  # fmt: skip
    page = phone.new_page()
    # WHEN they are looked for by their reading THEN their number is told, and each has its reading, volume and year
    page.goto("/search.html#search/あおもりのむかしばなし")
    expect(page.get_by_text("23点あります。")).to_be_visible()
    expect(page.locator(".book")).to_have_count(20)
    expect(page.locator(".book").first).to_contain_text("青森の昔話 第1巻")
    expect(page.locator(".book").first).to_contain_text("アオモリ ノ ムカシバナシ")
    expect(page.locator(".book").first).to_contain_text("見本社 2001年")
    # WHEN more are shown and one of them is opened THEN Back shows as many again
    page.get_by_role("button", name="続きを見る").click()
    expect(page.locator(".book")).to_have_count(23)
    page.get_by_role("link", name="青森の昔話 第22巻").click()
    heading(page, "資料")
    page.go_back()
    expect(page.locator(".book")).to_have_count(23)
    expect(page.get_by_role("link", name="青森の昔話 第22巻")).to_be_in_viewport()
    # WHEN they are put in another order, or only films asked for
    page.get_by_text("しぼりこみと並べかえ").click()
    page.get_by_label("並べかえ").select_option(label="出版年の新しい順")
    page.get_by_role("button", name="さがす").click()
    # THEN the latest comes first
    expect(page.locator(".book").first).to_contain_text("青森の昔話 第23巻")
    page.get_by_label("資料の種類").select_option(label="DVD・映像")
    page.get_by_role("button", name="さがす").click()
    expect(page.get_by_text("1点あります。")).to_be_visible()
    expect(page.locator(".book")).to_contain_text("DVD・映像")
    assert_accessible(page)
    # and what is narrowed to nothing says so
    page.get_by_label("棚にある本だけ").check()
    page.get_by_role("button", name="さがす").click()
    expect(page.get_by_text("しぼりこみを外すと、見つかるかもしれません。")).to_be_visible()


def test_the_weeks_to_come_are_shown(phone: BrowserContext, given: Given) -> None:
    # GIVEN a facility that is closed on a first pickup day
    Clock(phone, MONDAY)
    shut = Closure(closure_id="stocktaking", scope=Scope.FACILITY, facility="2", starts_on=date(2026, 9, 13),
                   ends_on=date(2026, 9, 14), reason="蔵書点検")  # fmt: skip
    given.table.write(calendar.closure_addition(shut))
    page = phone.new_page()
    # WHEN its calendar is opened THEN the first day is the next on which it is open
    page.goto("/calendar.html")
    expect(page.locator(".runs li").first).to_contain_text("9月10日(木) 8:30")
    expect(page.locator(".runs li").first).to_contain_text("9月13日(日)～9月20日(日)")
    assert_accessible(page)
    page.get_by_label("館", exact=True).select_option(label="平内町 平内町立図書館")
    page.get_by_role("button", name="カレンダーを見る").click()
    expect(page.locator(".runs li").first).to_contain_text("9月15日(火)～9月20日(日)")
    expect(page.locator(".closed-days")).to_contain_text("9月13日(日)(蔵書点検)")
    assert_accessible(page)
