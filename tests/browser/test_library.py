"""A patron in My Library, from the first sign-in on (RULES 6, 7, 9, 12, 27, 28, 31, 33, 38, 39, 46-49)."""

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any, cast

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, Route, ViewportSize, expect

from infra.local.people import mailbox, until
from lending.domain.week import TOKYO
from tests.browser.conftest import PATIENCE_MS, PHONE, assert_accessible
from tests.browser.filling import heading
from tests.browser.given import (
    CHOSEN,
    TEMPORARY,
    Clock,
    Given,
    is_kept_for_later,
    on_paper,
    open_view,
    sign_in_at,
)

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
    # THEN the first view says what to do next
    expect(page.get_by_role("heading", name="つぎにすること")).to_be_visible()
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
    expect(page.get_by_role("heading", name="平内町立図書館")).to_be_visible()
    hold_row = page.locator(".row")
    expect(hold_row).to_contain_text("確保待ち 1番目(お待ちの方 1人)")
    hold_row.locator("summary").click()
    expect(hold_row.get_by_text("早くて 6月7日(日)")).to_be_visible()
    assert_accessible(page)
    # WHEN it is cancelled THEN it is asked once more, and gone (RULES 12)
    cancel = page.get_by_role("button", name="選んだ予約を取り消す")
    cancel.click()
    expect(page.locator("#summary")).to_contain_text("取り消す予約を選んでください。")
    page.get_by_role("checkbox", name="「三内丸山のりんご」を取り消す予約に選ぶ").check()
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
    open_view(page, "カード")
    expect(page.locator("#card-number")).to_have_text(patron.card_number)
    picture = Image.open(BytesIO(page.locator(".library-card").screenshot()))
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Codabar))
    assert code.text.strip("AB") == patron.card_number
    assert_accessible(page)
    # WHEN the patron leaves THEN nothing is left
    page.get_by_role("button", name="メニュー").click()
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
    open_view(page, "設定")
    page.get_by_label("いつもの受取館").select_option(label="平内町 平内町立図書館")
    page.get_by_role("button", name="受取館を変える").click()
    expect(page.locator("#news")).to_contain_text("いつもの受取館を変えました。")
    expect(page.get_by_label("いつもの受取館").locator("option:checked")).to_have_text("平内町 平内町立図書館")
    # WHEN they want to stay signed in, and no longer THEN what is kept goes to the device, and back
    kept = "[Object.keys(sessionStorage).sort(), Object.keys(localStorage).sort()]"
    page.get_by_role("button", name="この機器ではログインしたままにする").click()
    expect(page.locator("#news")).to_contain_text("ログインしたままになります。")
    assert page.evaluate(kept) == [[], ["card", "session"]]
    page.get_by_role("button", name="ログインしたままにしない").click()
    expect(page.locator("#news")).to_contain_text("ログアウトします。")
    assert page.evaluate(kept) == [["card", "session"], []]
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
    mail_row = page.locator(".row")
    expect(mail_row.locator("summary")).to_contain_text("メールアドレスの確認")
    # AND what it said, but for the link
    mail_row.locator("summary").click()
    expect(mail_row.get_by_text("24時間有効です")).to_be_visible()
    expect(mail_row).not_to_contain_text("confirm.html")
    assert_accessible(page)
    page.get_by_role("button", name="受信確認メールを送る").click()
    expect(page.locator("#news")).to_contain_text("neu@example.jp")


HOLD: dict[str, Any] = {
    "title_id": "T1", "title": "見本の本", "author": "見本 太郎", "pickup_place": "2", "next_pickup_place": None,
    "next_pickup_from": None, "placed_at": "2026-06-01T12:00:00+09:00", "position": None, "of": None,
    "pickup_from": None, "pickup_until": None, "earliest_pickup": None, "last_run": None, "stopped_by": [],
}  # fmt: skip
LOAN: dict[str, Any] = {
    "barcode": "B1", "title_id": "T1", "title": "見本の本", "lent_on": "2026-06-04", "due_on": "2026-06-21",
    "overdue": False, "past_due_note": None, "renewals_left": 2, "renewable_from": "2026-06-18", "renewable": True,
    "reasons": [], "reserved": None, "pickup_place": "2", "pickup_from": "2026-06-07", "pickup_until": "2026-06-14",
    "state": "on_loan", "state_label": "貸出",
}  # fmt: skip


def told(route: Route) -> dict[str, Any]:
    """What the API would have answered."""
    answer: dict[str, Any] = route.fetch(timeout=PATIENCE_MS).json()
    return answer


def part(page: Page, title: str) -> Locator:
    """A part of the day."""
    return page.locator("section.part").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_every_state_of_holds_and_loans_is_told(phone: BrowserContext, given: Given) -> None:
    # GIVEN holds and loans in every state, and a card that has run out and an address no mail reaches
    patron = given.patron(expires_on=date(2020, 3, 31))
    run = {"date": "2026-06-04", "code": "queue", "message": "3人中2番目で、本は1冊です。", "facts": {}}
    holds = [
        HOLD | {"status": "waiting", "status_label": "確保待ち", "position": 2, "of": 3, "last_run": run,
                "expected_pickup": {"earliest": "2099-06-14", "middle": "2099-06-21", "latest": "2099-06-28",
                                    "assumption": "前に待つ方1人と、本1冊の返却の日から計算しました。"},
                "stopped_by": [{"code": "facility_suspended", "message": "受取館がお休みです。"}]},
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
    runs = [{"would_be_lent": 5, "message": "日曜までに2冊返すと、木曜に5冊を貸し出せます。"}, {"would_be_lent": 0}]
    phone.route("**/api/me/outlook", lambda route: route.fulfill(json={"items": runs, "cursor": None}))
    page = phone.new_page()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    # THEN the warnings stand on top of the day (RULES 8, 39)
    expect(page.get_by_role("heading", level=2).first).to_have_text("メールが届いていません")
    expect(page.get_by_text("利用者カードの有効期限が切れています")).to_be_visible()
    # AND what is to be collected, what is late, what fills the cap: with days and numbers (RULES 19, 35)
    collect = part(page, "受け取れる本")
    expect(collect).to_contain_text("平内町立図書館6月14日(日)まで 1冊見本の本")
    expect(collect).to_contain_text("青森県立図書館6月16日(火)まで 1冊見本の本")
    expect(part(page, "返却期限を過ぎた本")).to_contain_text("返却期限 6月21日(日)")
    expect(part(page, "つぎに返す本")).to_contain_text("6月21日(日)まで 2冊")
    expect(part(page, "つぎに返す本").get_by_role("listitem")).to_have_text(
        ["見本の本", "見本の本(受取期間は終わりました)"]
    )
    expect(part(page, "つぎに返す本")).to_contain_text("6月24日(水)ごろ")
    expect(part(page, "予約")).to_contain_text("つぎの処理: 受取館がお休みです。")
    expect(part(page, "つぎの貸出")).to_contain_text("日曜までに2冊返すと、木曜に5冊を貸し出せます。")
    cap = part(page, "借りられる冊数")
    expect(cap).to_contain_text("10冊のうち4冊を借りています。あと6冊借りられます。")
    expect(cap.get_by_role("listitem")).to_have_text(["貸出 2冊", "受取できます 1冊", "受取期間は終わりました 1冊"])
    assert_accessible(page)
    # AND each hold is told, and only the waiting one can be cancelled (RULES 12)
    open_view(page, "予約")
    expect(page.locator(".row")).to_have_count(3)
    page.locator(".row summary").first.click()
    expect(page.get_by_text("3人中2番目で、本は1冊です。")).to_be_visible()
    # AND between which days its book is expected, and on what that rests (RULES 50)
    row = page.locator(".row").first
    expect(row).to_contain_text("6月14日(日)～6月28日(日)(目安 6月21日(日))")
    expect(row).to_contain_text("前に待つ方1人と、本1冊の返却の日から計算しました。")
    expect(page.get_by_role("checkbox", name="取り消す")).to_have_count(1)
    expect(page.locator(".row").nth(2).locator("summary")).to_contain_text("6月16日(火)まで")
    assert_accessible(page)
    open_view(page, "借りている")
    expect(page.get_by_role("checkbox", name="貸出延長")).to_have_count(2)
    expect(page.get_by_text("ほかの方の予約が有るため、延長できません。")).to_have_count(2)
    expect(page.get_by_role("heading", name="返却期限 6月21日(日)")).to_be_visible()
    expect(page.get_by_text("日曜までに2冊返すと")).to_be_visible()
    expect(page.get_by_text("期限を過ぎています")).to_have_count(1)
    # AND where nobody knows, that is said (RULES 30, 35)
    expect(page.locator(".row").nth(3).locator("summary")).to_contain_text("受取期間は終わりました")
    expect(page.locator(".row").nth(3)).to_contain_text("6月24日(水)ごろ")
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
    # WHEN the first is said to be back, where and when (RULES 52)
    said: list[Any] = []

    def note(route: Route) -> None:
        said.append(route.request.post_data_json)
        route.fulfill(json=LOAN | {"state": "declared_returned"})

    phone.route("**/api/me/loans/B1/returned", note)
    page.locator(".row summary").first.click()
    page.get_by_role("link", name="「見本の本」を返しました").first.click()
    page.get_by_label("返した場所").select_option("prefectural")
    page.get_by_label("返した日").fill("2026-06-20")
    assert_accessible(page)
    page.get_by_role("button", name="返したことを連絡する").click()
    # THEN it is noted
    expect(page.locator("#news")).to_contain_text("返したという連絡を受け付けました")
    assert said == [{"place": "prefectural", "on": "2026-06-20"}]


class Offering:
    """An API that offers all of order and pace, for a patron with three holds; keeps what is sent (RULES 46-49)."""

    def __init__(self, phone: BrowserContext) -> None:
        waits = {"status": "waiting", "status_label": "確保待ち", "position": 1, "of": 1, "after": None, "group": None,
                 "rank": None}  # fmt: skip
        self.holds = [HOLD | waits | {"title_id": f"T{n}", "title": f"{n}巻", "stopped_by": []} for n in (1, 2, 3)]
        offers = ["pause", "reading_order", "any_of", "own_order", "books_a_run"]
        self.me: dict[str, Any] = {"paused_until": None, "books_a_run": None, "offers": offers}
        self.sent: list[tuple[str, Any]] = []
        self.refusal: dict[str, Any] = {}
        phone.route("**/api/me", self._answer)
        phone.route("**/api/me/holds", lambda route: route.fulfill(json={"items": self.holds, "cursor": None}))
        phone.route("**/api/me/holds/*", self._answer)

    def refuse_once(self, code: str, field: str, message: str) -> None:
        reason = {"code": code, "field": field, "message": message}
        self.refusal = {"code": code, "title": "できません", "detail": message, "reasons": [reason]}

    def _answer(self, route: Route) -> None:
        name, body = route.request.url.rpartition("/")[2], cast("dict[str, Any]", route.request.post_data_json)
        if route.request.method == "GET":
            route.fulfill(json=told(route) | self.me)
        elif self.refusal:
            refusal, self.refusal = self.refusal, {}
            route.fulfill(status=409, json=refusal)
        else:
            self.sent.append((name, body))
            changed = self.me if name == "me" else next(each for each in self.holds if each["title_id"] == name)
            changed.update(body)
            route.fulfill(json=changed)


def test_order_and_pace_are_chosen_where_they_are_offered(phone: BrowserContext, given: Given) -> None:
    # GIVEN three holds in a library that offers all of it (RULES 46-49)
    api = Offering(phone)
    page = phone.new_page()
    sign_in_at(page, "/library.html", given.patron().card_number, CARD)
    open_view(page, "予約")
    page.get_by_role("link", name="読む順番を決める").click()
    titles = page.locator(".order .row-title")
    expect(titles).to_have_text(["1巻", "2巻", "3巻"])
    assert_accessible(page)
    # WHEN the first is moved by the keyboard THEN the focus stays on it, and its new place is said
    page.get_by_role("button", name="「1巻」を下へ").focus()
    page.keyboard.press("Enter")
    expect(titles).to_have_text(["2巻", "1巻", "3巻"])
    expect(page.get_by_role("button", name="「1巻」を下へ")).to_be_focused()
    expect(page.locator(".order + [role=status]")).to_contain_text("「1巻」は、2番目です。")
    # WHEN the last is dragged to the top THEN it stands there
    handle, first = page.locator(".handle").nth(2), page.locator(".order > li").first
    handle.scroll_into_view_if_needed()
    grip, top = handle.bounding_box(), first.bounding_box()
    assert grip
    assert top
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, top["y"] + 5, steps=6)
    page.mouse.up()
    expect(titles).to_have_text(["3巻", "2巻", "1巻"])
    expect(page.locator(".order + [role=status]")).to_contain_text("「3巻」は、1番目です。")
    # WHEN two wait for each other THEN that is said at both, and nothing is sent (RULES 47)
    for summary in page.locator(".order summary").all():
        summary.click()
    page.get_by_label("「2巻」は、この本のあとに").select_option("3巻")
    page.get_by_label("「3巻」は、この本のあとに").select_option("2巻")
    page.get_by_role("button", name="この順番にする").click()
    expect(page.locator(".fault:not(:empty)")).to_have_text(["お互いを待つ順番になるため、設定できません。"] * 2)
    assert_accessible(page)
    # WHEN one of them is taken back, two are one group, and the library refuses one THEN it is said where it belongs
    page.get_by_label("「2巻」は、この本のあとに").select_option("決めない")
    for name in ("1巻", "2巻"):
        page.get_by_label(f"「{name}」と、どれか1冊").select_option("A組")
    api.refuse_once("reading_circle", "after", "お互いを待つ順番になるため、設定できません。")
    page.get_by_role("button", name="この順番にする").click()
    expect(page.locator(".order > li").nth(2).locator(".fault").first).to_contain_text("お互いを待つ")
    assert [name for name, _ in api.sent] == ["T2", "T3"]
    # WHEN it is sent again THEN each has what was chosen; the last needs no rank (RULES 47-49)
    page.get_by_role("button", name="この順番にする").click()
    expect(page.locator("#news")).to_contain_text("予約の順番を決めました。")
    assert [(each["title_id"], each["after"], each["group"], each["rank"]) for each in api.holds] == [
        ("T1", None, "A", None), ("T2", None, "A", 2), ("T3", "T2", None, 1),
    ]  # fmt: skip
    # AND the holds are told in that order, with what they wait for
    expect(page.locator(".row .row-title")).to_have_text(["3巻", "2巻", "1巻"])
    page.locator(".row summary").first.click()
    expect(page.locator(".row").first).to_contain_text("「2巻」")
    assert_accessible(page)
    # GIVEN a date that the library does not take
    open_view(page, "設定")
    page.get_by_role("button", name="予約を休む").click()
    expect(page.locator("#field-paused_until-fault")).to_have_text("お休みの終わりの日を入力してください。")
    api.refuse_once("pause_is_over", "paused_until", "今日か、それより後の日を入力してください。")
    page.get_by_label("いつまで休みますか").fill("2099-07-01")
    page.get_by_role("button", name="予約を休む").click()
    # THEN it is said at the date
    expect(page.locator("#field-paused_until-fault")).to_have_text("今日か、それより後の日を入力してください。")
    assert_accessible(page)
    # WHEN it is sent again THEN the holds rest, and say so (RULES 46)
    page.get_by_role("button", name="予約を休む").click()
    expect(page.locator("#news")).to_contain_text("7月1日(水)まで、予約をお休みします。")
    api.holds[2]["stopped_by"] = [{"code": "paused", "message": "予約をお休みにされています。"}]
    open_view(page, "予約")
    expect(page.get_by_text("7月1日(水)まで、予約をお休みしています。")).to_be_visible()
    expect(page.locator(".row summary").first).to_contain_text("お休み中")
    # WHEN the pause is ended, and two books a run are enough THEN that is sent (RULES 46, 49)
    page.get_by_role("link", name="お休みを変える").click()
    page.get_by_role("button", name="お休みを終える").click()
    expect(page.locator("#news")).to_contain_text("お休みを終えました。")
    page.get_by_label("1回に受け取る冊数").select_option("2冊まで")
    page.get_by_role("button", name="冊数を変える").click()
    expect(page.locator("#news")).to_contain_text("2冊までにしました。")
    assert [body for name, body in api.sent if name == "me"] == [
        {"paused_until": "2099-07-01"},
        {"paused_until": None},
        {"books_a_run": 2},
    ]
    assert_accessible(page)


def test_twenty_holds_fit_a_phone_and_several_are_cancelled_at_once(phone: BrowserContext, given: Given) -> None:
    # GIVEN as many holds as there may be (RULES 10), with titles as long as they come
    patron = given.patron()
    names = ("下北の温泉", "三内丸山のりんごと縄文の暮らし 第12巻", "青森県の野鳥図鑑 身近な鳥から渡り鳥まで")
    run = {"date": "2026-06-04", "code": "queue", "message": "3人中2番目で、本は1冊です。", "facts": {}}
    waiting = {"status": "waiting", "status_label": "確保待ち", "position": 2, "of": 3, "last_run": run}
    holds = [
        HOLD | waiting | {"title_id": f"T{n}", "title": f"{names[n % 3]} {n}", "pickup_place": "2" if n % 4 else "1"}
        for n in range(20)
    ]  # fmt: skip
    phone.route("**/api/me/holds", lambda route: route.fulfill(json={"items": holds, "cursor": None}))
    page = phone.new_page()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    open_view(page, "予約")
    # THEN they are seen at a glance
    expect(page.locator(".row")).to_have_count(20)
    assert page.evaluate("document.documentElement.scrollHeight") <= 2_500
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().top") <= 160
    assert_accessible(page)
    # AND why one got no book is told to who opens it by the keyboard (RULES 27)
    page.locator(".row summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".row").first.get_by_text("3人中2番目で、本は1冊です。")).to_be_visible()
    # WHEN two are cancelled, one of which was secured meanwhile THEN each one's end is told (RULES 12)
    refused = {"code": "cancel_by_phone", "title": "できません", "detail": "お電話で承ります。", "reasons": []}
    phone.route("**/api/me/holds/T4", lambda route: route.fulfill(status=204))
    phone.route("**/api/me/holds/T8", lambda route: route.fulfill(status=409, json=refused))
    for name in (f"{names[1]} 4", f"{names[2]} 8"):
        page.get_by_role("checkbox", name=f"「{name}」を取り消す予約に選ぶ").check()
    page.get_by_role("button", name="選んだ予約を取り消す").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"「{names[1]} 4」「{names[2]} 8」の予約を取り消します。")
    page.get_by_role("button", name="取り消す", exact=True).click()
    expect(page.locator("#news p")).to_have_text(
        [
            f"「{names[1]} 4」の予約を取り消しました。",
            f"「{names[2]} 8」の予約は、取り消せませんでした。お電話で承ります。",
        ]
    )
    assert_accessible(page)


@pytest.mark.parametrize("end", ["s.until = 0; s.refresh = 'void';", "s.begun -= 25 * 60 * 60 * 1000;"])
def test_a_session_that_ran_out_asks_to_sign_in_again(page: Page, given: Given, end: str) -> None:
    patron = given.patron()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    expect(page.get_by_role("heading", name="つぎにすること")).to_be_visible()
    # GIVEN a token that has run out THEN a new one is fetched, and nobody notices
    run_out = "const s = JSON.parse(sessionStorage.session); s.until = 0; sessionStorage.session = JSON.stringify(s);"
    page.evaluate(run_out)
    open_view(page, "借りている")
    page.wait_for_function("JSON.parse(sessionStorage.session).until > 0")
    # WHEN it cannot be renewed any more, or the tab was left open for more than a day THEN the page says so
    page.evaluate(run_out.replace("s.until = 0;", end))
    page.get_by_role("button", name="メニュー").click()
    page.locator(".view-links").get_by_role("link", name="メール").click()
    heading(page, "Myライブラリ")
    expect(page.get_by_text("しばらく操作がなかったため")).to_be_visible()
    assert_accessible(page)


def test_whom_the_gateway_turns_away_is_asked_to_sign_in_again(page: Page, given: Given) -> None:
    patron = given.patron()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    expect(page.get_by_role("heading", name="つぎにすること")).to_be_visible()
    # WHEN a token counts no more, also a new one: the gateway says so in words of its own
    page.route("**/api/me/mails", lambda route: route.fulfill(status=401, json={"message": "Unauthorized"}))
    page.get_by_role("button", name="メニュー").click()
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
    # Where it is once it has scrolled is asked at once.
    page.emulate_media(reduced_motion="reduce")
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    # WHEN they look THEN all that is registered is there (RULES 41)
    open_view(page, "設定")
    facts = page.locator("dl.facts").first
    for text in (patron.name, patron.kana, patron.address, patron.phone, "1990年4月1日"):
        expect(facts).to_contain_text(text)
    # AND as a file
    with page.expect_download() as download:
        page.get_by_role("button", name="すべての情報をファイルで受け取る").click()
    file = json.loads(download.value.path().read_text())
    assert (file["record"][0]["name"], len(file["holds"])) == (patron.name, 1)
    # WHEN they make a link for their calendar THEN it shows their dates until they revoke it
    page.get_by_role("button", name="カレンダー用のアドレスを作る").click()
    address = page.get_by_label("カレンダー用のアドレス").input_value()
    assert_accessible(page)
    # AND copying it says so beside the button, and the page stays where it is
    phone.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="アドレスをコピーする").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.get_by_role("button", name="アドレスをコピーする").click()
    expect(page.locator("#calendar-link").get_by_role("status")).to_have_text("アドレスをコピーしました。")
    assert page.evaluate("async () => [scrollY, await navigator.clipboard.readText()]") == [before, address]
    assert before > 0
    follow = "address => fetch(address).then(answer => answer.text())"
    assert page.evaluate(follow, address).startswith("BEGIN:VCALENDAR\r\n")
    page.get_by_role("button", name="表示をやめる").click()
    page.get_by_role("dialog").get_by_role("button", name="表示をやめる").click()
    expect(page.get_by_text("カレンダーへの表示をやめました。")).to_be_visible()
    assert '"not_found"' in page.evaluate(follow, address)
    # WHEN they leave with a hold open THEN they are told what is in the way, before and after
    expect(page.get_by_role("link", name="予約 1冊")).to_be_visible()
    page.get_by_role("button", name="利用者登録を抹消する").click()
    assert_accessible(page)
    page.get_by_role("button", name="抹消する", exact=True).click()
    expect(page.locator("#summary")).to_contain_text("予約が1件あります")
    # WHEN it is cancelled THEN they can
    open_view(page, "予約")
    page.get_by_role("checkbox", name="「三内丸山のりんご」を取り消す予約に選ぶ").check()
    page.get_by_role("button", name="選んだ予約を取り消す").click()
    page.get_by_role("button", name="取り消す", exact=True).click()
    expect(page.get_by_text("の予約を取り消しました。")).to_be_visible()
    open_view(page, "設定")
    page.get_by_role("button", name="利用者登録を抹消する").click()
    page.get_by_role("button", name="抹消する", exact=True).click()
    # THEN nobody is signed in, and the card opens nothing any more
    expect(page.get_by_text("利用者登録を抹消しました。")).to_be_visible()
    expect(page.get_by_label(CARD)).to_be_visible()
    sign_in_at(page, "/library.html", patron.card_number, CARD)
    expect(page.locator("#summary li")).to_have_text([WRONG_PAIR])


DESKTOP: ViewportSize = {"width": 1280, "height": 900}


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Go on by Tab until something is reached, and press a key on it."""
    expect(target).to_be_visible()
    for _ in range(100):
        if target.evaluate("element => element === document.activeElement"):
            return page.keyboard.press(key)
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {target}")


def type_in(page: Page, label: str, text: str) -> None:
    """Fill a field by the keyboard."""
    press(page, page.get_by_label(label, exact=True), "ControlOrMeta+A")
    page.keyboard.type(text)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_the_first_sign_in_to_the_card_at_the_pickup_by_keyboard(
    phone: BrowserContext, given: Given, size: ViewportSize
) -> None:
    # GIVEN somebody of seventy with a temporary password, on a device of their own
    clock = Clock(phone, MONDAY)
    patron = given.patron(TEMPORARY, birth_date=date(1956, 4, 1), expires_on=date(2026, 6, 30))
    title = f"{size['width']}年の星空"
    given.title(title, MONDAY)
    page = phone.new_page()
    page.set_viewport_size(size)
    page.goto("/library.html")
    # WHEN they sign in, stay so, and choose a password of their own
    type_in(page, CARD, patron.card_number)
    type_in(page, "パスワード", TEMPORARY)
    press(page, page.get_by_label("ログインしたままにする"), "Space")
    assert_accessible(page)
    press(page, page.get_by_role("button", name="ログイン", exact=True))
    heading(page, "新しいパスワードを決めてください")
    type_in(page, "新しいパスワード", CHOSEN)
    type_in(page, "新しいパスワード(確認のため、もう一度)", CHOSEN)
    press(page, page.get_by_role("button", name="このパスワードに決める"))
    # THEN the day says what to do, and that the card runs out soon (RULES 37)
    expect(page.get_by_role("heading", name="つぎにすること")).to_be_visible()
    expect(page.get_by_role("heading", name="有効期限が近づいています")).to_be_visible()
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().top") <= 160
    assert_accessible(page)
    # WHEN they choose where they usually collect
    press(page, page.get_by_role("link", name="いつもの受取館を選ぶ"))
    place = page.get_by_label("いつもの受取館")
    while place.input_value() != "2":
        press(page, place, "ArrowDown")
    press(page, page.get_by_role("button", name="受取館を変える"))
    expect(page.locator("#news")).to_contain_text("いつもの受取館を変えました。")
    assert_accessible(page)
    # AND hold a book there
    press(page, page.locator(".view-links").get_by_role("link", name="きょう"))
    press(page, page.get_by_role("link", name="資料をさがして予約する"))
    type_in(page, "さがす言葉", title)
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name=f"「{title}」を予約する"))
    press(page, page.get_by_role("button", name="予約を確定する"))
    expect(page.locator("#news")).to_contain_text("受取館は、平内町立図書館です。")
    expect(page.locator(".row")).to_contain_text("確保待ち 1番目(お待ちの方 1人)")
    assert_accessible(page)
    # WHEN a bag of theirs lies there on Sunday THEN the day says where and until when
    given.bag(patron, "2", date(2026, 6, 7))
    clock.now = datetime(2026, 6, 7, 10, tzinfo=TOKYO)
    press(page, page.locator(".view-links").get_by_role("link", name="きょう"))
    expect(part(page, "受け取れる本")).to_contain_text("平内町立図書館6月14日(日)まで 1冊")
    assert_accessible(page)
    # AND at the counter, where there is no network, a new tab shows the card, as large as the screen (RULES 28)
    is_kept_for_later(page)
    page.close()
    phone.set_offline(True)
    there = phone.new_page()
    there.set_viewport_size(size)
    there.goto("/library.html#card")
    expect(there.locator("#card-number")).to_have_text(patron.card_number)
    press(there, there.get_by_role("button", name="画面いっぱいに表示する"))
    expect(there.get_by_role("dialog", name="利用者カード")).to_be_visible()
    shot = there.screenshot()
    (code,) = zxingcpp.read_barcodes(
        Image.open(BytesIO(shot)), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Codabar)
    )
    assert code.text.strip("AB") == patron.card_number
    assert_accessible(there)
    press(there, there.get_by_role("button", name="閉じる"))
    # WHEN they sign out THEN the device has forgotten them
    phone.set_offline(False)
    if size == PHONE:
        press(there, there.get_by_role("button", name="メニュー"))
    press(there, there.get_by_role("button", name="ログアウト"))
    expect(there.get_by_label(CARD)).to_be_visible()
    assert there.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
