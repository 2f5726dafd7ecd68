"""Direct quotations: which spans count, and which reporting clause each belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from semsearch.quotes.clauses import Clause
from semsearch.quotes.marks import BLANK, Span
from semsearch.quotes.sentences import Sentences

__all__ = ["Attribution", "attribute", "is_quotation"]

_MINIMUM_WORDS = 3
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_SMALL = frozenset(
    "a an the of in on at for to and or but nor with by from as is vs de la el is my your".split()
)
_BETWEEN = re.compile(r"[\s,.;:—–-]*")


@dataclass(frozen=True, slots=True)
class Attribution:
    """The clause a span belongs to, or the span it goes on from, and the rule that said so."""

    rule: str
    clause: Clause | None = None
    follows: int | None = None


def is_quotation(text: str, span: Span) -> bool:
    """Whether a span is somebody's words: three words or more, and not a title."""
    if span.words < _MINIMUM_WORDS:
        return False
    return not looks_like_title(text, span)


def looks_like_title(text: str, span: Span) -> bool:
    """Whether a span is written as a title: every word of weight is capitalised."""
    inner = text[span.start : span.end]
    if inner[-1] in ".…" or span.words > 9:
        return False
    words = _WORD.findall(inner)
    heavy = [word for word in words if word.lower() not in _SMALL]
    if not words or not words[0][0].isupper() and not words[0][0].isdigit():
        return False
    return all(word[0].isupper() or word[0].isdigit() for word in heavy) and len(heavy) >= 2


def attribute(
    blanked: str,
    spans: list[Span],
    clauses: list[Clause],
    sentences: Sentences,
) -> list[Attribution]:
    """One attribution per span, in order."""
    by_sentence: dict[int, list[Clause]] = {}
    for clause in clauses:
        by_sentence.setdefault(clause.sentence, []).append(clause)
    found: list[Attribution] = []
    for number, span in enumerate(spans):
        index = sentences.index_at(span.outer_start)
        own = by_sentence.get(index, [])
        rule = _by_clause(blanked, span, own) or _going_on(blanked, spans, number, sentences)
        found.append(rule or Attribution("none"))
    return found


def _by_clause(blanked: str, span: Span, clauses: list[Clause]) -> Attribution | None:
    behind = [clause for clause in clauses if clause.start >= span.outer_end]
    ahead = [clause for clause in clauses if clause.end <= span.outer_start]
    if behind and _touches(blanked, span.outer_end, behind[0].start):
        return Attribution("tail", behind[0])
    if ahead:
        return Attribution("head", ahead[-1])
    if behind:
        return Attribution("fragment", behind[0])
    return None


def _touches(blanked: str, end: int, start: int) -> bool:
    gap = blanked[end:start]
    words = gap.replace(BLANK, "").split()
    return not [word for word in words if word[0].islower()] or _BETWEEN.fullmatch(gap) is not None


def _going_on(
    blanked: str, spans: list[Span], number: int, sentences: Sentences
) -> Attribution | None:
    """A span after another one of the same speaker, with nobody named between."""
    if number == 0:
        return None
    span, earlier = spans[number - 1 + 1], spans[number - 1]
    if earlier.paragraph == span.paragraph:
        between = blanked[earlier.outer_end : span.outer_start]
        if sentences.index_at(span.outer_start) - sentences.index_at(earlier.outer_start) <= 1:
            return Attribution("continued", follows=number - 1)
        return Attribution("paragraph", follows=number - 1) if between else None
    if not earlier.closed and earlier.paragraph + 1 == span.paragraph:
        return Attribution("multi-paragraph", follows=number - 1)
    return None
