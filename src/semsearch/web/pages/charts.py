"""The geometry of the small pictures: months, parts of a score. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from semsearch.hits import Count, ScorePart

__all__ = ["Bar", "Bucket", "histogram", "part_bars"]

# As many as fit next to the results, each wide enough (24 pixels) to be hit with a finger.
MOST_BUCKETS = 11
SMALLEST_PART = 0.0005
STEPS_MONTHS = (1, 3, 6, 12, 24, 60, 120)
# Months counted from the year 0; dates begin in the year 1 and end in 9999.
FIRST_MONTH, LAST_MONTH = 12, 9999 * 12 + 11


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of whole months. `height` is in [0, 1], 1 for the fullest of all buckets."""

    label: str
    first: date
    last: date
    count: int
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One addend of a score. `left` and `width` are shares of the picture's width, in [0, 1]."""

    name: str
    value: float
    left: float
    width: float


def histogram(months: Sequence[Count]) -> list[Bucket]:
    """Hits over time, in at most 11 equal stretches without a gap, oldest first.

    `months` are "YYYY-MM". Empty when all hits lie in one month or none: nothing to choose from.
    """
    counts = {_month_number(m.value): m.count for m in months}
    if len(counts) < 2:
        return []
    step = _step(min(counts), max(counts))
    totals = Counter[int]()
    for month, count in counts.items():
        totals[month // step] += count
    fullest = max(totals.values())
    return [
        _bucket(place * step, step, totals[place], totals[place] / fullest)
        for place in range(min(totals), max(totals) + 1)
    ]


def _step(low: int, high: int) -> int:
    """Months per bucket: the smallest step that gives few enough buckets."""
    for step in STEPS_MONTHS:
        if high // step - low // step < MOST_BUCKETS:
            return step
    return 12 * -(-(high - low + 1) // (12 * (MOST_BUCKETS - 1)))


def _month_number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _bucket(start: int, step: int, count: int, height: float) -> Bucket:
    first = _first_day(max(start, FIRST_MONTH))
    end = _first_day(min(start + step - 1, LAST_MONTH))
    last = end.replace(day=monthrange(end.year, end.month)[1])
    return Bucket(_label(first, step), first, last, count, height)


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _label(first: date, step: int) -> str:
    if step == 1:
        return first.strftime("%Y-%m")
    if step == 3:
        return f"{first.year} Q{first.month // 3 + 1}"
    if step == 6:
        return f"{first.year} {'first' if first.month == 1 else 'second'} half"
    return str(first.year) if step == 12 else f"{first.year} to {first.year + step // 12 - 1}"


def part_bars(parts: Sequence[ScorePart]) -> list[Bar]:
    """The parts as a waterfall: each bar starts where the one before it ended.

    So the right end of the last is the score. Negative parts reach back to the left. Parts too
    small to be seen among three decimal places are left out.
    """
    edges = [0.0]
    for part in parts:
        edges.append(edges[-1] + part.value)
    low, high = min(edges), max(edges)
    span = (high - low) or 1.0
    return [
        Bar(part.name, part.value, (min(a, b) - low) / span, abs(b - a) / span)
        for part, (a, b) in zip(parts, pairwise(edges), strict=True)
        if abs(part.value) >= SMALLEST_PART
    ]
