"""Closed days and suspensions as staff record them and take them back (RULES 21, 22, 40)."""

from datetime import datetime

from lending.aws.table import Overtaken, Table
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.registration import cards
from lending.aws.table.writes import Key
from lending.domain.calendar.closing import last_opening, warnings_of
from lending.domain.calendar.closure import Calendar, Closure, Scope, Suspension
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.words import day_in_words


def close_days(table: Table, closure: Closure, moment: datetime, policy: Policy) -> list[str]:
    """Record closed days, or an exception to them. Recorded again under the same id nothing changes.

    Returns:
        What they bring with them, in sentences for staff (RULES 21, 22).

    Raises:
        Refused: fields do not fit each other, naming each.
    """
    _demand(_faults(table, closure) + _wrong_scope(closure, Scope.SERVICE))
    table.write(calendar.closure_addition(closure))
    return warnings_of(closure, calendar.load(table), moment, policy)


def suspend(table: Table, suspension: Suspension, staff: str, moment: datetime, policy: Policy) -> None:
    """Record a suspension of the run, or of a facility. Recorded again under the same id nothing changes.

    That somebody opted in leaves a trace with them first (RULES 41).

    Raises:
        Refused: fields do not fit each other, naming each.
    """
    faults = _faults(table, suspension) + _wrong_scope(suspension, Scope.PREFECTURAL)
    if suspension.scope is not Scope.SERVICE and (suspension.opted_in or suspension.pickup_until):
        faults.append(_fault("opted_in", "協力館だけの休止では、申込者を指定できません。"))
    if suspension.pickup_until and suspension.pickup_until < (opens := last_opening(suspension, policy)):
        message = f"受取期限は、受取の始まる{day_in_words(opens)}からあとの日にしてください。"
        faults.append(_fault("pickup_until", message))
    _demand(faults)
    act = Act(moment, staff, Deed.OPT_IN)
    write_what_holds(table, [audit_log.entry_of_patron(each, act, policy) for each in sorted(suspension.opted_in)])
    table.write(calendar.suspension_addition(suspension))


def view_calendar(table: Table) -> Calendar:
    """All closures and suspensions, past ones too."""
    return calendar.load(table)


def take_closure_back(table: Table, closure_id: str) -> None:
    """Take closed days back.

    Raises:
        Refused: there are none of that id.
    """
    _take_back(table, calendar.closure_key(closure_id))


def take_suspension_back(table: Table, suspension_id: str) -> None:
    """Take a suspension back.

    Raises:
        Refused: there is none of that id.
    """
    _take_back(table, calendar.suspension_key(suspension_id))


def _take_back(table: Table, key: Key) -> None:
    try:
        table.write(calendar.removal(key))
    except Overtaken:
        raise Refused("not_found") from None


def patrons_of_cards(table: Table, numbers: list[str]) -> frozenset[str]:
    """The ids of the patrons whose cards are named, as `opted_in` keeps them (RULES 22).

    Raises:
        Refused: a number is nobody's.
    """
    found = {number: cards.find(table, number) for number in dict.fromkeys(numbers)}
    unknown = [number for number, card in found.items() if card is None or not card.patron_id]
    _demand([_fault("opted_in", f"利用者カード{number}は登録されていません。") for number in unknown])
    return frozenset(card.patron_id for card in found.values() if card)


def cards_of_patrons(
    table: Table, suspensions: list[Suspension], staff: str, moment: datetime, policy: Policy
) -> dict[str, str]:
    """The card numbers of all who opted in, by patron id. That they were looked at leaves a trace (RULES 41)."""
    opted_in = {patron_id for suspension in suspensions for patron_id in suspension.opted_in}
    if opted_in:
        table.write(audit_log.entry_of_list("suspensions", Act(moment, staff, Deed.LOOK), policy))
    return patrons.card_numbers(table, opted_in)


def _faults(table: Table, entry: Closure | Suspension) -> list[Reason]:
    faults = []
    if entry.ends_on < entry.starts_on:
        faults.append(_fault("until", "終わりの日は、始まりの日からあとにしてください。"))
    of_facility = entry.scope is Scope.FACILITY
    if of_facility and facilities.find(table, entry.facility) is None:
        faults.append(_fault("facility", "協力館の番号を入力してください。"))
    if not of_facility and entry.facility:
        faults.append(_fault("facility", "協力館の番号は、協力館のときだけ入力してください。"))
    return faults


def _wrong_scope(entry: Closure | Suspension, scope: Scope) -> list[Reason]:
    return [_fault("scope", "対象を選び直してください。")] if entry.scope is scope else []


def _fault(field: str, message: str) -> Reason:
    return Reason("invalid_field", field=field, message=message)


def _demand(faults: list[Reason]) -> None:
    if faults:
        raise Refused("invalid_fields", *faults)
