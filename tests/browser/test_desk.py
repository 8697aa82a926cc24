"""A Thursday at the desk, and what follows it (RULES 4, 15, 23, 24, 28-30, 32, 39)."""

import re
from datetime import date, datetime
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from infra.local.samples import HANAKO, kit_numbers
from lending.aws.table.loans import bags
from lending.aws.table.registration import cards
from lending.domain.loans.bag import Bag
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card
from lending.domain.week import TOKYO
from tests.browser.conftest import assert_accessible
from tests.browser.given import Clock, Given, on_paper, open_view, sign_in_at
from tests.library import aomori

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
THURSDAY = datetime(2026, 6, 4, 9, tzinfo=TOKYO)
SUNDAY = datetime(2026, 6, 7, 10, tzinfo=TOKYO)
AUGUST, AUGUST_RUN = datetime(2026, 8, 3, 12, tzinfo=TOKYO), datetime(2026, 8, 6, 9, tzinfo=TOKYO)
NEXT_WEDNESDAY = datetime(2026, 6, 17, 10, tzinfo=TOKYO)


def scan(page: Page, code: str) -> None:
    """A scanner types a bar code and Enter."""
    field = page.locator("#field-barcode")
    field.fill(code)
    field.press("Enter")
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
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    page.locator(".work").get_by_role("link", name="取り出す本").click()
    expect(page.locator("#left")).to_have_text("残り3冊です。")
    assert_accessible(page)
    # THEN it can be printed, in shelf order, with no name on it
    page.get_by_role("link", name="リストを印刷する").click()
    expect(page.locator(".sheet tbody tr")).to_have_count(3)
    places = page.locator(".sheet tbody th").all_text_contents()
    assert places == sorted(places)
    with on_paper(page):
        expect(page.locator(".sheet")).to_be_visible()
        expect(page.locator("header, footer, .view-links, h1, .actions").filter(visible=True)).to_have_count(0)
    assert_accessible(page)
    # WHEN the books are scanned
    open_view(page, "取り出し")
    scan(page, f"{found}1")
    told(page, "袋に入れる", "No.2 平内町立図書館", f"利用者番号 {hanako.card_number}", "津軽の昔話")
    expect(page.locator("#left")).to_have_text("残り2冊です。")
    page.get_by_role("button", name=f"{missed}1 見つからない").click()
    told(page, "見つからないと記録しました")
    given.desk().post(f"/desk/patrons/{shoko.card_number}/holds/{dropped}", THURSDAY, {"action": "cancel"})
    scan(page, f"{dropped}1")
    told(page, "書架に戻す")
    scan(page, "nothing")
    told(page, "確かめてください", "この資料番号の本は登録されていません。")
    assert_accessible(page)
    # THEN the day says what is left and what is packed, with the way there (RULES 55)
    open_view(page, "きょう")
    expect(page.locator(".work")).to_contain_text("見つからなかった本")
    expect(page.locator("#content")).to_contain_text("1館、袋1、本1冊")
    assert_accessible(page)
    # THEN the crates of the week are told, and the slip of each bag bears card and facility, and no name (RULES 24)
    open_view(page, "袋詰め")
    expect(page.get_by_text("1館、袋1、本1冊です。")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="袋の票を印刷する").click()
    expect(page.locator(".slip")).to_have_count(1)
    expect(page.locator(".slip")).to_contain_text("平内町立図書館")
    expect(page.locator(".slip")).to_contain_text(hanako.card_number)
    expect(page.locator("body")).not_to_contain_text(hanako.name.split()[0])
    assert_accessible(page)
    open_view(page, "袋詰め")
    page.get_by_role("link", name="コンテナの一覧を印刷する").click()
    expect(page.locator(".crate")).to_contain_text(f"{found}1")
    assert_accessible(page)
    # WHEN the facility comes by the code on its crate's list, without an account, and hands the bag over (RULES 53)
    picture = Image.open(BytesIO(page.locator(".crate .qr").screenshot()))
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    clock.now = SUNDAY
    there = phone.new_page()
    there.goto(code.text)
    expect(there.locator("#content")).to_contain_text("No.2 平内町立図書館")
    expect(there).not_to_have_url(re.compile("link"))
    there.get_by_role("button", name=f"利用者番号 {hanako.card_number} の袋をお渡しした").click()
    told(there, "お渡し済み", hanako.card_number)
    assert_accessible(there)
    # and once another link is made, the old one opens nothing
    page.get_by_role("button", name="平内町立図書館 QRコードを作り直す").click()
    page.get_by_role("button", name="作り直す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("作り直しました")
    there.reload()
    expect(there.locator("#summary, .note")).to_contain_text("このリンクは、もう使えません。")
    assert_accessible(there)
    # AND the book comes back
    clock.now = NEXT_WEDNESDAY
    open_view(page, "返却")
    scan(page, f"{found}1")
    told(page, "書架に戻す", "返却しました", "津軽の昔話")
    assert_accessible(page)


def test_an_application_is_looked_at_painted_over_and_decided(phone: BrowserContext, given: Given) -> None:
    # GIVEN applications with an insurance document
    Clock(phone, MONDAY)
    kits = {number: kit_numbers(number)[0] for number in (3, 4)}
    given.table.transact(*(cards.addition(Card(kit, facility=str(number))) for number, kit in kits.items()))
    first, second = (given.application(HANAKO, kit, MONDAY, ["insurance_certificate"]) for kit in kits.values())
    page = phone.new_page()
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    open_view(page, "申請")
    assert_accessible(page)
    page.get_by_role("link", name=first).click()
    # THEN the photos are there
    expect(page.get_by_role("img", name="利用者カード")).to_be_visible()
    page.wait_for_function("() => [...document.images].every((image) => image.complete && image.naturalWidth)")
    assert_accessible(page)
    # WHEN a part is marked and painted black THEN it is asked for once more, and done (RULES 3)
    canvas = page.locator(".marked").last
    canvas.hover(position={"x": 20, "y": 20})
    page.mouse.down()
    canvas.hover(position={"x": 120, "y": 60})
    page.mouse.up()
    page.get_by_role("button", name="選んだ部分を黒く塗る").last.click()
    page.get_by_role("button", name="黒く塗る", exact=True).click()
    expect(page.locator("#news")).to_contain_text("黒く塗りました")
    # WHEN the address was mistyped, or the numbers were lost THEN they are put right, or sent again (RULES 4)
    page.get_by_label("メールアドレス").fill("corrected@example.jp")
    page.get_by_role("button", name="訂正する").click()
    expect(page.locator("#news")).to_contain_text("申請を訂正しました")
    expect(page.get_by_label("メールアドレス")).to_have_value("corrected@example.jp")
    page.get_by_role("button", name="受付番号とリンクをもう一度送る").click()
    expect(page.locator("#news")).to_contain_text("メールでお送りします")
    assert_accessible(page)
    # WHEN nothing is answered THEN each question is named (RULES 3, 4)
    page.get_by_label("登録する", exact=True).check()
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#summary")).to_contain_text("番号が隠されているか")
    assert_accessible(page)
    page.get_by_role("group", name="番号は隠されていますか").get_by_label("はい").check()
    page.get_by_role("button", name="決定する").click()
    # THEN it is registered, and gone from the list
    expect(page.locator("#news")).to_contain_text(f"受付番号 {first} を登録しました")
    expect(page.get_by_role("link", name=first)).to_have_count(0)
    # WHEN the other's image is asked for again THEN the reason is needed
    page.get_by_role("link", name=second).click()
    page.get_by_label("写真をもう一度送ってもらう").check()
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#summary li")).to_have_count(2)
    page.get_by_role("group", name="もう一度送ってもらう写真").get_by_role("checkbox").first.check()
    page.get_by_label("理由").fill("写真がぼけています。")
    assert_accessible(page)
    page.get_by_role("button", name="決定する").click()
    expect(page.locator("#news")).to_contain_text("写真の再提出をお願いしました")
    assert_accessible(page)


def test_a_patron_is_called_and_looked_up(phone: BrowserContext, given: Given) -> None:
    # GIVEN a patron with two holds whose mail came back
    Clock(phone, MONDAY)
    patron = given.patron(name="例示 一郎")
    dropped, kept = given.title("十和田の星空", MONDAY), given.title("津軽の星空", MONDAY)
    for title_id in (dropped, kept):
        given.hold(patron, title_id, "2", MONDAY)
    given.contact(patron, MONDAY)
    page = phone.new_page()
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    # WHEN staff look whom to call THEN name, number and cause are there (RULES 39)
    open_view(page, "連絡")
    task = page.locator(".book")
    expect(task).to_contain_text(patron.phone)
    expect(task).to_contain_text(patron.email)
    expect(task.get_by_role("button", name="アドレスをもう一度試す")).to_be_visible()
    assert_accessible(page)
    # WHEN they look at the record
    task.get_by_role("link", name=patron.card_number).click()
    expect(page.get_by_text("例示 一郎(ミホン ハナコ)")).to_be_visible()
    assert_accessible(page)
    # THEN a hold can be cancelled and a pickup place changed (RULES 12, 14)
    page.get_by_role("button", name="「十和田の星空」を取り消す").click()
    page.get_by_role("button", name="取り消す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("取り消しました")
    page.get_by_text("受取館を変える").click()
    page.get_by_label("「津軽の星空」の受取館", exact=True).select_option(label="青森県立図書館")
    page.get_by_role("button", name="「津軽の星空」の受取館を変える").click()
    expect(page.locator("#news")).to_contain_text("青森県立図書館にします")
    # AND the number of books at a time (RULES 19)
    page.get_by_text("登録の内容を変える").click()
    page.get_by_label("5冊").check()
    page.get_by_role("button", name="変更する").click()
    expect(page.locator("#news")).to_contain_text("登録の内容を変えました。")
    # AND once they were called the address is tried again, and nobody has to call (RULES 39)
    open_view(page, "連絡")
    page.get_by_role("button", name="アドレスをもう一度試す").click()
    page.get_by_role("button", name="もう一度試す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("受信確認メールをお送りします")
    expect(page.get_by_text("連絡が必要な方は、いません。")).to_be_visible()
    # AND what was written can be read, and sent again (RULES 38)
    page.goto(page.url.split("#")[0] + f"#patron/{patron.card_number}/contact")
    page.get_by_text("お送りしたメール").click()
    mail = page.locator(".book", has_text="受信確認メール")
    expect(mail.get_by_text("配信")).to_be_visible()
    mail.get_by_role("button").click()
    page.get_by_role("button", name="もう一度送る", exact=True).click()
    expect(page.locator("#news")).to_contain_text("「受信確認メール」をもう一度送ります。")
    assert_accessible(page)
    # AND a book is lent at the counter (RULES 17)
    open_view(page, "貸出")
    scan(page, patron.card_number)
    told(page, "例示 一郎 様")
    scan(page, f"{dropped}1")
    told(page, "6月15日(月)まで", "十和田の星空")
    assert_accessible(page)


def at_the_desk(phone: BrowserContext, given: Given, view: str, at: datetime) -> Page:
    """A page of staff in a view, on a desktop."""
    Clock(phone, at)
    page = phone.new_page()
    page.clock.install()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    open_view(page, view)
    return page


def on_loan(given: Given, patron: Patron) -> list[str]:
    """The books on loan to a patron, as the desk is told."""
    record = given.desk().expect(200, "GET", f"/desk/patrons/{patron.card_number}", THURSDAY)
    return [loan["barcode"] for loan in record["loans_now"]]


def test_the_next_visitors_book_is_never_lent_to_the_one_before(phone: BrowserContext, given: Given) -> None:
    # GIVEN two visitors, and a book that waits for the first on the counter's shelf (RULES 17)
    taro, jiro = given.patron(name="例示 太郎"), given.patron(name="例示 次郎")
    waiting, other = given.title("岩木山の花", MONDAY), given.title("八甲田の花", MONDAY)
    given.hold(taro, waiting, "prefectural", MONDAY)
    given.run("prefectural_pull", THURSDAY)
    given.desk().expect(200, "POST", f"/desk/pulls/{waiting}1", THURSDAY, {"result": "found"})
    page = at_the_desk(phone, given, "貸出", THURSDAY)
    visitor = page.get_by_role("region", name="いまの方")
    # WHEN a book is scanned before any card THEN the card is asked for
    scan(page, f"{other}1")
    told(page, "先にカードを")
    # WHEN the first card is scanned THEN who it is and what waits for them is there
    scan(page, taro.card_number)
    told(page, "例示 太郎 様")
    for known in ("例示 太郎", "2030年3月31日", "0冊 (上限10冊)", "岩木山の花", f"{waiting}1"):
        expect(visitor).to_contain_text(known)
    assert_accessible(page)
    scan(page, f"{waiting}1")
    told(page, "6月18日(木)まで", "岩木山の花", "予約の本をお渡ししました。")
    expect(visitor).to_contain_text("1冊 (上限10冊)")
    expect(visitor).not_to_contain_text("岩木山の花")
    # WHEN the next one's card and book follow, as fast as a scanner is THEN the book is the next one's
    for code in (jiro.card_number, f"{other}1"):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    told(page, "6月18日(木)まで", "八甲田の花")
    expect(visitor).to_contain_text("例示 次郎")
    expect(page.locator("main")).not_to_contain_text("太郎")
    assert (on_loan(given, taro), on_loan(given, jiro)) == ([f"{waiting}1"], [f"{other}1"])
    # WHEN a number is neither card nor book THEN it may be a third one's card, and nobody is lent anything
    scan(page, "99999999999999")
    told(page, "カードから、もう一度")
    expect(visitor).not_to_contain_text("次郎")
    scan(page, f"{other}1")
    told(page, "先にカードを")


def test_who_has_gone_is_not_there_for_the_next_ones_books(phone: BrowserContext, given: Given) -> None:
    # GIVEN a visitor whose card was scanned (RULES 17)
    patron, title = given.patron(name="例示 三郎"), given.title("奥入瀬の花", MONDAY)
    page = at_the_desk(phone, given, "貸出", THURSDAY)
    visitor = page.get_by_role("region", name="いまの方")
    scan(page, patron.card_number)
    expect(visitor).to_contain_text("例示 三郎")
    # WHEN nothing is scanned for a minute THEN they are gone, and a book asks for a card
    page.clock.fast_forward(60_000)
    expect(page.locator("#instruction")).to_contain_text("60秒のあいだ読み取りがなかった")
    expect(page.locator("main")).not_to_contain_text("三郎")
    scan(page, f"{title}1")
    told(page, "先にカードを")
    # WHEN staff press the button for the next one THEN it is the same
    scan(page, patron.card_number)
    visitor.get_by_role("button", name="次の方").click()
    expect(page.locator("main")).not_to_contain_text("三郎")
    expect(page.locator("#field-barcode")).to_be_focused()
    scan(page, f"{title}1")
    told(page, "先にカードを")
    assert on_loan(given, patron) == []


def test_every_scan_of_the_pull_list_can_be_undone(phone: BrowserContext, given: Given) -> None:
    # GIVEN a hold on a title with two copies, one of which is to be fetched (RULES 23)
    patron, title = given.patron(), given.title("種差の海", AUGUST, copies=2)
    given.hold(patron, title, "2", AUGUST)
    given.run("thursday_run", AUGUST_RUN.replace(hour=8, minute=30))
    page = at_the_desk(phone, given, "取り出し", AUGUST_RUN)
    rows = {n: page.get_by_role("row").filter(has_text=f"{title}{n}") for n in (1, 2)}
    field, undo = page.locator("#field-barcode"), page.get_by_role("button", name="この読み取りを取り消す")
    planned = 1 if rows[1].count() else 2
    book, other = f"{title}{planned}", f"{title}{3 - planned}"
    expect(rows[planned]).to_contain_text("書架")
    # THEN what is pressed by mistake stands well apart from its neighbour
    taken, missing = (rows[planned].get_by_role("button", name=name) for name in ("利用者が持っている", "見つからない"))
    left, right = taken.bounding_box(), missing.bounding_box()
    assert left
    assert right
    assert right["x"] - (left["x"] + left["width"]) >= 60
    # WHEN it is not found THEN the other copy is on the list, and the next scan finds the field in sight
    missing.click()
    told(page, "見つからないと記録しました", other)
    expect(rows[3 - planned]).to_be_visible()
    expect(rows[planned]).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    assert_accessible(page)
    # WHEN that was a mistake THEN all is as before
    undo.click()
    told(page, "取り消しました", "もう一度、本を探してください。")
    expect(rows[planned]).to_be_visible()
    expect(rows[3 - planned]).to_have_count(0)
    expect(field).to_be_focused()
    # WHEN a found one is taken back THEN it is on the list again
    scan(page, book)
    told(page, "袋に入れる", "種差の海", "受取 8/9(日)～8/16(日)")
    expect(rows[planned]).to_have_count(0)
    undo.click()
    told(page, "取り消しました", "本を袋から出してください。")
    expect(rows[planned]).to_be_visible()
    # WHEN the same answer comes twice THEN it can be seen that it is another one
    scan(page, "nothing")
    told(page, "確かめてください")
    before = page.locator("#instruction .which").inner_text()
    scan(page, "nothing")
    expect(page.locator("#instruction .which")).not_to_have_text(before)
    expect(field).to_be_focused()
    # AND what is done stays done for the other tests
    scan(page, book)
    told(page, "袋に入れる")


def test_crates_leave_and_their_slips_tell_the_days(phone: BrowserContext, given: Given) -> None:
    # GIVEN a bag of three books, and a crate of forty bags, of the last week of a year (RULES 24)
    sunday, until = date(2026, 12, 27), date(2027, 1, 3)
    title = given.title("雪の本", MONDAY, copies=43)
    barcodes = [f"{title}{n}" for n in range(1, 44)]
    one = Bag("away", "90000001", "20", sunday, until)
    many = [Bag(f"away{n}", f"9000{n:04}", "21", sunday, until) for n in range(100, 140)]
    for bag, barcode in zip([one] * 3 + many, barcodes, strict=True):
        given.table.transact(bags.book_addition(bag, barcode, aomori()))
    page = at_the_desk(phone, given, "袋詰め", datetime(2026, 12, 24, 14, 5, tzinfo=TOKYO))
    expect(page.get_by_text("2館、袋41、本43冊です。")).to_be_visible()
    # WHEN the slips are printed THEN each tells days, books and the card's bar code, and no name (RULES 24)
    page.get_by_role("link", name="袋の票を印刷する").click()
    expect(page.locator(".slip")).to_have_count(41)
    expect(page.locator(".slip").first).to_contain_text("受取 12/27(日)～1/3(日) 3冊")
    expect(page.get_by_role("img", name="利用者番号 90000001 のバーコード")).to_be_visible()
    assert_accessible(page)
    # AND a crate's list tells which page of how many it is
    open_view(page, "袋詰め")
    page.get_by_role("link", name="コンテナの一覧を印刷する").click()
    expect(page.locator(".crate")).to_have_count(4)
    pages = page.locator(".crate").filter(has_text="No.21")
    for n in (1, 2, 3):
        expect(pages.nth(n - 1)).to_contain_text("受取 12/27(日)～1/3(日) 40冊")
        expect(pages.nth(n - 1)).to_contain_text(f"{n}/3ページ")
    assert_accessible(page)
    # WHEN a crate leaves THEN its moment is there (RULES 23)
    open_view(page, "袋詰め")
    rows = {n: page.locator("tbody tr").nth(n - 20) for n in (20, 21)}
    rows[20].get_by_role("button", name="発送した").click()
    expect(rows[20]).to_contain_text("12月24日(木) 14:05 発送")
    expect(rows[21]).not_to_contain_text("14:05")
    assert_accessible(page)
    # WHEN that was a mistake THEN it can leave once more
    rows[20].get_by_role("button", name="発送を取り消す").click()
    expect(page.locator("#news")).to_contain_text("発送を取り消しました")
    expect(rows[20].get_by_role("button", name="発送した")).to_be_visible()
    # WHEN all leave at once THEN so can they
    page.get_by_role("button", name="すべて発送した").click()
    page.get_by_role("dialog").get_by_role("button", name="すべて発送した").click()
    expect(rows[21]).to_contain_text("12月24日(木) 14:05 発送")
    assert_accessible(page)
    page.get_by_role("button", name="すべての発送を取り消す").click()
    expect(rows[21].get_by_role("button", name="発送した")).to_be_visible()


AUTUMN, AUTUMN_RUN = datetime(2026, 8, 31, 12, tzinfo=TOKYO), datetime(2026, 9, 3, 9, tzinfo=TOKYO)
OCTOBER_EVE, OCTOBER = datetime(2026, 9, 30, 14, tzinfo=TOKYO), datetime(2026, 10, 1, 14, tzinfo=TOKYO)
WIDTHS = (390, 820, 1280)  # a phone, a tablet, a desktop
# How wide a cell of a list is at least, in letters: fewer would stand one below the other.
LETTERS = 3
NARROW = """least => [...document.querySelectorAll('.table-frame td, .table-frame th')].filter(cell => {
  const { width } = cell.getBoundingClientRect();
  const needed = least * parseFloat(getComputedStyle(cell).fontSize);
  return cell.innerText.trim().length > least && width > 1 && width < needed;
}).map(cell => cell.outerHTML)"""


CALLED = "(at.getAttribute('aria-label') ?? at.innerText ?? '').trim() === name"


def tab_to(page: Page, name: str) -> None:
    """Go on by the keyboard alone to what is called so, once it is there."""
    page.wait_for_function(f"name => [...document.querySelectorAll('a, button')].some(at => {CALLED})", arg=name)
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate(f"name => {{ const at = document.activeElement; return {CALLED} }}", name):
            return
    raise AssertionError(f"no key leads to {name}")


def type_scan(page: Page, code: str) -> None:
    """A scanner types into what has the focus, which is the field."""
    expect(page.locator("#field-barcode")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def can_be_read(page: Page) -> None:
    """Nothing that axe finds, and no column narrower than its words, on phone, tablet and desktop."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(NARROW, LETTERS) == []
    assert_accessible(page)


def printed_pages(page: Page) -> int:
    """How many sheets of paper it takes."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


def test_a_thursday_with_many_books_by_keyboard_alone(phone: BrowserContext, given: Given) -> None:
    # GIVEN forty books for four people at four facilities (RULES 15, 23, 24)
    places = ("31", "32", "33", "34")
    people = [given.patron() for _ in places]
    titles = [[given.title(f"秋の本 {place}-{n}", AUTUMN) for n in range(10)] for place in places]
    for patron, own, place in zip(people, titles, places, strict=True):
        for title_id in own:
            given.hold(patron, title_id, place, AUTUMN)
    given.run("thursday_run", AUTUMN_RUN.replace(hour=8, minute=30))
    page = at_the_desk(phone, given, "取り出し", AUTUMN_RUN)
    books = [f"{title_id}1" for own in titles for title_id in own]
    rows = page.locator("tbody tr").filter(has_text="秋の本")
    expect(rows).to_have_count(40)
    can_be_read(page)
    # THEN the list is printed thirty books a page
    tab_to(page, "リストを印刷する")
    page.keyboard.press("Enter")
    expect(page.locator(".pull-page")).to_have_count(2)
    expect(page.locator(".pull-page").first.locator("tbody tr")).to_have_count(30)
    assert printed_pages(page) == 2
    assert_accessible(page)
    tab_to(page, "取り出し")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(40)
    # WHEN one is missed by mistake THEN that is undone, and the field is ready for the next
    expect(page.locator("#field-barcode")).to_be_focused()
    tab_to(page, f"{books[0]} 見つからない")
    page.keyboard.press("Enter")
    told(page, "見つからないと記録しました")
    expect(rows).to_have_count(39)
    tab_to(page, "この読み取りを取り消す")
    page.keyboard.press("Enter")
    told(page, "取り消しました")
    expect(rows).to_have_count(40)
    # WHEN another is really missing, and the others are scanned faster than they are answered
    for book in books[1:]:
        type_scan(page, book)
    expect(rows).to_have_count(1)
    told(page, "袋に入れる", "No.34")
    can_be_read(page)
    # THEN it can be seen how far each facility's bags are
    tab_to(page, "袋詰め")
    page.keyboard.press("Enter")
    first = page.locator("tbody tr").filter(has_text="No.31")
    expect(first).to_contain_text("10冊のうち9冊")
    expect(page.locator("tbody tr").filter(has_text="No.34")).to_contain_text("そろいました")
    can_be_read(page)
    # AND each slip tells its days and books, ten to a sheet, and each crate has its own list
    tab_to(page, "袋の票を印刷する")
    page.keyboard.press("Enter")
    slip = page.locator(".slip").filter(has_text=people[3].card_number)
    expect(slip).to_contain_text("受取 9/6(日)～9/13(日) 10冊")
    slips = page.locator(".slip").count()
    assert printed_pages(page) == -(-slips // 10)
    tab_to(page, "袋詰め")
    page.keyboard.press("Enter")
    tab_to(page, "コンテナの一覧を印刷する")
    page.keyboard.press("Enter")
    expect(page.locator(".crate").filter(has_text="No.34")).to_contain_text(f"{titles[3][9]}1")
    assert printed_pages(page) == page.locator(".crate").count()
    # WHEN the crate leaves THEN its moment is there
    tab_to(page, "袋詰め")
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    name = page.locator("tbody tr").filter(has_text="No.34").get_by_role("button").get_attribute("aria-label")
    tab_to(page, str(name))
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").filter(has_text="No.34")).to_contain_text("9月3日(木) 9:00 発送")
    can_be_read(page)


def test_a_book_is_looked_up_and_what_became_of_it_recorded(phone: BrowserContext, given: Given) -> None:
    # GIVEN a title with two copies that somebody waits for
    patron, title = given.patron(), given.title("恐山の紅葉", OCTOBER, copies=2)
    given.hold(patron, title, "2", OCTOBER)
    page = at_the_desk(phone, given, "本", OCTOBER)
    can_be_read(page)
    # WHEN its bar code is read THEN it says where it lies and who is next
    page.get_by_label("資料番号、題名、著者、ISBN").fill(f"{title}1")
    page.keyboard.press("Enter")
    expect(page.locator(".state")).to_have_text("在架")
    expect(page.locator("#content")).to_contain_text(patron.card_number)
    can_be_read(page)
    # WHEN it is damaged, and mended (RULES 34) THEN each is recorded
    for act, state in (("破損", "破損"), ("見つかった・直った", "在架")):
        page.get_by_role("button", name=act, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="記録する", exact=True).click()
        expect(page.locator(".state")).to_have_text(state)
    # WHEN it is found by its title THEN copies and queue are there
    open_view(page, "本")
    page.get_by_label("資料番号、題名、著者、ISBN").fill("恐山")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="恐山の紅葉").click()
    expect(page.get_by_role("region", name="予約").get_by_role("row")).to_have_count(2)
    can_be_read(page)
    # WHEN it can be lent to nobody any more (RULES 9, 34) THEN each who waits is told why
    page.get_by_label("理由").fill("買い直しができないため")
    page.get_by_role("button", name="予約をすべて取り消す").click()
    page.get_by_role("dialog").get_by_role("button", name="すべて取り消す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("1人の予約を取り消しました。")
    # WHEN the record is put right THEN it is found so
    page.get_by_role("link", name="記録を直す").click()
    page.get_by_label("出版者").fill("見本出版")
    can_be_read(page)
    page.get_by_role("button", name="登録する", exact=True).click()
    expect(page.locator("#news")).to_contain_text("「恐山の紅葉」を登録しました。")
    # WHEN one comes back damaged THEN it is marked with the next scan alone, and is on its list
    open_view(page, "返却")
    page.get_by_label("読み取ったときに音を鳴らす").uncheck()
    page.get_by_label("破損と記録する").check()
    scan(page, f"{title}2")
    told(page, "破損と記録しました", "恐山の紅葉")
    expect(page.get_by_label("返却する", exact=True)).to_be_checked()
    can_be_read(page)
    scan(page, f"{title}2")
    told(page, "修理の担当へ")
    page.reload()
    expect(page.get_by_label("読み取ったときに音を鳴らす")).not_to_be_checked()
    open_view(page, "本")
    page.get_by_role("link", name="破損の本").click()
    expect(page.locator("tbody tr").filter(has_text="恐山の紅葉")).to_have_count(1)
    can_be_read(page)
    # AND a card's code is read with the letters of Codabar as well
    open_view(page, "貸出")
    page.locator("#field-barcode").fill(f"A{patron.card_number}B")
    page.keyboard.press("Enter")
    expect(page.locator("#instruction .number")).to_have_text(patron.card_number)


def test_days_are_closed_and_bags_wait_for_the_snow(phone: BrowserContext, given: Given) -> None:
    # GIVEN a bag on its way to a facility
    patron, title = given.patron(), given.title("雪国の本", OCTOBER_EVE)
    given.hold(patron, title, "42", OCTOBER_EVE)
    given.run("thursday_run", OCTOBER.replace(hour=8, minute=30))
    given.desk().post(f"/desk/pulls/{title}1", OCTOBER, {"result": "found"})
    page = at_the_desk(phone, given, "カレンダー", OCTOBER)
    thursday = page.locator("[data-day='2026-11-12']")
    expect(thursday).to_have_accessible_name("11月12日(木) 貸出処理をします")
    can_be_read(page)
    # WHEN three days are chosen with shift and the arrows THEN what they stop is told before it is recorded (RULES 22)
    page.locator("[data-day='2026-11-11']").focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".chosen-bar")).to_contain_text("11月11日(水)～11月13日(金)")
    tab_to(page, "この日を記録する")
    page.keyboard.press("Enter")
    page.get_by_label("理由").fill("蔵書点検")
    page.keyboard.press("Enter")
    expect(page.locator("#stops")).to_contain_text("11月12日(木)の貸出処理は、お休みになります。")
    expect(thursday).to_have_accessible_name("11月12日(木) 貸出処理をします")
    can_be_read(page)
    page.keyboard.press("Enter")
    expect(thursday).to_have_accessible_name("11月12日(木) 休館、貸出処理はしません")
    can_be_read(page)
    # WHEN others are dragged over THEN they are chosen instead
    page.locator("[data-day='2026-11-17']").hover()
    page.mouse.down()
    page.locator("[data-day='2026-11-18']").hover()
    page.mouse.up()
    expect(page.locator(".chosen-bar")).to_contain_text("11月17日(火)～11月18日(水)")
    # AND what was recorded is taken back
    page.get_by_role("button", name="2026年11月11日～2026年11月13日 休館を取り消す").click()
    page.get_by_role("dialog").get_by_role("button", name="取り消す", exact=True).click()
    expect(thursday).to_have_accessible_name("11月12日(木) 貸出処理をします")
    # WHEN snow shuts a district's roads THEN the mail can be read before anybody gets it (RULES 40)
    open_view(page, "大雪")
    can_be_read(page)
    page.get_by_role("button", name="むつ下北地区の館をすべて選ぶ").click()
    page.get_by_label("新しい受取期限").fill("2026-10-18")
    page.get_by_label("新しい返却期限").fill("2026-10-25")
    page.get_by_role("button", name="メールの文面を確かめる").click()
    expect(page.locator("#preview")).to_contain_text("8館、1人にメールを送ります")
    expect(page.locator("#preview")).to_contain_text("10月18日(日)まで")
    can_be_read(page)
    page.get_by_role("button", name="期限を変えて、メールを送る").click()
    expect(page.locator("#news")).to_contain_text("8館の受取期限を変えました。1人にメールを送ります。")
    can_be_read(page)
    # WHEN the roads are open again THEN all have their days back
    page.get_by_role("button", name="すべてもとに戻す").click()
    page.get_by_role("dialog").get_by_role("button", name="もとに戻す", exact=True).click()
    expect(page.locator("#news")).to_contain_text("8館の期限をもとに戻しました。1人にメールを送ります。")
