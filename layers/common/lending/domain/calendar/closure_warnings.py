"""What closed days bring with them, told to whoever records them (RULES 21, 22, 29, 40)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, ClosureKind, Scope
from lending.domain.policy import Policy
from lending.domain.week import Week, each_day, in_tokyo, next_run_after, run_due_from, weeks_collected_from
from lending.domain.words import day_in_words


def warnings_of(closure: Closure, calendar: Calendar, moment: datetime, policy: Policy) -> list[str]:
    """A sentence for each coming run that the closed days stop, or pickup window that they shut.

    Args:
        closure: what was recorded.
        calendar: all that is closed and suspended now, the closure among it.
        moment: when it was recorded; what lies more than the policy's weeks ahead is not told of.
    """
    if closure.kind is ClosureKind.OPEN:
        return []
    if closure.scope is Scope.PREFECTURAL:
        stopped = calendar.closed_runs(in_tokyo(moment).date(), policy)
        return [_RUN.format(day=day_in_words(each.starts_on)) for each in stopped if closure.covers(each.starts_on)]
    shut = [week for week in _windows(moment, policy) if _shuts(closure, week, calendar, moment)]
    return [_of_window(week, under_way=run_due_from(week.run_date, policy) <= moment) for week in shut]


_RUN = "{day}の{{lending_word}}の処理は、休館日のためお休みになります。別の日に行うときは、手動で始めてください。"
_WINDOW = "{first}から{last}までの受取期間は、受け渡しのできる日が1日もありません。"
_TO_COME = "この期間の貸出の処理では、この館に貸し出しません。"
_UNDER_WAY = "すでに貸出の処理をした本は、この館で受け取れません。受取期限の変更が必要です。"


def _windows(moment: datetime, policy: Policy) -> Iterator[Week]:
    """The weeks whose books can still be collected, those whose run is through first."""
    last = next_run_after(moment, policy) + timedelta(weeks=policy.announced_weeks)
    weeks = weeks_collected_from(in_tokyo(moment).date(), policy)
    return takewhile(lambda week: week.run_date <= last, weeks)


def _shuts(closure: Closure, week: Week, calendar: Calendar, moment: datetime) -> bool:
    """Whether on no day that is left of the window anything is handed over, and this closure has part in it."""
    first = max(week.pickup_from, in_tokyo(moment).date())
    days = list(each_day(first, week.pickup_until))
    own = calendar.of(Scope.FACILITY, closure.facility)
    return any(map(closure.covers, days)) and not any(own.hands_over_on(closure.facility, day) for day in days)


def _of_window(week: Week, under_way: bool) -> str:
    window = _WINDOW.format(first=day_in_words(week.pickup_from), last=day_in_words(week.pickup_until))
    return window + (_UNDER_WAY if under_way else _TO_COME)
