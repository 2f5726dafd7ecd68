"""The grammar of periods: a table of rules, and the days that the words of each one name.

A rule gives the first and the last day that its words name, seen from the day `now`, and says how
sure the words alone make it. Rules are tried together; `periods` takes the longest words.
"""

# ruff: noqa: RUF001 -- the dashes of ranges are meant
from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from semsearch.text.calendar_names import (
    MONTHS,
    SHORT_MONTHS,
    WEEKDAYS,
    month_number,
    weekday_number,
)

__all__ = ["DAYS_OF_THIS_WEEK", "HINT", "RULES", "Reading", "month_days", "shift"]

Grain = Literal["day", "week", "month", "year"]
Bare = Literal["", "year", "month", "name", "weekday"]

_Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule's words mean: the days from `first` to `last`, inclusive.

    `bare` names the kind of a single word that may mean something else ("2022", "June", "Sunday";
    "name" for May and March, which mean something else more often than the others).
    `dated` is True when the words give the year themselves. `rolling` is True for a time that is
    counted back from now ("this week", "two years ago"). `far` is True when the words name no year
    and their next time to come is nearer than the past one taken here. `sure` is False when the
    words have several readings.
    """

    first: date
    last: date
    grain: Grain
    bare: Bare = ""
    dated: bool = False
    rolling: bool = False
    far: bool = False
    sure: bool = True


_Reader = Callable[[re.Match[str], date], "list[Reading]"]

# --- days, months, years ---------------------------------------------------------------------


def shift(day: date, days: int) -> date:
    """The day `days` later (earlier, if negative), at the calendar's ends the last one."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def month_days(year: int, month: int) -> _Days:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    year = min(max(year, 1), 9999)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _months(year: int, first: int, last: int) -> _Days:
    return month_days(year, first)[0], month_days(year, last)[1]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _years_back(day: date, years: int) -> date:
    year = min(max(day.year - years, 1), 9999)
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


# --- grammar ---------------------------------------------------------------------------------

_SEASONS = {
    "spring": (3, 5),
    "summer": (6, 8),
    "autumn": (9, 11),
    "fall": (9, 11),
    "winter": (12, 14),
}
_FULL_MONTH = "|".join(MONTHS)
_SHORT_MONTH = "|".join(sorted(SHORT_MONTHS))
_ANY_MONTH = rf"(?P<month>{_FULL_MONTH}|(?:{_SHORT_MONTH})\b\.?)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\w|%|-\w|[.,/]\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\w%]|[.,]\d)"
_DAYS = rf"(?P<day>{_DAY})(?:\s?(?:-|–|to)\s?(?P<until>{_DAY}))?"
_PART = (
    r"(?:(?P<part>early|mid|late|(?:the )?(?:beginning|start|middle|end|first half|second half) of)"
    r"[ -])?"
)
_WHICH = r"(?P<which>this past|last|this|past|previous|next|coming|(?:earlier|later) this)"
# How many, at least and at most.
_AMOUNTS = {
    "a few": (2, 5), "few": (2, 5), "several": (3, 8), "a couple of": (2, 3), "couple of": (2, 3),
    "a": (1, 1), "an": (1, 1), "one": (1, 1), "two": (2, 2), "three": (3, 3), "four": (4, 4),
    "five": (5, 5), "six": (6, 6), "seven": (7, 7), "eight": (8, 8), "nine": (9, 9),
    "ten": (10, 10), "eleven": (11, 11), "twelve": (12, 12),
}  # fmt: skip
_AMOUNT = rf"(?P<amount>{'|'.join(_AMOUNTS)}|[1-9]\d{{0,2}})"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_LENGTHS = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}  # days
_RECENT = {"days": 14, "weeks": 60, "months": 200, "ly": 90}  # days that people mean by it
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_QUARTERS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": 3}


def _month_of_year(match: re.Match[str], now: date) -> list[Reading]:
    """ "June 2022", "early June", "last June", "June"."""
    name, given, which = match["month"], match["year"], match["which"]
    month = month_number(name)
    if given is None and name.rstrip(".").lower() not in MONTHS:
        return []  # "Mar", "Jan" alone are names
    if which and name in ("may", "march"):
        return []  # "this may be"
    first, last = (
        month_days(int(given), month) if given else month_days(_year_of(month, which, now), month)
    )
    grain: Grain = "month"
    if match["part"]:
        first, last = _part_of_month(first, last, match["part"])
        grain = "week"
    if given or which or match["part"]:
        return [Reading(first, last, grain, dated=bool(given))]
    bare: Bare = "name" if name.lower() in ("may", "march") else "month"
    return [Reading(first, last, grain, bare, far=(now - last).days > HALF_A_YEAR)]


def _year_of(month: int, which: str | None, now: date) -> int:
    """The year of a month named without one: of this one, or of the last one that has begun."""
    if which == "this" or (which and which.endswith(" this")):
        return now.year
    if which in ("next", "coming"):
        return now.year + (month <= now.month)
    return now.year - (month >= now.month if which else month > now.month)


def _part_of_month(first: date, last: date, part: str) -> _Days:
    if "half" in part:
        middle = first.replace(day=15)
        return (first, middle) if "first" in part else (shift(middle, 1), last)
    third = _third(part)
    return (
        first.replace(day=1 + 10 * third),
        last if third == 2 else first.replace(day=10 + 10 * third),
    )


def _third(part: str) -> int:
    return next(third for word, third in _THIRDS.items() if word in part.lower())


def _year(match: re.Match[str], now: date) -> list[Reading]:
    """ "2022", "late 2021", "the first half of 2020"."""
    year, part = int(match["year"]), match["part"]
    if not part:
        return [Reading(*_months(year, 1, 12), "year", "year", dated=True)]
    if "half" in part.lower():
        days = _months(year, 1, 6) if "first" in part.lower() else _months(year, 7, 12)
    else:
        third = _third(part)
        days = _months(year, 1 + 4 * third, 4 + 4 * third)
    return [Reading(*days, "month", dated=True)]


def _quarter(match: re.Match[str], now: date) -> list[Reading]:
    """ "the third quarter of 2021", "Q3 2021"."""
    number = int(match["q"]) - 1 if match["q"] else _QUARTERS[match["quarter"].lower()]
    days = _months(int(match["year"]), 1 + 3 * number, 3 + 3 * number)
    return [Reading(*days, "month", dated=True)]


def _decade(match: re.Match[str], now: date) -> list[Reading]:
    """ "the 1990s"."""
    year = int(match["decade"])
    days = _months(year, 1, 12)[0], _months(year + 9, 1, 12)[1]
    return [Reading(*days, "year", "year", dated=True)]


def _season(match: re.Match[str], now: date) -> list[Reading]:
    """ "last summer", "the summer of 2021"."""
    first, last = _SEASONS[match["season"].lower()]
    which = (match["which"] or "").lower()
    sure = first != 12 or not match["year"]  # which winter is that of 2021?
    if match["year"]:
        return [Reading(*_months(int(match["year"]), first, last), "month", dated=True, sure=sure)]
    if "this" in which and which != "this past":
        return [Reading(*_months(now.year, first, last), "month")]
    if which in ("next", "coming"):
        return [Reading(*_months(now.year + 1, first, last), "month")]
    years = (now.year, now.year - 1, now.year - 2)
    ended = next((days for year in years if (days := _months(year, first, last))[1] < now), None)
    return [Reading(*ended, "month")] if ended else []


def _day_of_month(match: re.Match[str], now: date) -> list[Reading]:
    """ "June 16, 2022", "16 June", "June 3-5"."""
    month, given = month_number(match["month"]), match["year"]
    if match["month"] in ("may", "mar", "march") and not given:
        return []  # "20 may die"
    numbers = [int(re.sub(r"\D", "", text)) for text in (match["day"], match["until"]) if text]
    year = int(given) if given else now.year
    if not given and (month, numbers[0]) > (now.month, now.day):
        year -= 1
    first, last = _day(year, month, numbers[0]), _day(year, month, numbers[-1])
    if first is None or last is None or last < first:
        return []
    far = not given and (now - first).days > HALF_A_YEAR
    return [Reading(first, last, "day", dated=bool(given), far=far)]


def _numeric(match: re.Match[str], now: date) -> list[Reading]:
    """ "2022-06-16", "2022-06", "16/06/2022"; two readings where day and month may be swapped."""
    if match["iso"]:
        year, month = int(match["iso"]), int(match["iso_month"])
        if match["iso_day"] is None:  # or a season: "2010-11"
            return (
                [Reading(*month_days(year, month), "month", dated=True, sure=False)]
                if 1 <= month <= 12
                else []
            )
        day = _day(year, month, int(match["iso_day"]))
        return [Reading(day, day, "day", dated=True)] if day else []
    one, two, year = int(match["one"]), int(match["two"]), int(match["three"])
    year += 2000 if year < 100 else 0
    days = {day for month, number in ((one, two), (two, one)) if (day := _day(year, month, number))}
    return [Reading(day, day, "day", dated=True, sure=len(days) == 1) for day in sorted(days)]


def _weekday(match: re.Match[str], now: date) -> list[Reading]:
    """ "Tuesday", "last Friday"; the latest one, today's included."""
    which = (match["which"] or "").lower()
    back = (now.weekday() - weekday_number(match["weekday"])) % 7
    if which in ("next", "coming"):
        return [Reading(shift(now, 7 - back), shift(now, 7 - back), "day")]
    latest = shift(now, -(back or 7) if "last" in which or "past" in which else -back)
    # Said on a Friday, "last Tuesday" is this week's for some and last week's for others.
    earliest = shift(latest, -7) if which == "last" and 0 < back <= now.weekday() else latest
    return [Reading(earliest, latest, "day", "" if which else "weekday", rolling=True)]


def _named_day(match: re.Match[str], now: date) -> list[Reading]:
    """ "yesterday", "today", "this morning"."""
    words = match["named"].lower()
    back = 2 if "before" in words else 1 if "yesterday" in words or "last" in words else 0
    day = shift(now, 1 if "tomorrow" in words else -back)
    return [Reading(day, day, "day", rolling=True)]


def _relative(match: re.Match[str], now: date) -> list[Reading]:
    """ "this week", "last month", "the past year", "next week"."""
    which, unit = match["which"].lower(), match["unit"].lower()
    if which == "previous":
        which = "last"
    if "past" in which or (match["the"] and which == "last"):
        return [Reading(shift(now, -round(_length(unit))), now, _grain(unit), rolling=True)]
    offset = {"last": -1, "next": 1, "coming": 1}.get(which, 0)
    if unit == "week" and not offset:
        return [Reading(shift(now, -DAYS_OF_THIS_WEEK), now, "week", rolling=True)]
    first, last = _calendar_unit(unit, offset, now)
    if unit == "weekend" and not offset and first > now:  # said on a weekday: most likely the last
        first, last = shift(first, -7), shift(last, -7)
        return [Reading(first, last, "week", rolling=True, sure=now.weekday() <= 1)]
    return [Reading(first, last if offset else max(first, now), _grain(unit), rolling=True)]


DAYS_OF_THIS_WEEK = 10
HALF_A_YEAR = 183  # days


def _length(unit: str) -> float:
    return {"weekend": 7, "quarter": 91, "decade": 3652}.get(unit) or _LENGTHS[unit]


def _grain(unit: str) -> Grain:
    grains: dict[str, Grain] = {"day": "day", "week": "week", "weekend": "week", "year": "year"}
    return "year" if unit == "decade" else grains.get(unit, "month")


def _calendar_unit(unit: str, offset: int, now: date) -> _Days:
    """The calendar week, weekend (Friday to Sunday), month … that many after the present one."""
    if unit in ("week", "weekend"):
        monday = shift(now, 7 * offset - now.weekday())
        return shift(monday, 4 if unit == "weekend" else 0), shift(monday, 6)
    if unit == "month":
        return month_days(now.year, now.month + offset)
    if unit == "quarter":
        start = 3 * ((now.month - 1) // 3 + offset)
        return month_days(now.year, start + 1)[0], month_days(now.year, start + 3)[1]
    years = 10 if unit == "decade" else 1
    year = min(max(now.year // years * years + offset * years, 1), 9990)
    return _months(year, 1, 12)[0], _months(year + years - 1, 1, 12)[1]


def _past(match: re.Match[str], now: date) -> list[Reading]:
    """ "the past two weeks", "in the last few days"."""
    unit = match["unit"].lower()
    return [Reading(_back(now, unit, _amount(match)[1]), now, _grain(unit), rolling=True)]


def _ago(match: re.Match[str], now: date) -> list[Reading]:
    """ "two weeks ago", with half a unit to each side (a week: three days)."""
    unit = match["unit"].lower()
    least, most = _amount(match)
    slack = int(_LENGTHS[unit] / 2)
    first, last = shift(_back(now, unit, most), -slack), shift(_back(now, unit, least), slack)
    # A round number of years is most often said of how something began.
    return [Reading(first, min(last, now), _grain(unit), rolling=True, sure=unit != "year")]


def _amount(match: re.Match[str]) -> tuple[int, int]:
    words = " ".join(match["amount"].lower().split())
    return _AMOUNTS.get(words) or (int(words), int(words))


def _back(now: date, unit: str, count: int) -> date:
    return _years_back(now, count) if unit == "year" else shift(now, -round(_LENGTHS[unit] * count))


def _recent(match: re.Match[str], now: date) -> list[Reading]:
    """ "recently", "in recent days"; how recent is anybody's guess: never sure."""
    return [
        Reading(
            shift(now, -_RECENT[match["recent"].strip().lower()]),
            now,
            "week",
            rolling=True,
            sure=False,
        )
    ]


def _rule(pattern: str, reader: _Reader) -> tuple[re.Pattern[str], _Reader]:
    spaced = pattern.replace("[ -]", r"[\s-]").replace(" ", r"\s+")
    return re.compile(rf"(?<![\w$€£#.,/-])(?:{spaced})(?![\w]|-\w)", re.IGNORECASE), reader


_WEEKDAY = f"(?P<weekday>{'|'.join(WEEKDAYS)})"
_SEASON = "(?P<season>spring|summer|autumn|fall|winter)"
RULES: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    _rule(
        r"(?P<iso>(?:19|20)\d\d)-(?P<iso_month>\d\d)(?:-(?P<iso_day>\d\d))?"
        r"|(?P<one>\d\d?)[/.](?P<two>\d\d?)[/.](?P<three>(?:19|20)\d\d|(?<=/)\d\d)",
        _numeric,
    ),
    _rule(rf"{_DAYS} (?:of )?{_ANY_MONTH}(?:,? {_YEAR})?", _day_of_month),
    _rule(rf"{_ANY_MONTH} (?:the )?{_DAYS}(?:,? {_YEAR})?", _day_of_month),
    _rule(rf"(?:{_WHICH} )?{_PART}{_ANY_MONTH}(?:,? (?:of )?{_YEAR})?(?! \d)", _month_of_year),
    _rule(rf"{_PART}{_YEAR}", _year),
    _rule(
        "(?:(?:the )?(?P<quarter>first|second|third|fourth|last) quarter of "
        rf"|q(?P<q>[1-4]) (?:of )?){_YEAR}",
        _quarter,
    ),
    _rule(r"(?:the )?(?:(?:early|mid|late)[ -])?(?P<decade>(?:19|20)\d0)s", _decade),
    _rule(rf"(?P<which>(?!)x)?(?:the )?{_SEASON} (?:of )?{_YEAR}", _season),
    _rule(rf"(?P<year>(?!)x)?{_WHICH} {_SEASON}", _season),
    _rule(rf"(?:{_WHICH} )?{_WEEKDAY}", _weekday),
    _rule(
        "(?P<named>(?:the )?day before yesterday|yesterday|today|tonight|tomorrow"
        "|this (?:morning|afternoon|evening)|last night)",
        _named_day,
    ),
    _rule(
        rf"(?P<the>the )?{_WHICH} (?P<unit>week|weekend|month|quarter|year|decade)(?! of\b)",
        _relative,
    ),
    _rule(rf"(?:the )?(?:past|last) {_AMOUNT} {_UNIT}", _past),
    _rule(rf"(?:about |around |nearly |almost |over )?{_AMOUNT} {_UNIT} ago", _ago),
    _rule("(?:in )?recent(?P<recent>ly| days| weeks| months)", _recent),
)
HINT = re.compile(
    rf"\b(?:{_FULL_MONTH}|{_SHORT_MONTH}|{'|'.join([*WEEKDAYS, *_SEASONS])}"
    r"|today|tonight|yesterday|tomorrow|ago|recent\w*"
    r"|(?:this|last|past|next|previous)\s+\w|(?:19|20)\d\d)|\d[/.]\d\d?[/.]\d",
    re.IGNORECASE,
)
