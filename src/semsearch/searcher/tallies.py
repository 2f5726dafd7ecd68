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
        fields = self._by_article
        return Facets(
            sources=fields["source"].most_first(nums),
            authors=fields["author"].most_first(nums),
            speakers=self._speakers.most_first(rows),
            languages=fields["language"].most_first(nums),
            months=fields["month"].by_value(nums),
        )


@dataclass(frozen=True)
class _Field:
    """The values of each owner (an article or a passage): `values[code]` for each code in
    `codes[starts[i]:starts[i + 1]]`, where `owners[i]` is its number. `owners` and `values`
    ascend."""

    owners: Ints
    starts: Ints
    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def most_first(self, owners: Ints) -> tuple[Count, ...]:
        """How often each value occurs among these owners, which may repeat; then by value."""
        found, counts = self._count(owners)
        order = np.argsort(-counts, kind="stable")
        return self._named(found[order], counts[order])

    def by_value(self, owners: Ints) -> tuple[Count, ...]:
        """The same by value alone."""
        return self._named(*self._count(owners))

    def _named(self, codes: Ints, counts: Ints) -> tuple[Count, ...]:
        names = map(self.values.__getitem__, codes.tolist())
        return tuple(map(Count, names, counts.tolist()))

    def _count(self, owners: Ints) -> tuple[Ints, Ints]:
        """The codes that occur among these owners, ascending, and how often."""
        places = np.searchsorted(self.owners, owners)
        known = places < len(self.owners)
        known[known] = self.owners[places[known]] == owners[known]
        starts, ends = self.starts[places[known]], self.starts[places[known] + 1]
        counts = np.bincount(self.codes[_ranges(starts, ends)])
        found = np.flatnonzero(counts)
        return found, counts[found]


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
    values = sorted(codes)
    places = np.empty(len(codes), np.int32)  # of each code among the sorted values
    places[[codes[value] for value in values]] = np.arange(len(codes))
    distinct, starts = np.unique(np.array(owners, np.int64), return_index=True)
    bounds = np.append(starts, len(owners)).astype(np.int64)
    return _Field(distinct, bounds, places[np.array(coded, np.int32)], tuple(values))
