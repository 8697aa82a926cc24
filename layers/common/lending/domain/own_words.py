"""What a library calls things, and the days and hours of its week, as they stand in sentences (RULES 57).

A sentence names them in braces, `{card_word}`; they are filled in where an answer or a mail is written.

A week may have several runs. A name for one of their days says which it may be (火曜日か木曜日), `run_days` and
`cut_offs` say all of them (火曜日と木曜日).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import time
from functools import lru_cache

from lending.domain.policy import Policy
from lending.domain.run_of_week import RunOfWeek
from lending.domain.words import weekdays_in_words

_LATER_WEEKS = ("", "翌週の", "翌々週の")
_NAMED = re.compile(r"\{([a-z_]+)\}")
_MORNING = range(4, 12)
_END_OF_DAY = time(23, 59)


@lru_cache
def own_words(policy: Policy) -> dict[str, str]:
    """Each word by the name that sentences have for it."""
    return _names(policy) | _week(policy)


def in_own_words(text: str, policy: Policy) -> str:
    """A text with the words it names; any other braces are its own."""
    words = own_words(policy)
    return _NAMED.sub(lambda match: words.get(match[1], match[0]), text)


def weekday_in_words(number: int) -> str:
    """A day of the week, counted on from Monday = 0, also beyond Sunday: 木曜日."""
    return f"{weekdays_in_words([number % 7])}曜日"


def hour_in_words(moment: time) -> str:
    """An hour of the day: 8時30分, 19時."""
    return f"{moment.hour}時{moment.minute}分" if moment.minute else f"{moment.hour}時"


def cut_off_in_words(run: RunOfWeek) -> str:
    """Until when holds are considered: 木曜日の朝8時30分; of a day that counts to its end the day alone."""
    return f"{_cut_off_day(run)}{_cut_off_hour(run)}"


def prepared_in_words(runs: Sequence[RunOfWeek]) -> str:
    """When the books are made ready, seen from the cut-off: その日, or the day of the run."""
    return "その日" if all(run.cut_off_days_before == 0 for run in runs) else _all(map(_run_day, runs))


def pickup_in_words(run: RunOfWeek, days_before: int) -> str:
    """The first pickup day, seen from a day before the run: その週の日曜日."""
    first = run.weekday + run.pickup_days_after
    seen_from = run.weekday - days_before
    weeks = first // 7 - seen_from // 7
    return f"{_LATER_WEEKS[weeks] if weeks else 'その週の'}{weekday_in_words(first)}"


def place_change_in_words(run: RunOfWeek) -> str:
    """Until when another pickup place counts, and from which day on (RULES 14)."""
    day = run.weekday - run.place_change_days_before
    named, before, until = weekday_in_words(day), weekday_in_words(day - 1), hour_in_words(run.place_change_until)
    pickup = pickup_in_words(run, run.place_change_days_before)
    deadline = f"{named}の{until}({named}が休館日のときは{before}の{until})まで"
    return f"{deadline}にご連絡いただくと、{pickup}からの受取りに間に合います"


def _names(policy: Policy) -> dict[str, str]:
    """What the library calls itself, its services and its things."""
    return {
        "library_name": policy.library_name,
        "service_name": policy.service_name,
        "registration_name": policy.registration_name,
        "counter_name": policy.counter_name,
        "counter_phone": policy.counter_phone,
        "counter_hours": policy.counter_hours,
        "mail_domain": policy.mail_domain,
        "mail_sender": policy.mail_sender,
        "owner_word": policy.owner_word,
        "owner_short": policy.owner_short,
        "partner_word": policy.partner_word,
        "region_word": policy.region_word,
        "card_word": policy.card_word,
        "kit_word": policy.kit_word,
        "kit_short": policy.kit_short,
        "lending_word": policy.lending_word,
        "return_word": policy.return_word,
        "example_postal_code": policy.example_postal_code,
    }


def _week(policy: Policy) -> dict[str, str]:
    """The days of the week on which something is done, and the hours until which it counts (the week)."""
    runs = policy.runs
    run_day = _one(map(_run_day, runs))
    return {
        "run_name": f"{run_day}の処理" if len(runs) == 1 else "貸出処理",
        "run_day": run_day,
        "run_days": _all(map(_run_day, runs)),
        "cut_off": _cut_offs(runs, "か"),
        "cut_offs": _cut_offs(runs, "と"),
        "prepared_on": prepared_in_words(runs),
        "mail_day": _one(weekday_in_words(run.weekday + run.mail_days_after) for run in runs),
        "pickup_day": _one(map(_pickup_day, runs)),
        "day_before_pickup": _one(weekday_in_words(run.weekday + run.pickup_days_after - 1) for run in runs),
        "check_in_day": _one(map(_check_in_day, runs)),
        "pickup_span": _list(map(_span, runs)),
        "pickup_span_counted": _list(f"{_span(run)}の{run.pickup_days}日間" for run in runs),
        "carriages": f"週{len(runs)}回",
        "shown_until": _shown_until(runs),
        "a_run_later": "1週間ほど" if len(runs) == 1 else "1回分",
    }


def _one(words: Iterable[str]) -> str:
    return "か".join(dict.fromkeys(words))


def _all(words: Iterable[str]) -> str:
    return "と".join(dict.fromkeys(words))


def _list(words: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(words))


def _run_day(run: RunOfWeek) -> str:
    return weekday_in_words(run.weekday)


def _pickup_day(run: RunOfWeek) -> str:
    return weekday_in_words(run.weekday + run.pickup_days_after)


def _check_in_day(run: RunOfWeek) -> str:
    return weekday_in_words(run.weekday + run.last_pickup_days_after + run.checked_in_days_after_pickup)


def _last_pickup_day(run: RunOfWeek) -> str:
    return weekday_in_words(run.weekday + run.last_pickup_days_after)


def _cut_off_day(run: RunOfWeek) -> str:
    return weekday_in_words(run.weekday - run.cut_off_days_before)


def _cut_off_hour(run: RunOfWeek) -> str:
    if run.cut_off >= _END_OF_DAY:
        return ""
    return f"の{'朝' if run.cut_off.hour in _MORNING else ''}{hour_in_words(run.cut_off)}"


def _cut_offs(runs: Sequence[RunOfWeek], joined: str) -> str:
    """The cut-offs; the hour once, where it is the same for all."""
    if len(set(map(_cut_off_hour, runs))) == 1:
        return f"{joined.join(dict.fromkeys(map(_cut_off_day, runs)))}{_cut_off_hour(runs[0])}"
    return joined.join(map(cut_off_in_words, runs))


def _span(run: RunOfWeek) -> str:
    """The days of pickup: 日曜日から翌週の日曜日まで."""
    weeks = (run.weekday + run.last_pickup_days_after) // 7 - (run.weekday + run.pickup_days_after) // 7
    later = _LATER_WEEKS[weeks] if weeks < len(_LATER_WEEKS) else f"{weeks}週間後の"
    return f"{_pickup_day(run)}から{later}{_last_pickup_day(run)}まで"


def _shown_until(runs: Sequence[RunOfWeek]) -> str:
    """Until when a book given back at a facility is shown as on loan (RULES 35)."""
    days = dict.fromkeys((_last_pickup_day(run), _check_in_day(run)) for run in runs)
    if len(days) > 1:
        return "".join(f"{returned}までに返された本は{checked_in}ごろまで、" for returned, checked_in in days)
    return "".join(f"{returned}までに返された本は、{checked_in}ごろまで" for returned, checked_in in days)
