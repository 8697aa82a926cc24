"""Days and moments as the systems of libraries write them, also by the years of an era."""

import re
import unicodedata
from datetime import date, datetime, time

from infra.catalogue.years import ERAS
from lending.domain.week import TOKYO

# An era's letter stands for it as well.
_BEFORE_FIRST = ERAS | dict(zip("MTSHR", ERAS.values(), strict=True))
_REST = r"[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
_FORMS = (
    re.compile(rf"(?P<year>\d{{4}}){_REST}", re.ASCII),
    re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)", re.ASCII),
    re.compile(rf"(?P<era>{'|'.join(_BEFORE_FIRST)})\s*(?P<year>\d{{1,2}}|元){_REST}", re.ASCII | re.IGNORECASE),
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:\+09:00)?", re.ASCII)


def day_of(text: str) -> date | None:
    """The day that a text names, such as 2026-04-01, 2026/4/1, 20260401, 令和8年4月1日, R8.4.1; None if it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = next(filter(None, (form.fullmatch(plain) for form in _FORMS)), None)
    if found is None:
        return None
    told = found.groupdict()
    year = 1 if told["year"] == "元" else int(told["year"])
    era = told.get("era")
    first = _BEFORE_FIRST[era.upper()] if era else 0
    try:
        return date(first + year, int(told["month"]), int(told["day"]))
    except ValueError:
        return None


def moment_of(text: str) -> datetime | None:
    """The moment in Tokyo that a text names: a day, at its beginning or at the time after it; None if it is none."""
    day_part, _, time_part = unicodedata.normalize("NFKC", text).strip().replace("T", " ").partition(" ")
    day = day_of(day_part)
    found = _TIME.fullmatch(time_part.strip() or "0:00")
    if day is None or found is None:
        return None
    hour, minute, second = (int(each or 0) for each in found.groups())
    try:
        return datetime.combine(day, time(hour, minute, second), TOKYO)
    except ValueError:
        return None
