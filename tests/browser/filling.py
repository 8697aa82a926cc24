"""How a person goes through the application page."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

MAN = {
    "利用者番号(カードの番号)": "２０１０－０００１",
    "お名前": "青森 太郎",
    "フリガナ": "あおもり たろう",
    "郵便番号": "０３００１８４",
    "ご住所": "青森県青森市荒川字藤戸119-7",
    "電話番号": "017ー729ー4300",
    "メールアドレス": "taro@example.jp",
}


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page's heading says so."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


_ANSWERED = """({ form, summary }) => {
  const now = document.getElementById("summary");
  return !form.isConnected || (now && now !== summary);
}"""


def go_on(page: Page) -> None:
    """Press the one button that leads on, and wait for another question, or for what is wrong with this one."""
    form = page.locator("form").element_handle()
    summary = page.query_selector("#summary")
    page.locator("form .button").click()
    page.wait_for_function(_ANSWERED, arg={"form": form, "summary": summary})


def start(page: Page, kind: str) -> None:
    """Choose what to apply for."""
    page.goto("/apply.html")
    page.get_by_label(kind, exact=True).check()
    go_on(page)


def fill(page: Page, **changed: str) -> None:
    """Fill in every text field of the question that is shown, and go on."""
    answers = MAN | changed
    for label in page.locator("label.label").all_text_contents():
        name = label.partition("※")[0]
        if name in answers:
            page.get_by_label(name).fill(answers[name])
    go_on(page)


def fill_birthday(page: Page, era: str = "昭和", year: str = "53") -> None:
    """Fill in the date of birth, and go on."""
    page.get_by_label("西暦・元号").select_option(era)
    for part, text in (("年", year), ("月", "4"), ("日", "1")):
        page.get_by_label(part, exact=True).fill(text)
    go_on(page)


def choose(page: Page, label: str) -> None:
    """Choose one answer, and go on."""
    page.get_by_label(label, exact=True).check()
    go_on(page)


def choose_photo(page: Page, photo: Path) -> None:
    """Choose a photo and wait until it can be looked at."""
    page.locator("#photo").set_input_files(photo)
    expect(page.locator("img.preview")).to_be_visible()


def send_photo(page: Page) -> None:
    """Send the photo that is shown."""
    page.get_by_role("button", name="この写真を送る").click()
