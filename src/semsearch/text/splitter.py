"""Article -> passages: spans of whole sentences, measured in the encoder's own tokens."""

# ruff: noqa: RUF001 -- the quotation marks, dashes and full-width marks are meant
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from semsearch.corpus import Article, Passage, passage_key
from semsearch.text.boilerplate import boilerplate
from semsearch.text.sentences import in_paragraph, paragraphs, sentences

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

    `boundary_cost` is what it costs to end a passage after this unit, as a share of the target
    length.
    """

    start: int
    end: int
    tokens: int
    boundary_cost: float


@dataclass(frozen=True, slots=True)
class _Limits:
    """What no passage exceeds, by the encoder's own count and in characters."""

    count_tokens: CountTokens
    tokens: int
    chars: int

    def hold(self, tokens: int, chars: int) -> bool:
        return tokens <= self.tokens and chars <= self.chars


@dataclass(frozen=True, slots=True)
class _UnitRun:
    """A passage to be: some units in a row. `tokens` is the sum over the units."""

    start: int
    end: int
    tokens: int


# What a boundary costs, as a share of the target length by which a passage would rather be
# longer or shorter. Only their order and rough size matter.
_COST_PARAGRAPH = 0.0
_COST_SENTENCE = 0.25
_COST_HEADING = 0.5  # after a heading, which belongs to what follows
_COST_QUOTATION = 0.9
_COST_INSIDE_SENTENCE = 0.9

_LONGEST = 1.35  # times the target: no passage has more tokens unless one sentence alone has
# However few tokens an encoder makes of a text, nobody reads a passage longer than this.
_MAX_CHARS, _MAX_CHARS_PER_TOKEN = 2_000, 12


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
    chars = max(_MAX_CHARS, _MAX_CHARS_PER_TOKEN * max_tokens)
    limits = _Limits(count_tokens, max_tokens, chars)
    runs: list[_UnitRun] = []
    for region in _measured(article.text, limits):
        runs += _packed(region, target, limits, chosen.overlap_sentences)
    return _passages(article, _fitting(article.text, runs, limits))


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


def _measured(text: str, limits: _Limits) -> list[list[_Unit]]:
    """The units of each region, with their tokens counted in one call."""
    drafts = [_drafts(text, start, end) for start, end in _regions(text)]
    flat = [text[start:end] for region in drafts for start, end, _ in region]
    counts = iter(limits.count_tokens(flat) if flat else [])
    regions = []
    for region in drafts:
        units: list[_Unit] = []
        for start, end, cost in region:
            tokens = next(counts)
            if limits.hold(tokens, end - start):
                units.append(_Unit(start, end, tokens, cost))
            else:
                units += _pieces(text, start, end, cost, limits)
        if units:
            regions.append(units)
    return regions


def _drafts(text: str, start: int, end: int) -> list[tuple[int, int, float]]:
    """The sentences of a region, each with the cost of ending a passage after it."""
    drafts: list[tuple[int, int, float]] = []
    for paragraph_start, paragraph_end in paragraphs(text, start, end):
        spans = in_paragraph(text, paragraph_start, paragraph_end)
        opened = straight = 0
        for first, last in spans:
            opened += text.count("“", first, last) - text.count("”", first, last)
            straight += text.count('"', first, last)
            inside = opened > 0 or straight % 2 == 1
            drafts.append((first, last, _COST_QUOTATION if inside else _COST_SENTENCE))
        cost = _paragraph_cost(text, *spans[-1], single=len(spans) == 1, inside=inside)
        drafts[-1] = (*spans[-1], cost)
    return drafts


_HEADING_MAX_CHARS = 80


def _paragraph_cost(text: str, start: int, end: int, *, single: bool, inside: bool) -> float:
    """What it costs to end a passage with the paragraph whose last sentence is given.

    A short line without an end mark is a heading or a byline: what follows belongs to it. A
    quotation still open goes on in the next paragraph.
    """
    is_short = single and end - start <= _HEADING_MAX_CHARS
    if text[end - 1] == ":" or (is_short and text[end - 1] not in ".!?…\"”'’)"):
        return _COST_HEADING
    return _COST_SENTENCE if inside else _COST_PARAGRAPH


_BREAKS = (
    re.compile(r"[;:—–|][\s]|[，、；：]"),  # clauses
    re.compile(r",\s"),
    re.compile(r"\s"),
)


def _pieces(text: str, start: int, end: int, cost: float, limits: _Limits) -> list[_Unit]:
    """A span too long for one passage, halved at the best break until each piece fits."""
    done: list[_Unit] = []
    waiting = [(start, end)]
    while waiting:
        counts = limits.count_tokens([text[first:last] for first, last in waiting])
        halves: list[Span] = []
        for (first, last), tokens in zip(waiting, counts, strict=True):
            if last - first == 1 or limits.hold(tokens, last - first):
                done.append(_Unit(first, last, tokens, _COST_INSIDE_SENTENCE))
            else:
                halves += _halved(text, first, last)
        waiting = halves
    done.sort(key=lambda unit: unit.start)
    done[-1] = replace(done[-1], boundary_cost=cost)
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


def _packed(units: list[_Unit], target: int, limits: _Limits, overlap: int) -> Iterator[_UnitRun]:
    """Runs of units, each near the target length and ending where a cut costs little.

    Each step aims at an equal share of what remains, so that no short rest is left over.
    """
    packing = replace(limits, tokens=min(limits.tokens, int(target * _LONGEST)))
    remaining = sum(unit.tokens for unit in units)
    begin = stop = 0
    while stop < len(units):
        aim = max(1, remaining) / max(1, round(remaining / target))
        stop = _best_stop(units, begin, stop + 1, aim, packing)
        tokens = sum(unit.tokens for unit in units[begin:stop])
        yield _UnitRun(units[begin].start, units[stop - 1].end, tokens)
        following = _next_begin(units, max(begin + 1, stop - overlap), stop, packing)
        remaining -= sum(unit.tokens for unit in units[begin:following])
        begin = following


def _next_begin(units: list[_Unit], begin: int, stop: int, packing: _Limits) -> int:
    """Where the next run begins: at `begin`, or later where the first new unit would not fit."""
    while begin < stop < len(units):
        tokens = sum(unit.tokens for unit in units[begin : stop + 1])
        if packing.hold(tokens, units[stop].end - units[begin].start):
            break
        begin += 1
    return begin


def _best_stop(units: list[_Unit], begin: int, least: int, aim: float, packing: _Limits) -> int:
    """The end (exclusive, `least` or later) of the run that begins at unit `begin`."""
    tokens = sum(unit.tokens for unit in units[begin : least - 1])
    best, best_cost = least, float("inf")
    for index in range(least - 1, len(units)):
        unit = units[index]
        tokens += unit.tokens
        if index >= least and not packing.hold(tokens, unit.end - units[begin].start):
            break
        is_last = index + 1 == len(units)
        cost = abs(tokens - aim) / aim + (0.0 if is_last else unit.boundary_cost)
        if cost <= best_cost:
            best, best_cost = index + 1, cost
    return best


_NEAR_LIMIT = 0.9  # of max_tokens: above it the sum of the units is no proof of fitting


def _fitting(text: str, runs: list[_UnitRun], limits: _Limits) -> list[Span]:
    """The spans of the runs, those that prove too long as a whole cut into pieces."""
    doubtful = [run for run in runs if run.tokens > limits.tokens * _NEAR_LIMIT]
    texts = [text[run.start : run.end] for run in doubtful]
    counts = limits.count_tokens(texts) if texts else []
    too_long = {run for run, n in zip(doubtful, counts, strict=True) if n > limits.tokens}
    spans: list[Span] = []
    for run in runs:
        if run in too_long:
            pieces = _pieces(text, run.start, run.end, 0.0, limits)
            spans += [(piece.start, piece.end) for piece in pieces]
        else:
            spans.append((run.start, run.end))
    return spans
