"""What a phone's camera sees: a made film of library cards, for Chromium to play in the camera's place."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from infra.local.photos import card_box, card_photo

SIZE = (960, 540)
# Chromium plays them as thirty a second, again and again.
FRAMES = 30 * 4


def film(file: Path, *card_numbers: str) -> Path:
    """A film of cards, each held into the picture for four seconds, and none for one between them (MJPEG)."""
    table = _jpeg(Image.new("RGB", SIZE, "tan")) * (FRAMES // 4)
    file.write_bytes(b"".join(_jpeg(_held(number)) * FRAMES + table for number in card_numbers))
    return file


def flags(film: Path) -> tuple[str, ...]:
    """What lets Chromium take a film for its camera."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


def _held(card_number: str) -> Image.Image:
    photo = ImageOps.exif_transpose(Image.open(BytesIO(card_photo(card_number, size=(1600, 1200)))))
    card = ImageOps.contain(photo.crop(card_box(photo)), SIZE)
    frame = Image.new("RGB", SIZE, "tan")
    # Nobody holds a card quite straight.
    frame.paste(card.rotate(3, fillcolor="tan"), ((SIZE[0] - card.width) // 2, (SIZE[1] - card.height) // 2))
    return frame


def _jpeg(frame: Image.Image) -> bytes:
    file = BytesIO()
    frame.save(file, "JPEG", quality=80)
    return file.getvalue()
