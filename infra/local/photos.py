"""Made-up photos of made-up cards, and files that only claim to be photos: for the player of the week and the tests.

Everything is drawn here; no picture of a person, a place or a real document is in the repository.
"""

import struct
import zlib
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw, ImageFont

# A phone's upright photo, as its sensor lies: wide, with EXIF saying how to turn it.
PHONE = (4032, 3024)
CAMERA = "Aomori Phone 12"
# The latitude as three rationals, for whoever looks whether it survived.
LATITUDE = (40.0, 49.0, 27.8)
LONGITUDE = (140.0, 44.0, 24.3)
COMMENT = b"taken at home, 1-2-3 Example Street"

# Codabar (NW-7), the bar code of library cards: four bars and three spaces between them, 1 for a wide one.
_CODABAR = {
    "0": "0000011", "1": "0000110", "2": "0001001", "3": "1100000", "4": "0010010", "5": "1000010", "6": "0100001",
    "7": "0100100", "8": "0110000", "9": "1001000", "A": "0011010",
}  # fmt: skip


def card_photo(card_number: str, name: str = "AOMORI TARO", size: tuple[int, int] = PHONE) -> bytes:
    """A phone's JPEG of a library card: name, number and bar code, camera and position in its EXIF.

    Args:
        card_number: digits, as printed on the card.
        name: in Latin letters, which every Pillow can draw.
        size: width and height of the sensor's picture, before EXIF turns it.
    """
    card = _card("LIBRARY CARD", (name, card_number), size)
    _draw_codabar(card, f"A{card_number}A")
    return phone_jpeg(card)


def document_photo(title: str = "DRIVING LICENCE", name: str = "AOMORI TARO", size: tuple[int, int] = PHONE) -> bytes:
    """A phone's JPEG of a document that shows name and address."""
    return phone_jpeg(_card(title, (name, "1-1 EXAMPLE, AOMORI"), size))


def phone_jpeg(picture: Image.Image, orientation: int = 6) -> bytes:
    """A picture as a phone held upright saves it: lying on its side, with EXIF, GPS position, XMP and a comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Aomori", CAMERA
    exif[ExifTags.Base.Orientation] = orientation
    gps: dict[int, object] = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: LATITUDE}
    gps |= {ExifTags.GPS.GPSLongitudeRef: "E", ExifTags.GPS.GPSLongitude: LONGITUDE}
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    lying = picture.transpose(_LAID_DOWN[orientation]) if orientation in _LAID_DOWN else picture
    file = BytesIO()
    lying.save(
        file, "JPEG", quality=88, exif=exif, comment=COMMENT, xmp=b"<x:xmpmeta>" + CAMERA.encode() + b"</x:xmpmeta>"
    )
    return file.getvalue()


# How the sensor saw a picture that this orientation turns upright.
_LAID_DOWN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def png(picture: Image.Image) -> bytes:
    """A picture as PNG, as a screenshot or a scan comes."""
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def truncated_jpeg(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A JPEG whose second half was lost on the way."""
    whole = document_photo(size=size)
    return whole[: len(whole) // 2]


def png_bomb(side: int = 20_000) -> bytes:
    """A sound PNG of some 50 KB that unpacks to `side` times `side` pixels."""
    row = b"\x00" * (1 + (side + 7) // 8)
    packer = zlib.compressobj(9)
    rows = b"".join([*(packer.compress(row * 100) for _ in range(side // 100)), packer.flush()])
    return _png(side, side, rows, bits=1)


def png_text_bomb(megabytes: int = 64) -> bytes:
    """A tiny picture whose compressed comment unpacks to so many megabytes."""
    comment = b"Comment\x00\x00" + zlib.compress(b"\x00" * (megabytes * 1024 * 1024), 9)
    return _png(8, 8, zlib.compress(b"\x00\x00" * 8, 9), bits=1, between=_chunk(b"zTXt", comment))


def heic(size: int = 4096) -> bytes:
    """What an iPhone sends unless told otherwise, as far as its first bytes go."""
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + b"\x00" * size


def polyglot(size: tuple[int, int] = (800, 600)) -> bytes:
    """A sound JPEG that is a web page and a ZIP archive as well."""
    return document_photo(size=size) + PAGE + b"PK\x03\x04" + b"\x00" * 30


PAGE = b"<html><script>alert(document.cookie)</script></html>"


def _card(title: str, lines: tuple[str, ...], size: tuple[int, int]) -> Image.Image:
    """A white card on a table, the way up that a person holds it."""
    width, height = min(size), max(size)
    shade = Image.linear_gradient("L").resize((width, height))
    table = Image.merge("RGB", (shade.point(lambda v: 90 + v // 4), shade.point(lambda v: 70 + v // 5), shade))
    draw = ImageDraw.Draw(table)
    draw.rounded_rectangle(card_box(table), width // 40, fill="white", outline="gray")
    left, top, _, bottom = card_box(table)
    step = (bottom - top) // 6
    for number, line in enumerate((title, *lines)):
        font = ImageFont.load_default(step * 0.6)
        draw.text((left + step // 2, top + step // 2 + number * step), line, fill="black", font=font)
    return table


def card_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Where the card lies in an upright photo: left, top, right, bottom."""
    width, height = picture.size
    return width // 16, height // 3, width - width // 16, height // 3 + (width * 7 // 8) * 54 // 86


def _draw_codabar(picture: Image.Image, code: str) -> None:
    left, top, right, bottom = card_box(picture)
    # Narrow ones are one unit, wide ones three; a narrow space between characters, ten units of quiet at both ends.
    widths = [w for char in code for w in (*(3 if wide == "1" else 1 for wide in _CODABAR[char]), 1)]
    unit = (right - left) // (sum(widths) + 20)
    x, draw = left + (right - left - unit * sum(widths)) // 2, ImageDraw.Draw(picture)
    for place, width in enumerate(widths):
        if place % 2 == 0:
            draw.rectangle(
                (x, top + (bottom - top) * 6 // 10, x + width * unit - 1, bottom - (bottom - top) // 10), fill="black"
            )
        x += width * unit


def _png(width: int, height: int, rows: bytes, bits: int, between: bytes = b"") -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + between + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
