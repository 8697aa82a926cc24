"""A partner facility: where patrons receive and return books (RULES, words)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facility:
    """One of the 59, as facilities.csv has it; `alias` is a spelling found in older papers."""

    number: int
    district: str
    municipality: str
    name: str
    gives_out_kits: bool
    alias: str = ""
