"""An article's text as pieces for the reading page: stretches, paragraphs, sentences."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.text.sentences import paragraphs, sentences
from semsearch.web.pages.segments import Mark, Segment, cut, group

__all__ = ["MarkIndex", "Paragraph", "Sentence", "body", "stretch_at", "stretches"]

Span = tuple[int, int]
# Characters that one page shows; with marks and compressed, well under its 60 kB.
LONGEST_PART = 60_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """From offset `start` on: (is the answer, segments). `after` is the space up to the next."""

    start: int
    segments: list[tuple[bool, list[Segment]]]
    after: str

    @property
    def anchor(self) -> str:
        """Names the sentence in addresses."""
        return f"s-{self.start}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`partly`: the passage begins or ends inside it."""

    sentences: tuple[Sentence, ...]
    holds_passage: bool
    partly: bool


class MarkIndex:
    """Finds the marks that overlap a span without looking at all of them."""

    def __init__(self, marks: list[Mark]) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.start)
        self._starts = [mark.start for mark in self._marks]
        self._longest = max((mark.end - mark.start for mark in marks), default=0)

    def within(self, start: int, end: int) -> list[Mark]:
        """Those that share a character with `start` to `end`, by where they start."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [mark for mark in self._marks[first:last] if mark.end > start]


def stretches(text: str) -> list[Span]:
    """The stretches of whole paragraphs that a long text is shown in, at least one.

    None is longer than 60,000 characters unless a single paragraph is.
    """
    spans: list[Span] = []
    for start, end in paragraphs(text):
        if spans and end - spans[-1][0] <= LONGEST_PART:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans or [(0, len(text))]


def stretch_at(spans: list[Span], offset: int) -> int:
    """The number of the stretch that holds this offset, else of the last one before it."""
    return max(0, bisect_left(spans, offset + 1, key=lambda span: span[0]) - 1)


def body(text: str, span: Span, marks: MarkIndex, passage: Span | None) -> Iterator[Paragraph]:
    """The paragraphs of one stretch. All offsets are into `text`."""
    for start, end in paragraphs(text, *span):
        holds = partly = False
        if passage is not None:
            holds = passage[0] < end and passage[1] > start
            partly = holds and (passage[0] > start or passage[1] < end)
        yield Paragraph(tuple(_sentences(text, start, end, marks)), holds, partly)


def _sentences(text: str, start: int, end: int, marks: MarkIndex) -> Iterator[Sentence]:
    spans = sentences(text, start, end)
    stops = [span[0] for span in spans[1:]] + [end]
    for (first, last), stop in zip(spans, stops, strict=True):
        segments = cut(text[first:last], first, marks.within(first, last))
        yield Sentence(first, group(segments, "answer"), text[last:stop])
