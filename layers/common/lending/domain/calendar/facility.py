"""A partner facility: where patrons receive and return books (RULES, words)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facility:
    """One of the 59, as facilities.csv has it; `alias` is a spelling found in older papers, the place is in degrees."""

    number: int
    district: str
    municipality: str
    name: str
    gives_out_kits: bool
    alias: str = ""
    latitude: float | None = None
    longitude: float | None = None
