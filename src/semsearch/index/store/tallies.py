"""Counts over all hits of a search: which sources, authors, speakers, languages and months.

A search shows ten hits and counts over hundreds. So what is counted is kept outside the store as
small numbers, written once when a generation is built: counting touches neither SQLite nor the
hits' texts, opening reads the values' names and no more, and processes share the numbers.

    tally-<field>.npy   int64 of shape (2, pairs): owners (an article's number or a passage's row),
                        ascending, and the code of a value that each has; no pair twice
    tallies.json        the values of each field, by code, ascending
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.errors import IndexCorruptError
from semsearch.hits import Count, Facets
from semsearch.index.store.reader import Store

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
    """Write (owner, value) pairs, ascending by owner; returns the values by code, ascending."""
    seen: dict[str, int] = {}
    owners, met = array("q"), array("q")
    for owner, value in pairs:
        owners.append(owner)
        met.append(seen.setdefault(value, len(seen)))
    values = sorted(seen)
    codes = np.empty(len(values), np.int64)  # of each value, in the order in which they were met
    codes[[seen[value] for value in values]] = np.arange(len(values))
    np.save(path / f"tally-{name}.npy", np.array([owners, codes[met]], np.int64))
    return values


class Tallies:
    """The values that hits are counted by, memory-mapped. Thread-safe, as long-lived as its
    Searcher."""

    def __init__(self, path: Path) -> None:
        try:
            values = json.loads((path / NAMES).read_text("utf-8"))
            self._fields = {
                name: _Field(_pairs(path, name), values[name]) for name in (*OF_ARTICLES, "speaker")
            }
        except (OSError, ValueError, KeyError) as error:
            raise IndexCorruptError(f"{path}: cannot be opened: {error}") from error

    def values(self, name: str) -> list[str]:
        """The values of a field, each once."""
        return self._fields[name].values

    def hold(self, name: str, owners: Ints, wanted: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each of `owners` has one of the `wanted` values."""
        return self._fields[name].hold(owners, wanted)

    def facets(self, rows: Ints, nums: Ints) -> Facets:
        """Counts over these passages: `rows`, and the number of each one's article."""
        fields = self._fields
        return Facets(
            sources=fields["source"].most_first(nums),
            authors=fields["author"].most_first(nums),
            speakers=fields["speaker"].most_first(rows),
            languages=fields["language"].most_first(nums),
            months=fields["month"].by_value(nums),
        )


def _pairs(path: Path, name: str) -> Ints:
    # Without the class of a memory-mapped array, each step of a count would take twice as long.
    return np.asarray(np.load(path / f"tally-{name}.npy", mmap_mode="r"))


@dataclass(frozen=True)
class _Field:
    """`values[pairs[1, i]]` is a value of the owner `pairs[0, i]`; owners and values ascend."""

    pairs: Ints
    values: list[str]

    def hold(self, owners: Ints, wanted: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each of these owners has one of the wanted values."""
        codes = [code for code, value in enumerate(self.values) if value in wanted]
        having = self.pairs[0][np.isin(self.pairs[1], codes)]
        return np.isin(owners, having)

    def most_first(self, owners: Ints) -> tuple[Count, ...]:
        """How often each value occurs among these owners, which may repeat; then by value."""
        found, counts = self._count(owners)
        order = np.argsort(-counts, kind="stable")
        return self._named(found[order], counts[order])

    def by_value(self, owners: Ints) -> tuple[Count, ...]:
        """The same by value alone."""
        return self._named(*self._count(owners))

    def _named(self, codes: Ints, counts: Ints) -> tuple[Count, ...]:
        return tuple(map(Count, map(self.values.__getitem__, codes.tolist()), counts.tolist()))

    def _count(self, owners: Ints) -> tuple[Ints, Ints]:
        """The codes that occur among these owners, ascending, and how often."""
        starts = np.searchsorted(self.pairs[0], owners, "left")
        ends = np.searchsorted(self.pairs[0], owners, "right")
        counts = np.bincount(self.pairs[1][_ranges(starts, ends)])
        found = np.flatnonzero(counts)
        return found, counts[found]


def _ranges(starts: Ints, ends: Ints) -> Ints:
    """The numbers of all the ranges, one range after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())
