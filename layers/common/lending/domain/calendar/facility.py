"""A partner facility: where patrons receive and return books (RULES, words)."""

from dataclasses import dataclass

# The numbers of facilities have at most so many digits.
MOST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Facility:
    """One of them, as facilities.csv has it; `alias` is a spelling found in older papers, the place is in degrees."""

    number: int
    district: str
    municipality: str
    name: str
    gives_out_kits: bool
    alias: str = ""
    latitude: float | None = None
    longitude: float | None = None


def in_order(number: str) -> str:
    """The number of a facility so that keys and lists with it are in order of numbers."""
    return number.zfill(MOST_DIGITS)
