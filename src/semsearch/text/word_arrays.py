"""The words of a text as arrays: read once, kept with the index and compared as numbers.

Cutting a passage into words costs more than everything that a search then does with them. So it
is done when the passage is indexed (`wordstore/`), and ranking, marking and answering read what
is kept here of each word: which stem it has, where it begins, and what kind of word it is.

A stem is known by 32 bits of its hash, the same in every process: equal stems have equal numbers,
and two different ones share a number once in four billion pairs.
"""

# ruff: noqa: SIM905 -- word lists read better as text
from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from semsearch.text.calendar_names import MONTHS, WEEKDAYS
from semsearch.text.sentences import sentences
from semsearch.text.stems import NUMBER_WORDS, matching_stems_of
from semsearch.text.words import located_spellings, normal_form

__all__ = [
    "CAPITAL",
    "NUMBER",
    "TIME",
    "TIMES",
    "Packed",
    "TextWords",
    "pack_words",
    "stem_numbers",
    "stems_in",
    "text_words",
    "unpack_words",
]

# Kinds of words, one bit each.
CAPITAL, NUMBER, TIME = 1, 2, 4
_KIND_BITS = 3

# One word: its stem's number in the upper half, then where it begins, then its kinds.
Packed = NDArray[np.uint64]
_STEM_SHIFT = 32

_AMOUNTS = frozenset(NUMBER_WORDS).union(
    map(matching_stems_of("en").__getitem__, "hundred thousand million billion dozen half".split())
)
TIMES = frozenset(
    [*MONTHS, *WEEKDAYS, *"week month year today yesterday weeks months years".split()]
)


@dataclass(frozen=True, slots=True)
class TextWords:
    """The words of one text in order, and where its sentences begin.

    `stems` (n,) uint32 are numbers of stems, `starts` (n,) int64 the words' first characters,
    ascending, `kinds` (n,) uint8 the bits CAPITAL, NUMBER and TIME. `sentences` (m,) int64 are
    the first characters of the sentences, as `sentences.sentences` finds them.
    """

    stems: NDArray[np.uint32]
    starts: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    sentences: NDArray[np.int64]

    def part(self, first: int, last: int, begins: NDArray[np.integer]) -> TextWords:
        """The words from `first` to before `last`, with sentences that begin at `begins`."""
        return TextWords(
            self.stems[first:last],
            self.starts[first:last],
            self.kinds[first:last],
            begins.astype(np.int64),
        )

    def same(self, other: TextWords) -> bool:
        """Whether both hold the same."""
        return all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in self.__slots__
        )

    def having(self, stems: Iterable[int]) -> NDArray[np.bool_]:
        """Which words have one of these stems: as np.isin, faster for the few of a question."""
        found = np.zeros(len(self.stems), dtype=np.bool_)
        for number in stems:
            found |= self.stems == number
        return found

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The sentences of `text`, whose words these are; no white space at their ends."""
        edges = pairwise([*self.sentences.tolist(), len(text)])
        return [(start, start + len(text[start:end].rstrip())) for start, end in edges]

    def sentence_at(self, start: int) -> int:
        """The number of the sentence that the word at `start` is in, from 0."""
        return int(np.searchsorted(self.sentences, start, "right")) - 1

    def sentence_of(self) -> NDArray[np.int64]:
        """The number of each word's sentence, from 0."""
        places: NDArray[np.int64] = np.searchsorted(self.sentences, self.starts, "right") - 1
        return places


def text_words(text: str, language: str) -> TextWords:
    """The words of a text, with the stems of a language (ISO 639-1)."""
    begins = np.array([start for start, _ in sentences(text)], dtype=np.int64)
    return unpack_words(pack_words(text, language), begins)


def pack_words(text: str, language: str) -> Packed:
    """The words of a text, as they are kept."""
    codes = _codes_of(language)
    found = [codes[word] | start << _KIND_BITS for word, start in located_spellings(text)]
    return np.array(found, dtype=np.uint64)


def unpack_words(words: Packed, begins: NDArray[np.integer]) -> TextWords:
    """What `pack_words` gave, and where sentences begin, taken apart."""
    return TextWords(
        stems=stems_in(words),
        starts=((words & np.uint64(0xFFFFFFFF)) >> np.uint64(_KIND_BITS)).astype(np.int64),
        kinds=(words & np.uint64((1 << _KIND_BITS) - 1)).astype(np.uint8),
        sentences=begins.astype(np.int64),
    )


def stems_in(words: Packed) -> NDArray[np.uint32]:
    """The numbers of the stems of packed words."""
    numbers: NDArray[np.uint32] = (words >> np.uint64(_STEM_SHIFT)).astype(np.uint32)
    return numbers


def stem_numbers(stems: Iterable[str]) -> NDArray[np.uint32]:
    """The numbers of stems, in their order."""
    return np.array([_number(stem) for stem in stems], dtype=np.uint32)


@lru_cache(maxsize=1 << 14)
def _number(stem: str) -> int:
    digest = hashlib.blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little")


class _Codes(dict[str, int]):
    """Stem number and kinds of each word as written; forgets all when it has grown large."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._stems = matching_stems_of(language)

    def __missing__(self, word: str) -> int:
        if len(self) >= 1 << 17:
            self.clear()
        stem = self._stems[normal_form(word)]
        kinds = CAPITAL * word[0].isupper() | NUMBER * _is_number(stem) | TIME * _is_time(stem)
        code = self[word] = _number(stem) << _STEM_SHIFT | kinds
        return code


@lru_cache(maxsize=64)
def _codes_of(language: str) -> _Codes:
    return _Codes(language)


def _is_number(stem: str) -> bool:
    return stem[:1].isdigit() or stem in _AMOUNTS


def _is_time(stem: str) -> bool:
    return stem in _TIME_STEMS or (len(stem) == 4 and stem[:2] in ("19", "20") and stem.isdigit())


_TIME_STEMS = frozenset(map(matching_stems_of("en").__getitem__, TIMES))
