"""Calendars as files: what RFC 5545 asks of their lines."""

import datetime as dt

import pytest

from accounts.ical import Event, calendar

WHEN = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=3)))


def unfolded(data):
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_a_day_a_moment_and_a_span_are_written_as_the_standard_wants():
    day = dt.date(2026, 12, 31)
    lines = unfolded(
        calendar(
            "Deadlines",
            [
                Event(uid="a@x", starts=day, summary="Answer", changed_at=WHEN),
                Event(uid="b@x", starts=WHEN, summary="Meet", changed_at=WHEN, ends=WHEN + dt.timedelta(hours=1)),
                Event(uid="c@x", starts=day, ends=day, summary="Visit", changed_at=WHEN, url="https://x.test/a,b"),
            ],
        )
    )
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTART:20261120T060000Z" in lines
    assert "DTEND:20261120T070000Z" in lines
    assert lines.count("DTSTAMP:20261120T060000Z") == 3
    assert "URL:https://x.test/a,b" in lines


def test_no_text_breaks_out_of_its_line():
    nasty = "a;b,c\\d\r\nATTENDEE:mailto:x@y.test\x00\x0b\u2028z"
    lines = unfolded(
        calendar(nasty, [Event(uid="a", starts=WHEN, summary=nasty, changed_at=WHEN, url="https://x\nB:1")])
    )
    assert "SUMMARY:a\\;b\\,c\\\\d\\nATTENDEE:mailto:x@y.testz" in lines
    assert "URL:https://xB:1" in lines
    assert not [line for line in lines if line.startswith(("ATTENDEE", "B:"))]


def test_lines_are_folded_at_75_octets_and_never_inside_a_character():
    title = "تعاون تقني 技术合作 " * 12
    data = calendar("Deadlines", [Event(uid="a", starts=WHEN, summary=title, changed_at=WHEN)])
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert all(line.decode() for line in data.split(b"\r\n")[:-1])
    assert f"SUMMARY:{title}" in unfolded(data)


def test_a_moment_without_its_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        calendar("x", [Event(uid="a", starts=dt.datetime(2026, 1, 1), summary="s", changed_at=WHEN)])
