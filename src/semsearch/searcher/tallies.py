"""Counts over all hits of a search: which sources, authors, speakers, languages and months.

A search shows ten hits and counts over hundreds. What is counted is therefore kept in memory as
small numbers, and counting touches neither SQLite nor the hits' texts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.hits import Count, Facets
from semsearch.searcher.parts import Parts

__all__ = ["Tallies"]

Ints = NDArray[np.int64]


class Tallies:
    """The values that hits are counted by. Thread-safe, read once, as long-lived as its Searcher.

    Takes about 40 bytes per passage.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        articles = ("source", "author", "language", "month")
        self._by_article = {name: _read(parts.store.article_values(name)) for name in articles}
        self._speakers = _read(parts.store.speaker_values())

    def facets(self, rows: Ints) -> Facets:
        """Counts over these passages, each with its own article and speakers."""
        nums = self._parts.column("article", rows).astype(np.int64)
        counts = {name: field.count(nums) for name, field in self._by_article.items()}
        return Facets(
            sources=_most_first(counts["source"]),
            authors=_most_first(counts["author"]),
            speakers=_most_first(self._speakers.count(rows)),
            languages=_most_first(counts["language"]),
            months=tuple(sorted(counts["month"], key=lambda count: count.value)),
        )


def _most_first(counts: list[Count]) -> tuple[Count, ...]:
    return tuple(sorted(counts, key=lambda count: (-count.count, count.value)))


@dataclass(frozen=True)
class _Field:
    """The values of each owner (an article or a passage): `values[code]` for each code in
    `codes[starts[i]:starts[i + 1]]`, where `owners[i]` is its number. `owners` ascend."""

    owners: Ints
    starts: Ints
    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def count(self, owners: Ints) -> list[Count]:
        """How often each value occurs among these owners, which may repeat; in no order."""
        places = np.searchsorted(self.owners, owners)
        known = places < len(self.owners)
        known[known] = self.owners[places[known]] == owners[known]
        starts, ends = self.starts[places[known]], self.starts[places[known] + 1]
        found, counts = np.unique(self.codes[_ranges(starts, ends)], return_counts=True)
        pairs = zip(found.tolist(), counts.tolist(), strict=True)
        return [Count(self.values[code], count) for code, count in pairs]


def _ranges(starts: Ints, ends: Ints) -> Ints:
    """The numbers of all the ranges, one range after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())


def _read(pairs: Iterable[tuple[int, str]]) -> _Field:
    """A field out of (owner, value), ascending by owner, no pair twice."""
    codes: dict[str, int] = {}
    owners, coded = array("q"), array("i")
    for owner, value in pairs:
        owners.append(owner)
        coded.append(codes.setdefault(value, len(codes)))
    distinct, starts = np.unique(np.array(owners, np.int64), return_index=True)
    bounds = np.append(starts, len(owners)).astype(np.int64)
    return _Field(distinct, bounds, np.array(coded, np.int32), tuple(codes))
