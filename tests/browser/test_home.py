"""The home page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible

pytestmark = pytest.mark.browser

NOTICES = [
    {"id": "1", "scope": "service", "facility": None, "message": "オンライン貸出の処理は、お休みします。"},
    {"id": "2", "scope": "facility", "facility": "3", "message": "今別町中央公民館は、休館します。"},
]


def test_it_names_every_facility_and_which_hand_out_kits(page: Page) -> None:
    # GIVEN the facilities of the stack
    page.goto("/")
    expect(page.locator("summary")).to_have_count(6)
    # WHEN all districts are opened
    for district in page.locator("summary").all():
        district.click()
    # THEN all 59 are there, and only No. 14 has no kits (RULES 5)
    expect(page.locator("tbody tr")).to_have_count(59)
    expect(page.locator("tr", has_text="配布なし")).to_have_text(["深浦町深浦町公民館岩崎分館配布なし"])
    expect(page.get_by_text("現在、お知らせはありません。")).to_be_visible()
    assert_accessible(page)


def test_it_shows_the_news_the_library_first(page: Page) -> None:
    page.route("**/api/notices", lambda route: route.fulfill(json={"items": NOTICES, "cursor": None}))
    page.goto("/")
    expect(page.get_by_text("オンライン貸出の処理は、お休みします。")).to_be_visible()
    page.get_by_text("協力館のお知らせ(1件)").click()
    expect(page.get_by_text("今別町中央公民館は、休館します。")).to_be_visible()
    assert_accessible(page)


def test_a_list_that_does_not_come_can_be_asked_for_again(page: Page) -> None:
    page.route("**/api/facilities", lambda route: route.abort(), times=1)
    page.goto("/")
    again = page.get_by_role("button", name="もう一度読み込む")
    expect(again).to_be_visible()
    assert_accessible(page)
    again.click()
    expect(page.locator("summary")).to_have_count(6)


def test_its_links_lead_to_the_kind_of_application(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="利用者カードの再発行").click()
    expect(page.get_by_label("利用者カードの再発行", exact=True)).to_be_checked()


def test_it_holds_on_a_wide_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/")
    expect(page.locator("summary")).to_have_count(6)
    assert_accessible(page)
