"""A patron in My Library, from the first sign-in on (RULES 6, 7, 9, 12, 27, 28, 31, 33, 38, 39)."""

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from infra.local.people import mailbox, until
from lending.domain.week import TOKYO
from tests.browser.conftest import PATIENCE_MS, assert_accessible
from tests.browser.filling import heading
from tests.browser.given import CHOSEN, TEMPORARY, Clock, Given, on_paper, open_view, sign_in_at

pytestmark = pytest.mark.browser

CARD = "利用者番号(カードの番号)"
MONDAY = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
WRONG_PAIR = "利用券の番号またはパスワードに誤りがあります。"


def test_a_patron_signs_in_searches_holds_and_cancels(phone: BrowserContext, given: Given) -> None:
    # GIVEN a patron with a temporary password
    Clock(phone, MONDAY)
    patron = given.patron(TEMPORARY)
    given.title("三内丸山のりんご", MONDAY, copies=2)
    page = phone.new_page()
    # WHEN the pair is wrong THEN nothing more is said (RULES 6)
    sign_in_at(page, "/library.html", patron.card_number, CARD, "wrong-2026")
    expect(page.locator("#summary li")).to_have_text([WRONG_PAIR])
    assert_accessible(page)
    # WHEN it is right THEN a password of one's own is asked for
    page.get_by_label("パスワード", exact=True).fill(TEMPORARY)
    page.get_by_role("button", name="ログイン").click()
    heading(page, "新しいパスワードを決めてください")
    page.get_by_label("新しいパスワード", exact=True).fill("short1")
    page.get_by_role("button", name="このパスワードに決める").click()
    expect(page.locator("#summary")).to_contain_text("8文字以上")
    assert_accessible(page)
    page.get_by_label("新しいパスワード", exact=True).fill(CHOSEN)
    page.get_by_label("新しいパスワード(確認").fill(CHOSEN)
    page.get_by_role("button", name="このパスワードに決める").click()
    expect(page.get_by_text("予約している資料は、ありません。")).to_be_visible()
    assert_accessible(page)
    # WHEN a book is looked for, remembered and held
    open_view(page, "資料をさがす")
    page.get_by_label("さがす言葉").fill("内丸")
    page.get_by_role("button", name="さがす").click()
    expect(page.get_by_text("1点あります。")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="予約かごへ").click()
    expect(page.get_by_text("予約かごに入れました。")).to_be_focused()
    open_view(page, "予約かご")
    assert_accessible(page)
    hold = page.get_by_role("button", name="選んだ資料を予約する")
    hold.click()
    expect(page.locator("#summary")).to_contain_text("受取館を選んでください。")
    page.get_by_label("受取館").select_option(label="平内町 平内町立図書館")
    page.get_by_role("checkbox", name="三内丸山のりんご").uncheck()
    hold.click()
    expect(page.locator("#summary")).to_contain_text("予約する資料を選んでください。")
    assert_accessible(page)
    page.get_by_role("checkbox", name="三内丸山のりんご").check()
    hold.click()
    # THEN it says where and what comes next, and stands in the list with its day
    expect(page.locator("#news")).to_contain_text("1冊を予約しました。受取館は、平内町立図書館です。")
    expect(page.locator(".book")).to_contain_text("早くて 6月7日(日)")
    expect(page.locator(".book")).to_contain_text("確保待ち")
    expect(page.locator(".book")).to_contain_text("1番目(お待ちの方 1人)")
    assert_accessible(page)
    # WHEN it is cancelled THEN it is asked once more, and gone (RULES 12)
    cancel = page.get_by_role("button", name="「三内丸山のりんご」の予約を取り消す")
    cancel.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="やめる").click()
    expect(cancel).to_be_focused()
    cancel.click()
    page.get_by_role("button", name="取り消す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("取り消しました")
    expect(page.get_by_text("予約している資料は、ありません。")).to_be_visible()
    # WHEN the card is shown THEN a scanner reads it (RULES 28)
    open_view(page, "利用者カード")
    expect(page.locator("#card-number")).to_have_text(patron.card_number)
    picture = Image.open(BytesIO(page.locator(".library-card").screenshot()))
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Codabar))
    assert code.text.strip("AB") == patron.card_number
    assert_accessible(page)
    # WHEN the patron leaves THEN nothing is left
    page.get_by_role("button", name="ログアウト").click()
    heading(page, "Myライブラリ")
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    page.go_back()
    heading(page, "Myライブラリ")
    expect(page.get_by_label(CARD)).to_be_visible()


def test_a_patron_changes_password_and_mail_address(phone: BrowserContext, given: Given) -> None:
    # GIVEN a patron who is signed in
    Clock(phone, MONDAY)
    patron = given.patron()
    page = phone.new_page()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    # WHEN a usual place is chosen THEN it is the one that stays
    open_view(page, "利用者情報")
    page.get_by_label("いつもの受取館").select_option(label="平内町 平内町立図書館")
    page.get_by_role("button", name="受取館を変える").click()
    expect(page.locator("#news")).to_contain_text("いつもの受取館を変えました。")
    expect(page.get_by_label("いつもの受取館").locator("option:checked")).to_have_text("平内町 平内町立図書館")
    # WHEN the password is changed with a wrong one THEN it is refused at its field
    assert_accessible(page)
    chosen = "tsugi-2026"
    fields = {
        "現在のパスワード": "wrong-2026",
        "新しいパスワード": chosen,
        "新しいパスワード(確認のため、もう一度)": chosen,
    }
    for label, text in fields.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="パスワードを変える").click()
    expect(page.locator("#summary")).to_contain_text("現在のパスワードに誤りがあります。")
    # WHEN with the right one THEN it is changed
    page.get_by_label("現在のパスワード").fill(CHOSEN)
    page.get_by_role("button", name="パスワードを変える").click()
    expect(page.locator("#news")).to_contain_text("パスワードを変えました")
    # WHEN the mail address is changed THEN it counts once its link was followed (RULES 7)
    page.get_by_label("メールアドレス").fill("ｎｅｕ＠example.jp")
    page.get_by_role("button", name="メールの設定を変える").click()
    expect(page.locator("#summary")).to_contain_text("半角")
    page.get_by_label("メールアドレス").fill("neu@example.jp")
    page.get_by_role("button", name="メールの設定を変える").click()
    expect(page.locator("#pending")).to_contain_text("neu@example.jp")
    assert_accessible(page)
    mail = until(lambda: next((m for m in mailbox(given.stack) if "neu@example.jp" in m["To"]), None), "the link")
    link = next(line for line in mail["BodyText"].splitlines() if "/confirm.html#" in line)
    other = phone.new_page()
    other.goto(link)
    heading(other, "メールアドレスの確認")
    assert "#" not in other.url
    assert_accessible(other)
    other.get_by_role("button", name="このアドレスを使う").click()
    heading(other, "メールアドレスを変えました")
    # AND the mail is in the list with how far it has come (RULES 38)
    open_view(page, "メール")
    expect(page.locator(".book")).to_contain_text("メールアドレスの確認")
    # AND what it said, but for the link
    page.get_by_text("本文", exact=True).click()
    expect(page.locator(".book")).to_contain_text("24時間有効です")
    expect(page.locator(".book")).not_to_contain_text("confirm.html")
    assert_accessible(page)
    page.get_by_role("button", name="受信確認メールを送る").click()
    expect(page.locator("#news")).to_contain_text("neu@example.jp")


HOLD = {
    "title_id": "T1", "title": "見本の本", "author": "見本 太郎", "pickup_place": "2", "next_pickup_place": None,
    "next_pickup_from": None, "placed_at": "2026-06-01T12:00:00+09:00", "position": None, "of": None,
    "pickup_from": None, "pickup_until": None, "earliest_pickup": None, "last_run": None,
}  # fmt: skip
LOAN = {
    "barcode": "B1", "title_id": "T1", "title": "見本の本", "lent_on": "2026-06-04", "due_on": "2026-06-21",
    "overdue": False, "past_due_note": None, "renewals_left": 2, "renewable_from": "2026-06-18", "renewable": True,
    "reasons": [], "reserved": None, "pickup_place": "2", "pickup_from": "2026-06-07", "pickup_until": "2026-06-14",
    "state": "on_loan", "state_label": "貸出",
}  # fmt: skip


def told(route: Route) -> dict[str, Any]:
    """What the API would have answered."""
    answer: dict[str, Any] = route.fetch(timeout=PATIENCE_MS).json()
    return answer


def test_every_state_of_holds_and_loans_is_told(phone: BrowserContext, given: Given) -> None:
    # GIVEN holds and loans in every state, and a card that has run out and an address no mail reaches
    patron = given.patron(expires_on=date(2020, 3, 31))
    run = {"date": "2026-06-04", "code": "queue", "message": "3人中2番目で、本は1冊です。", "facts": {}}
    holds = [
        HOLD | {"status": "waiting", "status_label": "確保待ち", "position": 2, "of": 3, "last_run": run},
        HOLD | {"title_id": "T2", "status": "secured", "status_label": "確保済み"},
        HOLD | {"title_id": "T3", "status": "ready", "status_label": "貸出可能", "pickup_place": "prefectural",
                "pickup_until": "2026-06-16"},
    ]  # fmt: skip
    reserved = {"code": "held_by_others", "message": "ほかの方の予約が有るため、延長できません。"}
    loans = [
        LOAN,
        LOAN | {"barcode": "B2", "renewable": False, "reasons": [reserved], "reserved": "予約 有り", "overdue": True},
        LOAN | {"barcode": "B3", "state": "to_collect", "state_label": "受取できます"},
        LOAN | {"barcode": "B4", "state": "window_over", "state_label": "受取期間は終わりました", "renewable": False,
                "reasons": [reserved], "past_due_note": "返却済みの場合も、(6月24日(水)ごろ)貸出中と表示されます。"},
    ]  # fmt: skip
    phone.route("**/api/me/holds", lambda route: route.fulfill(json={"items": holds, "cursor": None}))
    phone.route("**/api/me/loans", lambda route: route.fulfill(json={"items": loans, "cursor": None}))
    phone.route("**/api/me", lambda route: route.fulfill(json=told(route) | {"email_reachable": False}))
    page = phone.new_page()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    # THEN each is told, and only the waiting one can be cancelled (RULES 12)
    expect(page.locator(".book")).to_have_count(3)
    expect(page.get_by_text("3人中2番目で、本は1冊です。")).to_be_visible()
    expect(page.get_by_role("button", name="取り消す")).to_have_count(1)
    expect(page.locator(".book").nth(2)).to_contain_text("受取期限6月16日(火)")
    # AND the warnings stand on top (RULES 8, 39)
    expect(page.get_by_role("heading", level=2).first).to_have_text("メールが届いていません")
    expect(page.get_by_text("利用者カードの有効期限が切れています")).to_be_visible()
    assert_accessible(page)
    open_view(page, "借りている資料")
    expect(page.get_by_role("checkbox", name="貸出延長")).to_have_count(2)
    expect(page.get_by_text("ほかの方の予約が有るため、延長できません。")).to_have_count(2)
    expect(page.get_by_text("6月21日(日) 期限を過ぎています")).to_have_count(1)
    # AND where nobody knows, that is said (RULES 30, 35)
    expect(page.locator(".book").nth(3)).to_contain_text("受取期間は終わりました")
    expect(page.locator(".book").nth(3)).to_contain_text("6月24日(水)ごろ")
    assert_accessible(page)
    # WHEN two are ticked and renewed THEN each one's end is told: a new day, or why not (RULES 31)
    page.get_by_role("button", name="選んだ資料を貸出延長する").click()
    expect(page.locator("#summary")).to_contain_text("貸出延長する資料を選んでください。")
    results = [
        {"barcode": "B1", "renewed": True, "due_on": "2026-06-28", "reasons": []},
        {"barcode": "B3", "renewed": False, "due_on": None, "reasons": [reserved]},
    ]
    phone.route("**/api/me/renewals", lambda route: route.fulfill(json={"items": results}))
    for box in page.get_by_role("checkbox", name="貸出延長").all():
        box.check()
    page.get_by_role("button", name="選んだ資料を貸出延長する").click()
    expect(page.locator("#news")).to_contain_text("6月28日(日)まで")
    expect(page.locator("#news")).to_contain_text("延長できませんでした")
    assert_accessible(page)


def test_a_session_that_ran_out_asks_to_sign_in_again(page: Page, given: Given) -> None:
    patron = given.patron()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    expect(page.get_by_text("予約している資料は、ありません。")).to_be_visible()
    # GIVEN a token that has run out THEN a new one is fetched, and nobody notices
    run_out = "const s = JSON.parse(sessionStorage.session); s.until = 0; sessionStorage.session = JSON.stringify(s);"
    page.evaluate(run_out)
    open_view(page, "借りている資料")
    page.wait_for_function("JSON.parse(sessionStorage.session).until > 0")
    # WHEN it cannot be renewed any more THEN the page says so
    page.evaluate(run_out.replace("s.until = 0;", "s.until = 0; s.refresh = 'void';"))
    page.locator(".view-links").get_by_role("link", name="メール").click()
    heading(page, "Myライブラリ")
    expect(page.get_by_text("しばらく操作がなかったため")).to_be_visible()
    assert_accessible(page)


def test_whom_the_gateway_turns_away_is_asked_to_sign_in_again(page: Page, given: Given) -> None:
    patron = given.patron()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    expect(page.get_by_text("予約している資料は、ありません。")).to_be_visible()
    # WHEN a token counts no more, also a new one: the gateway says so in words of its own
    page.route("**/api/me/mails", lambda route: route.fulfill(status=401, json={"message": "Unauthorized"}))
    page.locator(".view-links").get_by_role("link", name="メール").click()
    # THEN the page knows what it means
    heading(page, "Myライブラリ")
    expect(page.get_by_text("もう一度ログインしてください")).to_be_visible()


def test_a_lost_temporary_password_is_asked_for_again(phone: BrowserContext, given: Given) -> None:
    # GIVEN a patron who has not yet used theirs
    Clock(phone, MONDAY)
    patron = given.patron(TEMPORARY)
    page = phone.new_page()
    page.goto("/password.html")
    # WHEN they are asked first which way works THEN it has to be answered
    page.get_by_role("button", name="つぎへ").click()
    expect(page.locator("#summary")).to_contain_text("どれかを選んでください。")
    assert_accessible(page)
    page.get_by_label("仮パスワードのメールをなくした").check()
    page.get_by_role("button", name="つぎへ").click()
    page.get_by_role("button", name="仮パスワードを送ってもらう").click()
    expect(page.locator("#summary li")).to_have_count(2)
    assert_accessible(page)
    # WHEN card and birthday are sent
    page.get_by_label(CARD).fill(patron.card_number)
    page.get_by_label("西暦・元号").select_option("平成")
    for part, text in (("年", "2"), ("月", "4"), ("日", "1")):
        page.get_by_label(part, exact=True).fill(text)
    page.get_by_role("button", name="仮パスワードを送ってもらう").click()
    # THEN nothing is said to have been accepted, and a new one comes by mail (RULES 6)
    heading(page, "メールをご確認ください")
    assert_accessible(page)
    until(lambda: any(patron.email in mail["To"] for mail in mailbox(given.stack)), "the mail")


@pytest.mark.parametrize(
    "case", ["パスワードを決めたが、忘れた", "以前からカードを持っていて", "変わった、登録していない"]
)
def test_who_has_forgotten_a_password_is_led_to_the_way_that_works(page: Page, case: str) -> None:
    page.goto("/password.html")
    page.get_by_label(case).check()
    page.get_by_role("button", name="つぎへ").click()
    heading(page, "「仮パスワードの発行」を申請してください")
    assert_accessible(page)
    page.get_by_role("link", name="仮パスワードの発行を申請する").click()
    expect(page.get_by_label("仮パスワードの発行", exact=True)).to_be_checked()


def test_a_void_link_says_what_to_do(page: Page) -> None:
    page.goto("/confirm.html#void")
    page.get_by_role("button", name="このアドレスを使う").click()
    heading(page, "このリンクは使えません")
    assert_accessible(page)


def test_two_labels_to_a_sheet_and_no_name_on_them(page: Page) -> None:
    # GIVEN the facility and a card number (RULES 33)
    page.goto("/label.html")
    page.evaluate("window.print = () => document.body.classList.add('printed')")
    page.get_by_label("返す協力館").select_option(label="鰺ヶ沢町 日本海拠点館")
    page.get_by_label("利用者番号").fill("２０１０-０００１")
    assert_accessible(page)
    # WHEN it is printed
    page.get_by_role("button", name="印刷する").click()
    page.locator("body.printed").wait_for(state="attached")
    # THEN two labels fill one A4, with both notes, and nothing else is on it
    pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert pages == 1
    with on_paper(page):
        expect(page.locator(".label-half")).to_have_count(2)
        said = (
            "オンライン貸出サービス",
            "日本海拠点館",
            "20100001",
            "お名前は不要です",
            "各利用者様へ",
            "各協力館様へ",
        )
        for half in page.locator(".label-half").all():
            for text in said:
                expect(half).to_contain_text(text)
        expect(page.locator("header, footer, form, h1, h2").filter(visible=True)).to_have_count(0)
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


def test_a_patron_sees_what_is_kept_has_it_as_a_file_and_leaves(phone: BrowserContext, given: Given) -> None:
    # GIVEN a patron with a book on hold
    Clock(phone, MONDAY)
    patron = given.patron()
    title = given.title("三内丸山のりんご", MONDAY)
    given.hold(patron, title, "prefectural", MONDAY)
    page = phone.new_page()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    # WHEN they look THEN all that is registered is there (RULES 41)
    open_view(page, "利用者情報")
    facts = page.locator("dl.facts").first
    for text in (patron.name, patron.kana, patron.address, patron.phone, "1990年4月1日"):
        expect(facts).to_contain_text(text)
    # AND as a file
    with page.expect_download() as download:
        page.get_by_role("button", name="すべての情報をファイルで受け取る").click()
    file = json.loads(download.value.path().read_text())
    assert (file["record"][0]["name"], len(file["holds"])) == (patron.name, 1)
    # WHEN they leave with a hold open THEN they are told why not
    page.get_by_role("button", name="利用者登録を抹消する").click()
    assert_accessible(page)
    page.get_by_role("button", name="抹消する", exact=True).click()
    expect(page.locator("#summary")).to_contain_text("予約が1件あります")
    # WHEN it is cancelled THEN they can
    open_view(page, "予約した資料")
    page.get_by_role("button", name="「三内丸山のりんご」の予約を取り消す").click()
    page.get_by_role("button", name="取り消す", exact=True).click()
    expect(page.get_by_text("の予約を取り消しました。")).to_be_visible()
    open_view(page, "利用者情報")
    page.get_by_role("button", name="利用者登録を抹消する").click()
    page.get_by_role("button", name="抹消する", exact=True).click()
    # THEN nobody is signed in, and the card opens nothing any more
    expect(page.get_by_text("利用者登録を抹消しました。")).to_be_visible()
    expect(page.get_by_label(CARD)).to_be_visible()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    expect(page.locator("#summary li")).to_have_text([WRONG_PAIR])
