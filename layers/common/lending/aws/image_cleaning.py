"""Pictures of cards and documents, made safe to look at (RULES 2, 3).

Nothing of the file that was sent survives: its pixels are decoded within bounds and drawn anew, so position, camera,
comments and whatever hides behind the picture are gone.
"""

import struct
import warnings
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageCms, ImageDraw, UnidentifiedImageError

from lending.domain.policy import Policy
from lending.domain.registration.application import Rectangle

FORMATS = ("JPEG", "PNG")
# A phone's full resolution, decoded in a few hundred megabytes at the worst.
MAX_PIXELS = 60_000_000
# Enough to read a card that fills half the picture.
MAX_SIDE = 2000
# Nothing can be seen on less; what can be read, staff decide.
MIN_SIDE = 16
# Cameras use a dozen; each scan of a progressive JPEG goes over all pixels again, however few bytes it has.
MAX_SCANS = 100
QUALITY = 85
# The profiles phones embed are some hundred bytes; the big ones are printers'.
MAX_PROFILE_BYTES = 16 * 1024

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_START_OF_SCAN = b"\xff\xda"
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
# Everything Pillow is known to raise over bytes that are no sound picture; see the test that breaks them at random.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, zlib.error)

_MESSAGES = {
    "empty": "画像が空でした。もう一度撮影するか、別の画像を選んでください。",
    "too_large": "画像のファイルが大きすぎます。{megabytes}MBまでの画像を送ってください。",
    "heic": "HEIC形式の画像は受け付けていません。iPhoneでは「設定」→「カメラ」→「フォーマット」で"
    "「互換性優先」を選ぶと、JPEG形式で撮影できます。設定を変えてから、もう一度撮影してください。",
    "not_a_picture": "画像として読み取れませんでした。JPEGかPNGの画像を送ってください。",
    "too_small": "画像が小さすぎて読み取れません。もう一度撮影するか、別の画像を選んでください。",
    "too_many_pixels": "画像の縦横の大きさが大きすぎます。"
    "スマートフォンのカメラの画質を下げて、もう一度撮影してください。",
    "truncated": "画像が途中で切れているか、壊れています。もう一度送ってください。",
}


class UnusablePicture(Exception):
    """A finding about a picture: a stable `code`, and a Japanese `message` for the person who sent it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.message = _MESSAGES[code].format(**facts)
        super().__init__(code)


class CleanPicture(NamedTuple):
    """A JPEG that holds its pixels and nothing else."""

    jpeg: bytes
    width: int
    height: int


def clean_picture(data: bytes, policy: Policy) -> CleanPicture:
    """Decode a JPEG or PNG within bounds, turn it upright, scale it down, and encode its pixels anew (RULES 2, 3).

    Args:
        data: the file as it was sent; neither its name nor its declared type is asked.
        policy: the most bytes a picture may have.

    Raises:
        UnusablePicture: with `empty`, `too_large`, `heic`, `not_a_picture`, `too_small`, `too_many_pixels` or
            `truncated`.
    """
    _check_bytes(data, policy)
    return _encoded(_read(data))


def black_out(jpeg: bytes, rectangles: Sequence[Rectangle]) -> CleanPicture:
    """Paint rectangles of a clean picture black and encode it anew: what was under them is nowhere (RULES 3).

    Raises:
        ValueError: a rectangle covers nothing of the picture, so something meant to be hidden would stay.
        UnusablePicture: `jpeg` is not a picture.
    """
    picture = _read(jpeg)
    draw = ImageDraw.Draw(picture)
    for part in rectangles:
        left, top = max(part.left, 0), max(part.top, 0)
        right, bottom = min(part.right, picture.width), min(part.bottom, picture.height)
        if left >= right or top >= bottom:
            raise ValueError("a rectangle that covers nothing of the picture")
        draw.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return _encoded(picture)


def _check_bytes(data: bytes, policy: Policy) -> None:
    if not data:
        raise UnusablePicture("empty")
    if len(data) > policy.image_bytes:
        raise UnusablePicture("too_large", megabytes=policy.image_bytes // (1024 * 1024))
    if _is_heic(data):
        raise UnusablePicture("heic")


def _is_heic(data: bytes) -> bool:
    """Whether the file says so itself: an `ftyp` box whose major or compatible brands are HEIC's."""
    if data[4:8] != b"ftyp":
        return False
    box = data[8 : min(int.from_bytes(data[:4]), 256)]
    return any(box[at : at + 4] in _HEIC_BRANDS for at in range(0, len(box), 4))


def _read(data: bytes) -> Image.Image:
    """The picture in plain colours, upright and not too large; whatever Pillow says against it in our words."""
    try:
        return _upright(_decoded(data))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusablePicture("too_many_pixels") from None
    except UnidentifiedImageError:
        raise UnusablePicture("truncated" if data.startswith(_MAGIC) else "not_a_picture") from None
    except _BROKEN:
        raise UnusablePicture("truncated") from None


def _decoded(data: bytes) -> Image.Image:
    """The pixels, not much larger than needed: the size is checked before a single one is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = Image.open(BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if min(width, height) < MIN_SIDE:
        raise UnusablePicture("too_small")
    if width * height > MAX_PIXELS:
        raise UnusablePicture("too_many_pixels")
    if picture.info.get("progressive") and data.count(_START_OF_SCAN) > MAX_SCANS:
        raise UnusablePicture("not_a_picture")
    # A JPEG can be decoded at a half, a quarter or an eighth at once, which saves the memory of the rest.
    picture.draft(None, _fitting(width, height))
    picture.load()
    return picture


def _fitting(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, MAX_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _upright(picture: Image.Image) -> Image.Image:
    """Scaled down first, for the memory of the rest; then in plain colours and turned the way the phone was held."""
    turn = _TURNS.get(_orientation(picture))
    small = _scalable(picture)
    small.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    plain = _plain_colours(small)
    return plain if turn is None else plain.transpose(turn)


def _orientation(picture: Image.Image) -> int:
    """EXIF's word on it; broken EXIF says nothing, and is no reason to refuse a good picture."""
    try:
        return int(picture.getexif().get(_ORIENTATION_TAG, 1))
    except _BROKEN:
        return 1


def _scalable(picture: Image.Image) -> Image.Image:
    """In a mode whose pixels can be averaged: not in numbers of a palette, nor black or white, nor 16 bits of grey."""
    if picture.mode.startswith("I"):  # Pillow would clip them instead of scaling them
        return picture.convert("I").point(lambda grey: grey / 256).convert("L")
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture.convert("L") if picture.mode == "1" else picture


def _plain_colours(picture: Image.Image) -> Image.Image:
    """RGB on white paper, whatever the file's own mode; a phone's colour profile is carried out, then dropped."""
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    return _in_srgb(picture) if picture.mode == "RGB" else picture.convert("RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile") or b""
    if not profile or len(profile) > MAX_PROFILE_BYTES or profile[16:20] != b"RGB ":
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or picture
    except (ImageCms.PyCMSError, *_BROKEN):
        return picture


def _encoded(picture: Image.Image) -> CleanPicture:
    """A new picture of the same pixels: Pillow writes on some of what it read along with them."""
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture)
    file = BytesIO()
    fresh.save(file, "JPEG", quality=QUALITY)
    return CleanPicture(file.getvalue(), fresh.width, fresh.height)


# Pillow warns above this and raises above twice as much; the warning is made an error where a picture is opened.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
