"""The pages for everybody: home, 使い方, facilities, お知らせ."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from infra.local.pages import TRAVEL, WEB, content_type, site_files
from lending.aws.table.calendar import calendar
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.week import TOKYO
from tests.benchmarks.first_content import of_open_pages
from tests.browser.conftest import assert_accessible
from tests.browser.given import Given, sign_in_at
from tests.library import AOMORI

pytestmark = pytest.mark.browser

NOTICES = [
    {"id": "1", "scope": "service", "facility": None, "message": "オンライン貸出の処理は、お休みします。"},
    {"id": "2", "scope": "facility", "facility": "3", "message": "今別町中央公民館は、休館します。"},
]

WEEKS = [
    {"run_date": "2026-12-31", "cut_off": "2026-12-31T08:30:00+09:00", "mail_on": "2027-01-02", "pickup_from": None,
     "pickup_until": "2027-01-10", "suspended": True, "reason": "年末年始"},
    {"run_date": "2027-01-07", "cut_off": "2027-01-07T08:30:00+09:00", "mail_on": "2027-01-09",
     "pickup_from": "2027-01-10", "pickup_until": "2027-01-17", "suspended": False, "reason": None},
]  # fmt: skip
SOON = datetime.now(TOKYO).date() + timedelta(days=9)


def test_it_shows_the_days_of_the_next_run_and_the_news_the_library_first(page: Page) -> None:
    # GIVEN a week that is suspended before one that is not
    page.route("**/api/calendar", lambda route: route.fulfill(json={"items": WEEKS, "closed_days": [], "cursor": None}))
    page.route("**/api/notices", lambda route: route.fulfill(json={"items": NOTICES, "cursor": None}))
    page.goto("/")
    # THEN the days are those of the other (RULES 18, 22, 29)
    expect(page.get_by_text("12月31日(木)のオンライン貸出は、お休みします(年末年始)。")).to_be_visible()
    expect(page.locator("#cut-off")).to_have_text("1月7日(木) 8:30 まで")
    expect(page.locator("#pickup")).to_have_text("1月10日(日)～1月17日(日)")
    expect(page.locator(".week-sheet .cut-off")).to_have_text("7締切")
    # and the library's own news come first
    expect(page.locator(".notices li").first).to_have_text("オンライン貸出の処理は、お休みします。")
    assert_accessible(page)
    page.goto("/notices.html")
    expect(page.get_by_text("今別町中央公民館は、休館します。")).to_be_visible()
    assert_accessible(page)


def test_a_list_that_does_not_come_can_be_asked_for_again(page: Page) -> None:
    page.route("**/api/facilities", lambda route: route.abort(), times=1)
    page.goto("/facilities.html")
    again = page.get_by_role("button", name="もう一度読み込む")
    expect(again).to_be_visible()
    assert_accessible(page)
    again.click()
    expect(page.locator(".facility-list li")).to_have_count(59)


def test_facilities_are_found_on_the_map_and_in_the_list(page: Page, given: Given) -> None:
    # GIVEN a facility that is closed for a day
    shut = Closure(closure_id="c-59", scope=Scope.FACILITY, facility="59", starts_on=SOON, ends_on=SOON, reason="停電")
    given.table.write(calendar.closure_addition(shut))
    page.goto("/facilities.html")
    # THEN all 59 are there, each behind one mark of the map, and only No. 14 has no kits (RULES 5)
    items, marks = page.locator(".facility-list li"), page.locator(".map-mark")
    expect(items).to_have_count(59)
    named = " ".join(mark.get_attribute("aria-label") or "" for mark in marks.all())
    names = page.locator(".facility-list summary span").all_text_contents()
    assert [name for name in names if name not in named] == []
    expect(page.locator("small", has_text="登録セットなし")).to_have_text(["深浦町・登録セットなし"])
    assert_accessible(page)
    # WHEN a mark is chosen with the keyboard THEN the list has its facilities alone, and the first is open
    page.get_by_role("link", name="新郷村").focus()
    expect(page.locator(".map-caption")).to_contain_text("新郷村教育委員会")
    page.keyboard.press("Enter")
    expect(page.locator(".facility-list li:not([hidden])")).to_have_count(1)
    expect(page.locator("details[open] .facts").last).to_contain_text("(停電)")
    assert_accessible(page)
    # WHEN another is looked for by the name of its municipality
    page.get_by_label("市町村や館の名前でさがす").fill("むつ市 大畑")
    expect(page.locator(".facility-list li:not([hidden])")).to_have_text(
        ["むつ市立図書館大畑分館 むつ市"], use_inner_text=True
    )


def test_its_links_lead_to_the_kind_of_application(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="利用者カードの再発行").click()
    expect(page.get_by_label("利用者カードの再発行", exact=True)).to_be_checked()


def test_a_newcomer_finds_the_way_on_a_wide_screen_by_the_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/")
    assert_accessible(page)
    # WHEN 使い方 is chosen in the navigation
    page.get_by_role("navigation", name="主なページ").get_by_role("link", name="使い方").press("Enter")
    expect(page.locator("summary")).to_have_count(32)
    assert_accessible(page)
    # THEN a question is found by words of its answer, which opens, and its numbers are the library's (RULES 31)
    page.get_by_label("質問を言葉でさがす").fill("ブックポスト 新町")
    expect(page.get_by_role("status")).to_have_text("「ブックポスト 新町」のある質問と答えは、1件です。")
    expect(page.get_by_text("県立図書館のブックポスト2か所は使えます。")).to_be_visible()
    page.get_by_label("質問を言葉でさがす").fill("ぶっくぽすとのない質問")
    expect(page.get_by_role("status")).to_contain_text("ありません")
    assert_accessible(page)
    # and a link to a question opens it
    page.goto("/guide.html#q22")
    expect(page.locator("#q22")).to_contain_text("3日前から期限の日まで、1週間ずつ、2回まで")
    expect(page.locator("#q22 a").first).to_be_visible()


def test_the_menu_of_a_phone_leads_everywhere(page: Page) -> None:
    # GIVEN a phone, where each heading is near the top
    page.goto("/")
    expect(page.get_by_role("navigation", name="主なページ")).to_be_hidden()
    for name in ("資料をさがす", "使い方", "協力館", "カレンダー", "お知らせ"):
        # WHEN the menu is opened and a page chosen THEN it is there
        page.get_by_role("button", name="ページ一覧").click()
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        box = page.get_by_role("heading", level=1).bounding_box()
        assert box is not None
        assert box["y"] < 160
    page.get_by_role("button", name="ページ一覧").click()
    assert_accessible(page)


def test_a_wrong_address_leads_back_to_the_pages(page: Page) -> None:
    # WHEN an address is opened at which there is no page
    answer = page.goto("/guide/q7")
    # THEN a page says so, in the frame and with the headers of every other
    assert answer is not None
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", level=1)).to_have_text("ページが見つかりません")
    assert_accessible(page)
    page.locator("#content").get_by_role("link", name="使い方").click()
    expect(page.locator("summary")).to_have_count(32)
    # and what the API says is not there is still said in its own form
    problem = page.request.get("/api/nothing")
    assert (problem.status, problem.json()["code"]) == (404, "not_found")


def on_a_stack_that_travels(phone: BrowserContext, journeys: list[str]) -> None:
    """Its pages have the bar, and come with the headers of every other; on the way a run is made, the first time."""
    files = dict(site_files(WEB, AOMORI, travels=True))

    def given_page(route: Route) -> None:
        route.fulfill(response=route.fetch(), body=files[urlsplit(route.request.url).path.removeprefix("/")])

    def given_file(route: Route) -> None:
        name = urlsplit(route.request.url).path.removeprefix("/")
        route.fulfill(body=files[name], content_type=content_type(name))

    def go(route: Route) -> None:
        journeys.append(json.loads(route.request.post_data or "")["to"])
        route.fulfill(json={"done": {"thursday_run": 1, "daily_notices": 2} if len(journeys) == 1 else {}})

    phone.route("**/*.html", given_page)
    phone.route("**/travel", go)
    for name in TRAVEL:
        phone.route(f"**/{name}", given_file)


def test_a_tab_travels_in_time_and_who_is_signed_in_stays_so(phone: BrowserContext, given: Given) -> None:
    # GIVEN the desk, signed in on a stack that travels in time
    page, asked, journeys = phone.new_page(), list[str | None](), list[str]()
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    expect(page.locator("#content > [aria-busy=false]")).to_be_visible()
    on_a_stack_that_travels(phone, journeys)

    def note(request: Request) -> None:
        if "/api/" in request.url:
            asked.append(request.headers.get("x-now"))

    page.on("request", note)
    page.reload()
    expect(page.locator("#content > [aria-busy=false]")).to_be_visible()
    bar = page.get_by_role("complementary", name="時間の旅")
    expect(bar).to_contain_text("いまの時刻")
    # WHEN a day is chosen, by the keyboard
    bar.get_by_text("時間の旅").focus()
    page.keyboard.press("Enter")
    day = bar.get_by_role("button", name="返却期限")
    expect(day).to_be_visible()
    assert_accessible(page)
    assert set(asked) == {None}
    asked.clear()
    (chosen,) = re.findall(r"\d+月\d+日\(.\) [\d:]+", day.inner_text())
    day.focus()
    page.keyboard.press("Enter")
    # THEN the bar says so, they are still signed in, and every request is of that moment
    expect(bar).to_contain_text(f"時間の旅: {chosen}")
    expect(bar.get_by_role("status")).to_have_text("予定の仕事をしました: 木曜日の処理 1回、毎日のお知らせ 2回")
    expect(page.get_by_role("button", name="ログアウト", include_hidden=True)).to_be_attached()
    expect(page.locator("#content > [aria-busy=false]")).to_be_visible()
    assert_accessible(page)
    assert len(set(asked)) == 1
    assert journeys == asked[:1]
    moment = datetime.fromisoformat(asked[0] or "")
    assert moment > datetime.now(TOKYO)
    # and so it is on the other pages of this tab, but not in another one
    page.goto("/index.html")
    expect(page.locator(".week-sheet .today")).to_contain_text(str(moment.day))
    expect(page.locator("#cut-off")).to_contain_text("まで")
    other = phone.new_page()
    other.goto("/index.html")
    expect(other.get_by_role("complementary", name="時間の旅")).to_contain_text("いまの時刻")
    # WHEN they come back THEN it is now again
    bar.get_by_text("時間の旅").click()
    bar.get_by_role("button", name="いまに戻る").click()
    expect(bar).to_contain_text("いまの時刻")


def test_the_first_content_of_every_open_page_is_measured(page: Page) -> None:
    # WHEN the bench visits the pages once each THEN every one has shown what it is for
    assert all(milliseconds > 0 for milliseconds in of_open_pages(page, visits=1).values())
