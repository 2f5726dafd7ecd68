"""Cutting a text into pieces that each carry the same marks, so that a template can nest them.

Pure. All offsets are character offsets into the article's text, end exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

__all__ = ["Mark", "Segment", "cut", "group"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that stands out, and as what: `answer`, `match`, `quote` or `passage`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text under the same marks from end to end. `text == article.text[start:…]`."""

    text: str
    start: int
    kinds: frozenset[str]

    def __contains__(self, kind: str) -> bool:
        return kind in self.kinds


def cut(text: str, start: int, marks: Iterable[Mark]) -> list[Segment]:
    """`text`, which begins at offset `start`, cut at the ends of all marks; joined it is `text`.

    Marks may overlap, and may reach beyond the text.
    """
    end = start + len(text)
    clipped = [
        Mark(m.kind, max(m.start, start), min(m.end, end))
        for m in marks
        if m.start < end and m.end > start and m.start < m.end
    ]
    cuts = sorted({start, end, *(m.start for m in clipped), *(m.end for m in clipped)})
    return [
        Segment(text[a - start : b - start], a, _kinds_at(a, clipped)) for a, b in pairwise(cuts)
    ]


def _kinds_at(offset: int, marks: Sequence[Mark]) -> frozenset[str]:
    return frozenset(m.kind for m in marks if m.start <= offset < m.end)


def group(segments: Iterable[Segment], kind: str) -> list[tuple[bool, list[Segment]]]:
    """Neighbouring segments that do, or do not, carry `kind`, together: (carries it, segments)."""
    return [(carries, list(run)) for carries, run in groupby(segments, key=lambda s: kind in s)]
