"""Other days for the batches of many facilities at once, such as a district's, and taking that back (RULES 40)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from lending.actions.calendar.shift_batch import record_shift, take_shift_back
from lending.actions.library import Library
from lending.actions.unfinished import EnoughTime
from lending.aws.table import Table
from lending.aws.table.calendar import facilities, shifts
from lending.domain.loans.shift import Shift
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused


class Shifted(NamedTuple):
    """What became of one facility's batch: its shift and for how many patrons something changed now, or why not."""

    facility: str
    shift: Shift | None = None
    patrons: int = 0
    refusal: Refused | None = None


class Batches(NamedTuple):
    """What became of the batches, and the facilities for which the time was too short: ask again for these."""

    done: list[Shifted]
    left: list[str]


def facilities_of(table: Table, numbers: Sequence[str] = (), district: str = "") -> list[str]:
    """The numbers of the facilities named, of a district, or of all, each once.

    Args:
        numbers: of facilities, as text.
        district: such as 三八地区; only of use without numbers.

    Raises:
        Refused: there is no such facility or district; every wrong number is named.
    """
    known = {str(each.number): each.district for each in facilities.all_facilities(table)}
    if wrong := [number for number in numbers if number not in known]:
        reasons = (Reason("unknown_facility", {"facility": number}, "facilities") for number in wrong)
        raise Refused("invalid_fields", *reasons)
    found = list(dict.fromkeys(numbers)) or [number for number, of in known.items() if district in ("", of)]
    if not found:
        raise Refused("invalid_fields", Reason("unknown_district", field="district"))
    return found


def shift_batches(
    table: Table,
    numbers: Sequence[str],
    wanted: Callable[[str], Shift],
    staff: str,
    policy: Policy,
    enough_time: EnoughTime,
) -> Batches:
    """Set other days for the batches of many facilities, one after the other. Asked again it goes on where it was.

    Args:
        wanted: the shift of a facility, by its number.
        enough_time: asked before each facility but the first.

    Raises:
        Refused: none of them can have these days.
    """
    return _each(numbers, lambda number: record_shift(table, wanted(number), staff, policy), enough_time)


def take_shifts_back(
    library: Library, pickup_from: date, numbers: Sequence[str], staff: str, enough_time: EnoughTime
) -> Batches:
    """Give the batches of many facilities their regular days again. Asked again it goes on where it was.

    Args:
        enough_time: asked before each facility but the first.

    Raises:
        Refused: no batch of them was ever shifted.
    """
    shifted = {shift.facility for shift in shifts.of_week(library.table, pickup_from)}
    concerned = [number for number in numbers if number in shifted]
    if not concerned:
        raise Refused("not_found")

    def back(number: str) -> tuple[Shift, int]:
        return take_shift_back(library, pickup_from, number, staff)

    return _each(concerned, back, enough_time)


def _each(numbers: Sequence[str], carry_out: Callable[[str], tuple[Shift, int]], enough_time: EnoughTime) -> Batches:
    done: list[Shifted] = []
    while len(done) < len(numbers) and (not done or enough_time()):
        done.append(_one(numbers[len(done)], carry_out))
    left = list(numbers[len(done) :])
    refusals = [each.refusal for each in done if each.refusal]
    if refusals and len(refusals) == len(done) and not left:
        raise refusals[0]
    return Batches(done, left)


def _one(number: str, carry_out: Callable[[str], tuple[Shift, int]]) -> Shifted:
    try:
        return Shifted(number, *carry_out(number))
    except Refused as refusal:
        return Shifted(number, refusal=refusal)


def view_shifts(table: Table, pickup_from: date) -> list[Shift]:
    """The shifts of a week's batches, also those that were taken back."""
    return list(shifts.of_week(table, pickup_from))
