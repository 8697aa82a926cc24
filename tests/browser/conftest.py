"""The pages in headless Chromium, served by the stack itself with its real headers."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from infra.facilities import load_facilities
from infra.local.photos import card_photo, document_photo
from infra.local.server import free_port
from infra.local.stack import Stack, local_stack
from lending.aws.table import Table
from tests.browser.given import Given

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Nothing that calls home, and nothing a machine without screen and sandbox lacks.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
# Larger than what is sent, so that it has to be scaled down; real phones' photos are larger still.
PHOTO = (2400, 1800)
# The narrowest screen a page must do without scrolling sideways (WCAG 1.4.10).
NARROWEST = 320
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A function that starts takes seconds on a busy machine; who finds at once what they look for waits for none of it.
PATIENCE_MS = 60_000

Launch = Callable[..., Browser]

expect.set_options(timeout=PATIENCE_MS)


def launched(playwright: Playwright, *flags: str) -> Browser:
    """Headless Chromium, with flags of its own if there are any.

    Raises:
        FileNotFoundError: there is none on this machine.
    """
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    executable = found or playwright.chromium.executable_path
    if not Path(executable).exists():
        raise FileNotFoundError(
            "There is no Chromium on this machine: install it, or run `playwright install chromium`."
        )
    return playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *flags])


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Starts headless Chromium; without one on the machine what needs it is left out."""
    with sync_playwright() as playwright:
        try:
            launched(playwright).close()
        except FileNotFoundError as error:
            pytest.skip(str(error))
        yield lambda *flags: launched(playwright, *flags)


@pytest.fixture(scope="session")
def browser(launch: Launch) -> Iterator[Browser]:
    """Headless Chromium."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A deployed stack with its facilities."""
    with local_stack(free_port(), free_port()) as stack:
        load_facilities(Table(stack.client("dynamodb"), stack.outputs["TableName"]), stack.library.facilities)
        yield stack


@pytest.fixture(scope="session")
def given(stack: Stack) -> Given:
    """What tests of signed-in people start from."""
    return Given(stack, Table(stack.client("dynamodb"), stack.outputs["TableName"]))


def a_phone(browser: Browser, stack: Stack, **more: Any) -> BrowserContext:
    """A phone with a memory of its own; `more` is what else it has or may do."""
    context = browser.new_context(
        base_url=stack.outputs["SiteUrl"], viewport=PHONE, is_mobile=True, has_touch=True, locale="ja-JP",
        timezone_id="Asia/Tokyo", **more,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    return context


def a_desktop(browser: Browser, stack: Stack) -> BrowserContext:
    """A PC with a memory of its own."""
    context = browser.new_context(
        base_url=stack.outputs["SiteUrl"], viewport=DESKTOP, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


class Watch:
    """Sees pages that break, or that break their content policy."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """See a device's pages."""
        context.on("weberror", lambda error: self.broken.append(str(error.error)))
        context.on("console", self._heard)

    def _heard(self, said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            self.broken.append(said.text)


@pytest.fixture
def device(browser: Browser, stack: Stack) -> Iterator[Callable[[], BrowserContext]]:
    """Makes phones: each has its own memory. A page that breaks, or that breaks its content policy, fails the test."""
    made: list[BrowserContext] = []
    watch = Watch()

    def phone() -> BrowserContext:
        made.append(a_phone(browser, stack))
        watch.over(made[-1])
        return made[-1]

    yield phone
    for context in made:
        context.close()
    assert not watch.broken


@pytest.fixture
def phone(device: Callable[[], BrowserContext]) -> BrowserContext:
    """A phone."""
    return device()


@pytest.fixture(scope="session")
def shared_phone(browser: Browser, stack: Stack) -> Iterator[tuple[BrowserContext, Watch]]:
    """The phone of tests that need but a page: what a page remembers, it remembers in its own tab."""
    context, watch = a_phone(browser, stack), Watch()
    watch.over(context)
    yield context, watch
    context.close()


@pytest.fixture
def page(shared_phone: tuple[BrowserContext, Watch]) -> Iterator[Page]:
    """A page on a phone."""
    context, watch = shared_phone
    watch.broken.clear()
    page = context.new_page()
    yield page
    page.close()
    assert not watch.broken


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Photos as a phone takes them, as files to choose."""
    folder = tmp_path_factory.mktemp("photos")
    made = {"card": card_photo("20100001", size=PHOTO), "document": document_photo(size=PHOTO)}
    for name, photo in made.items():
        (folder / f"{name}.jpg").write_bytes(photo)
    return {name: folder / f"{name}.jpg" for name in made}


_axe = Axe()
_LOOK = """options => axe.run(document, options).then(({ violations }) =>
  violations.map(({ id, help, nodes }) => [`${id}: ${help}`, ...nodes.map(({ html }) => `    ${html}`)].join("\\n")))"""


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe-core can find, readable in the dark, no scrolling sideways when narrow.

    Of what there is once nothing is being loaded any more.
    """
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    # What is still fading in cannot be read yet.
    page.wait_for_function("() => document.getAnimations().every(({ playState }) => playState !== 'running')")
    # The script is large: each document gets it once.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe.axe_script)
    page.emulate_media(color_scheme="dark")
    violations = page.evaluate(_LOOK, {"runOnly": ["color-contrast"], "resultTypes": ["violations"], "preload": False})
    page.emulate_media(color_scheme="light")
    violations += page.evaluate(_LOOK, {"runOnly": STANDARD, "resultTypes": ["violations"], "preload": False})
    assert not violations, f"{page.url}\n" + "\n".join(violations)
    before = page.viewport_size or PHONE
    page.set_viewport_size({"width": NARROWEST, "height": before["height"]})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, f"{page.url} scrolls sideways"
    page.set_viewport_size(before)
