"""Pictures made safe to look at (RULES 2, 3). The files come from the maker the player of the week uses too."""

import contextlib
import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageFile

from infra.local import photos
from lending.aws.image_cleaning import MAX_SIDE, CleanPicture, UnusablePicture, black_out, clean_picture
from lending.domain.policy import Policy
from lending.domain.registration.application import Rectangle
from tests.library import aomori

SMALL = (640, 480)
COLOURS: dict[tuple[int, ...], str] = {
    (1, 0, 0): "red",
    (0, 1, 0): "green",
    (0, 0, 1): "blue",
    (1, 1, 1): "white",
    (0, 0, 0): "black",
}


def opened(picture: CleanPicture) -> Image.Image:
    return Image.open(BytesIO(picture.jpeg), formats=("JPEG",))


def refusal(data: bytes, policy: Policy | None = None) -> UnusablePicture:
    with pytest.raises(UnusablePicture) as raised:
        clean_picture(data, policy or aomori())
    assert raised.value.message.endswith("。")
    return raised.value


def quarters(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red upper left, green upper right, blue lower left, white lower right."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill="red")
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=(0, 255, 0))
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill="blue")
    return picture


def corners(picture: Image.Image) -> list[str]:
    width, height = picture.size
    places = [(4, 4), (width - 5, 4), (4, height - 5), (width - 5, height - 5)]
    return [COLOURS[tuple(round(value / 255) for value in pixel(picture.convert("RGB"), place))] for place in places]


def pixel(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return found


UPRIGHT = ["red", "green", "blue", "white"]


def test_a_phones_photo_keeps_its_pixels_and_nothing_else() -> None:
    """GIVEN a photo with position, camera, XMP and a comment WHEN cleaned THEN none is found in its bytes (RULES 3)."""
    sent = photos.card_photo("1234567890", size=SMALL)
    position = b"".join(struct.pack("<II", *value) for value in [(40, 1), (49, 1)])
    traces = [photos.CAMERA.encode(), photos.COMMENT, b"Exif", b"xmpmeta", position]
    assert all(trace in sent for trace in traces)

    clean = clean_picture(sent, aomori())

    assert not any(trace in clean.jpeg for trace in traces)
    picture = opened(clean)
    assert not dict(picture.getexif())
    assert not picture.getexif().get_ifd(0x8825)
    assert set(picture.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_stands_upright_and_is_scaled_down() -> None:
    """GIVEN 12 million pixels lying on their side WHEN cleaned THEN they stand, the long side 2000."""
    clean = clean_picture(photos.card_photo("1234567890"), aomori())
    assert (clean.width, clean.height) == (1500, MAX_SIDE)
    assert opened(clean).size == (1500, MAX_SIDE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_a_phone_can_be_held(orientation: int) -> None:
    picture = quarters()
    clean = clean_picture(photos.phone_jpeg(picture, orientation), aomori())
    assert opened(clean).size == picture.size
    assert corners(opened(clean)) == UPRIGHT


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    """GIVEN a PNG of any mode WHEN cleaned THEN it is a JPEG in colours; what was transparent is white paper."""
    if mode == "I;16":
        picture = Image.new("L", (64, 48), 200).convert("I").point(lambda grey: grey * 256).convert("I;16")
        expected = 200
    else:
        picture = Image.new("L", (64, 48), 255).convert(mode)
        expected = 255
        if mode.endswith("A"):
            picture = Image.new("RGBA", (64, 48), (0, 0, 0, 0)).convert(mode)
    clean = opened(clean_picture(photos.png(picture), aomori()))
    assert clean.mode == "RGB"
    assert clean.size == (64, 48)
    assert abs(pixel(clean, (20, 20))[0] - expected) <= 2


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
@pytest.mark.parametrize("progressive", [True, False])
def test_every_kind_of_jpeg_is_read(mode: str, progressive: bool) -> None:
    file = BytesIO()
    Image.new("RGB", (3000, 1500), "white").convert(mode).save(file, "JPEG", progressive=progressive)
    clean = clean_picture(file.getvalue(), aomori())
    assert (clean.width, clean.height) == (MAX_SIDE, 1000)
    assert min(pixel(opened(clean), (50, 50))) >= 253


def test_a_profile_is_carried_out_then_dropped() -> None:
    """GIVEN a colour profile WHEN cleaned THEN the picture has none; a broken one is no reason to refuse it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for embedded in (profile, profile[:200] + b"\x00" * 200, b"nonsense" * 10):
        file = BytesIO()
        quarters().save(file, "JPEG", icc_profile=embedded, quality=95)
        clean = clean_picture(file.getvalue(), aomori())
        assert corners(opened(clean)) == UPRIGHT
        assert "icc_profile" not in opened(clean).info


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert refusal(b"").code == "empty"


def test_more_bytes_than_the_policy_allows() -> None:
    """GIVEN the limit of a phone photo WHEN a file has one byte more THEN it is refused with the limit (RULES 2)."""
    found = refusal(b"\xff\xd8\xff" + b"\x00" * aomori().image_bytes)
    assert found.code == "too_large"
    assert "10MB" in found.message
    sent = photos.document_photo(size=SMALL)
    assert clean_picture(sent, aomori(image_bytes=len(sent)))
    assert refusal(sent, aomori(image_bytes=len(sent) - 1)).code == "too_large"


def test_heic_is_told_by_its_bytes_and_how_to_avoid_it() -> None:
    """GIVEN an iPhone's HEIC WHEN sent THEN it is refused with the setting to change."""
    found = refusal(photos.heic())
    assert found.code == "heic"
    assert "互換性優先" in found.message


def test_an_mp4_is_no_heic() -> None:
    assert refusal(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41").code == "not_a_picture"


@pytest.mark.parametrize("data", [b"hello", b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", photos.PAGE])
def test_what_is_no_picture_is_said_to_be_none(data: bytes) -> None:
    assert refusal(data).code == "not_a_picture"


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_only_the_two_named_formats_are_decoded(form: str) -> None:
    """GIVEN a sound picture Pillow could read WHEN it is neither JPEG nor PNG THEN it is refused (RULES 2)."""
    file = BytesIO()
    quarters().save(file, form)
    assert refusal(file.getvalue()).code == "not_a_picture"


def test_a_bomb_is_refused_before_a_pixel_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """GIVEN a 50 KB PNG of 400 million pixels WHEN looked at THEN it is refused without decoding it."""
    bomb = photos.png_bomb()
    assert len(bomb) < 60_000
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _picture: pytest.fail("decoded"))
    assert refusal(bomb).code == "too_many_pixels"


@pytest.mark.parametrize("size", [(1, 1), (15, 4000), (4000, 15)])
def test_a_picture_that_can_show_nothing_is_asked_for_again(size: tuple[int, int]) -> None:
    assert refusal(photos.png(Image.new("RGB", size, "white"))).code == "too_small"


@pytest.mark.parametrize("side", [7_800, 10_900, 12_000])
def test_pillows_warning_is_no_leave(side: int) -> None:
    """GIVEN more pixels than allowed, of which Pillow only warns up to twice as many WHEN looked at THEN refused."""
    assert refusal(photos.png_bomb(side)).code == "too_many_pixels"


def test_a_bomb_in_a_comment_is_refused() -> None:
    assert refusal(photos.png_text_bomb()).code == "truncated"


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    """GIVEN a progressive JPEG that claims hundreds of scans WHEN looked at THEN none of them is decoded."""
    file = BytesIO()
    quarters().save(file, "JPEG", progressive=True)
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    assert refusal(file.getvalue()[:-2] + scan * 200 + b"\xff\xd9").code == "not_a_picture"


def test_a_truncated_picture_is_said_to_be_cut_off() -> None:
    """GIVEN half a photo, or a third of its header WHEN looked at THEN the person is asked to send it again."""
    found = refusal(photos.truncated_jpeg())
    assert found.code == "truncated"
    assert "途中で切れている" in found.message
    whole = photos.png(quarters((300, 300)))
    assert refusal(whole[: len(whole) // 2]).code == "truncated"
    assert refusal(whole[:20]).code == "truncated"
    assert refusal(photos.document_photo(size=SMALL)[:100]).code == "truncated"
    assert refusal(photos.document_photo(size=SMALL)[:3]).code == "truncated"
    assert refusal(whole[:8] + b"\x00" * 40).code == "truncated"


def test_a_polyglot_is_only_a_picture_afterwards() -> None:
    """GIVEN a JPEG that is a page and an archive as well WHEN cleaned THEN only its pixels are left."""
    sent = photos.polyglot()
    assert photos.PAGE in sent
    clean = clean_picture(sent, aomori())
    for hidden in (b"<html", b"script", b"PK\x03\x04"):
        assert hidden not in clean.jpeg
    assert clean.jpeg.endswith(b"\xff\xd9")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150)
@given(st.booleans(), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=12))
def test_broken_bytes_are_a_picture_or_a_finding(as_png: bool, changes: list[tuple[int, int]]) -> None:
    """GIVEN a photo with bytes changed at random WHEN looked at THEN it is cleaned or refused, never anything else."""
    data = bytearray(PNG if as_png else JPEG)
    for place, value in changes:
        data[place % len(data)] = value
    with contextlib.suppress(UnusablePicture):
        assert clean_picture(bytes(data), aomori()).jpeg.startswith(b"\xff\xd8\xff")


JPEG = photos.document_photo(size=(160, 120))
PNG = photos.png(quarters((40, 30)))


def test_black_rectangles_hide_for_good() -> None:
    """GIVEN a clean picture WHEN staff black out a part THEN it is black, the rest is not, nothing else is in it."""
    clean = clean_picture(photos.png(quarters((200, 160))), aomori())
    hidden = black_out(clean.jpeg, [Rectangle(100, 0, 200, 80), Rectangle(-50, 120, 8, 900)])
    picture = opened(hidden)
    assert corners(picture) == ["red", "black", "black", "white"]
    # The colours beside it run in by a shade, as JPEG's do; what was under it would be 255.
    assert max(picture.crop((102, 0, 200, 78)).tobytes()) < 16
    assert picture.crop((120, 0, 200, 70)).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert (hidden.width, hidden.height) == (200, 160)
    assert "exif" not in picture.info


@pytest.mark.parametrize("part", [(200, 0, 300, 10), (10, 10, 10, 20), (20, 0, 10, 5), (-9, -9, 0, 0)])
def test_a_rectangle_that_hides_nothing_is_an_error(part: tuple[int, int, int, int]) -> None:
    """GIVEN a rectangle beside the picture WHEN blacked out THEN nobody is left to think the number is hidden."""
    clean = clean_picture(photos.png(quarters((200, 160))), aomori())
    with pytest.raises(ValueError, match="covers nothing"):
        black_out(clean.jpeg, [Rectangle(*part)])
