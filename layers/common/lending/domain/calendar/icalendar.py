"""Events of whole days as the calendars of phones and computers read them (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

from lending.domain.week import DAY

_OCTETS = 75
_REFRESHED = "PT6H"
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_SPECIAL = re.compile(r"[\\;,]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Event(NamedTuple):
    """Something from a first to a last day, both counted; a calendar that looks again knows it by its `uid`."""

    uid: str
    first: date
    last: date
    summary: str
    place: str = ""
    description: str = ""


def calendar_text(name: str, maker: str, events: Iterable[Event], moment: datetime) -> str:
    """A calendar as it is sent.

    Args:
        maker: by whom and by which service it is made, `owner//service`.
        moment: when it is made.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_text(f'-//{maker}//JA')}",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESHED}",
        f"X-PUBLISHED-TTL:{_REFRESHED}",
        *(line for event in events for line in _event(event, moment)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(event: Event, moment: datetime) -> Iterator[str]:
    """An event's lines; it ends before the day after its last, and leaves its days free for other things."""
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.last + DAY:%Y%m%d}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A text as it stands in a line."""
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", value)
    return _UNSEEN.sub("", _LINE_BREAK.sub(r"\\n", escaped))


def _folded(line: str) -> str:
    """A line in parts of at most 75 octets, no letter torn; all but the first begin with a space."""
    parts, octets = [""], 0
    for letter in line:
        width = len(letter.encode())
        if octets + width > _OCTETS:
            parts.append(" ")
            octets = 1
        parts[-1] += letter
        octets += width
    return "\r\n".join(parts)
