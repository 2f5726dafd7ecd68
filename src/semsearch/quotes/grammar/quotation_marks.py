# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Quotation marks: paragraphs, the spans between marks, and the text with those spans blanked.

A `QuotedSpan` is what stands between an opening mark and its closing mark (or the paragraph's end,
where a quotation runs on into the next paragraph or its closing mark was forgotten). Spans are
ascending and disjoint; marks nested inside a span belong to it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

__all__ = ["BLANK", "TITLE", "WORD", "QuotedSpan", "blank_out", "find_spans", "split_paragraphs"]

# Stands for one quoted character in blanked text. Not a word character and in no source text.
BLANK = "\x00"

# The same for a title in quotation marks, marks included: it is part of the sentence around it.
TITLE = "\x01"

_DOUBLE = re.compile("[\"“”„‟«»″]|''|``|’’|‘‘")
_SINGLE_OPEN = re.compile(r"(?<![\w’'.,!?…])[‘'‚](?=[\w“\"])")
_ANY = re.compile("[\"“”„‟«»″'’‘‚`]")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…%)])['’](?!\w)")
_PARAGRAPH_GAP = re.compile(r"[ \t\r\f\v]*\n\s*")
_GOES_ON = re.compile(r"\n\s*[^\W\d_A-Z]")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")

# Which marks may close a span, by the mark that opened it. Writers mix styles: “… ″, "… ''.
_CLOSERS = {
    "“": "”\"″''“’’",
    '"': "\"”″''’’",
    "″": '″"”',
    "„": '“”"‟',
    "‟": "”",
    "«": "»",
    "»": "«»",
    "”": "”",
    "''": "''\"”",
    "``": "''\"",
    "‘‘": "’’”",
    "’’": "’’",
}
_BEFORE_OPENING = frozenset(" \t\n\r\u00a0\u2009\u202f([{—–-/:>•…")
_AFTER_CLOSING = frozenset(" \t\n\r\u00a0\u2009\u202f)]},.;:!?—–-/…<'’")
_ENDS_SENTENCE = frozenset(".!?…,")


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """Quoted text: `start`, `end` inside the marks; `outer_*` include them.

    `words` counts the words inside. `closed` is False when the paragraph ended first.
    `paragraph` is the index of its paragraph.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    paragraph: int
    words: int
    closed: bool
    single: bool = False


def split_paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of paragraphs, without the white space around them.

    Every line break ends a paragraph, except in hard-wrapped text (blank lines between
    paragraphs, and a line that goes on in lower case), where only blank lines do.
    """
    wrapped = _is_hard_wrapped(text)
    found: list[tuple[int, int]] = []
    start = 0
    for gap in _PARAGRAPH_GAP.finditer(text):
        if wrapped and gap.group().count("\n") < 2:
            continue
        if gap.start() > start:
            found.append((start, gap.start()))
        start = gap.end()
    end = len(text.rstrip())
    if end > start:
        found.append((start, end))
    return found


def _is_hard_wrapped(text: str) -> bool:
    if not _GOES_ON.search(text) or not _BLANK_LINE.search(text):
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    going_on = sum(1 for line in lines[1:] if line[:1].islower())
    return going_on * 4 > len(lines) and max(map(len, lines)) < 120


def find_spans(text: str, paragraphs: list[tuple[int, int]]) -> list[QuotedSpan]:
    """All quoted spans of the text, ascending and disjoint."""
    spans: list[QuotedSpan] = []
    # Most paragraphs hold no quotation: the marks are looked for in one pass over all.
    marks = [at for match in _ANY.finditer(text) if _is_mark(text, at := match.start())]
    for number, (start, end) in enumerate(paragraphs):
        at = bisect_left(marks, start)
        if at < len(marks) and marks[at] < end:
            doubles = _pair_doubles(text, number, start, end)
            spans.extend(_with_singles(text, number, start, end, doubles))
    return spans


def _is_mark(text: str, at: int) -> bool:
    """Whether a sign is no apostrophe: not between letters, or doubled."""
    sign = text[at]
    return (
        (sign != "'" and sign != "’")
        or text[at + 1 : at + 2] == sign
        or not text[at - 1 : at].isalnum()
    )


def _pair_doubles(text: str, number: int, start: int, end: int) -> list[QuotedSpan]:
    spans: list[QuotedSpan] = []
    opened: re.Match[str] | None = None
    depth = 0
    for mark in _DOUBLE.finditer(text, start, end):
        if opened is None:
            opened = mark if _can_open(text, mark, start, end) else None
        elif _closes(text, opened.group(), mark, start, end):
            if depth:
                depth -= 1
                continue
            spans.append(_span(text, number, opened, mark.start(), mark.end()))
            opened = None
        elif _can_open(text, mark, start, end):
            stop = _unclosed_end(text, opened, mark)
            if stop is None:
                depth += 1
            else:
                spans.append(_span(text, number, opened, stop, None))
                opened = mark
    if opened is not None:
        spans.append(_span(text, number, opened, end, None))
    return [span for span in spans if span.end > span.start]


def _unclosed_end(text: str, opened: re.Match[str], mark: re.Match[str]) -> int | None:
    """Where a quotation ends whose closing mark was forgotten before this next opening mark.

    None where nothing was forgotten: then the mark opens a quotation inside the quotation.
    """
    if _last_visible(text, opened.end(), mark.start()) in _ENDS_SENTENCE:
        return mark.start()
    if mark.group() == opened.group() == '"':
        return _forgotten_close(text, opened.end(), mark.start()) or None
    return None


def _can_open(text: str, mark: re.Match[str], start: int, end: int) -> bool:
    sign, at, after = mark.group(), mark.start(), mark.end()
    if sign in "“„‟«``‘‘":
        return True
    before = text[at - 1] if at > start else " "
    following = text[after] if after < end else " "
    if following.isspace():
        return False
    return before in _BEFORE_OPENING or (sign == '"' and before in ",." and following.isupper())


def _closes(text: str, opener: str, mark: re.Match[str], start: int, end: int) -> bool:
    sign, at, after = mark.group(), mark.start(), mark.end()
    if sign not in _CLOSERS[opener]:
        return False
    if sign == "”" or (sign == "»" and opener == "«"):
        return True
    before = text[at - 1] if at > start else " "
    following = text[after] if after < end else " "
    if opener == "“" and sign == "“":
        return not before.isspace() and following in _AFTER_CLOSING
    return not (before in _BEFORE_OPENING and not following.isspace()) or (
        following in _AFTER_CLOSING and before not in " ("
    )


_WROTE_AGAIN = re.compile(r"[.!?] (?=[A-Z][^.!?]{0,60}$)")


def _forgotten_close(text: str, start: int, end: int) -> int | None:
    """The end of a sentence that may end a quotation before a second opening mark."""
    found = _WROTE_AGAIN.search(text, start, end)
    return found.start() + 1 if found is not None else None


def _last_visible(text: str, start: int, end: int) -> str:
    return text[start:end].rstrip()[-1:] or " "


def _span(
    text: str, number: int, opened: re.Match[str], end: int, outer_end: int | None
) -> QuotedSpan:
    start = opened.end()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return QuotedSpan(
        start=start,
        end=end,
        outer_start=opened.start(),
        outer_end=end if outer_end is None else outer_end,
        paragraph=number,
        words=count_words(text, start, end),
        closed=outer_end is not None,
    )


def count_words(text: str, start: int, end: int) -> int:
    """How many words stand in `text[start:end]`; "don't" and "5.81" are one each."""
    return sum(1 for _ in WORD.finditer(text, start, end))


def _with_singles(
    text: str, number: int, start: int, end: int, doubles: list[QuotedSpan]
) -> list[QuotedSpan]:
    """Adds spans between single marks, outside the double ones."""
    found: list[QuotedSpan] = []
    at = start
    for double in doubles:
        found.extend(_pair_singles(text, number, at, double.outer_start))
        found.append(double)
        at = double.outer_end
    found.extend(_pair_singles(text, number, at, end))
    # A single-marked quotation may hold doubles: the outer one wins.
    return found


def _pair_singles(text: str, number: int, start: int, end: int) -> list[QuotedSpan]:
    spans: list[QuotedSpan] = []
    at = start
    while (opened := _SINGLE_OPEN.search(text, at, end)) is not None:
        closing = _single_close(text, opened.end(), end)
        if closing is None:
            break  # no closing mark is left for any later opening either
        words = count_words(text, opened.end(), closing)
        spans.append(
            QuotedSpan(
                start=opened.end(),
                end=closing,
                outer_start=opened.start(),
                outer_end=closing + 1,
                paragraph=number,
                words=words,
                closed=True,
                single=True,
            )
        )
        at = closing + 1
    return spans


def _single_close(text: str, start: int, end: int) -> int | None:
    """Where a single closing mark stands, telling it from the apostrophe of a plural."""
    fallback: int | None = None
    for mark in _SINGLE_CLOSE.finditer(text, start, end):
        at = mark.start()
        plural = (
            text[at - 1] == "s" and text[at + 1 : at + 2] == " " and text[at + 2 : at + 3].islower()
        )
        if not plural:
            return at
        if fallback is None:
            fallback = at
    return fallback


def blank_out(text: str, spans: list[QuotedSpan], titles: list[bool]) -> str:
    """The text with quoted characters replaced by `BLANK`, same length.

    The last character of a span stays when it is punctuation: it says whether the sentence goes
    on after the quotation.
    """
    pieces: list[str] = []
    at = 0
    for span, title in zip(spans, titles, strict=True):
        if title:
            pieces.append(text[at : span.outer_start])
            # Its last mark stands for the closing one: it may end the sentence.
            last = text[span.end - 1] if text[span.end - 1] in ".,!?" and span.closed else TITLE
            pieces.append(TITLE * (span.outer_end - span.outer_start - 1) + last)
            at = span.outer_end
            continue
        pieces.append(text[at : span.start])
        kept = 1 if text[span.end - 1] in ".,!?…;:" else 0
        pieces.append(BLANK * (span.end - span.start - kept))
        at = span.end - kept
    pieces.append(text[at:])
    return "".join(pieces)
