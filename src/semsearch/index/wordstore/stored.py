"""Reading the words of passages by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from semsearch.index.wordstore.layout import open_segment, read_note, read_rows, read_table
from semsearch.text.word_arrays import Packed, TextWords, stem_numbers, stems_in, unpack_words

__all__ = ["RowWords", "Standing", "WordStore", "open_words"]

Begins = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class RowWords:
    """The words of a passage, and the numbers of the stems of its article's title."""

    title: npt.NDArray[np.uint32]
    words: TextWords


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the stems that were asked for stand in a passage.

    `positions` are (number of the word, from 0, and its stem), ascending; `length` is how many
    words the passage has, `title` which of the stems are in its article's title.
    """

    positions: tuple[tuple[int, str], ...]
    length: int
    title: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Slice:
    """What the files hold of one row; the first `title` of the words are the title's."""

    words: Packed
    title: int
    sentences: Begins

    @property
    def length(self) -> int:
        """How many words the passage has."""
        return len(self.words) - self.title


class WordStore:
    """The words of one generation's passages, mapped. Thread-safe; lives as long as its Searcher.

    `language` is the language whose stems the words have.
    """

    def __init__(self, path: Path) -> None:
        header = read_note(path)
        self.language = header.language
        self._rows, self._table = read_rows(path), read_table(path)
        self._segments = {number: open_segment(path, number) for number in header.segments}

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, rows: Sequence[int]) -> list[RowWords]:
        """The words of these rows, which must exist, in their order."""
        found = list(self._slices(rows))
        # Unpacked together: a dozen array operations for a page, and not for each hit.
        all_words = unpack_words(_joined(found), np.zeros(0, np.int64))
        ends = np.cumsum([len(one.words) for one in found]).tolist()
        return [
            RowWords(
                all_words.stems[end - len(one.words) : end - one.length],
                all_words.part(end - one.length, end, one.sentences),
            )
            for one, end in zip(found, ends, strict=True)
        ]

    def occurrences(self, rows: Sequence[int], stems: Sequence[str]) -> list[Standing]:
        """Where `stems`, each named once, stand in these rows, which must exist, in their order.

        All rows are looked at together: a row costs a few microseconds.
        """
        found = list(self._slices(rows))
        names = dict(zip(stem_numbers(stems).tolist(), stems, strict=True))
        together = stems_in(_joined(found))
        wanted = np.zeros(len(together), dtype=np.bool_)
        for number in names:
            wanted |= together == number
        at = np.flatnonzero(wanted)
        occurrences = list(
            zip(at.tolist(), map(names.__getitem__, together[at].tolist()), strict=True)
        )
        bounds = np.cumsum([0, *(len(one.words) for one in found)])
        cuts = pairwise(np.searchsorted(at, bounds).tolist())
        return [
            _standing(one, begin, occurrences[first:last])
            for one, begin, (first, last) in zip(found, bounds.tolist(), cuts, strict=False)
        ]

    def _slices(self, rows: Sequence[int]) -> Iterator[_Slice]:
        positions = np.searchsorted(self._rows, np.asarray(rows, np.int64))
        for words_at, sentences_at, segment, title, words, sentences in self._table[
            positions
        ].tolist():
            all_words, all_sentences = self._segments[segment]
            yield _Slice(
                all_words[words_at : words_at + title + words],
                title,
                all_sentences[sentences_at : sentences_at + sentences],
            )


def _joined(found: Sequence[_Slice]) -> Packed:
    return np.concatenate([np.zeros(0, np.uint64), *(one.words for one in found)])


def _standing(one: _Slice, begin: int, found: list[tuple[int, str]]) -> Standing:
    """What was found in one row, whose words begin at `begin` of all that were looked at."""
    text = begin + one.title
    return Standing(
        positions=tuple((at - text, stem) for at, stem in found if at >= text),
        length=one.length,
        title=frozenset(stem for at, stem in found if at < text),
    )


def open_words(path: Path) -> WordStore:
    """Open the words at `path`; raises IndexCorruptError where they are not whole."""
    return WordStore(path)
