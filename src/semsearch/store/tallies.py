"""Counts over all hits of a search: which sources, authors, speakers, languages and months.

A search shows ten hits and counts over hundreds. What is counted therefore lies beside the store as
small numbers, written once when a generation is built: counting touches neither SQLite nor the
hits' texts, opening reads the values' names and no more, and processes share the numbers.

    tally-<field>.npy   int64 of shape (2, pairs): owners (an article's number or a passage's row),
                        ascending, and the code of a value that each has; no pair twice
    tallies.json        the values of each field, by code
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.errors import IndexCorruptError
from semsearch.hits import Count, Facets
from semsearch.store.reader import Store

__all__ = ["Tallies", "write_tallies"]

Ints = NDArray[np.int64]
OF_ARTICLES = ("source", "author", "language", "month")
NAMES = "tallies.json"


def write_tallies(store: Store, path: Path) -> None:
    """Write what a generation's passages are counted by into its folder."""
    values = {name: _write(store.article_values(name), path, name) for name in OF_ARTICLES}
    values["speaker"] = _write(store.speaker_values(), path, "speaker")
    (path / NAMES).write_text(json.dumps(values, ensure_ascii=False), "utf-8")


def _write(pairs: Iterable[tuple[int, str]], path: Path, name: str) -> list[str]:
    """Write (owner, value) pairs, ascending by owner; returns the values by code."""
    codes: dict[str, int] = {}
    owners, coded = array("q"), array("q")
    for owner, value in pairs:
        owners.append(owner)
        coded.append(codes.setdefault(value, len(codes)))
    np.save(path / f"tally-{name}.npy", np.array([owners, coded], np.int64))
    return list(codes)


class Tallies:
    """The values that hits are counted by, memory-mapped. Thread-safe, as long-lived as its
    Searcher."""

    def __init__(self, path: Path) -> None:
        try:
            values = json.loads((path / NAMES).read_text("utf-8"))
            self._fields = {
                name: _Field(np.load(path / f"tally-{name}.npy", mmap_mode="r"), values[name])
                for name in (*OF_ARTICLES, "speaker")
            }
        except (OSError, ValueError, KeyError) as error:
            raise IndexCorruptError(f"{path}: cannot be opened: {error}") from error

    def facets(self, rows: Ints, nums: Ints) -> Facets:
        """Counts over these passages: `rows`, and the number of each one's article."""
        counts = {name: self._fields[name].count(nums) for name in OF_ARTICLES}
        return Facets(
            sources=_most_first(counts["source"]),
            authors=_most_first(counts["author"]),
            speakers=_most_first(self._fields["speaker"].count(rows)),
            languages=_most_first(counts["language"]),
            months=tuple(sorted(counts["month"], key=lambda count: count.value)),
        )


def _most_first(counts: list[Count]) -> tuple[Count, ...]:
    return tuple(sorted(counts, key=lambda count: (-count.count, count.value)))


@dataclass(frozen=True)
class _Field:
    """`values[pairs[1, i]]` is a value of the owner `pairs[0, i]`; owners ascend."""

    pairs: Ints
    values: list[str]

    def count(self, owners: Ints) -> list[Count]:
        """How often each value occurs among these owners, which may repeat; in no order."""
        starts = np.searchsorted(self.pairs[0], owners, "left")
        ends = np.searchsorted(self.pairs[0], owners, "right")
        found, counts = np.unique(self.pairs[1][_ranges(starts, ends)], return_counts=True)
        pairs = zip(found.tolist(), counts.tolist(), strict=True)
        return [Count(self.values[code], count) for code, count in pairs]


def _ranges(starts: Ints, ends: Ints) -> Ints:
    """The numbers of all the ranges, one range after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())
