"""Dates in a question, read as ranges of publication dates.

"What did Macron say last June?" asks for articles of last June. `read_dates` finds such phrases
with a small grammar of its own (`periods.py`): dateparser finds dates, but neither ranges ("this
week", "early 2021") nor the difference between a date and a name ("the 2022 World Cup"), and one
search of it costs more than a whole query may (benchmarks/dates.py compares the two). A question
without a date word is done after one regular expression.

Reading follows how news is written:

- Articles appear on the day or in the days after: single days, weekends and weeks stay open for
  a few more days, months and years are taken as they are.
- "This week" means the days before the question, not the calendar week: what happened on Friday
  is asked about on Monday.
- A date in a side remark ("after the attack in March 2020", "for the first time since 2017")
  bounds the range from below only: an article that looks back at a day was published after it.
- What may be a name, a number or a day to come is returned with `sure=False`: to be offered, not
  applied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from semsearch.periods import (
    DAYS_OF_THIS_WEEK,
    Period,
    find_periods,
    may_hold_periods,
    range_label,
    shift,
)

__all__ = ["DateSpan", "joint_range", "read_dates", "without_dates"]

DAYS_AFTER = {"day": 3, "week": 3, "month": 0, "year": 0}  # how long after its end news appears
CLOCK_SLACK = 1  # days that an article's local date may be ahead of the asker's

_LEAD = re.compile(
    r"\b(since|after|following|before|until|till|through|by|between|from|in|on|during|of|for|over|"
    r"within|throughout|as\s+of|starting|early|late)\s+(?:about\s+|around\s+)?(the\s+)?\Z",
    re.I,
)
_SINCE = frozenset({"since", "after", "following", "from", "starting"})
_UP_TO = frozenset({"until", "till", "through", "by"})
_RANGE_WORD = re.compile(r"\s*(and|to|until|till|through|–|—|-)\s*(?:the\s+)?\Z", re.I)
# A clause that begins with one of these looks back from the news to something earlier.
_LOOKS_BACK = re.compile(
    r"\b(?:after|following|since|despite|compared|than|unlike|during\s+the|ending|ended)\b"
    r"[^.?!;:]*\Z",
    re.I,
)
_LOOKS_AHEAD = re.compile(
    r"\b(?:will|coming|upcoming|next|scheduled|expected|planned|set to)\b", re.I
)
_FIGURE = re.compile(r"\bhow\s+(?:many|much)\b|\b(?:percent|percentage|rate|average|total)\b", re.I)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")
_QUANTITY_BEFORE = re.compile(
    r"\b(?:than|over|about|nearly|almost|around|approximately|some|least|most|only)\s+\Z", re.I
)
_CAPITAL_BEFORE = re.compile(r"(?<=\s)[^\W\d_a-z]\w*\s+\Z")
_CAPITAL_AFTER = re.compile(r"\s+[^\W\d_a-z]\w")
_NAMED_AFTER = re.compile(
    r"\s+(?:[a-z]+s\b|(?:world|election|season|budget|census|olympic|euro|championship|campaign|"
    r"attack|invasion|war|cup)\b)",
    re.I,
)
_ENDS = re.compile(r"[\s?.!)]*\Z")
_MAY_IS_MONTH = re.compile(r"\s*(?:[,;?.!)]|and\b|to\b|\Z)")
_POSSESSIVE = re.compile(r"['’]s\b")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date phrase of a question: its words are `question[start:end]`.

    Articles published from `published_from` to `published_to` are meant, both inclusive, None
    where open. `label` says so to people ("June 2022", "since 3 March 2022"). `sure` is False for
    a reading to be offered, not applied. `leave_out` is True when the words only set the time, so
    that a search for the rest of the question loses nothing.
    """

    start: int
    end: int
    published_from: date | None
    published_to: date | None
    label: str
    sure: bool
    leave_out: bool


def read_dates(question: str, now: date) -> tuple[DateSpan, ...]:
    """The date phrases of an English question asked on the day `now`, by their place.

    The ranges of the sure ones always overlap: where two phrases name different times, the older
    bounds from below only. A numeric date that may be read in two orders gives two spans at the
    same place, both not sure. Any string is accepted.
    """
    if not may_hold_periods(question):
        return ()
    quoted = [match.span() for match in _QUOTED.finditer(question)]
    spans = []
    for period in _join_ranges(question, now):
        span = _read(period, question, now)
        if span and any(start < span.end and span.start < end for start, end in quoted):
            span = replace(span, sure=False)
        if span:
            spans.append(span)
    return _agree(spans)


def joint_range(spans: Sequence[DateSpan]) -> tuple[date | None, date | None]:
    """What the sure spans mean together: first and last day of publication, None where open."""
    starts = [span.published_from for span in spans if span.sure and span.published_from]
    ends = [span.published_to for span in spans if span.sure and span.published_to]
    return max(starts, default=None), min(ends, default=None)


def without_dates(question: str, spans: Sequence[DateSpan]) -> str:
    """The question without the words of sure spans that only set the time."""
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        if span.sure and span.leave_out:
            question = question[: span.start].rstrip() + " " + question[span.end :].lstrip()
    return question.strip()


# --- from words to ranges --------------------------------------------------------------------


def _read(period: Period, question: str, now: date) -> DateSpan | None:
    """What a period means for the dates of articles, given the words around it."""
    before, after = question[: period.start], question[period.end :]
    lead = _LEAD.search(before)
    word = " ".join(lead[1].lower().split()) if lead else ""
    if _is_no_date(period, before, after, word):
        return None
    sure = period.sure and period.first <= now and _is_date(period, before, after, lead)
    if not period.dated and not period.rolling and _LOOKS_AHEAD.search(question):
        sure = False
    looks_back = word not in _SINCE and _LOOKS_BACK.search(before) is not None
    first, last = _bounds(period, word, now)
    if looks_back or (period.dated and _is_attribute(before, after)):
        first, last = period.first, None
    elif (
        last
        and period.grain in ("month", "year")
        and not period.rolling
        and _FIGURE.search(question)
    ):
        last = max(last, shift(last, (period.last - period.first).days + 1))
    return DateSpan(
        start=lead.start() if lead and not looks_back else period.start,
        end=period.end,
        published_from=first,
        published_to=last,
        label=_label(period, question, first, last),
        sure=sure and word not in _UP_TO and word != "between",
        leave_out=not looks_back,
    )


def _bounds(period: Period, word: str, now: date) -> tuple[date | None, date | None]:
    if word in _SINCE:
        whole = word in ("after", "following") and period.grain in ("month", "year")
        return (shift(period.last, 1) if whole and not period.rolling else period.first), None
    if word == "before":
        return None, shift(period.first, -1)
    if word in _UP_TO:
        return None, period.last
    last = shift(period.last, DAYS_AFTER[period.grain])
    today = shift(now, CLOCK_SLACK)
    return period.first, max(period.last, min(last, today)) if period.last != now else today


def _label(period: Period, question: str, first: date | None, last: date | None) -> str:
    label = range_label(first, last)
    words = question[period.start : period.end].lower().split()
    return f"last {DAYS_OF_THIS_WEEK} days: {label}" if words == ["this", "week"] else label


# --- names, numbers and dates ----------------------------------------------------------------


def _is_no_date(period: Period, before: str, after: str, word: str) -> bool:
    """ "over 2000 soldiers", "today's children", "USA Today"."""
    if period.bare == "year":
        return not word.startswith(("in", "since")) and bool(_QUANTITY_BEFORE.search(before))
    if period.grain == "day" and period.rolling and not period.bare:
        return bool(_CAPITAL_BEFORE.search(before) and _POSSESSIVE.match(after))
    return False


def _is_date(period: Period, before: str, after: str, lead: re.Match[str] | None) -> bool:
    """Whether the words around make it a date rather than a part of a name or a number."""
    if lead and not lead[2]:
        return not (period.bare == "year" and _NAMED_AFTER.match(after))
    if period.bare == "year":
        return bool(_ENDS.match(after)) and not _CAPITAL_BEFORE.search(before)
    if period.bare == "month":
        return False
    if period.bare == "weekday":
        named = _CAPITAL_BEFORE.search(before) or _CAPITAL_AFTER.match(after)
        return not named or bool(_POSSESSIVE.match(after))
    return period.dated or period.rolling or not _is_attribute(before, after)


def _is_attribute(before: str, after: str) -> bool:
    """ "the September 11 attacks", "the June 2022 summit"."""
    return bool(re.search(r"\bthe\s+\Z", before, re.I) and re.match(r"\s+\w", after))


# --- several phrases in one question ---------------------------------------------------------


def _join_ranges(question: str, now: date) -> list[Period]:
    """The periods, with "between A and B", "from A to B" and "A – B" joined into one."""
    joined: list[Period] = []
    for period in find_periods(question, now):
        if joined and _is_range(question, joined[-1], period):
            joined[-1] = _range(question, joined[-1], period)
        else:
            joined.append(period)
    return joined


def _is_range(question: str, one: Period, other: Period) -> bool:
    between = _RANGE_WORD.match(question[one.end : other.start])
    lead = _LEAD.search(question[: one.start])
    word = lead[1].lower() if lead else ""
    if not between or one.rolling != other.rolling:
        return False
    return (
        word == "between"
        if between[1].lower() == "and"
        else word in ("from", "") or bool(one.dated)
    )


def _range(question: str, one: Period, other: Period) -> Period:
    if other.dated and not one.dated:  # "between March and May 2022"
        one = find_periods(question[: one.end], other.last)[-1]
    lead = _LEAD.search(question[: one.start])
    start = lead.start() if lead else one.start
    sure = one.sure and other.sure and one.first <= other.last
    return replace(
        other, start=start, first=one.first, bare="", sure=sure, last=max(one.first, other.last)
    )


def _agree(spans: list[DateSpan]) -> tuple[DateSpan, ...]:
    """Make the sure ranges overlap: the older of two times only bounds from below."""
    latest, _ = joint_range(spans)
    return tuple(_bounded_below(span, latest) for span in spans)


def _bounded_below(span: DateSpan, latest: date | None) -> DateSpan:
    if not (span.sure and latest and span.published_to and span.published_to < latest):
        return span
    if span.published_from is None:
        return replace(span, sure=False)
    label = range_label(span.published_from, None)
    return replace(span, published_to=None, label=label, leave_out=False)
