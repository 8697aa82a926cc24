"""Crates leave, on Thursday: what is scanned after that is kept for the next run (RULES 23, 24)."""

from datetime import date, datetime

from lending.actions.library import Library
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import facilities
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.pulls import crates
from lending.aws.table.run import runs
from lending.domain.problems import Reason, Refused


def dispatch(library: Library, pickup_from: date, wanted: list[str]) -> dict[str, datetime]:
    """The crates of a week have left; said again, the first moment stands.

    Args:
        pickup_from: Sunday S.
        wanted: facilities by number, as text; none for all of them, also those without a bag.

    Returns:
        When the crates left, of these facilities.

    Raises:
        Refused: no such Sunday or facility, naming each.
    """
    known = {str(each.number) for each in facilities.all_facilities(library.table)}
    _demand_sense(library, pickup_from, [number for number in wanted if number not in known])
    named = list(dict.fromkeys(wanted)) or sorted(known, key=int)
    write_what_holds(
        library.table, (crates.dispatch_record(pickup_from, number, library.moment, library.policy) for number in named)
    )
    left = crates.dispatched(library.table, pickup_from)
    return {number: left[number] for number in named if number in left}


def bring_back(table: Table, pickup_from: date, facility: str) -> None:
    """A crate said to have left is here after all.

    Raises:
        Refused: it was not said to have left.
    """
    try:
        table.write(crates.dispatch_removal(pickup_from, facility))
    except Overtaken:
        raise Refused("crate_not_left") from None


def _demand_sense(library: Library, pickup_from: date, unknown: list[str]) -> None:
    week = runs.week_opening_on(library.table, pickup_from, library.policy)
    faults = [Reason("no_batch", field="pickup_from")] if week.pickup_from != pickup_from else []
    faults += [Reason("unknown_facility", {"facility": number}, field="facilities") for number in unknown]
    if faults:
        raise Refused("invalid_fields", *faults)
