"""Dates in a question, read as ranges of publication dates.

"What did Macron say last June?" asks for articles of last June. `read_dates` finds such phrases
with a small grammar of its own (`periods.py`): dateparser finds dates, but neither ranges ("this
week", "early 2021") nor the difference between a date and a name ("the 2022 World Cup"), and one
search of it costs more than a whole query may (docs/background/dates.md). A question without a
date word is done after one regular expression.

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

# ruff: noqa: RUF001 -- the dashes of ranges and curly apostrophes are meant
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from semsearch.question.period_rules import DAYS_OF_THIS_WEEK
from semsearch.question.periods import (
    Period,
    find_periods,
    lead_before,
    lead_word,
    may_hold_periods,
    range_label,
    shift,
)

__all__ = ["DateSpan", "joint_range", "read_dates", "without_dates"]

THIS_WEEK = f"last {DAYS_OF_THIS_WEEK} days"
DAYS_AFTER = {"day": 3, "week": 3, "month": 0, "year": 0}  # how long after its end news appears
CLOCK_SLACK = 1  # days that an article's local date may be ahead of the asker's

_CERTAIN = frozenset({"in", "during", "throughout", "early", "late"})
_SINCE = frozenset({"since", "after", "following", "from", "starting"})
_UP_TO = frozenset({"until", "till", "through", "by"})
# A clause that begins with one of these looks back from the news to something earlier.
_LOOKS_BACK = re.compile(
    r"\b(?:after|following|since|despite|compared|than|unlike|during\s+the|ending|ended)\b"
    r"[^.?!;:]*\Z",
    re.I,
)
_LOOKS_AHEAD = re.compile(
    r"\b(?:will|coming|upcoming|next|scheduled|expected|planned|set to)\b", re.I
)
_PAST_TENSE = re.compile(r"\b(?:did|was|were|had|happened|said|won|[a-z]{2,}ed)\b", re.I)
# Figures of a year or month come out after it.
_FIGURE = re.compile(
    r"\bhow\s+(?:many|much)\b|[$£€%]|\b(?:percent|percentage|rates?|average|total|sales|prices?|"
    r"profits?|revenue|earn(?:s|ed|ings)?|debt|inflation|unemployment|figures|statistics|rose|fell|"
    r"jumped|soared|increased|decreased)\b",
    re.I,
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")
_QUANTITY_BEFORE = re.compile(
    r"\b(?:than|over|about|nearly|almost|around|approximately|some|least|most|only)\s+\Z", re.I
)
_CAPITAL_BEFORE = re.compile(r"(?<!\S)[^\W\d_a-z]\w*\s+\Z")
_CAPITAL_AFTER = re.compile(r"\s+[^\W\d_a-z]\w")  # after a possessive comes no name of a day
_NAMED_AFTER = re.compile(
    r"\s+(?:[a-z]+s\b|(?:world|election|season|budget|census|olympic|euro|championship|campaign|"
    r"attack|invasion|war|cup)\b)",
    re.I,
)
_THE_BEFORE = re.compile(r"\bthe\s+\Z", re.I)
_WORD_AFTER = re.compile(r"\s+\w")
_CLAUSE_END = re.compile(r"\s*(?:[-,;:?.!)|–—]|and\b|to\b|\Z)")
_CLOSING = frozenset(("", *"?!.,;:)"))
_PREPOSITION_AFTER = re.compile(r"\s+(?:in|at|by|for|with|from|on|near|over|against)\b", re.I)
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
    spans = [_read(period, question, now) for period in find_periods(question, now)]
    return _agree([_unless_quoted(span, quoted) for span in spans if span])


def joint_range(spans: Sequence[DateSpan]) -> tuple[date | None, date | None]:
    """What the sure spans mean together: first and last day of publication, None where open."""
    starts = [span.published_from for span in spans if span.sure and span.published_from]
    ends = [span.published_to for span in spans if span.sure and span.published_to]
    return max(starts, default=None), min(ends, default=None)


def without_dates(question: str, spans: Sequence[DateSpan]) -> str:
    """The question without the words of sure spans that only set the time."""
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        if span.sure and span.leave_out:
            rest = question[span.end :].lstrip()
            gap = "" if rest[:1] in _CLOSING else " "
            question = question[: span.start].rstrip() + gap + rest
    return question.strip()


# --- from words to ranges --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Context:
    """The words around a period: all before and after it, its own, and the word that leads in."""

    before: str
    after: str
    own: str
    lead: str
    lead_start: int
    the: bool

    @property
    def looks_back(self) -> bool:
        return self.lead not in _SINCE and bool(_LOOKS_BACK.search(self.before))

    @property
    def is_attribute(self) -> bool:
        """ "the September 11 attacks", "the June 2022 summit"."""
        return self.the and bool(_WORD_AFTER.match(self.after))


def _context(question: str, period: Period) -> _Context:
    before = question[: period.start]
    lead = lead_before(question, period)
    return _Context(
        before=before,
        after=question[period.end :],
        own=" ".join(question[period.start : period.end].split()),
        lead=lead_word(lead),
        lead_start=lead.start() if lead else period.start,
        the=bool(_THE_BEFORE.search(before)),
    )


def _read(period: Period, question: str, now: date) -> DateSpan | None:
    """What a period means for the dates of articles, given the words around it."""
    context = _context(question, period)
    if _is_no_date(period, context):
        return None
    first, last = _bounds(period, context, question, now)
    label = range_label(first, last)
    return DateSpan(
        start=period.start if context.looks_back else context.lead_start,
        end=period.end,
        published_from=first,
        published_to=last,
        label=f"{THIS_WEEK}: {label}" if context.own.lower() == "this week" else label,
        sure=_is_sure(period, context, question, now),
        leave_out=not (context.looks_back or context.is_attribute),
    )


def _bounds(
    period: Period, context: _Context, question: str, now: date
) -> tuple[date | None, date | None]:
    if context.looks_back or (period.dated and not period.bare and context.is_attribute):
        return period.first, None
    if context.lead in _SINCE:
        # What comes after a day may be reported on it; what comes after a year is not of it.
        whole = context.lead in ("after", "following") and period.grain in ("month", "year")
        return (shift(period.last, 1) if whole else period.first), None
    if context.lead == "before":
        return None, shift(period.first, -1)
    if context.lead in _UP_TO:
        return None, period.last
    return period.first, _closing_day(period, question, now)


def _closing_day(period: Period, question: str, now: date) -> date:
    """The last day on which articles about the period are to be expected."""
    if period.last == now or period.bare == "weekday":  # "Sunday" may also be the coming one
        return shift(now, CLOCK_SLACK)
    if period.grain in ("day", "week"):
        last = shift(period.last, DAYS_AFTER[period.grain])
        return max(period.last, min(last, shift(now, CLOCK_SLACK)))
    if _FIGURE.search(question):
        return shift(period.last, (period.last - period.first).days + 1)
    return period.last


# --- names, numbers and dates ----------------------------------------------------------------


def _is_no_date(period: Period, context: _Context) -> bool:
    """ "over 2000 soldiers", "it may rain", "today's children", "USA Today"."""
    if period.bare == "year":
        return bool(_QUANTITY_BEFORE.search(context.before))
    if period.bare == "name" and context.own.islower():
        return not context.lead
    if context.own.lower() != "today":
        return False
    return bool(_POSSESSIVE.match(context.after) or _CAPITAL_BEFORE.search(context.before))


def _is_sure(period: Period, context: _Context, question: str, now: date) -> bool:
    """Whether the words around make it a time in the past that bounds the articles wanted."""
    if not period.sure or period.first > now:
        return False
    if context.lead == "between" or context.lead in _UP_TO:  # half a range; a deadline
        return False
    if not period.dated and not period.rolling and _LOOKS_AHEAD.search(question):
        return False
    if period.far and not _PAST_TENSE.search(question):
        return False
    return _is_date(period, context)


def _is_date(period: Period, context: _Context) -> bool:
    """Whether the words around make it a date rather than a part of a name or a number."""
    led = bool(context.lead) and not context.the
    match period.bare:
        case "year" if led:
            return not _NAMED_AFTER.match(context.after)
        case "year":
            ends = _CLAUSE_END.match(context.after)
            return bool(ends) and not context.the and not _CAPITAL_BEFORE.search(context.before)
        case "month":
            return led
        case "name":  # "in May", but not "before May resigned"
            return led and (context.lead in _CERTAIN or bool(_CLAUSE_END.match(context.after)))
        case "weekday" if not led:
            named = _CAPITAL_BEFORE.search(context.before) or _CAPITAL_AFTER.match(context.after)
            return not named
        case _ if period.grain == "day" and not (period.dated or period.rolling):
            # "on June 3", but not "Jan. 6 hearings", "events of June 3"
            apart = _CLAUSE_END.match(context.after) or _PREPOSITION_AFTER.match(context.after)
            firm = led and context.lead not in ("from", "for")
            return context.lead != "of" and not context.the and (firm or bool(apart))
        case _:
            return period.dated or period.rolling or not context.is_attribute


# --- several phrases in one question ---------------------------------------------------------


def _unless_quoted(span: DateSpan, quoted: list[tuple[int, int]]) -> DateSpan:
    if any(start < span.end and span.start < end for start, end in quoted):
        return replace(span, sure=False)
    return span


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
