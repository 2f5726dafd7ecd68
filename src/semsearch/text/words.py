"""The words of a text, as both the lexical index and the ranking count them.

A word is a run of letters and digits. Dotted acronyms are one word without their dots ("U.S."
is "us"), numbers keep their decimals and lose their thousands separators ("10,000" is "10000",
"5.02" stays), a possessive 's falls away, hyphens part words. Scripts written without spaces
(Chinese, Japanese, Thai and their like) give overlapping pairs of characters, which is the usual
way to search them without a dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Word", "fold", "word_set", "word_texts", "words"]

LONGEST_WORD = 64  # longer runs are encoded data or noise; they are cut, never dropped

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff"  # Japanese kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_HAS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_KINDS = (
    ("acronym", r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?"),
    ("number", r"\d+(?:[.,]\d+)+"),
    ("unspaced", rf"[{_UNSPACED}]+"),
    (
        "word",
        rf"(?:(?![{_UNSPACED}])[^\W_])(?:(?![{_UNSPACED}])[\w\u0300-\u036f])*"
        rf"(?:['\u2019](?![{_UNSPACED}])[^\W\d_]+)*",
    ),
)
_WORD = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS))
# The same words in a text without unspaced scripts: no look-aheads, no groups, ten times as fast.
_SPACED = re.compile(
    r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\d+(?:[.,]\d+)+"
    r"|[^\W_][\w\u0300-\u036f]*(?:['\u2019][^\W\d_]+)*"
)
_POSSESSIVE = re.compile(r"['\u2019]s$", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?$")


class Word(NamedTuple):
    """One word: its folded form, and its span in the text (characters, end exclusive)."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of `text` in order; pairs of characters overlap in scripts without spaces."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        found.extend(_read(match))
    return found


def word_texts(text: str) -> list[str]:
    """The folded words of `text` in order, without their spans: much faster than `words`."""
    if _HAS_UNSPACED.search(text):
        return [word.text for word in words(text)]
    return [_folded(raw) for raw in _SPACED.findall(text)]


@lru_cache(maxsize=1 << 17)
def _folded(raw: str) -> str:
    return words(raw)[0].text


def word_set(text: str) -> frozenset[str]:
    """The words of a string between its spaces: how rules write down their lists of words."""
    return frozenset(text.split())


def fold(text: str) -> str:
    """Lower case, compatibility forms unified, Latin accents kept (the stemmers need them)."""
    return unicodedata.normalize("NFKC", text).lower()


def _read(match: re.Match[str]) -> Iterator[Word]:
    start, end = match.span()
    raw = match.group()
    if match.lastgroup == "unspaced":
        yield from _pairs(raw, start)
    else:
        yield Word(_normal(raw, match.lastgroup)[:LONGEST_WORD], start, end)


@lru_cache(maxsize=1 << 16)  # news repeats its words: this halves the cost of indexing
def _normal(raw: str, kind: str | None) -> str:
    if kind == "acronym":
        return fold(raw.replace(".", ""))
    if kind == "number":
        return raw.replace(",", "" if _THOUSANDS.match(raw) else ".")
    return fold(_POSSESSIVE.sub("", raw)).replace("\u2019", "").replace("'", "")


def _pairs(run: str, start: int) -> Iterator[Word]:
    if len(run) == 1:
        yield Word(fold(run), start, start + 1)
    for i in range(len(run) - 1):
        yield Word(fold(run[i : i + 2]), start + i, start + i + 2)
