"""Keeps the vectors of passages by row, and finds the rows nearest to a vector.

The Protocol says what every store promises; each module of this folder is one engine. Rows
are the persistent int64 numbers of passages; scores are dot products of unit vectors (cosines),
higher is better, in [-1, 1] up to the rounding of the stored half precision (0.001).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Rows", "VectorSource", "VectorStore"]

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


class VectorSource(Protocol):
    """Vectors to be indexed: an array, or what reads them from a file when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many there are, and the length of each."""

    def __getitem__(self, positions: Rows, /) -> Floats:
        """The vectors at these positions, counted from 0: `(len(positions), dim)`."""


class VectorStore(Protocol):
    """A read-only snapshot, safe to search from several threads; lives as long as its generation.

    The score of a row for a query is one number, whichever method gives it.
    """

    @property
    def dim(self) -> int:
        """Length of every vector."""

    def __len__(self) -> int:
        """How many rows there are."""

    def search(self, query: Floats, k: int, allowed: Rows | None = None) -> tuple[Rows, Floats]:
        """The best rows and their scores: score descending, equal scores by row ascending.

        `query` is one unit vector, `(dim,)`. `allowed`, ascending and without repeats, limits
        the search to these rows; those that the store does not have are ignored, None means all.
        Gives `min(k, how many may be found)` rows, never fewer, never a placeholder. Raises
        ValueError for a query of another shape or with values that are not finite, and k < 1.
        """

    def scores(self, query: Floats, rows: Rows) -> Floats:
        """The scores of these rows in the order given, `(len(rows),)`.

        Raises ValueError when a row is not in the store.
        """

    def vectors(self, rows: Rows) -> Floats:
        """The stored vectors in the order given, `(len(rows), dim)`.

        Raises ValueError when a row is not in the store.
        """
