"""Days and moments as people say them."""

from collections.abc import Iterable
from datetime import date, datetime

from lending.domain.week import in_tokyo

_WEEKDAYS = "月火水木金土日"


def day_in_words(day: date) -> str:
    """A day as people say it: 6月7日(日)."""
    return f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def full_day_in_words(day: date) -> str:
    """A day with its year, for dates that may lie far off: 2026年6月7日(日)."""
    return f"{day.year}年{day_in_words(day)}"


def moment_in_words(moment: datetime) -> str:
    """A moment as people say it: 6月4日(木)午前8時30分. Seconds only where they decide something."""
    moment = in_tokyo(moment)
    half, hour = ("午前", moment.hour) if moment.hour < 12 else ("午後", moment.hour - 12)
    seconds = f"{moment.second}秒" if moment.second else ""
    return f"{day_in_words(moment)}{half}{hour}時{moment.minute}分{seconds}"


def weekdays_in_words(weekdays: Iterable[int]) -> str:
    """Days of the week, Monday = 0, in their order: 月・木."""
    return "・".join(_WEEKDAYS[weekday] for weekday in sorted(weekdays))
