"""Suspensions of the service and of facilities, as the desk records them and takes them back (RULES 21, 22, 40)."""

from datetime import date

from lending.actions.library import Library
from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.registration import cards
from lending.domain.calendar.closures import Scope, Suspension, faults_of_suspension
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Reason, Refused


def view_suspensions(table: Table, since: date) -> list[Suspension]:
    """The suspensions that have not ended before `since`."""
    return [each for each in calendar.load(table).suspensions if each.ends_on >= since]


def record_suspension(library: Library, suspension: Suspension, staff: str) -> None:
    """Record a suspension of the run, or of a facility. Recorded again under the same id nothing changes.

    That somebody opted in leaves a trace with them first (RULES 41).

    Raises:
        Refused: fields do not fit each other, naming each.
    """
    demand_suspension(library, suspension)
    act = Act(library.moment, staff, Deed.OPT_IN)
    write_what_holds(
        library.table, [audit_log.entry_of_patron(each, act, library.policy) for each in sorted(suspension.opted_in)]
    )
    library.table.write(calendar.suspension_addition(suspension))


def demand_suspension(library: Library, suspension: Suspension) -> None:
    """Demand that a suspension can be recorded.

    Raises:
        Refused: fields do not fit each other, naming each.
    """
    known = suspension.scope is Scope.FACILITY and facilities.find(library.table, suspension.facility) is not None
    if faults := faults_of_suspension(suspension, known, library.policy):
        raise Refused("invalid_fields", *faults)


def take_suspension_back(table: Table, suspension_id: str) -> None:
    """Take a suspension back.

    Raises:
        Refused: there is none of that id.
    """
    try:
        table.write(calendar.removal(calendar.suspension_key(suspension_id)))
    except Overtaken:
        raise Refused("not_found") from None


def patrons_of_cards(table: Table, numbers: list[str]) -> frozenset[str]:
    """The ids of the patrons whose cards are named, as `opted_in` keeps them (RULES 22).

    Raises:
        Refused: a number is nobody's.
    """
    found = {number: cards.find(table, number) for number in dict.fromkeys(numbers)}
    unknown = [number for number, card in found.items() if card is None or not card.patron_id]
    if unknown:
        reasons = [Reason("number_of_nobody", {"number": number}, "opted_in") for number in unknown]
        raise Refused("invalid_fields", *reasons)
    return frozenset(card.patron_id for card in found.values() if card)


def cards_of_patrons(library: Library, suspensions: list[Suspension], staff: str) -> dict[str, str]:
    """The card numbers of all who opted in, by patron id. That they were looked at leaves a trace (RULES 41)."""
    opted_in = {patron_id for suspension in suspensions for patron_id in suspension.opted_in}
    if opted_in:
        library.table.write(
            audit_log.entry_of_list("suspensions", Act(library.moment, staff, Deed.LOOK), library.policy)
        )
    return patrons.card_numbers(library.table, opted_in)
