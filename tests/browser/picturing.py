"""Make the pictures of README and docs anew, straight from the pages of the played weeks.

make pictures            into docs/images

They stand at eleven o'clock of the latest run's day: books are to be pulled, and bags to be handed over.
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from infra.local.load import load
from infra.local.played_weeks import at
from infra.local.server import free_port
from infra.local.stack import ROOT, Stack, local_stack
from infra.local.week import play
from lending.domain.week import TOKYO, run_due_at
from tests.browser.conftest import a_desktop, a_phone, launched
from tests.browser.given import sign_in_at
from tests.browser.pictures import PHONE, PICTURES, Picture
from tests.browser.screenshots import SIGNED_IN, settle

FOLDER = ROOT / "docs" / "images"
# How long the frames of the replay stand, in milliseconds: before it begins, within a step, after it, and at the end.
FIRST_MS, MOVING_MS, STILL_MS, LAST_MS = 1000, 80, 220, 2500
MARGIN = 12
PLACE = "element => element.getBoundingClientRect().toJSON()"
STEP = "button => { button.click(); document.getAnimations().forEach((movement) => movement.pause()); }"
MOVE = """part => document.getAnimations().forEach((movement) => {
  movement.currentTime = part * Number(movement.effect.getComputedTiming().endTime);
})"""


def main(folder: Path) -> None:
    """Make all pictures anew."""
    with local_stack(free_port(), free_port(), travels=True) as stack, sync_playwright() as playwright:
        stack.accounts.extend(load(stack))
        moment = at(run_due_at(datetime.now(TOKYO), stack.library.policy), 11)
        play(stack, moment)
        browser = launched(playwright)
        for picture in PICTURES:
            (folder / picture.name).write_bytes(_taken(browser, stack, picture, moment))
        browser.close()
    print(f"{len(PICTURES)} pictures: {folder}")


def _opened(browser: Browser, stack: Stack, picture: Picture, moment: datetime) -> Page:
    """The page of a picture, signed in where that is needed, as it is at a moment."""
    context = (a_phone if picture.width == PHONE else a_desktop)(browser, stack)
    context.add_init_script(f"sessionStorage.setItem('moment', JSON.stringify('{moment.isoformat()}'))")
    page = context.new_page()
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    address = picture.page.format(run=moment.date())
    path = address.partition("#")[0]
    if path in SIGNED_IN:
        name, label = SIGNED_IN[path]
        password = next(account["password"] for account in stack.accounts if account["username"] == name)
        sign_in_at(page, f"/{path}", name, label, password)
        page.locator(".view-links a").first.wait_for()
    page.goto(f"/{address}")
    settle(page, "dark" if picture.dark else "light")
    # The bar that travels in time is no part of the site.
    page.locator(".travel").evaluate("bar => bar.remove()")
    return page


def _taken(browser: Browser, stack: Stack, picture: Picture, moment: datetime) -> bytes:
    page = _opened(browser, stack, picture, moment)
    drawn = _replayed(page) if picture.moves else _small(page.screenshot())
    page.context.close()
    return drawn


def _small(shot: bytes) -> bytes:
    """A picture with as many colours as fit into a byte."""
    file = BytesIO()
    _reduced(_image(shot), 256).save(file, "PNG", optimize=True)
    return file.getvalue()


def _image(shot: bytes) -> Image.Image:
    return Image.open(BytesIO(shot)).convert("RGB")


def _reduced(image: Image.Image, colours: int) -> Image.Image:
    return image.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)


def _replayed(page: Page) -> bytes:
    """The replay of a run from its beginning to its end, as a picture that moves."""
    frames = list(_frames(page))
    palette = _reduced(_both(frames[0][0], frames[-1][0]), 64)
    first, *rest = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame, _ in frames)
    file = BytesIO()
    first.save(file, "GIF", save_all=True, append_images=rest, duration=[time for _, time in frames], loop=0)
    return file.getvalue()


def _both(beginning: Image.Image, end: Image.Image) -> Image.Image:
    """Two pictures in one, with the colours of both."""
    both = Image.new("RGB", (beginning.width, 2 * beginning.height))
    both.paste(beginning)
    both.paste(end, (0, beginning.height))
    return both


def _frames(page: Page) -> Iterator[tuple[Image.Image, int]]:
    """Each frame with how long it stands, in milliseconds; the movement of a step is stopped for each."""
    page.emulate_media(reduced_motion="no-preference")
    step, clip = page.get_by_role("button", name="一つ先"), _from_bar_to_stage(page)

    def frame() -> Image.Image:
        return _image(page.screenshot(clip=clip))

    yield frame(), FIRST_MS
    for _ in range(int(page.locator(".scrub").get_attribute("max") or 0)):
        step.evaluate(STEP)
        page.evaluate(MOVE, 0.5)
        yield frame(), MOVING_MS
        page.evaluate(MOVE, 1)
        yield frame(), STILL_MS
    yield frame(), LAST_MS


def _from_bar_to_stage(page: Page) -> FloatRect:
    """What is seen of the replay, with a margin around it."""
    bar, stage = (page.locator(each).evaluate(PLACE) for each in (".replay", ".stage"))
    return {
        "x": bar["left"] - MARGIN,
        "y": bar["top"] - MARGIN,
        "width": bar["width"] + 2 * MARGIN,
        "height": stage["bottom"] - bar["top"] + 2 * MARGIN,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
