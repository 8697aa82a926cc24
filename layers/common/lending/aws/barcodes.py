"""Bar codes on the picture of a card (RULES 5)."""

from io import BytesIO

import zxingcpp
from PIL import Image

# What library cards carry.
_FORMATS = zxingcpp.BarcodeFormats(
    (zxingcpp.BarcodeFormat.Codabar, zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.QRCode)
)


def codes_on(jpeg: bytes) -> list[str]:
    """The texts of all bar codes found on a clean picture, whichever way they lie."""
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as picture:
        return [found.text for found in zxingcpp.read_barcodes(picture, formats=_FORMATS)]
