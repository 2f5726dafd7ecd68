"""Article -> passages: spans of whole sentences, measured in the encoder's own tokens."""

# ruff: noqa: RUF001 -- the quotation marks, dashes and full-width marks are meant
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from semsearch.boilerplate import boilerplate
from semsearch.corpus import Article, Passage, passage_key
from semsearch.sentences import in_paragraph, paragraphs, sentences

__all__ = ["SplitterSettings", "sentences", "split"]

CountTokens = Callable[[Sequence[str]], list[int]]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SplitterSettings:
    """How long passages are. Part of the manifest: other settings make another index.

    `target_tokens` is what a passage aims at, in the encoder's tokens (190 are about 150 English
    words); never more than the encoder's `max_tokens` is used. `overlap_sentences` is how many
    sentences the end of one passage and the start of the next share.
    """

    target_tokens: int = 190
    overlap_sentences: int = 0


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a sentence, or a piece of one that is too long for a passage.

    `cut` is what it costs to end a passage after this unit, as a share of the target length.
    """

    start: int
    end: int
    tokens: int
    cut: float


@dataclass(frozen=True, slots=True)
class _Run:
    """A passage to be: some units in a row. `tokens` is the sum over the units."""

    start: int
    end: int
    tokens: int


# What a boundary costs, as a share of the target length by which a passage would rather be
# longer or shorter. Only their order and rough size matter.
_CUT_PARAGRAPH = 0.0
_CUT_SENTENCE = 0.15
_CUT_HEADING = 0.5  # after a heading, which belongs to what follows
_CUT_QUOTATION = 0.6
_CUT_INSIDE_SENTENCE = 0.8

_LONGEST = 1.35  # times the target: no passage is longer unless one sentence alone is
_MAX_CHARS = 2_000  # of one unit, however few tokens the encoder makes of it


def split(
    article: Article,
    count_tokens: CountTokens,
    max_tokens: int,
    settings: SplitterSettings | None = None,
) -> list[Passage]:
    """The passages of `article`, ascending, each at most `max_tokens` long by `count_tokens`.

    Every character that is neither white space nor promotional text lies in at least one
    passage. `count_tokens` is called once with all sentences, and again only for the pieces of
    sentences that do not fit, and for passages so near the limit that the sum of their
    sentences is no proof.
    """
    chosen = settings or SplitterSettings()
    target = max(1, min(chosen.target_tokens, max_tokens))
    runs: list[_Run] = []
    for region in _measured(article.text, count_tokens, max_tokens):
        runs += _packed(region, target, max_tokens, chosen.overlap_sentences)
    return _passages(article, _fitting(article.text, runs, count_tokens, max_tokens))


def _passages(article: Article, spans: list[Span]) -> list[Passage]:
    seen: Counter[str] = Counter()
    passages = []
    for number, (start, end) in enumerate(spans):
        text = article.text[start:end]
        key = passage_key(article.id, text, seen[text])
        seen[text] += 1
        passages.append(Passage(key, article.id, number, start, end, text))
    return passages


def _regions(text: str) -> Iterator[Span]:
    """What lies between the promotional spans."""
    begin = 0
    for start, end in boilerplate(text):
        yield begin, start
        begin = end
    yield begin, len(text)


def _measured(text: str, count_tokens: CountTokens, max_tokens: int) -> list[list[_Unit]]:
    """The units of each region, with their tokens counted in one call."""
    drafts = [_drafts(text, start, end) for start, end in _regions(text)]
    flat = [text[start:end] for region in drafts for start, end, _ in region]
    counts = iter(count_tokens(flat) if flat else [])
    regions = []
    for region in drafts:
        units: list[_Unit] = []
        for start, end, cut in region:
            tokens = next(counts)
            if tokens > max_tokens or end - start > _MAX_CHARS:
                units += _pieces(text, start, end, cut, count_tokens, max_tokens)
            else:
                units.append(_Unit(start, end, tokens, cut))
        if units:
            regions.append(units)
    return regions


def _drafts(text: str, start: int, end: int) -> list[tuple[int, int, float]]:
    """The sentences of a region, each with the cost of ending a passage after it."""
    drafts: list[tuple[int, int, float]] = []
    for paragraph_start, paragraph_end in paragraphs(text, start, end):
        spans = in_paragraph(text, paragraph_start, paragraph_end)
        opened = 0
        straight = 0
        for first, last in spans[:-1]:
            piece = text[first:last]
            opened += piece.count("“") - piece.count("”")
            straight += piece.count('"')
            inside = opened > 0 or straight % 2 == 1
            drafts.append((first, last, _CUT_QUOTATION if inside else _CUT_SENTENCE))
        drafts.append((*spans[-1], _paragraph_cut(text, *spans[-1], single=len(spans) == 1)))
    return drafts


_HEADING_MAX_CHARS = 80


def _paragraph_cut(text: str, start: int, end: int, *, single: bool) -> float:
    """A short line without an end mark is a heading or a byline: what follows belongs to it."""
    is_heading = single and end - start <= _HEADING_MAX_CHARS and text[end - 1] not in ".!?…\"”'’)"
    return _CUT_HEADING if is_heading or text[end - 1] == ":" else _CUT_PARAGRAPH


_BREAKS = (
    re.compile(r"[;:—–|][\s]|[，、；：]"),  # clauses
    re.compile(r",\s"),
    re.compile(r"\s"),
)


def _pieces(
    text: str, start: int, end: int, cut: float, count_tokens: CountTokens, max_tokens: int
) -> list[_Unit]:
    """A sentence too long for one passage, halved at the best break until each half fits."""
    done: list[_Unit] = []
    waiting = [(start, end)]
    while waiting:
        counts = count_tokens([text[first:last] for first, last in waiting])
        halves: list[Span] = []
        for (first, last), tokens in zip(waiting, counts, strict=True):
            if last - first == 1 or (tokens <= max_tokens and last - first <= _MAX_CHARS):
                done.append(_Unit(first, last, tokens, _CUT_INSIDE_SENTENCE))
            else:
                halves += _halved(text, first, last)
        waiting = halves
    done.sort(key=lambda unit: unit.start)
    done[-1] = _Unit(done[-1].start, done[-1].end, done[-1].tokens, cut)
    return done


def _halved(text: str, start: int, end: int) -> list[Span]:
    """Two spans that cover `text[start:end]` but for white space, cut near the middle."""
    middle = (start + end) // 2
    reach = max(1, (end - start) // 4)
    low, high = max(start + 1, middle - reach), min(end - 1, middle + reach)
    at = middle
    for pattern in _BREAKS:
        ends = [match.end() for match in pattern.finditer(text, low, high)]
        if ends:
            at = min(ends, key=lambda position: abs(position - middle))
            break
    return [span for span in (_trim(text, start, at), _trim(text, at, end)) if span]


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _packed(units: list[_Unit], target: int, max_tokens: int, overlap: int) -> Iterator[_Run]:
    """Runs of units, each near the target length and ending where a cut costs little.

    Each step aims at an equal share of what remains, so that no short rest is left over.
    """
    longest = min(max_tokens, int(target * _LONGEST))
    remaining = sum(unit.tokens for unit in units)
    begin = 0
    while begin < len(units):
        aim = max(1, remaining) / max(1, round(remaining / target))
        stop = _best_stop(units, begin, aim, longest)
        tokens = sum(unit.tokens for unit in units[begin:stop])
        yield _Run(units[begin].start, units[stop - 1].end, tokens)
        if stop == len(units):
            return
        next_begin = max(begin + 1, stop - overlap)
        next_begin = _affordable(units, next_begin, stop, longest)
        remaining -= sum(unit.tokens for unit in units[begin:next_begin])
        begin = next_begin


def _affordable(units: list[_Unit], begin: int, stop: int, longest: int) -> int:
    """Drop overlap sentences that would leave no room for the first new one."""
    tokens = sum(unit.tokens for unit in units[begin : stop + 1])
    while begin < stop and tokens > longest:
        tokens -= units[begin].tokens
        begin += 1
    return begin


def _best_stop(units: list[_Unit], begin: int, aim: float, longest: int) -> int:
    """The end (exclusive) of the passage that begins at unit `begin`."""
    tokens = 0
    best, best_cost = begin + 1, float("inf")
    for index in range(begin, len(units)):
        tokens += units[index].tokens
        if tokens > longest and index > begin:
            break
        is_last = index + 1 == len(units)
        cost = abs(tokens - aim) / aim + (0.0 if is_last else units[index].cut)
        if cost <= best_cost:
            best, best_cost = index + 1, cost
    return best


_NEAR_LIMIT = 0.9  # of max_tokens: above it the sum of the units is no proof of fitting


def _fitting(text: str, runs: list[_Run], count_tokens: CountTokens, max_tokens: int) -> list[Span]:
    """The spans of the runs, those that prove too long as a whole cut into pieces."""
    doubtful = [run for run in runs if run.tokens > max_tokens * _NEAR_LIMIT]
    counts = count_tokens([text[run.start : run.end] for run in doubtful]) if doubtful else []
    too_long = {run for run, n in zip(doubtful, counts, strict=True) if n > max_tokens}
    spans: list[Span] = []
    for run in runs:
        if run in too_long:
            pieces = _pieces(text, run.start, run.end, 0.0, count_tokens, max_tokens)
            spans += [(piece.start, piece.end) for piece in pieces]
        else:
            spans.append((run.start, run.end))
    return spans
