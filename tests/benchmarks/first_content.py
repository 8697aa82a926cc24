"""When a page on a phone first shows what it is for: at a quarter of the processor's speed, its API answering in 50 ms.

The pages are those of a local stack after its played weeks, whose warm functions answer in about that time. Told as
multiples of a page that is nothing but its frame (404.html), and in milliseconds of this machine. Each is the middle
one of some visits.
"""

from datetime import datetime
from statistics import median
from typing import TypedDict

from playwright.sync_api import Page, sync_playwright

from infra.local.load import load
from infra.local.samples import HANAKO, home_of, kit_of
from infra.local.server import free_port
from infra.local.stack import Stack, local_stack
from infra.local.week import play
from lending.domain.week import TOKYO
from tests.browser.conftest import PATIENCE_MS, a_phone, launched
from tests.browser.given import sign_in_at
from tests.library import AOMORI

SLOWER, VISITS = 4, 5
BARE = "404.html"
OPEN = (BARE, "index.html", "search.html", "guide.html", "facilities.html", "calendar.html", "notices.html",
        "statistics.html", "apply.html")  # fmt: skip
SIGNED_IN = {
    "library.html": (kit_of(HANAKO, AOMORI), "利用者番号(カードの番号)"),
    "desk.html": ("desk", "職員ID"),
    "facility.html": (f"facility-{home_of(HANAKO, AOMORI):02}", "協力館ID"),
}
# A heading that can be seen, and nothing that is still being loaded.
_THERE = """() => document.querySelector("main h1")?.checkVisibility()
  && !document.querySelector("[aria-busy=true]") && performance.now()"""


class Row(TypedDict):
    """One page."""

    page: str
    ms: int
    times_bare: float


def run(visits: int = VISITS) -> list[Row]:
    """Visit each page some times; nothing without Chromium."""
    with sync_playwright() as playwright:
        try:
            browser = launched(playwright)
        except FileNotFoundError:
            return []
        with local_stack(free_port(), free_port()) as stack:
            stack.accounts.extend(load(stack))
            play(stack, datetime.now(TOKYO).replace(second=0, microsecond=0))
            page = a_phone(browser, stack).new_page()
            taken = of_open_pages(page, visits)
            for path, (name, label) in SIGNED_IN.items():
                _sign_in(page, stack, path, name, label)
                taken[path] = _taken(page, path, visits)
            browser.close()
    return [{"page": path, "ms": round(ms), "times_bare": round(ms / taken[BARE], 1)} for path, ms in taken.items()]


def of_open_pages(page: Page, visits: int) -> dict[str, float]:
    """Milliseconds of each page that nobody signs in at."""
    return {path: _taken(page, path, visits) for path in OPEN}


def _sign_in(page: Page, stack: Stack, path: str, name: str, label: str) -> None:
    passwords = {account["username"]: account["password"] for account in stack.accounts}
    sign_in_at(page, f"/{path}", name, label, passwords[name])
    page.locator(".view-links a").first.wait_for()


def _taken(page: Page, path: str, visits: int) -> float:
    """Milliseconds from asking for a page to its first content; the first visit wakes its functions up."""
    _visit(page, path)
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    taken = median(_visit(page, path) for _ in range(visits))
    slow.detach()
    return taken


def _visit(page: Page, path: str) -> float:
    page.goto(f"/{path}", wait_until="commit")
    return float(page.wait_for_function(_THERE, timeout=PATIENCE_MS).json_value())
