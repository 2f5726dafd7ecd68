"""Days that a source states, in whatever notation."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate

from semsearch.text.calendar_names import MONTHS, SHORT_MONTHS, month_number
from semsearch.text.words import plain_i_and_s

__all__ = ["MONTH", "date_of", "english_date"]

MONTH = "(" + "|".join(sorted([*MONTHS, *SHORT_MONTHS], key=len, reverse=True)) + r")\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_MONTH_FIRST = re.compile(rf"(?i)\b{MONTH}\s+{_DAY},?\s+(\d{{4}})\b")
_DAY_FIRST = re.compile(rf"(?i)\b{_DAY}\s+(?:of\s+)?{MONTH},?\s+(\d{{4}})\b")
_ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)")


def date_of(value: object) -> date | None:
    """The day that a stated value names; None when it names none for certain.

    Understood: ISO 8601 dates and times (the day as stated, whatever the zone), RFC 2822,
    English dates with the month's name, and Unix times in seconds or milliseconds (UTC).
    Figures such as 3/4/2021 are not: they mean two days.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_timestamp(value)
    return _date_in(value.strip()) if isinstance(value, str) else None


def _from_timestamp(value: float) -> date | None:
    seconds = value / 1000 if abs(value) > 1e11 else value
    if not 0 < seconds < 32_503_680_000:  # the year 3000
        return None
    return datetime.fromtimestamp(seconds, tz=UTC).date()


def _date_in(stated: str) -> date | None:
    match = _ISO.match(stated)
    if match:
        return _day(*match.groups())
    parsed = parsedate(stated) if "," in stated[:10] else None
    if parsed:
        return _day(*parsed[:3])
    return english_date(stated[:100])


def english_date(stated: str) -> date | None:
    """The first day written out with its month's name and its year; None when there is none."""
    stated = plain_i_and_s(stated)
    match = _MONTH_FIRST.search(stated)
    if match:
        return _day(match.group(3), month_number(match.group(1)), match.group(2))
    match = _DAY_FIRST.search(stated)
    if match:
        return _day(match.group(3), month_number(match.group(2)), match.group(1))
    return None


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
