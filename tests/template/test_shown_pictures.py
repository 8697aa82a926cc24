"""The pictures of pages in README and docs are those of the list that `make pictures` makes them anew from."""

import re

import pytest
from PIL import Image

from tests.browser.pictures import PICTURES, Picture
from tests.template.conftest import ROOT

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 1_000_000


def test_what_is_shown_is_what_is_made_no_more_and_no_fewer() -> None:
    # GIVEN the texts, and the folder of their pictures, but for those that are drawn
    texts = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for text in texts for name in re.findall(r"\bimages/([\w.-]+)", text.read_text("utf-8"))}
    there = {path.name for path in IMAGES.iterdir()}
    # THEN both are the list
    made = [picture.name for picture in PICTURES]
    assert len(set(made)) == len(made)
    assert {name for name in shown if not name.endswith(".svg")} == set(made)
    assert {name for name in there if not name.endswith(".svg")} == set(made)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_as_large_as_the_list_says_and_small_to_load(picture: Picture) -> None:
    path = IMAGES / picture.name
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as image:
        # What moves is a part of its page.
        whole = image.size == (picture.width, picture.height)
        assert getattr(image, "n_frames", 1) > 1 if picture.moves else whole
