"""The same words of somebody in several articles, as one saying with all its sources.

Wire copy and press conferences put one quotation into many articles, each cut or worded a little
differently. Quotations are joined when one says nearly the same as the other or holds it whole.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz import fuzz

from semsearch.corpus import Quote
from semsearch.quotes.speakers import speaker_key
from semsearch.text.words import words

__all__ = ["Edit", "QuoteGroup", "QuoteWording", "SourcedQuote", "differences", "group_quotes"]

# Shorter quotations ("thank you very much") are said by chance in the same words.
_MINIMUM_WORDS = 5
# A shorter part of a longer quotation may be a common phrase ("the right thing to do").
_MINIMUM_HELD_WORDS = 7
_SHINGLE_WORDS = 4
# How alike two wordings must be, in [0, 100]: rapidfuzz's ratio over words, and the same of the
# shorter with the best fitting part of the longer.
_SAME_FROM = 80.0
_HELD_FROM = 92.0


@dataclass(frozen=True, slots=True)
class SourcedQuote:
    """A quotation with where it stood; `published` is the article's date."""

    quote: Quote
    source: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class QuoteWording:
    """One way in which the words were printed, and the articles that print them so."""

    text: str
    article_ids: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuoteGroup:
    """One saying. `quotes` are by date (undated last), then article id, then offset.

    `text` is the longest wording; `wordings` begin with it, then by number of articles
    descending, then text. `sources` are sorted, without repetition; `first` is the earliest date.
    """

    text: str
    speaker: str | None
    quotes: tuple[SourcedQuote, ...]
    wordings: tuple[QuoteWording, ...]
    sources: tuple[str, ...]
    first: date | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of two wordings: `kind` "same", or "changed" with what each has (or lacks)."""

    kind: Literal["same", "changed"]
    left: str
    right: str


def group_quotes(quotes: Sequence[SourcedQuote]) -> tuple[QuoteGroup, ...]:
    """Joins quotes of the same words by the same speaker; those found once stay alone.

    Groups are by number of articles descending, then earliest date (undated last), then text.
    Only direct quotations of five words or more join others.
    """
    folded = [[word.text for word in words(sourced.quote.text)] for sourced in quotes]
    keys = [speaker_key(s.quote.speaker) if s.quote.speaker else None for s in quotes]
    parents = list(range(len(quotes)))
    for left, right in _candidates(quotes, folded):
        if _root(parents, left) == _root(parents, right) or not _agree(keys[left], keys[right]):
            continue
        if _alike(folded[left], folded[right]):
            parents[_root(parents, right)] = _root(parents, left)
    members: dict[int, list[SourcedQuote]] = {}
    for number, sourced in enumerate(quotes):
        members.setdefault(_root(parents, number), []).append(sourced)
    return tuple(sorted((_group(found) for found in members.values()), key=_order))


def _order(group: QuoteGroup) -> tuple[int, date, str]:
    articles = {sourced.quote.article_id for sourced in group.quotes}
    return (-len(articles), group.first or date.max, group.text)


def _candidates(
    quotes: Sequence[SourcedQuote], folded: list[list[str]]
) -> Iterator[tuple[int, int]]:
    """Pairs that share four words in a row, each once per shared place at most."""
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, own in enumerate(folded):
        if quotes[number].quote.kind != "direct" or len(own) < _MINIMUM_WORDS:
            continue
        seen: set[int] = set()
        for at in range(len(own) - _SHINGLE_WORDS + 1):
            shingle = tuple(own[at : at + _SHINGLE_WORDS])
            others = holders.setdefault(shingle, [])
            for other in others:
                if other not in seen and other != number:
                    seen.add(other)
                    yield other, number
            if not others or others[-1] != number:
                others.append(number)


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _agree(left: str | None, right: str | None) -> bool:
    """Whether two speakers may be one: the same key, or one of them unknown or a last name."""
    if left is None or right is None or left == right:
        return True
    short, full = sorted((left, right), key=len)
    return " " not in short and full.endswith(" " + short)


def _alike(left: list[str], right: list[str]) -> bool:
    if fuzz.ratio(left, right) >= _SAME_FROM:
        return True
    short, long = sorted((left, right), key=len)
    return len(short) >= _MINIMUM_HELD_WORDS and _best_part(short, long) >= _HELD_FROM


def _best_part(short: list[str], long: list[str]) -> float:
    """How well the shorter wording fits its best place in the longer, in [0, 100]."""
    blocks = SequenceMatcher(None, short, long, autojunk=False).get_matching_blocks()
    matched = sum(block.size for block in blocks)
    kept = [block for block in blocks if block.size]
    if not kept:
        return 0.0
    stretch = kept[-1].b + kept[-1].size - kept[0].b
    return 100.0 * matched / max(len(short), stretch)


def _group(found: list[SourcedQuote]) -> QuoteGroup:
    ordered = sorted(
        found,
        key=lambda s: (s.published or date.max, s.quote.article_id, s.quote.start),
    )
    texts = [sourced.quote.text for sourced in ordered]
    longest = max(texts, key=lambda text: (len(text), text))
    speakers = [sourced.quote.speaker for sourced in ordered if sourced.quote.speaker]
    dates = [sourced.published for sourced in ordered if sourced.published]
    return QuoteGroup(
        text=longest,
        speaker=max(speakers, key=len) if speakers else None,
        quotes=tuple(ordered),
        wordings=_wordings(ordered, longest),
        sources=tuple(sorted({sourced.source for sourced in ordered if sourced.source})),
        first=min(dates) if dates else None,
    )


def _wordings(quotes: list[SourcedQuote], longest: str) -> tuple[QuoteWording, ...]:
    """The distinct wordings; marks and case at the ends make no difference."""
    by_words: dict[tuple[str, ...], list[SourcedQuote]] = {}
    for sourced in quotes:
        key = tuple(word.text for word in words(sourced.quote.text))
        by_words.setdefault(key, []).append(sourced)
    found = [
        QuoteWording(
            text=max((s.quote.text for s in same), key=len),
            article_ids=tuple(dict.fromkeys(s.quote.article_id for s in same)),
            sources=tuple(sorted({s.source for s in same if s.source})),
        )
        for same in by_words.values()
    ]
    return tuple(sorted(found, key=lambda w: (w.text != longest, -len(w.article_ids), w.text)))


def differences(left: str, right: str) -> tuple[Edit, ...]:
    """Where two wordings differ, word by word, in order; case and punctuation are ignored.

    Joined by spaces, the lefts (rights) of all edits give the words of the left (right) text.
    """
    mine, theirs = left.split(), right.split()
    matcher = SequenceMatcher(None, _plain(mine), _plain(theirs), autojunk=False)
    return tuple(
        Edit("same" if tag == "equal" else "changed", " ".join(mine[a:b]), " ".join(theirs[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
    )


def _plain(tokens: list[str]) -> list[str]:
    return ["".join(c for c in token.casefold() if c.isalnum()) or token for token in tokens]
