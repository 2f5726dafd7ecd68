"""Periods of time that a text names: "June 2022", "last Tuesday", "from March to May 2022".

What the words around a period mean is for `dates` to judge.
"""

# ruff: noqa: RUF001, RUF002 -- the dashes of ranges are meant
from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import date

from semsearch.question.period_rules import HINT, RULES, Reading, month_days, shift
from semsearch.text.words import plain_i_and_s

__all__ = [
    "Period",
    "find_periods",
    "lead_before",
    "lead_word",
    "may_hold_periods",
    "range_label",
    "shift",
]

_LEAD = re.compile(
    r"\b(since|after|following|before|until|till|through|by|between|from|in|on|during|of|for|over|"
    r"within|throughout|as\s+of|starting|early|late)\s+(?:about\s+|around\s+)?(the\s+)?\Z",
    re.I,
)
_RANGE_WORD = re.compile(r"\s*(and|or|to|until|till|through|–|—|-)\s*(?:the\s+)?\Z", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Reading):
    """A named time: what the words `text[start:end]` mean."""

    start: int
    end: int


def range_label(first: date | None, last: date | None) -> str:
    """A range of days in words: "June 2022", "13–19 June 2022", "since 3 March 2022"."""
    if first is None or last is None:
        return _open_label(first, last)
    if (first, last) == (month_days(first.year, 1)[0], month_days(first.year, 12)[1]):
        return f"{first.year}"
    if first.day == 1 and last == month_days(last.year, last.month)[1]:
        return _joined(f"{first:%B}", f"{last:%B}", first.year, last.year)
    if (first.year, first.month) == (last.year, last.month) and first != last:
        return f"{first.day}–{last.day} {first:%B} {first.year}"
    return _joined(f"{first.day} {first:%B}", f"{last.day} {last:%B}", first.year, last.year)


def _open_label(first: date | None, last: date | None) -> str:
    if first is not None:
        return f"since {first.day} {first:%B} {first.year}"
    if last is not None:
        return f"until {last.day} {last:%B} {last.year}"
    return "any time"


def _joined(first: str, last: str, first_year: int, last_year: int) -> str:
    if first_year != last_year:
        return f"{first} {first_year} – {last} {last_year}"
    return f"{last} {last_year}" if first == last else f"{first} – {last} {last_year}"


def may_hold_periods(text: str) -> bool:
    """A quick look: False means that `find_periods` finds nothing."""
    return HINT.search(text) is not None


def _named(text: str, now: date) -> list[Period]:
    """What single rules find, the longest words where they overlap."""
    text = plain_i_and_s(text)
    found = [
        (match.span(), reader(match, now))
        for pattern, reader in RULES
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda one: (one[0][0], -one[0][1]))
    periods: list[Period] = []
    for (start, end), readings in found:
        if periods and start < periods[-1].end:
            continue
        periods += [Period(**asdict(one), start=start, end=end) for one in readings]
    return periods


def find_periods(text: str, now: date) -> list[Period]:
    """The periods that `text` names, by their place; the longest words win where rules overlap.

    "Between A and B", "from A to B" and "A – B" are one period. Periods at one place are several
    readings of the same words.
    """
    joined: list[Period] = []
    for period in _named(text, now):
        if joined and _is_range(text, joined[-1], period):
            joined[-1] = _range(text, joined[-1], period)
        else:
            joined.append(period)
    return joined


def lead_before(text: str, period: Period) -> re.Match[str] | None:
    """The word that leads in to a period ("since", "by"), with what stands before the period."""
    lead = _LEAD.search(text[: period.start])
    if lead and lead[2] and period.bare == "year":  # "before the 2020 election"
        return None
    return lead


def lead_word(lead: re.Match[str] | None) -> str:
    """What `lead_before` found, in small letters; "" for nothing."""
    return " ".join(lead[1].lower().split()) if lead else ""


def _is_range(question: str, one: Period, other: Period) -> bool:
    between = _RANGE_WORD.match(question[one.end : other.start])
    if not between or one.rolling != other.rolling:
        return False
    word = lead_word(lead_before(question, one))
    if between[1].lower() in ("and", "or"):  # "in March and April" means all from one to the other
        return word == "between" or (bool(word) and one.grain == other.grain != "day")
    return word in ("from", "") or one.dated


def _range(question: str, one: Period, other: Period) -> Period:
    if other.dated and not one.dated:  # "between March and May 2022"
        again = _named(question[: one.end], other.last)
        one = next((period for period in again if period.start == one.start), one)
    lead = _LEAD.search(question[: one.start])
    start = lead.start() if lead else one.start
    sure = one.sure and other.sure and one.first <= other.last
    return replace(
        other, start=start, first=one.first, bare="", sure=sure, last=max(one.first, other.last)
    )
