"""Turns the candidates of the two retrievers into one ranking, and says how it came about.

Pure: arrays in, arrays out. Every score is the plain sum of its named parts, so that "why this
rank?" has an exact answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from semsearch.hits import Mode

__all__ = ["Pool", "Ranked", "RankingParams", "rank"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question: the union of what both retrievers found, in any order.

    All arrays have one length n. `rows` are distinct passage rows. `dense` are cosines and
    `lexical` BM25 scores; both are known for every candidate: ask the retriever's `scores` for
    those that only the other one found (`LexicalIndex.scores`, `VectorStore.scores`). `articles`
    groups passages of one article (any integers). `published` are days (`date.toordinal`), 0 for
    unknown.
    """

    rows: Ints
    dense: Floats
    lexical: Floats
    articles: Ints
    published: Ints


@dataclass(frozen=True, slots=True)
class RankingParams:
    """How to weigh the evidence. `dense_weight` is in [0, 1]; the rest goes to the words."""

    mode: Mode = "hybrid"
    dense_weight: float = 0.35


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking of a pool. `order` indexes the pool, best first; ties go to the lower row.

    `scores` and each of `parts` follow the pool's own order (not `order`);
    `scores == sum(parts.values())` exactly, in float64 and in the order of the parts.
    """

    order: Ints
    scores: npt.NDArray[np.float64]
    parts: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)


def rank(pool: Pool, params: RankingParams) -> Ranked:
    """Rank all of `pool`.

    Mode "dense" scores by cosine and "lexical" by BM25, as found. "hybrid" brings both to
    [0, 1] over the pool and adds them by weight (a convex combination: Bruch, Gai and Ingber,
    "An Analysis of Fusion Functions for Hybrid Retrieval", 2023).
    """
    parts = _parts(pool, params)
    scores = np.zeros(len(pool.rows))
    for part in parts.values():
        scores = scores + part
    return Ranked(np.lexsort((pool.rows, -scores)), scores, parts)


def _parts(pool: Pool, params: RankingParams) -> dict[str, npt.NDArray[np.float64]]:
    if params.mode == "dense":
        return {"meaning": pool.dense.astype(np.float64)}
    if params.mode == "lexical":
        return {"words": pool.lexical.astype(np.float64)}
    weight = params.dense_weight
    return {
        "meaning": weight * _unit_range(pool.dense),
        "words": (1 - weight) * _unit_range(pool.lexical),
    }


def _unit_range(values: Floats) -> npt.NDArray[np.float64]:
    """Values shifted and stretched to [0, 1]; all 0 when they do not differ."""
    if not len(values):
        return np.zeros(0)
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(len(values))
    return (values.astype(np.float64) - low) / (high - low)
