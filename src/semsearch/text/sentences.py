"""Sentence spans of a text, found with one pass of regular expressions.

Written by hand because nothing else both keeps offsets and is fast enough: pysbd knows the
rules of this file and more but reads well under 1 MB/s, and blingfire hands back text or byte
positions and knows fewer abbreviations. This scanner reads several MB/s, and every rule is a
line that can be tested.

A sentence ends
- at `.`, `!`, `?` or an ellipsis, with the quotes and brackets that close after it, where white
  space follows and the next word does not go on in lower case;
- at the full-width marks of Chinese and Japanese, white space or not;
- at an empty line, and at a line end unless the line is evidently wrapped.
"""

# ruff: noqa: RUF001 -- the quotation marks, dashes and full-width marks are meant
from __future__ import annotations

import re

from semsearch.text.abbreviations import STATES, SUFFIXES, TITLES
from semsearch.text.calendar_names import SHORT_MONTHS, SHORT_WEEKDAYS
from semsearch.text.words import word_set

__all__ = ["in_paragraph", "paragraphs", "sentences"]

Span = tuple[int, int]

_CLOSERS = "\"'”’»)\\]}」』）】›"
_OPENERS = "\"'“‘«([{「『（【‹-–—•*"
_END = re.compile(
    rf"[.!?…]+[{_CLOSERS}]*(?=\s)"  # western marks need white space after them
    rf"|[。！？｡]+[{_CLOSERS}]*"  # full-width marks do not
)
_WORD_BEFORE = re.compile(r"[^\s\"'“”‘’()\[\]—–/-]+\Z")
_NEXT = re.compile(rf"\s*[{re.escape(_OPENERS)}\s]*(\w+)?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\Z|[A-ZÀ-ÖØ-Þ]\Z")
_LINE = re.compile(r"[^\n\r\u2028\u2029\f\v\x85]+")

# After these a name or a number follows; a sentence hardly ever ends with them.
_INSIDE = TITLES | word_set("mt ft vs v al cf viz eg ie fig figs op vol ch sec art approx ca")
# These stand inside sentences and at their ends: the next word decides.
_AMBIGUOUS = (
    SUFFIXES
    | STATES
    | SHORT_MONTHS
    | SHORT_WEEKDAYS
    | word_set("etc est ave blvd rd hwy pl ph.d m.d b.a m.a a.m p.m u.s u.k u.n e.u d.c")
)
_NUMBERED = SHORT_MONTHS | word_set("no nos art pp p vol sec")
# Words that open a sentence in capitals but hardly ever continue a name.
_STARTERS = word_set(
    """The This That These Those He She It They We You I His Her Its Their Our My Your There Here
    In On At By For From With Without After Before During Since Until While When Where What Which
    Who Why How If Although Though Because As But And Or So Yet Nor Not No Yes A An Another Some
    Many Most Several Both Each Every All Any Other Others More Also Still Then Now Today Once
    However Meanwhile Instead Moreover Otherwise Nevertheless According Asked Under Over Between
    Among About Against Despite To Of Is Are Was Were Do Does Did Has Have Had Will Would Can
    Could Should May Let Last Earlier Later Two Three Four Five Only Even Just Such"""
)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of `text[start:end]`, ascending, disjoint, never empty.

    Offsets are into `text`. Each span begins and ends with something other than white space,
    and together they hold every character that is not white space.
    """
    stop = len(text) if end is None else end
    found: list[Span] = []
    for line_start, line_end in paragraphs(text, start, stop):
        found += in_paragraph(text, line_start, line_end)
    return found


def paragraphs(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The paragraphs of `text[start:end]`: lines, with wrapped lines joined; no outer white space.

    A line counts as wrapped when the first word of the next line would not have fitted into the
    widest line of its block (lines without an empty one between them), or when the next line
    goes on in lower case.
    """
    stop = len(text) if end is None else end
    found: list[Span] = []
    block: list[Span] = []
    for match in _LINE.finditer(text, start, stop):
        line = _stripped(text, match.start(), match.end())
        if line is None:
            found += _joined(text, block)
            block = []
        elif block and _empty_line_between(text, block[-1][1], line[0]):
            found += _joined(text, block)
            block = [line]
        else:
            block.append(line)
    return found + _joined(text, block)


def _stripped(text: str, start: int, end: int) -> Span | None:
    line = text[start:end]
    left = len(line) - len(line.lstrip())
    right = len(line.rstrip())
    return (start + left, start + right) if left < right else None


def _empty_line_between(text: str, start: int, end: int) -> bool:
    gap = text[start:end]
    return gap.count("\n") > 1 or gap.count("\r") > 1 or "\f" in gap or "\u2029" in gap


_WRAP_MIN, _WRAP_MAX = 40, 120  # characters: narrower is a list or a poem, wider is not wrapped


def _joined(text: str, block: list[Span]) -> list[Span]:
    """The lines of one block, wrapped lines joined."""
    if len(block) < 2:
        return block
    width = max(end - start for start, end in block)
    if width > _WRAP_MAX:
        return block
    joined = [block[0]]
    last_line = block[0]
    for line in block[1:]:
        if _is_wrapped(text, last_line, line, width):
            joined[-1] = (joined[-1][0], line[1])
        else:
            joined.append(line)
        last_line = line
    return joined


def _is_wrapped(text: str, line: Span, following: Span, width: int) -> bool:
    length = line[1] - line[0]
    if length < _WRAP_MIN:
        return False
    if text[following[0]].islower():
        return True
    first_word = text[following[0] : following[1]].split(None, 1)[0]
    return length + 1 + len(first_word) > width


def in_paragraph(text: str, start: int, end: int) -> list[Span]:
    """The sentences of one paragraph as `paragraphs` gives it. Marks alone are no sentence."""
    found: list[Span] = []
    begin = start
    for match in _END.finditer(text, start, end):
        mark, after = match.span()
        if _has_word(text, begin, mark) and _ends_sentence(text, mark, after, start, end):
            found.append((begin, after))
            begin = _skip_space(text, after, end)
    if found and not _has_word(text, begin, end):
        found[-1] = (found[-1][0], end)
    elif begin < end:
        found.append((begin, end))
    return found


def _has_word(text: str, start: int, end: int) -> bool:
    # Anything long has one; looking would cost more than all the rest.
    return end - start > 12 or any(char.isalnum() for char in text[start:end])


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _ends_sentence(text: str, mark: int, after: int, start: int, end: int) -> bool:
    """Whether the punctuation at `text[mark:after]` ends a sentence of `text[start:end]`."""
    if text[mark] in "。！？｡":
        return True
    following = _NEXT.match(text, after, end)
    word = following.group(1) if following else None
    if word is None:
        return following is not None and following.end() < end
    if word[0].islower():
        return False
    if text[mark] != "." or after - mark > 1:
        return True
    return not _is_abbreviation(text, mark, start, word)


def _is_abbreviation(text: str, mark: int, start: int, word: str) -> bool:
    """Whether the single period at `mark`, with `word` next, belongs to an abbreviation."""
    before = _WORD_BEFORE.search(text[max(start, mark - 20) : mark])
    if before is None:
        return False
    token = before.group()
    lowered = token.lower()
    if lowered in _INSIDE:
        return True
    if word[0].isdigit() and lowered in _NUMBERED:
        return True
    if lowered in _AMBIGUOUS or _INITIALS.match(token):
        return word not in _STARTERS
    # "1. Singapore": the number of a list, at the start of its line.
    return token.isdigit() and len(token) < 4 and mark - len(token) == start
