"""From a plan to one ranked result set, which serves hits, totals, facets, pages and exports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semsearch.duplicates import collapse
from semsearch.hits import Filters
from semsearch.intent import SpeakerIntent, speaker_boost
from semsearch.ranking import Pool, RankingParams, rank
from semsearch.searcher.parts import Parts
from semsearch.searcher.plan import Plan, with_speakers

__all__ = ["Place", "ResultSet", "retrieve"]

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
Vector = NDArray[np.float32]
# Beside a hybrid score in [0, 1]: somebody's own words about the topic outrank others' words
# about them; see docs/quotes.md for what it gains.
SPEAKER_WEIGHT = 0.5


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
    pool = _pool(parts, plan, vector, depth)
    ranked = rank(pool, RankingParams(mode=plan.query.mode))
    evidence = dict(ranked.parts)
    if plan.intent is not None:
        evidence["speaker"] = _speaker_part(parts, plan.intent, pool.rows)
    scores = _sum(evidence, len(pool.rows))
    order = np.lexsort((pool.rows, -scores))
    places = _places(pool.rows[order], {n: values[order] for n, values in evidence.items()})
    if plan.query.collapse_duplicates:
        places = _collapse(parts, places, similarity)
    if plan.query.per_article:
        places = _limit_per_article(parts, places, plan.query.per_article)
    return ResultSet(tuple(places), pool.dense[order], pool.lexical[order])


def _sum(evidence: dict[str, Scores], length: int) -> Scores:
    """The parts added up in their order, so that they add up to the score exactly."""
    total = np.zeros(length)
    for values in evidence.values():
        total = total + values
    return total


def _places(rows: Rows, evidence: dict[str, Scores]) -> list[Place]:
    scores = _sum(evidence, len(rows)).tolist()
    columns = [values.tolist() for values in evidence.values()]
    names = list(evidence)
    return [
        Place(row, scores[i], tuple(zip(names, (c[i] for c in columns), strict=True)))
        for i, row in enumerate(rows.tolist())
    ]


def _pool(parts: Parts, plan: Plan, vector: Vector, depth: int) -> Pool:
    rows = np.unique(np.concatenate(_candidates(parts, plan, plan.filters, vector, depth)))
    if plan.intent is not None:
        # The asked speaker's own passages always have a place in the pool.
        own = with_speakers(plan.filters, plan.intent.speakers)
        rows = np.unique(np.concatenate([rows, *_candidates(parts, plan, own, vector, depth)]))
    return Pool(
        rows=rows,
        dense=parts.vectors.scores(vector, rows),
        lexical=parts.lexical.scores(plan.lexical, rows),
        articles=parts.column("article", rows).astype(np.int64),
        published=parts.column("published", rows).astype(np.int64),
    )


def _candidates(
    parts: Parts, plan: Plan, filters: Filters, vector: Vector, depth: int
) -> list[Rows]:
    """What each retriever of the mode proposes, both under the same restrictions."""
    found: list[Rows] = []
    if plan.query.mode != "lexical":
        allowed = parts.allowed(filters, plan.question.phrases, plan.question.excluded)
        found.append(parts.vectors.search(vector, depth, allowed)[0])
    if plan.query.mode != "dense":
        found.append(parts.lexical.search(plan.lexical, filters, depth)[0])
    return found


def _speaker_part(parts: Parts, intent: SpeakerIntent, rows: Rows) -> Scores:
    """What each passage gains by holding the asked speaker's own words about the topic."""
    said = parts.store.words_of(intent.speakers, rows.tolist())
    boosts = speaker_boost([said.get(row, ()) for row in rows.tolist()], intent.topic)
    return SPEAKER_WEIGHT * np.array(boosts, dtype=np.float64)


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
