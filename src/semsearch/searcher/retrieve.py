"""From a plan to one ranked result set, which serves hits, totals, facets, pages and exports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semsearch.duplicates import collapse
from semsearch.hits import Filters
from semsearch.ranking import Pool, RankingParams, rank
from semsearch.searcher.parts import Parts
from semsearch.searcher.plan import Plan

__all__ = ["Place", "ResultSet", "retrieve"]

Rows = NDArray[np.int64]
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """One hit to be: a row, its score and parts, and the rows that say nearly the same."""

    row: int
    score: float
    parts: tuple[tuple[str, float], ...]
    duplicates: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class ResultSet:
    """All hits of a search in rank order, and the raw evidence that the verdict is read from."""

    places: tuple[Place, ...]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]


def retrieve(parts: Parts, plan: Plan, vector: Vector, depth: int, similarity: float) -> ResultSet:
    """Filter, take `depth` candidates from each retriever, rank, collapse.

    Deterministic: equal scores go to the lower row. Duplicates collapse from `similarity` up.
    """
    allowed = parts.allowed(plan.filters, plan.question.phrases, plan.question.excluded)
    pool = _pool(parts, plan, vector, allowed, depth)
    ranked = rank(pool, RankingParams(mode=plan.query.mode))
    order = ranked.order
    rows, scores = pool.rows[order], ranked.scores[order]
    named = {name: values[order] for name, values in ranked.parts.items()}
    places = [
        Place(int(row), float(scores[i]), tuple((n, float(v[i])) for n, v in named.items()))
        for i, row in enumerate(rows)
    ]
    if plan.query.collapse_duplicates:
        places = _collapse(parts, places, similarity)
    if plan.query.per_article:
        places = _limit_per_article(parts, places, plan.query.per_article)
    return ResultSet(tuple(places), pool.dense[order], pool.lexical[order])


def _pool(
    parts: Parts, plan: Plan, vector: Vector, allowed: Rows | None, depth: int
) -> Pool:
    found: list[Rows] = []
    if plan.query.mode != "lexical":
        found.append(parts.vectors.search(vector, depth, allowed)[0])
    if plan.query.mode != "dense":
        found.append(parts.lexical.search(plan.lexical, plan.filters, depth)[0])
    rows = np.unique(np.concatenate(found))
    return Pool(
        rows=rows,
        dense=parts.vectors.scores(vector, rows),
        lexical=parts.lexical.scores(plan.lexical, rows),
        articles=parts.column("article", rows).astype(np.int64),
        published=parts.column("published", rows).astype(np.int64),
    )


def _collapse(parts: Parts, places: list[Place], similarity: float) -> list[Place]:
    rows = np.array([place.row for place in places], dtype=np.int64)
    kept = collapse(parts.signatures_of(rows), similarity)
    return [
        replace(
            places[k.place],
            duplicates=tuple((places[d].row, float(s)) for d, s in k.duplicates),
        )
        for k in kept
    ]


def _limit_per_article(parts: Parts, places: list[Place], most: int) -> list[Place]:
    """Keep the best `most` places of each article."""
    rows = np.array([place.row for place in places], dtype=np.int64)
    seen: Counter[int] = Counter()
    kept = []
    for place, article in zip(places, parts.column("article", rows).tolist(), strict=True):
        seen[article] += 1
        if seen[article] <= most:
            kept.append(place)
    return kept


def no_filters(filters: Filters) -> bool:
    """Whether every passage passes."""
    return filters == Filters()
