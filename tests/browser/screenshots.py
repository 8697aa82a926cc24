"""Pictures of every page for people to look at: phone and desktop, light and dark, with the played weeks behind them.

make screenshots            into .local/screenshots
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from playwright.sync_api import BrowserContext, Page, sync_playwright

from infra.local.load import load
from infra.local.pages import WEB
from infra.local.samples import HANAKO, home_of, kit_of
from infra.local.server import free_port
from infra.local.stack import LOCAL, Stack, local_stack
from infra.local.week import play
from lending.domain.week import TOKYO
from tests.browser.conftest import a_desktop, a_phone, launched
from tests.browser.given import sign_in_at
from tests.library import AOMORI

FOLDER = LOCAL / "screenshots"
DEVICES = {"phone": a_phone, "desktop": a_desktop}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Who signs in at which page, and what their user name is called there.
SIGNED_IN = {
    "library.html": (kit_of(HANAKO, AOMORI), "利用者番号(カードの番号)"),
    "desk.html": ("desk", "職員ID"),
    "facility.html": (f"facility-{home_of(HANAKO, AOMORI):02}", "協力館ID"),
}
# Of what is asked for in the address.
BEGUN = {"search.html": "search.html#search/十和田", "apply.html": "apply.html?kind=new"}
OWN_WAYS = '.view-links a[href^="#"], main a[href^="#"]'
# Without those that lead to a place of the view itself.
TO_VIEWS = """links => links.map((link) => link.getAttribute("href"))
  .filter((hash) => !document.getElementById(hash.slice(1)))"""


def main(folder: Path) -> None:
    """Make all pictures anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with local_stack(free_port(), free_port()) as stack, sync_playwright() as playwright:
        stack.accounts.extend(load(stack))
        play(stack, datetime.now(TOKYO).replace(second=0, microsecond=0))
        browser = launched(playwright)
        for name, device in DEVICES.items():
            with _kept(device(browser, stack)) as context:
                _visit(context, stack, folder, name)
        browser.close()
    print(f"{len(list(folder.iterdir()))} pictures: {folder}")


@contextmanager
def _kept(context: BrowserContext) -> Iterator[BrowserContext]:
    yield context
    context.close()


def _visit(context: BrowserContext, stack: Stack, folder: Path, device: str) -> None:
    passwords = {account["username"]: account["password"] for account in stack.accounts}
    for path in sorted(path.name for path in WEB.glob("*.html")):
        page = context.new_page()
        if path in SIGNED_IN:
            name, label = SIGNED_IN[path]
            page.goto(f"/{path}")
            _take(page, folder, path, "sign-in", device)
            sign_in_at(page, f"/{path}", name, label, passwords[name])
            page.locator(".view-links a").first.wait_for()
        else:
            page.goto(f"/{BEGUN.get(path, path)}")
        _walk(page, folder, path, device)
        page.close()


def _walk(page: Page, folder: Path, path: str, device: str) -> None:
    """Each view of a page once, as far as links lead to it."""
    address = page.url.partition("#")[0]
    seen, waiting = {""}, [""]
    while waiting:
        way = waiting.pop(0)
        if way:
            page.goto(address + way)
        _take(page, folder, path, way.removeprefix("#").partition("/")[0], device)
        for found in page.eval_on_selector_all(OWN_WAYS, TO_VIEWS):
            view = found.removeprefix("#").partition("/")[0]
            if view not in seen:
                seen.add(view)
                waiting.append(found)


def _take(page: Page, folder: Path, path: str, view: str, device: str) -> None:
    name = "-".join(filter(None, [path.removesuffix(".html"), view, device]))
    for scheme in SCHEMES:
        settle(page, scheme)
        page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)


def settle(page: Page, scheme: Scheme) -> None:
    """Wait until all of a page is there in its colours, and nothing moves."""
    page.locator("[aria-busy=true]").first.wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_function("() => document.getAnimations().every(({ playState }) => playState !== 'running')")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
