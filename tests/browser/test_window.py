"""Who comes to the window or writes, at the desk's pages (RULES 6, 41, 44)."""

from datetime import datetime
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, expect

from infra.local.people import until
from infra.local.samples import PEOPLE
from lending.domain.week import TOKYO
from tests.browser.conftest import assert_accessible
from tests.browser.given import CHOSEN, Clock, Given, on_paper, open_view, sign_in_at

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


def test_somebody_without_mail_is_registered_found_and_let_in(phone: BrowserContext, given: Given) -> None:
    Clock(phone, MONDAY)
    page = phone.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    # WHEN a child comes to the window with a card that the library issued, and no mail address (RULES 44)
    open_view(page, "利用者")
    page.get_by_role("link", name="窓口で登録する").click()
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("#summary li")).to_have_count(4)
    assert_accessible(page)
    typed = {
        "利用者番号": "0081 2345", "お名前": "例示 小春", "フリガナ": "れいじ こはる", "生年月日": "2015/5/5",
        "ご住所": "青森県青森市新町1-1-1", "電話番号": "017-222-3333", "保護者のお名前": "例示 夏子",
    }  # fmt: skip
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="登録する").click()
    # THEN their record is there
    expect(page.locator("#news")).to_contain_text("例示 小春 様を登録しました。")
    expect(page.get_by_text("例示 小春(レイジ コハル)")).to_be_visible()
    expect(page.get_by_text("例示 夏子")).to_be_visible()
    assert_accessible(page)
    # WHEN their birthday turns out to be misread THEN it is corrected
    page.get_by_text("登録の内容を変える").click()
    page.get_by_label("生年月日").fill("2015-05-06")
    page.get_by_label("電話番号", exact=True).fill("")
    assert_accessible(page)
    page.get_by_role("button", name="変更する").click()
    expect(page.locator("#news")).to_contain_text("登録の内容を変えました。")
    expect(page.get_by_text("2015年5月6日")).to_be_visible()
    # WHEN somebody of the same name and birthday is registered THEN they are asked whether it is another
    open_view(page, "利用者")
    page.get_by_role("link", name="窓口で登録する").click()
    twin = {
        "利用者番号": "00812346", "お名前": "例示 心春", "フリガナ": "レイジ コハル", "生年月日": "2015-05-06",
        "保護者のお名前": "例示 秋子",
    }  # fmt: skip
    for label, text in twin.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("dialog")).to_contain_text("00812345 例示 小春")
    page.get_by_role("button", name="別の方として登録する").click()
    expect(page.get_by_text("例示 心春(レイジ コハル)")).to_be_visible()
    # WHEN they come again without a card THEN they are found by the little they know
    open_view(page, "利用者")
    page.get_by_role("link", name="カードのない方を探す").click()
    page.get_by_role("button", name="探す", exact=True).click()
    expect(page.locator("#summary")).to_contain_text("どれか1つ")
    page.get_by_label("フリガナ").fill("れいじ")
    page.get_by_label("生年月日").fill("2015-05-06")
    page.get_by_role("button", name="探す", exact=True).click()
    expect(page.locator("#found tbody tr")).to_have_count(2)
    assert_accessible(page)
    page.get_by_role("link", name="00812345").click()
    # WHEN they have lost the card THEN they get another
    page.get_by_text("新しいカードを渡す").click()
    page.get_by_label("新しいカードの番号").fill("00812347")
    page.get_by_role("button", name="カードを作り直す").click()
    page.get_by_role("button", name="作り直す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("新しいカードをお渡しできます。")
    # WHEN they are handed a password on paper
    page.get_by_role("button", name="仮パスワードの票を作る").click()
    page.get_by_role("button", name="作る", exact=True).click()
    slip = page.get_by_role("region", name="仮パスワードの票")
    expect(slip).to_contain_text("例示 小春 様")
    password = slip.locator(".password").inner_text()
    with on_paper(page):
        expect(slip).to_be_visible()
        expect(page.locator("header, .view-links, h1, .actions").filter(visible=True)).to_have_count(0)
    assert_accessible(page)
    # THEN it is gone once they leave the page, and it lets the child in
    open_view(page, "連絡")
    expect(page.locator("body")).not_to_contain_text(password)
    at_home = phone.new_page()
    sign_in_at(at_home, "/library.html", "00812347", "利用者番号(カードの番号)", password)
    at_home.get_by_label("新しいパスワード", exact=True).fill(CHOSEN)
    at_home.get_by_label("新しいパスワード(確認").fill(CHOSEN)
    at_home.get_by_role("button", name="このパスワードに決める").click()
    expect(at_home.get_by_role("heading", name="つぎにすること")).to_be_visible()


def test_who_has_no_mail_is_written_a_letter(phone: BrowserContext, given: Given) -> None:
    # GIVEN somebody without mail, whose hold was ended by the library (RULES 9, 44)
    Clock(phone, MONDAY)
    patron, title = given.patron(name="例示 冬美", email=""), given.title("雪国の暦", MONDAY)
    given.hold(patron, title, "2", MONDAY)
    body = {"action": "cancel_all", "reason": "紛失のため、お貸しできなくなりました。"}
    given.desk().expect(200, "POST", f"/desk/titles/{title}/holds", MONDAY, body)
    letters = partial(given.desk().items, "/desk/lists/letters", MONDAY)
    until(lambda: any(each["card_number"] == patron.card_number for each in letters()), "the letter")
    page = phone.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    # WHEN staff open the letters THEN it is there as it will be printed, with the address
    open_view(page, "手紙")
    letter = page.get_by_role("region", name="例示 冬美 様への手紙")
    for said in ("〒030-0184", patron.address, "例示 冬美 様", "予約取消のお知らせ", "雪国の暦", "紛失のため"):
        expect(letter).to_contain_text(said)
    assert_accessible(page)
    with on_paper(page):
        expect(letter).to_be_visible()
        expect(page.locator("header, .view-links, h1, .actions, table").filter(visible=True)).to_have_count(0)
    # WHEN it is printed THEN it is gone from the list
    page.get_by_role("button", name="例示 冬美 様への「予約取消のお知らせ」を印刷した").click()
    page.get_by_role("dialog").get_by_role("button", name="印刷した").click()
    expect(page.locator("#news")).to_contain_text("1通の手紙を、印刷したと記録しました。")
    expect(letter).to_have_count(0)


def test_cards_are_brought_to_a_place_and_counted_there(phone: BrowserContext, given: Given) -> None:
    Clock(phone, MONDAY)
    page = phone.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    # WHEN a row of cards is brought to the library's own counter (RULES 44)
    open_view(page, "利用者")
    page.get_by_role("link", name="カードの在庫を見る").click()
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("#summary li")).to_have_count(2)
    assert_accessible(page)
    page.get_by_label("場所").select_option(label="青森県立図書館")
    page.get_by_label("最初の番号").fill("00900001")
    page.get_by_label("最後の番号").fill("00900040")
    page.get_by_role("button", name="登録する").click()
    # THEN they are counted there
    expect(page.locator("#news")).to_contain_text("青森県立図書館に、カードを40枚登録しました。")
    expect(page.get_by_role("row").filter(has_text="青森県立図書館")).to_contain_text("40枚")
    assert_accessible(page)


def test_an_application_with_another_birthday_is_confirmed_by_name(phone: BrowserContext, given: Given) -> None:
    # GIVEN an application for the card of somebody with another birthday (RULES 4)
    Clock(phone, MONDAY)
    patron = given.patron(name="例示 秋江", kana="レイジ アキエ")
    receipt = given.application(
        PEOPLE[0], patron.card_number, MONDAY, ["driving_licence"], kind="change", name=patron.name
    )
    page = phone.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    open_view(page, "申請")
    page.get_by_role("link", name=receipt).click()
    # WHEN staff register it THEN they are told what differs
    page.get_by_label("登録する", exact=True).check()
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#summary")).to_contain_text("生年月日が、登録されている内容と違います。")
    assert_accessible(page)
    # AND once they have confirmed each of it, it is registered
    differing = page.get_by_role("group", name="登録の内容と違うところ")
    for box in differing.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#news")).to_contain_text(f"受付番号 {receipt} を登録しました")


def test_what_staff_did_is_read_and_somebody_is_taken_out(phone: BrowserContext, given: Given) -> None:
    # GIVEN a patron at the window
    Clock(phone, MONDAY)
    patron = given.patron()
    page = phone.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    open_view(page, "利用者")
    page.get_by_label("利用者番号").fill(patron.card_number)
    page.get_by_role("button", name="記録を見る").click()
    expect(page.get_by_text(patron.phone)).to_be_visible()
    # WHEN staff read what was done with their record THEN the look of just now is there, by whom (RULES 41)
    page.get_by_text("操作の記録", exact=True).click()
    first = page.get_by_role("region", name="操作の記録").locator("tbody tr").first
    expect(first).to_contain_text("閲覧")
    expect(first).to_contain_text("窓口での対応")
    expect(first).to_contain_text("desk")
    assert_accessible(page)
    # WHEN they ask to be taken out THEN nothing is there any more
    page.get_by_text("利用者登録の抹消", exact=True).click()
    page.get_by_role("button", name="利用者登録を抹消する").click()
    expect(page.get_by_role("dialog")).to_contain_text("1990年4月1日生")
    assert_accessible(page)
    page.get_by_role("button", name="抹消する", exact=True).click()
    expect(page.locator("#news")).to_contain_text("利用者登録を抹消しました。")
    page.get_by_label("利用者番号").fill(patron.card_number)
    page.get_by_role("button", name="記録を見る").click()
    expect(page.locator("#summary")).to_contain_text("登録されていません")
    # AND what the account did is listed, with lists and patrons
    open_view(page, "利用者")
    page.get_by_role("link", name="職員の操作の記録を見る").click()
    page.get_by_label("職員ID").fill(given.account("desk"))
    page.get_by_role("button", name="記録を見る").click()
    expect(page.get_by_role("region", name="操作の記録")).to_contain_text("利用者登録の抹消")
    assert_accessible(page)
