"""Calendars as RFC 5545 writes them."""

from datetime import date, datetime
from typing import Any

import pytest

from lending.domain.calendar.icalendar import Event, calendar_text
from lending.domain.week import TOKYO

MOMENT = datetime(2026, 6, 7, 8, 5, 9, tzinfo=TOKYO)
EVENT: dict[str, Any] = {"uid": "u-1", "first": date(2026, 6, 7), "last": date(2026, 6, 14), "summary": "受取り"}


def written(**changes: Any) -> str:
    return calendar_text("見本館", "見本館//貸出", [Event(**(EVENT | changes))], MOMENT)


def told(text: str) -> dict[str, str]:
    """What the lines say, unfolded as a calendar does it, by their names."""
    return dict(line.split(":", 1) for line in text.replace("\r\n ", "").split("\r\n") if line)


def test_a_calendar_with_an_event_is_written_whole() -> None:
    # GIVEN a window from Sunday to Sunday THEN it ends before the Monday, and the moment is told in UTC
    assert written(place="深浦町, 本館", description="一\n二") == "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//見本館//貸出//JA",
            "CALSCALE:GREGORIAN",
            "NAME:見本館",
            "X-WR-CALNAME:見本館",
            "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
            "X-PUBLISHED-TTL:PT6H",
            "BEGIN:VEVENT",
            "UID:u-1",
            "DTSTAMP:20260606T230509Z",
            "DTSTART;VALUE=DATE:20260607",
            "DTEND;VALUE=DATE:20260615",
            "SUMMARY:受取り",
            "LOCATION:深浦町\\, 本館",
            "DESCRIPTION:一\\n二",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


def test_a_calendar_without_events_is_one_all_the_same() -> None:
    text = calendar_text("見本館", "見本館//貸出", [], MOMENT)
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("\r\nEND:VCALENDAR\r\n")
    assert "VEVENT" not in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("一\r\n二\r三\n四", "一\\n二\\n三\\n四"),
        ("\\n", "\\\\n"),
        ("a\x00\x0b\x1b\x7fb", "ab"),
        ("END:VEVENT\nBEGIN:VEVENT", "END:VEVENT\\nBEGIN:VEVENT"),
    ],
)
def test_no_text_ends_its_line(text: str, escaped: str) -> None:
    assert told(written(summary=text))["SUMMARY"] == escaped


@pytest.mark.parametrize("letter", ["a", "é", "書", "𠮷"])
@pytest.mark.parametrize("length", [1, 22, 23, 24, 66, 67, 68, 300])
def test_a_long_line_is_folded_and_no_letter_is_torn(letter: str, length: int) -> None:
    # GIVEN a text of letters of one to four octets
    text = written(summary=letter * length)
    # THEN no line has more than 75 octets, each is text by itself, and only CRLF ends one
    lines = text.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() and b"\n" not in line and b"\r" not in line for line in lines[:-1])
    # AND unfolded it is what it was
    assert told(text)["SUMMARY"] == letter * length


def test_a_line_is_as_long_as_it_may_be() -> None:
    # GIVEN a line of just 75 octets THEN it is not folded, one more is
    assert f"\r\nSUMMARY:{'a' * 67}\r\n" in written(summary="a" * 67)
    assert f"\r\nSUMMARY:{'a' * 67}\r\n a\r\n" in written(summary="a" * 68)
