"""The pictures that README and docs show: of which page each is, how large, and in which colours."""

from dataclasses import dataclass

PHONE, DESKTOP = 390, 1000


@dataclass(frozen=True)
class Picture:
    """The upper part of a page.

    `name` is its file in docs/images; `page` the page's address, in which `{run}` is the day of the latest run; `width`
    and `height` are those of the screen, in CSS pixels. What `moves` is the replay of a run, played.
    """

    name: str
    page: str
    width: int
    height: int
    dark: bool = False
    moves: bool = False


PICTURES = (
    Picture("home-phone.png", "index.html", PHONE, 1150),
    Picture("facilities-phone.png", "facilities.html", PHONE, 905),
    Picture("my-library-phone.png", "library.html", PHONE, 1300),
    Picture("card-phone-dark.png", "library.html#card", PHONE, 895, dark=True),
    Picture("facility-phone.png", "facility.html", PHONE, 990),
    Picture("desk-today.png", "desk.html", DESKTOP, 895),
    Picture("desk-pulls-dark.png", "desk.html#pulls", DESKTOP, 900, dark=True),
    Picture("desk-calendar.png", "desk.html#calendar", DESKTOP, 2020),
    Picture("desk-snow.png", "desk.html#snow", DESKTOP, 900),
    Picture("run-replay.gif", "desk.html#replay/{run}", 720, 1100, moves=True),
    Picture("run-report.png", "desk.html#run/{run}", DESKTOP, 1380),
    Picture("operations.png", "desk.html#operations", DESKTOP, 1420),
    Picture("statistics.png", "statistics.html", DESKTOP, 1118),
)
