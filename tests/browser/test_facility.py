"""A week at a partner facility: what comes, is handed over, goes back, and what it tells the desk (RULES 28-30, 54)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from infra.local.people import Caller
from infra.local.stack import Stack
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.registration.card import Card, CardState
from lending.domain.week import TOKYO
from tests.browser.conftest import Launch, Watch, a_desktop, a_phone, assert_accessible
from tests.browser.filming import film, flags
from tests.browser.given import Clock, Given, is_kept_for_later, open_view, sign_in_at

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


@contextmanager
def watched(context: BrowserContext) -> Iterator[BrowserContext]:
    """A device; a page on it that breaks, or breaks its content policy, fails the test."""
    watch = Watch()
    watch.over(context)
    yield context
    context.close()
    assert not watch.broken


class Counter:
    """Counts what a device's pages tell the API of bags: by path, the keys of the requests that were answered well."""

    def __init__(self, context: BrowserContext) -> None:
        self.asked: dict[str, list[str]] = {}
        context.on("request", self._seen)

    def _seen(self, request: Request) -> None:
        if request.method == "POST" and "/bags/" in request.url:
            self.asked.setdefault(request.url, []).append(request.headers.get("idempotency-key", ""))


def test_a_sunday_and_a_monday_by_link(
    launch: Launch, browser: Browser, stack: Stack, given: Given, tmp_path: Path
) -> None:
    """A phone with its camera and without its network on Sunday, a PC with its keyboard on Monday (RULES 53, 54)."""
    # GIVEN five bags at a facility, the link of its crate's list, and nobody's account
    taken, lost, late, missing, left = people = [given.patron() for _ in range(5)]
    for number, patron in enumerate(people):
        given.bag(patron, "11", S, number % 3 + 1)
    link = given.desk().expect(201, "POST", "/desk/facilities/11/link", SATURDAY)["token"]
    camera = launch(*flags(film(tmp_path / "cards.mjpeg", taken.card_number, lost.card_number)))
    with watched(a_phone(camera, stack, permissions=["camera"])) as phone:
        sunday_on_a_phone(
            phone, stack, link, taken.card_number, lost.card_number, late.card_number, missing.card_number
        )
    camera.close()
    with watched(a_desktop(browser, stack)) as desktop:
        monday_on_a_desktop(desktop, link, left.card_number)


def sunday_on_a_phone(
    phone: BrowserContext, stack: Stack, link: str, taken: str, lost: str, late: str, missing: str
) -> None:
    clock, counter = Clock(phone, SUNDAY), Counter(phone)
    page, other = phone.new_page(), phone.new_page()
    page.goto(f"/facility.html#link/{link}")
    other.goto(f"/facility.html#link/{link}")
    has_bags(page, "お渡しする", 5)
    has_bags(other, "お渡しする", 5)
    # WHEN cards are held before the camera THEN each finds its bag, also where there has been no network since
    page.bring_to_front()
    is_kept_for_later(page, "js/codabar-reader.js", "js/codabar.js", "js/picture.js")
    phone.set_offline(True)
    page.get_by_role("button", name="カメラで読み取る").click()
    expect(page.locator("#instruction .number")).to_have_text(taken)
    expect(page.locator("#instruction")).to_contain_text("1冊 7月5日(日)～7月12日(日)")
    assert_accessible(page)
    expect(page.locator("#instruction .number")).to_have_text(lost)
    page.get_by_role("button", name="カメラを止める").click()
    expect(page.locator("video")).to_be_hidden()
    phone.set_offline(False)
    # WHEN one is handed over and the answer is lost THEN nobody thinks that it is recorded
    phone.route("**/handover", lambda route: lose_answer(route, clock), times=1)
    page.get_by_role("button", name=f"{taken} の袋をお渡しした").click()
    told(page, "お渡し済み", "まだ送られていません")
    # WHEN the network is gone THEN what is done, and taken back, is kept here
    phone.set_offline(True)
    expect(page.get_by_text("いま、インターネットにつながっていません。")).to_be_visible()
    for number in (lost, late):
        page.get_by_role("button", name=f"{number} の袋をお渡しした").click()
        told(page, "お渡し済み", number, "まだ送られていません")
    page.locator("#instruction").get_by_role("button", name="お渡しを取り消す").click()
    told(page, "取り消しました", late)
    expect(page.get_by_role("heading", name="まだ送られていない記録 2件")).to_be_visible()
    assert_accessible(page)
    # AND in a second tab as well, which both see
    other.bring_to_front()
    other.get_by_role("button", name=f"{missing} の袋が届いていない").click()
    told(other, "届いていない", "まだ送られていません")
    expect(page.get_by_role("heading", name="まだ送られていない記録 3件")).to_be_visible()
    # AND the page opens again without a network, with all of it; a card is still found
    page.bring_to_front()
    page.reload()
    expect(page.get_by_role("heading", name="まだ送られていない記録 3件")).to_be_visible()
    has_bags(page, "お渡しする", 3)
    scan(page, late, "お渡しする")
    assert_accessible(page)
    # WHEN meanwhile the missing bag was found and handed over by a colleague, and the network is back
    clock.now = SUNDAY + timedelta(hours=2)
    colleague = Caller(stack)
    bags = colleague.items(f"/facility-links/{link}/bags?list=to_hand_over", SUNDAY)
    (found,) = [bag["id"] for bag in bags if bag["card_number"] == missing]
    colleague.post(f"/facility-links/{link}/bags/{found}/handover", SUNDAY)
    phone.set_offline(False)
    # THEN all of it is sent, and what cannot be is told until somebody has read it
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="まだ送られていない記録")).to_have_count(0)
        has_bags(tab, "済み", 3)
    refused = page.locator(".note.error")
    expect(refused).to_contain_text(f"{missing} 届いていない")
    assert_accessible(page)
    refused.get_by_role("button", name="読みました").click()
    expect(refused).to_have_count(0)
    # AND each once: what came twice had the same key, and the first moment stands
    done = {bag["card_number"]: bag["handed_over_at"] for bag in colleague.items(
        f"/facility-links/{link}/bags?list=done", clock.now)}  # fmt: skip
    assert done.keys() == {taken, lost, missing}
    assert done[taken] == SUNDAY.isoformat()
    assert done[lost] == clock.now.isoformat()
    keys = sorted(counter.asked.values(), key=len)
    assert all(len(set(keys_of_bag)) == 1 and "" not in keys_of_bag for keys_of_bag in keys)
    # AND until when it can be taken back is seen
    open_view(page, "済み", exact=False)
    expect(page.locator(".bag", has_text=lost)).to_contain_text("7月5日(日) 12:10まで取り消せます")
    assert_accessible(page)


def lose_answer(route: Route, clock: Clock) -> None:
    """The request arrives, its answer does not."""
    route.fetch(headers=route.request.headers | {"x-now": clock.now.isoformat()})
    route.abort()


def monday_on_a_desktop(desktop: BrowserContext, link: str, left: str) -> None:
    # GIVEN the Monday after the last day, at a PC
    Clock(desktop, MONDAY_AFTER)
    page = desktop.new_page()
    page.goto(f"/facility.html#link/{link}")
    expect(page.locator("#field-barcode")).to_be_focused()
    has_bags(page, "返送する", 2)
    # WHEN what goes back is looked for by keyboard alone THEN it is said, and a late hand-over recorded (RULES 30)
    page.keyboard.type(left)
    page.keyboard.press("Enter")
    told(page, "返送する", left)
    button = page.locator("#instruction").get_by_role("button", name="お渡しした")
    for _ in range(10):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    told(page, "お渡し済み", left)
    has_bags(page, "返送する", 1)
    # AND who keeps the week on paper has it on one sheet of A4
    page.get_by_role("link", name="1週間の一覧を紙に印刷する").click()
    sheet = page.locator(".sheet")
    expect(sheet).to_contain_text("受取 7月5日(日)～7月12日(日)")
    expect(sheet).to_contain_text("1/1ページ")
    expect(sheet.locator("tbody tr")).to_have_count(2)
    assert_accessible(page)
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


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
    given.table.write(cards.addition(Card("20500001", CardState.BLANK, "5")))
    there, page = phone.new_page(), phone.new_page()
    sign_in_at(there, "/facility.html#coming", given.account("facility-05"), "協力館ID")
    there.get_by_role("button", name=f"{patron.card_number} の袋が届いていない").click()
    told(there, "届いていない")
    # WHEN nothing is filled in THEN each question is named
    open_view(there, "連絡")
    there.get_by_role("button", name="連絡する").click()
    expect(there.locator("#summary li")).to_have_count(2)
    assert_accessible(there)
    # WHEN it runs out of kits THEN it sees so, and two presses ask for more (RULES 54)
    expect(there.locator(".facts")).to_contain_text("1組")
    there.get_by_role("button", name="送ってもらう").click()
    there.get_by_role("button", name="連絡する").click()
    expect(there.locator("#news")).to_contain_text("県立図書館に連絡しました。")
    # WHEN a bag is there that is on no list THEN its number is told from the scan
    pile(there, "届く", 1)
    scan(there, "90999998", "袋はありません")
    there.get_by_role("button", name="番号 90999998 の袋が届いている").click()
    told(there, "連絡しました")
    # THEN staff read both, and say when they have seen to it
    sign_in_at(page, "/desk.html", given.account("desk"), "職員ID")
    open_view(page, "協力館から")
    bag, extra, kits = (page.locator(".book", has_text=text) for text in (patron.card_number, "90999998", "10組"))
    expect(bag).to_contain_text("届いていない")
    expect(kits).to_be_visible()
    expect(extra).to_contain_text("No.5 ")
    assert_accessible(page)
    for task in (bag, extra):
        task.get_by_role("button", name="済みにする").click()
        page.get_by_role("dialog").get_by_role("button", name="済みにする").click()
        expect(task).to_have_count(0)


def day(page: Page, number: int) -> Locator:
    """A day of July in the sheet of the month."""
    return page.locator(f'[data-date="2026-07-{number:02}"]')


def test_a_facility_keeps_its_own_closed_days(phone: BrowserContext, given: Given) -> None:
    # GIVEN a facility's own closed days, of which there are none (RULES 40)
    Clock(phone, SATURDAY)
    page = phone.new_page()
    page.clock.set_fixed_time(SATURDAY)
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
    page.get_by_label("理由", exact=True).fill("定休日")
    assert_accessible(page)
    page.get_by_role("button", name="加える").click()
    expect(page.locator("#news")).to_contain_text("休館日を加えました。")
    expect(page.locator(".book")).to_contain_text("月曜日")
    # WHEN days of the month are pressed THEN they are shut, or open as an exception, at once; and back again
    page.get_by_label("押した日の理由").fill("館内整理日")
    day(page, 8).click()
    expect(page.get_by_role("button", name="7月8日(水) 館内整理日")).to_be_focused()
    expect(page.locator(".book", has_text="2026年7月8日")).to_contain_text("館内整理日")
    assert_accessible(page)
    day(page, 13).click()
    expect(page.get_by_role("button", name="7月13日(月) 臨時開館")).to_be_focused()
    # by the keyboard alone as well: a week back, and the days before today are not pressed
    page.keyboard.press("ArrowUp")
    expect(day(page, 6)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("7月8日(水)を開館にしました。")).to_be_visible()
    expect(day(page, 3)).to_be_disabled()
    day(page, 13).click()
    expect(page.get_by_role("button", name="7月13日(月) 定休日")).to_be_focused()
    page.get_by_role("button", name="次の月").click()
    expect(page.get_by_role("button", name="8月3日(月) 定休日")).to_be_visible()
    expect(page.locator(".book")).to_have_count(1)
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
