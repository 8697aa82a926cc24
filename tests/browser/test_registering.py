"""A person registers on a phone, whatever happens on the way (RULES 1-4, 7)."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from infra.local.people import Caller, mailbox, until
from infra.local.stack import Stack
from lending.domain.week import TOKYO
from tests.browser.conftest import assert_accessible
from tests.browser.filling import (
    choose,
    choose_photo,
    fill,
    fill_birthday,
    go_on,
    heading,
    send_photo,
    start,
)

pytestmark = pytest.mark.browser

CARD, FRONT = "利用者カード(名前を書いた面)の写真", "マイナンバーカード(表)の写真"
DONE = "申請を受け付けました"
MADE_UP = {"receipt_number": "4820193756", "access_code": "083746291034", "expires_at": "2026-06-01T13:00:00+09:00"}


def answer_everything(page: Page, look: Callable[[Page], None] = lambda page: None) -> None:
    """From the first question of a new card to the answers at a glance, with a look at every state on the way."""
    page.goto("/apply.html")
    heading(page, "どの申請をしますか")
    look(page)
    choose(page, "新規登録")
    steps: list[tuple[str, Callable[[], None]]] = [
        ("登録セットに入っているカードの番号", lambda: fill(page)),
        ("お名前", lambda: fill(page)),
        ("生年月日", lambda: fill_birthday(page)),
        ("ご住所", lambda: fill(page)),
        ("電話番号とメールアドレス", lambda: fill(page)),
        ("オンライン貸出サービスを申し込みますか", lambda: choose(page, "申し込む")),
        ("どの書類で、お名前と今のご住所を確認できますか", lambda: choose(page, "マイナンバーカード")),
    ]
    for title, answer in steps:
        heading(page, title)
        look(page)
        answer()
    heading(page, "入力した内容の確認")
    look(page)


def send_form(page: Page) -> dict[str, str]:
    """Send the form; receipt number and access code as a person copies them."""
    page.get_by_role("button", name="この内容で送信する").click()
    heading(page, "受付番号と確認番号をひかえてください")
    return {
        label: page.locator(f"#{place}").inner_text()
        for label, place in (("受付番号", "receipt-number"), ("確認番号", "access-code"))
    }


def test_a_person_registers_and_goes_on_with_another_phone_when_the_connection_is_lost(
    device: Callable[[], BrowserContext], photos: dict[str, Path]
) -> None:
    # GIVEN a person with a kit, who answers every question; no state of the page has a violation
    first = device()
    page = first.new_page()
    answer_everything(page, assert_accessible)
    # THEN everything is shown in its regular form before it is sent
    for value in ("20100001", "アオモリ タロウ", "1978年4月1日(昭和53年)", "030-0184", "017-729-4300"):
        expect(page.locator("dd.value").get_by_text(value, exact=True)).to_be_visible()
    # WHEN it is sent and the first photo follows
    copied = send_form(page)
    assert_accessible(page)
    page.get_by_role("link", name="写真を送る").click()
    heading(page, CARD)
    assert_accessible(page)
    choose_photo(page, photos["card"])
    assert_accessible(page)
    send_photo(page)
    # and the connection is lost at the second
    heading(page, FRONT)
    expect(page.get_by_text("裏は、送らないでください")).to_be_visible()
    choose_photo(page, photos["document"])
    first.set_offline(True)
    send_photo(page)
    # THEN the page says so and keeps the photo
    expect(page.get_by_role("group", name="写真を送れませんでした")).to_contain_text("選んだ写真は残っていて")
    assert_accessible(page)
    # WHEN the person goes on with another phone, with receipt number and access code
    other = device().new_page()
    other.goto("/status.html")
    heading(other, "申請の状況")
    assert_accessible(other)
    for label, number in copied.items():
        other.get_by_label(label).fill(number)
    other.get_by_role("button", name="申請の状況を見る").click()
    heading(other, "写真を送ってください")
    assert_accessible(other)
    other.get_by_role("link", name="写真を送る").click()
    # THEN only the second photo is asked for
    heading(other, FRONT)
    choose_photo(other, photos["document"])
    send_photo(other)
    # and the receipt is there
    heading(other, DONE)
    expect(other.locator("#receipt-number")).to_have_text(copied["受付番号"])
    assert_accessible(other)
    # AND the first phone finds out by itself when its connection is back
    first.set_offline(False)
    heading(page, DONE)


def test_a_photo_goes_again_by_itself_when_the_connection_is_back(
    phone: BrowserContext, photos: dict[str, Path]
) -> None:
    # GIVEN a renewal, which needs no kit and no picture of a card, at its only photo
    page = phone.new_page()
    start(page, "利用者カードの更新")
    fill(page)
    fill(page)
    fill_birthday(page)
    go_on(page)
    go_on(page)
    choose(page, "申し込まない")
    choose(page, "マイナンバーカード")
    send_form(page)
    page.get_by_role("link", name="写真を送る").click()
    heading(page, FRONT)
    choose_photo(page, photos["document"])
    # WHEN the connection is lost and comes back
    phone.set_offline(True)
    send_photo(page)
    expect(page.get_by_role("group", name="写真を送れませんでした")).to_be_visible()
    phone.set_offline(False)
    # THEN nobody had to press anything
    heading(page, DONE)
    # WHEN the person leaves
    page.get_by_role("button", name="終わる").click()
    heading(page, re.compile("県立図書館の本を"))
    # THEN nothing is left on the phone
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


def test_an_unusable_picture_is_asked_for_again_with_its_reason(
    page: Page, stack: Stack, photos: dict[str, Path]
) -> None:
    # GIVEN an application with an insurance document
    come_back_for_photos(page, stack, "insurance_certificate")
    heading(page, "資格確認書(旧健康保険証)(表)の写真")
    # THEN the camera cannot be opened before the numbers are covered (RULES 3)
    expect(page.locator("#photo")).to_be_hidden()
    assert_accessible(page)
    page.get_by_label("番号を隠しました").check()
    # WHEN an iPhone's HEIC is chosen that this browser cannot read
    heic = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 2000
    page.locator("#photo").set_input_files({"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": heic})
    # THEN it is not sent, and the page says what helps
    expect(page.get_by_role("group", name="写真をもう一度送ってください")).to_contain_text("互換性優先")
    # WHEN something is sent that only claims to be a photo
    page.get_by_label("番号を隠しました").check()
    page.locator("#photo").set_input_files(
        {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff broken"}
    )
    page.get_by_role("button", name="この写真を送る").click()
    # THEN the reason of whoever looked at it is shown, and the photo is asked for again
    summary = page.get_by_role("group", name="写真をもう一度送ってください")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("画像")
    assert_accessible(page)
    # WHEN a good one follows
    page.get_by_label("番号を隠しました").check()
    choose_photo(page, photos["document"])
    send_photo(page)
    # THEN the next is asked for
    heading(page, "資格確認書(旧健康保険証)(裏)の写真")


def come_back_for_photos(page: Page, stack: Stack, document: str) -> None:
    """The photos of an application for a password, which needs nothing but one document, gone on with another day."""
    form = {"kind": "password", "card_number": "20100001", "name": "青森 太郎", "birth_date": "1978-04-01"}
    accepted = Caller(stack).post("/applications", datetime.now(TOKYO), form | {"documents": [document]}, 201)
    page.goto("/status.html")
    page.get_by_label("受付番号").fill(accepted["receipt_number"])
    page.get_by_label("確認番号").fill(accepted["access_code"])
    page.get_by_role("button", name="申請の状況を見る").click()
    page.get_by_role("link", name="写真を送る").click()


def test_the_progress_of_a_photo_is_told_and_a_ticket_that_ran_out_is_renewed(
    page: Page, stack: Stack, photos: dict[str, Path]
) -> None:
    # GIVEN a ticket that has run out, and then a connection that takes its time
    held: list[Route] = []
    ran_out = {"status": 403, "headers": {"Access-Control-Allow-Origin": "*"}}
    page.route("**/*imagesbucket*", lambda route: held.append(route))
    page.route("**/*imagesbucket*", lambda route: route.fulfill(**ran_out), times=1)
    come_back_for_photos(page, stack, "my_number_card")
    heading(page, FRONT)
    # WHEN a photo is sent
    choose_photo(page, photos["document"])
    with page.expect_request("**/uploads") as renewed:
        send_photo(page)
    # THEN a new ticket is asked for without a word
    assert renewed.value.method == "POST"
    # and the page tells that it is on its way
    expect(page.get_by_role("progressbar", name="送信の進みぐあい")).to_be_visible()
    expect(page.locator("#photo-step").get_by_role("status")).to_contain_text("写真を送っています…")
    assert_accessible(page)
    # WHEN it has gone THEN it is the end
    until(lambda: sent(page, held), "the photo to be sent").continue_()
    heading(page, DONE)


def sent(page: Page, held: list[Route]) -> Route | None:
    """The first request that is held, once the browser has told of it."""
    page.evaluate("0")
    return held[0] if held else None


def test_the_back_of_a_sheet_can_be_left_out(page: Page, stack: Stack, photos: dict[str, Path]) -> None:
    come_back_for_photos(page, stack, "residence_record")
    heading(page, "住民票の写し(表)の写真")
    choose_photo(page, photos["document"])
    send_photo(page)
    heading(page, "住民票の写し(裏)の写真")
    assert_accessible(page)
    page.get_by_role("button", name="送らずに進む").click()
    heading(page, DONE)


def test_another_number_on_the_picture_is_told_at_once_and_holds_nothing_up(
    page: Page, stack: Stack, photos: dict[str, Path]
) -> None:
    # GIVEN a photo that is taken in, but shows another number than was typed (RULES 5)
    come_back_for_photos(page, stack, "my_number_card")
    heading(page, FRONT)
    before: dict[str, Any] = {"status": "awaiting_images", "missing_slots": ["my_number_card_front"], "message": ""}
    slot = {"slot": "my_number_card_front", "status": "accepted", "warning": "番号(20100002)が違います。"}
    after = {"status": "submitted", "missing_slots": [], "message": "番号(20100002)が違います。", "slots": [slot]}
    answers = [before | {"slots": []}]
    page.route("**/api/applications/*", lambda route: route.fulfill(json=answers.pop() if answers else after))
    page.route("**/*imagesbucket*", lambda route: route.fulfill(headers={"Access-Control-Allow-Origin": "*"}))
    # WHEN it is sent THEN the page says so
    choose_photo(page, photos["document"])
    send_photo(page)
    expect(page.get_by_role("heading", name="お確かめください")).to_be_visible()
    expect(page.locator("#photo-step")).to_contain_text("番号(20100002)が違います。")
    assert_accessible(page)
    # AND the person may go on all the same
    page.get_by_role("button", name="このまま進む").click()
    heading(page, DONE)


def test_nobody_has_to_stand_and_wait_until_a_photo_was_looked_at(
    phone: BrowserContext, stack: Stack, photos: dict[str, Path]
) -> None:
    # GIVEN a photo that nobody looks at
    page = phone.new_page()
    come_back_for_photos(page, stack, "my_number_card")
    heading(page, FRONT)
    awaiting = {"status": "awaiting_images", "missing_slots": ["my_number_card_front"], "message": "", "slots": []}
    page.route("**/api/applications/*", lambda route: route.fulfill(json=awaiting))
    page.route("**/*imagesbucket*", lambda route: route.fulfill(headers={"Access-Control-Allow-Origin": "*"}))
    choose_photo(page, photos["document"])
    page.clock.install()
    send_photo(page)
    # WHEN more than a minute has gone
    waiting = page.get_by_text("確認に時間がかかっています。")

    def five_seconds_later() -> bool:
        page.clock.run_for(5_000)
        return waiting.is_visible()

    # THEN the page says that it can be seen later
    until(five_seconds_later, "the page to say so")
    assert_accessible(page)


def test_faults_are_said_while_typing_and_on_top_of_the_page(page: Page) -> None:
    # GIVEN the first question unanswered
    page.goto("/apply.html")
    go_on(page)
    # THEN the summary has the focus, and its link leads to the answer
    summary = page.get_by_role("group", name="入力内容を確かめてください")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^エラー"))
    assert_accessible(page)
    summary.get_by_role("link", name="申請の種類を選んでください。").click()
    expect(page.get_by_label("新規登録", exact=True)).to_be_focused()
    # WHEN a mail address is typed with full-width characters and a comma (RULES 7)
    choose(page, "新規登録")
    fill(page)
    fill(page)
    fill_birthday(page, "平成", "32")
    # and a year that its era never had
    expect(page.get_by_role("group", name="入力内容を確かめてください")).to_contain_text("平成に32年はありません")
    assert_accessible(page)
    fill_birthday(page)
    fill(page)
    mail = page.get_by_label("メールアドレス")
    mail.press_sequentially("taro＠example,jp")
    # THEN each wrong character is named with its place before the field is left
    expect(page.locator("#field-email-fault")).to_have_text(
        "5文字目の「＠」が全角です。半角の「@」に直してください。13文字目の「,」はコンマです。「.」(ドット)ではありませんか。"
    )
    expect(mail).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    # WHEN it is mended THEN the message goes
    mail.fill("taro@example.jp")
    expect(page.locator("#field-email-fault")).to_be_empty()


def test_what_the_api_says_about_a_field_is_shown_at_the_field(page: Page) -> None:
    # GIVEN a form the pages find no fault with, and an API that does
    message = "電話番号をもう一度確かめてください。"
    reasons = [{"code": "phone", "field": "phone", "message": message}, {"code": "other", "message": "別の理由です。"}]
    problem = {"status": 422, "code": "invalid_fields", "detail": "入力内容をご確認ください。", "reasons": reasons}
    page.route("**/api/applications", lambda route: route.fulfill(status=422, json=problem))
    answer_everything(page)
    # WHEN it is sent
    page.get_by_role("button", name="この内容で送信する").click()
    # THEN every reason is on top, and the link leads to the field, where it stands, too
    summary = page.get_by_role("group", name="入力内容を確かめてください")
    expect(summary.get_by_role("listitem")).to_have_text([message, "別の理由です。"])
    assert_accessible(page)
    summary.get_by_role("link", name=message).click()
    heading(page, "電話番号とメールアドレス")
    expect(page.locator("#field-phone-fault")).to_have_text(message)


def test_a_change_must_change_something(page: Page) -> None:
    # GIVEN somebody who left everything open that can be changed
    start(page, "住所・電話番号・メールアドレスの変更")
    fill(page)
    fill(page)
    fill_birthday(page)
    for _ in ("ご住所", "連絡先"):
        go_on(page)
    choose(page, "申し込まない")
    choose(page, "運転免許証")
    # WHEN it is sent THEN the stack says what is missing, and the link leads there
    page.get_by_role("button", name="この内容で送信する").click()
    page.get_by_role("link", name=re.compile("変更する項目")).click()
    heading(page, "ご住所が変わった方は、新しいご住所")
    expect(page.locator("#field-address-fault")).to_contain_text("変更する項目")
    assert_accessible(page)


def test_what_was_typed_can_be_erased(page: Page) -> None:
    start(page, "仮パスワードの発行")
    fill(page)
    page.get_by_role("link", name="入力をやめて、入力した内容を消す").click()
    heading(page, "入力をやめますか")
    assert_accessible(page)
    page.get_by_role("button", name="入力を続ける").click()
    heading(page, "お名前")
    page.get_by_role("link", name="入力をやめて、入力した内容を消す").click()
    page.get_by_role("button", name="消してやめる").click()
    heading(page, re.compile("県立図書館の本を"))
    page.wait_for_function("sessionStorage.length === 0")


def test_nothing_typed_is_lost_and_nothing_stays_once_it_is_sent(page: Page) -> None:
    # GIVEN a form that is being filled in
    answer_everything(page)
    # WHEN the page is loaded again, and when the person goes back THEN all answers are still there
    page.reload()
    heading(page, "入力した内容の確認")
    page.go_back()
    heading(page, "どの書類で、お名前と今のご住所を確認できますか")
    expect(page.get_by_label("マイナンバーカード")).to_be_checked()
    page.go_forward()
    # WHEN an answer is changed THEN it leads back to all answers
    page.get_by_role("link", name=re.compile("変更.*お名前")).click()
    heading(page, "お名前")
    fill(page, お名前="青森 次郎")
    heading(page, "入力した内容の確認")
    expect(page.get_by_text("青森 次郎")).to_be_visible()
    # WHEN sending fails for want of a connection, and is tried again
    keys: list[str] = []
    page.on("request", lambda request: keys.extend(filter(None, [request.headers.get("idempotency-key")])))
    page.route("**/api/applications", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="この内容で送信する").click()
    expect(page.get_by_role("group", name="送信できませんでした")).to_be_visible()
    assert_accessible(page)
    page.route("**/api/applications", lambda route: route.fulfill(status=201, json=MADE_UP | {"uploads": []}))
    send_form(page)
    # THEN both tries were one and the same application
    assert len(keys) == 2
    assert keys[0] == keys[1]
    # and nothing that was typed is kept any longer
    assert "青森" not in page.evaluate("JSON.stringify(sessionStorage)")
    assert page.evaluate("localStorage.length") == 0
    # AND going back does not make a second one
    page.goto("/apply.html#check")
    heading(page, "送信した申請があります")
    assert_accessible(page)


def test_a_question_cannot_be_left_out_by_its_address(page: Page) -> None:
    page.goto("/apply.html#check")
    heading(page, "どの申請をしますか")
    page.goto("/apply.html#photos")
    heading(page, "申請の状況")


def test_the_form_works_by_keyboard_alone(page: Page) -> None:
    page.goto("/apply.html")
    heading(page, "どの申請をしますか")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("新規登録", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    heading(page, "登録セットに入っているカードの番号")
    # The skip link leads past the header without leaving the question.
    page.reload()
    heading(page, "登録セットに入っているカードの番号")
    page.evaluate("document.activeElement.blur()")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    heading(page, "登録セットに入っているカードの番号")


def test_a_wrong_pair_of_numbers_tells_nothing_more(page: Page) -> None:
    page.goto("/status.html")
    page.get_by_role("button", name="申請の状況を見る").click()
    expect(page.get_by_role("group", name="入力内容を確かめてください")).to_contain_text("確認番号を入力してください。")
    assert_accessible(page)
    page.get_by_label("受付番号").fill("1234567890")
    page.get_by_label("確認番号").fill("123456789012")
    page.get_by_role("button", name="申請の状況を見る").click()
    expect(page.get_by_role("group", name="申請の状況を表示できませんでした")).to_contain_text(
        "受付番号か確認番号が違う"
    )
    page.wait_for_function("sessionStorage.length === 0")


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("image_again", "写真をもう一度送ってください"),
        ("registered", "手続きが完了しました"),
        ("refused", "申請をお受けできませんでした"),
    ],
)
def test_every_status_is_told(page: Page, status: str, title: str) -> None:
    missing = ["card"] if status == "image_again" else []
    shown = {"status": status, "missing_slots": missing, "message": "職員からのことばです。", "slots": []}
    page.route("**/api/applications/*", lambda route: route.fulfill(json=shown))
    page.goto("/status.html")
    page.get_by_label("受付番号").fill("1234567890")
    page.get_by_label("確認番号").fill("123456789012")
    page.get_by_role("button", name="申請の状況を見る").click()
    heading(page, title)
    expect(page.get_by_text("職員からのことばです。")).to_be_visible()
    expect(page.get_by_role("link", name="写真を送る")).to_have_count(len(missing))
    assert_accessible(page)


def test_the_link_of_a_mail_opens_the_application_and_it_can_be_withdrawn(page: Page, stack: Stack) -> None:
    # GIVEN somebody who has lost the numbers, and has the mail
    address = "lost.numbers@example.jp"
    form = {
        "kind": "password", "card_number": "20109999", "name": "青森 太郎", "birth_date": "1980-04-01",
        "email": address, "documents": ["my_number_card"],
    }  # fmt: skip
    Caller(stack).post("/applications", datetime.now(TOKYO), form, 201)
    mine = until(lambda: [mail for mail in mailbox(stack) if address in mail["To"]] or None, "the mail")
    (link,) = re.findall(r"/status.html#[0-9]+[.][\w-]+", mine[0]["BodyText"])
    # WHEN they open its link THEN they are there, and the address does not keep it
    page.goto(link)
    heading(page, "写真を送ってください")
    assert page.evaluate("location.hash") == ""
    assert_accessible(page)
    # WHEN they take it back THEN they are asked once more, and then it is gone
    page.get_by_role("button", name="申請を取り下げる").click()
    heading(page, "申請を取り下げますか")
    assert_accessible(page)
    page.get_by_role("button", name="取り下げる", exact=True).click()
    heading(page, "申請を取り下げました")
    assert_accessible(page)
    page.wait_for_function("sessionStorage.length === 0")
    page.goto("/index.html")
    page.goto(link)
    expect(page.get_by_role("group", name="申請の状況を表示できませんでした")).to_be_visible()


def test_a_child_is_asked_for_a_guardian_and_people_are_told_what_for(page: Page) -> None:
    # GIVEN the first page, which says what the answers are used for
    page.goto("/apply.html")
    expect(page.get_by_role("heading", name="入力していただく内容の使い道")).to_be_visible()
    start(page, "仮パスワードの発行")
    fill(page)
    fill(page)
    # WHEN a child is born in Reiwa THEN a guardian has to be named
    fill_birthday(page, "令和", "5")
    heading(page, "15歳未満の方の保護者")
    go_on(page)
    expect(page.locator("#summary")).to_contain_text("保護者のお名前を入力してください。")
    assert_accessible(page)
    fill(page, 保護者のお名前="青森 一郎")
    heading(page, "電話番号とメールアドレス")
