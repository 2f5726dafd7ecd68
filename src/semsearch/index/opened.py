"""The opened parts of one generation, and look-ups across them by row."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.errors import IndexCorruptError
from semsearch.hits import Facets, Filters
from semsearch.index.lexical import open_lexical
from semsearch.index.store import COLUMNS, Store, Tallies
from semsearch.index.vectors.faiss import open_store
from semsearch.index.wordstore import open_words

__all__ = ["OpenIndex"]

Rows = NDArray[np.int64]
# Restrictions remembered per generation: pages, facets and exports of one search ask again.
REMEMBERED = 64


class OpenIndex:
    """Store, vectors, lexical index and columns of a generation; memory-mapped, shared, read-only.

    Thread-safe. Lives as long as its Searcher.
    """

    def __init__(self, path: Path) -> None:
        with ExitStack() as on_failure:
            self.store = on_failure.enter_context(Store(path / "store.sqlite"))
            self.vectors = open_store(path / "vectors.faiss")
            self.lexical = open_lexical(path / "lexical")
            self.words = open_words(path / "words")
            self._tallies = Tallies(path)
            try:
                names = COLUMNS.names or ()
                self._columns = {name: _mapped(path / f"column-{name}.npy") for name in names}
                self._signatures = _mapped(path / "signatures.npy")
            except (OSError, ValueError) as error:
                raise IndexCorruptError(f"{path}: cannot be opened: {error}") from error
            on_failure.pop_all()
        self.allowed = lru_cache(maxsize=REMEMBERED)(self._allowed)

    def close(self) -> None:
        """Let go of everything now: the cache below holds this object in a cycle, so the maps
        would stay until the next round of the garbage collector."""
        self.store.close()
        self.allowed.cache_clear()
        del self.vectors, self.lexical, self.words, self._tallies, self._columns
        del self._signatures

    def facets(self, rows: Rows) -> Facets:
        """Counts over these passages, each with its own article and speakers."""
        return self._tallies.facets(rows, self.column("article", rows).astype(np.int64))

    @property
    def sources(self) -> Sequence[str]:
        """The names of all sources."""
        return self._tallies.values("source")

    def come_from(self, articles: Rows, sources: tuple[str, ...]) -> NDArray[np.bool_]:
        """Whether each of these articles (numbers) is from one of `sources`."""
        return self._tallies.hold("source", articles, sources)

    def _allowed(
        self, filters: Filters, phrases: tuple[str, ...], excluded: tuple[str, ...]
    ) -> Rows | None:
        """The rows that may be found, ascending; None when nothing restricts.

        Dates are compared here, with the same day numbers that the lexical index holds: a year's
        rows out of it one by one would take longer than the search. The rows are read-only, so
        that the vectors may remember what they make of them.
        """
        undated = replace(filters, published_from=None, published_to=None)
        rows = self.lexical.matching_rows(undated, phrases, excluded)
        first, last = filters.published_from, filters.published_to
        if first is None and last is None:
            return rows if rows is None else _frozen(rows)
        if rows is None:
            rows, days = np.asarray(self._columns["row"]), np.asarray(self._columns["published"])
        else:
            days = self.column("published", rows)
        within = days >= (first.toordinal() if first else 1)  # 0 means that there is no date
        if last is not None:
            within &= days <= last.toordinal()
        return _frozen(rows[within])

    def _positions(self, rows: Rows) -> NDArray[np.intp]:
        return np.searchsorted(self._columns["row"], rows)

    def column(self, name: str, rows: Rows) -> NDArray[np.int32]:
        """One column ("article", "number", "published") for each of `rows`, which must exist."""
        values: NDArray[np.int32] = np.asarray(self._columns[name][self._positions(rows)])
        return values

    def signatures_of(self, rows: Rows) -> NDArray[np.uint16]:
        """MinHash signatures, one per row, in the order of `rows`."""
        found: NDArray[np.uint16] = np.asarray(self._signatures[self._positions(rows)])
        return found


def _frozen(rows: Rows) -> Rows:
    rows.flags.writeable = False
    return rows


def _mapped(path: Path) -> NDArray[np.generic]:
    # As a plain array over the mapped memory: NumPy's class for it makes each look-up slower.
    return np.asarray(np.load(path, mmap_mode="r"))
