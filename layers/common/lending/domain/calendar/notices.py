"""お知らせ: what is closed or suspended, in words for everybody (RULES 22, 40)."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, ClosureKind, Scope, Suspension
from lending.domain.policy import Policy
from lending.domain.words import day_in_words, full_day_in_words, weekdays_in_words


class Notice(NamedTuple):
    """One お知らせ about a closure or suspension (RULES 40). It never says who opted in."""

    notice_id: str
    scope: Scope
    facility: str
    starts_on: date
    ends_on: date
    text: str


def notices_on(day: date, calendar: Calendar, facility_names: Mapping[str, str], policy: Policy) -> list[Notice]:
    """What is to be published on `day`: all that has not ended, the nearest first (RULES 22, 40).

    Args:
        facility_names: a facility's name by its number.
    """
    suspensions = [each for each in calendar.suspensions if each.ends_on >= day] + calendar.closed_runs(day, policy)
    notices = [_closure_notice(closure, facility_names) for closure in calendar.closures if closure.ends_on >= day]
    notices += [_suspension_notice(each, facility_names) for each in suspensions]
    return sorted(notices, key=lambda notice: (notice.starts_on, notice.ends_on, notice.notice_id))


def _closure_notice(closure: Closure, names: Mapping[str, str]) -> Notice:
    doing = "休館します" if closure.kind == ClosureKind.CLOSED else "開館します"
    weekly = f"毎週{weekdays_in_words(closure.weekdays)}曜日、" if closure.weekdays else ""
    text = f"{_place_name(closure, names)}は、{_span(closure)}{weekly}{doing}{_because(closure)}。"
    return Notice(closure.closure_id, closure.scope, closure.facility, closure.starts_on, closure.ends_on, text)


def _suspension_notice(suspension: Suspension, names: Mapping[str, str]) -> Notice:
    of_service = suspension.scope == Scope.SERVICE
    what = "{lending_word}の処理" if of_service else f"{_place_name(suspension, names)}での受け渡し"
    text = f"{what}は、{_span(suspension)}お休みします{_because(suspension)}。"
    return Notice(
        suspension.suspension_id, suspension.scope, suspension.facility, suspension.starts_on, suspension.ends_on, text
    )


def _place_name(of: Closure | Suspension, names: Mapping[str, str]) -> str:
    return (
        "{owner_word}" if of.scope == Scope.PREFECTURAL else names.get(of.facility, f"{{partner_word}}No.{of.facility}")
    )


def _span(of: Closure | Suspension) -> str:
    if of.starts_on == of.ends_on:
        return f"{full_day_in_words(of.starts_on)}、"
    same_year = of.starts_on.year == of.ends_on.year
    until = day_in_words(of.ends_on) if same_year else full_day_in_words(of.ends_on)
    return f"{full_day_in_words(of.starts_on)}から{until}まで、"


def _because(of: Closure | Suspension) -> str:
    return f"({of.reason})" if of.reason else ""
