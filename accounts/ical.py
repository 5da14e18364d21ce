"""Calendars as files (RFC 5545): lines that end and fold as the standard wants, texts that cannot break out of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CONTENT_TYPE = "text/calendar; charset=utf-8"
_LONGEST = 75  # octets of a line, without its end
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """One entry. A day is a whole day; a moment has its time zone and is written in UTC."""

    uid: str  # the same for the same thing each time the calendar is read
    starts: dt.date | dt.datetime
    summary: str
    changed_at: dt.datetime
    ends: dt.date | dt.datetime | None = None  # of whole days: the last of them
    description: str = ""
    url: str = ""
    location: str = ""
    categories: tuple[str, ...] = ()


def calendar(name: str, events: Iterable[Event], *, language: str = "en") -> bytes:
    """A calendar with these entries, as the bytes of a file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//TSC Portal//Deadlines//{language.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for event in events:
        lines += _lines(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _lines(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_utc(event.changed_at)}"
    yield f"DTSTART{_when(event.starts)}"
    if (end := _end(event)) is not None:
        yield f"DTEND{_when(end)}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    if event.url:
        yield f"URL:{_plain(event.url)}"
    if event.categories:
        yield "CATEGORIES:" + ",".join(_text(category) for category in event.categories)
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _end(event: Event) -> dt.date | dt.datetime | None:
    """Where the entry ends. The standard names the day after the last one."""
    if event.ends is None or isinstance(event.ends, dt.datetime):
        return event.ends
    return event.ends + dt.timedelta(days=1)


def _when(value: dt.date | dt.datetime) -> str:
    if isinstance(value, dt.datetime):
        return f":{_utc(value)}"
    return f";VALUE=DATE:{value:%Y%m%d}"


def _utc(moment: dt.datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("A moment of a calendar needs its time zone.")
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A text as a value: on one line, with its separators masked and without control characters."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or sign.isprintable()).translate(_ESCAPED)


def _plain(value: str) -> str:
    """An address, which is not masked: a line's end in it would begin another property."""
    return "".join(value.split())


def _folded(line: str) -> str:
    """A long line as several of at most 75 octets; never cut inside a character."""
    parts: list[str] = []
    part: list[str] = []
    size = 0
    for sign in line:
        width = len(sign.encode())
        if size + width > _LONGEST:
            parts.append("".join(part))
            part, size = [" "], 1
        part.append(sign)
        size += width
    parts.append("".join(part))
    return "\r\n".join(parts)
