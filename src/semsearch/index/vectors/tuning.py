"""How many lists to look into, and how many vectors to read again: measured, not guessed.

Queries made of the index's own vectors ask for their neighbours. An exact pass over all rows finds
the true ones, and so the lists in which they lie; where those lists stand in the order in which a
search looks into them says how many it must look into. No index is searched for that, so it is
done for the nearest ten, hundred, and so on, in one go.

That "so on" is what filters need. The best k among a share s of the rows lie among the best k / s
of all rows, if the filter has nothing to do with the question: a search *reaches* k / s deep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from semsearch.index.vectors import Floats, Rows

__all__ = ["Neighbours", "at_reach", "blocks", "least_share", "reaches_of"]

_FIRST, _STEP, _MOST = 10, 10, 10_000


def reaches_of(rows: int) -> tuple[int, ...]:
    """10, 100, and so on, as far as a tenth of the rows, 10,000 at most; at least 10."""
    found = [_FIRST]
    while found[-1] * _STEP <= min(_MOST, rows // 10):
        found.append(found[-1] * _STEP)
    return tuple(found)


def at_reach(reach: float, reaches: Sequence[int], values: Sequence[int]) -> float:
    """The value for a reach between those measured: straight lines on logarithmic scales.

    Beyond the last it goes on as steeply as before it, and below the first it stays the first.
    """
    xs, ys = np.log(np.asarray(reaches, float)), np.log(np.asarray(values, float))
    x = np.log(reach)
    if len(xs) > 1 and x > xs[-1]:
        slope = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
        return float(np.exp(ys[-1] + slope * (x - xs[-1])))
    return float(np.exp(np.interp(x, xs, ys)))


class Neighbours:
    """The nearest rows of some queries, found by passing over all vectors block by block.

    `scores` and `rows` are `(queries, depth)`, nearest first; a score of -2 stands for no row.
    """

    def __init__(self, queries: Floats, depth: int) -> None:
        self._queries = queries
        self.scores = np.full((len(queries), depth), -2, np.float32)
        self.rows = np.full((len(queries), depth), -1, np.int64)

    def look_at(self, rows: Rows, vectors: Floats) -> None:
        """Take one block of rows into account."""
        scores = self._queries @ vectors.T
        near = scores > self.scores[:, -1:]
        for query in np.flatnonzero(near.any(axis=1)).tolist():
            new = np.flatnonzero(near[query])
            merged = np.concatenate([self.scores[query], scores[query, new]])
            order = np.argsort(-merged, kind="stable")[: self.scores.shape[1]]
            self.scores[query] = merged[order]
            self.rows[query] = np.concatenate([self.rows[query], rows[new]])[order]


def least_share(ranks: npt.NDArray[np.int64], weights: Floats, share: float) -> int:
    """The least n such that ranks below n hold `share` of the weight; ranks count from 0."""
    order = np.argsort(ranks, axis=None)
    held = np.cumsum(weights.reshape(-1)[order])
    position = int(np.searchsorted(held, share * held[-1]))
    return int(ranks.reshape(-1)[order[min(position, len(order) - 1)]]) + 1


def blocks(count: int, size: int) -> Iterator[Rows]:
    """Places from 0 to `count`, `size` at a time."""
    for start in range(0, count, size):
        yield np.arange(start, min(start + size, count))
