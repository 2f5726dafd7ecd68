# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Sentence spans over blanked text, in which a quotation is one opaque piece."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from semsearch.quotes.lexicon.cues import CUES
from semsearch.quotes.lexicon.titles import ABBREVIATIONS

__all__ = ["SentenceLookup", "split_sentences"]

_END = re.compile(r"([.!?…]+)([\"”’'»“)\]″]*)\s+(?=[^\sa-z,;–—-])")
# No sentence of news is longer, in characters; a quotation in it may be.
_LONGEST = 1500
_ZONE = re.compile(r"[A-Z]{2,4}\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_LAST_WORD = re.compile(r"[\w.'’-]+$")
# "… ready?” Clark said": the question mark ends the quotation, not the sentence.
_ATTRIBUTION = re.compile(
    r"(?:[A-Z][\w’'.-]*,? ){1,4}(?:" + "|".join(sorted(CUES, key=len, reverse=True)) + r")\b"
)


class SentenceLookup:
    """Sentence spans, ascending, found by position."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.spans = spans
        self._starts = [start for start, _ in spans]

    def index_at(self, position: int) -> int:
        """The index of the sentence that holds a position (or the last one before it)."""
        return max(0, bisect_right(self._starts, position) - 1)


def split_sentences(blanked: str, paragraphs: list[tuple[int, int]]) -> SentenceLookup:
    """Splits at sentence-final marks that a new sentence follows; never across paragraphs."""
    found: list[tuple[int, int]] = []
    for start, end in paragraphs:
        at = start
        for final in _END.finditer(blanked, start, end):
            if _goes_on(blanked, final, at):
                continue
            found.extend(_bounded(blanked, at, final.end(2)))
            at = final.end()
        if at < end:
            found.extend(_bounded(blanked, at, end))
    return SentenceLookup(found)


def _bounded(blanked: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Parts of a sentence that is none (a table, a log): work per sentence stays bounded."""
    while end - start > _LONGEST:
        cut = blanked.rfind(" ", start + 1, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _goes_on(blanked: str, final: re.Match[str], start: int) -> bool:
    stops, marks = final.group(1), final.group(2)
    if marks and _ATTRIBUTION.match(blanked, final.end()):
        return True
    if stops != "." or marks:
        return False
    before = blanked[max(start, final.start() - 24) : final.start()]
    word = _LAST_WORD.search(before, max(before.rfind(" "), 0))
    if word is None:
        return False
    last = word.group().lower().rpartition("-")[2]
    following = blanked[final.end()]
    if len(last) == 1 and last.isalpha():
        return True
    if last in ABBREVIATIONS:
        return True
    if last in ("a.m", "p.m") and _ZONE.match(blanked, final.end()):
        return True
    return "." in last and len(last) <= 5 and (last[0].isalpha() and following.isdigit())
