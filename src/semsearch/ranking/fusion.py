"""Turns the candidates of the two retrievers into one ranking, and says how it came about.

Pure: arrays in, arrays out. Every score is the plain sum of its named parts, so that "why this
rank?" has an exact answer. The weights were chosen on half of newsqa-2022's questions and on
known-item search; docs/background/ranking.md has the table of what helped and what did not.

Two steps. `rank` adds up what is known of every candidate. `add_proximity` reads the texts of the
best few and adds what only a text can tell; it gives nothing but bonuses, so no candidate outside
the head can overtake by being left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from semsearch.hits import Mode

__all__ = [
    "HEADLINE",
    "QUESTION",
    "HeadText",
    "Pool",
    "Proximity",
    "Ranked",
    "RankingParams",
    "WeightedTerms",
    "add_proximity",
    "add_reranker",
    "proximity_of",
    "rank",
    "total",
]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Part = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question: the union of what both retrievers found, in any order.

    All arrays have one length n. `rows` are distinct passage rows. `dense` are cosines and
    `lexical` BM25 scores. To rank by both, both are known for every candidate: ask the retriever's
    `scores` for those that only the other one found (`LexicalIndex.scores`,
    `VectorStore.scores`). `articles` groups passages of one article (any integers). `published`
    are days (`date.toordinal`), 0 for unknown. `whole` is the BM25 of each candidate's whole
    article (`LexicalIndex.article_scores`); None leaves it out. `named` is whether the text names
    the candidate's source; None when it names none.
    """

    rows: Ints
    dense: Floats
    lexical: Floats
    articles: Ints
    published: Ints
    whole: Floats | None = None
    named: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class RankingParams:
    """How to weigh the evidence. Meaning and words share a weight of 1; other weights are added.

    `dense_weight` in [0, 1] is the share of meaning. `article_weight` is for the article as a
    whole, `proximity_weight` for the question's words standing close together, `order_weight`
    for neighbours that stay neighbours, `opening_weight` for the beginning of an article, which
    in news says what it is about. `temporal_weight` is for having been published within about
    `temporal_days` of the best candidates: news of one event comes in a few days.
    `source_weight` is for coming from a source that the text names.
    `recency_weight` is for news of the days before `now` (`date.toordinal`; None switches it
    off); it falls to 1/e in `recency_days`, so that in an archive it is nothing.
    """

    mode: Mode = "hybrid"
    dense_weight: float = 0.3
    article_weight: float = 0.2
    proximity_weight: float = 0.3
    order_weight: float = 0.3
    opening_weight: float = 0.1
    temporal_weight: float = 0.4
    temporal_days: float = 14.0
    source_weight: float = 0.4
    recency_weight: float = 0.4
    recency_days: float = 30.0
    now: int | None = None


# Questions lean on names and their order: they ask for the passage with the answer.
QUESTION = RankingParams()
# A headline says in other words what an article is about: it leans on meaning, on the article as a
# whole, and on its opening.
HEADLINE = RankingParams(
    dense_weight=0.6,
    article_weight=0.6,
    proximity_weight=0.2,
    order_weight=0.2,
    opening_weight=0.4,
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking of a pool. `order` indexes the pool, best first; ties go to the lower row.

    `scores` and each of `parts` follow the pool's own order (not `order`);
    `scores == sum(parts.values())` exactly, in float64 and in the order of the parts.
    """

    order: Ints
    scores: Part
    parts: dict[str, Part] = field(default_factory=dict)


def rank(pool: Pool, params: RankingParams) -> Ranked:
    """Rank all of `pool`.

    Mode "dense" scores by cosine and "lexical" by BM25, as found. "hybrid" adds parts: meaning
    (cosines brought to [0, 1] over the pool) and words (BM25 over its maximum), a convex
    combination (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval",
    2023), the whole article's BM25 over its maximum, a source that is named, recency, and the
    temporal prior.
    """
    parts = _parts(pool, params)
    if params.mode == "hybrid" and params.temporal_weight:
        density = _temporal_prior(pool, total(parts, len(pool.rows)), params.temporal_days)
        if density.any():
            parts["temporal"] = params.temporal_weight * density
    return _ranked(pool, parts)


def _ranked(pool: Pool, parts: dict[str, Part]) -> Ranked:
    scores = total(parts, len(pool.rows))
    return Ranked(np.lexsort((pool.rows, -scores)), scores, parts)


def total(parts: Mapping[str, Part], length: int) -> Part:
    """The parts added up in their order, so that they add up to the score exactly."""
    scores = np.zeros(length)
    for part in parts.values():
        scores = scores + part
    return scores


def _parts(pool: Pool, params: RankingParams) -> dict[str, Part]:
    if params.mode == "dense":
        return {"meaning": pool.dense.astype(np.float64)}
    if params.mode == "lexical":
        return {"words": pool.lexical.astype(np.float64)}
    parts = {
        "meaning": params.dense_weight * _unit_range(pool.dense),
        "words": (1 - params.dense_weight) * _of_maximum(pool.lexical),
    }
    if pool.whole is not None and params.article_weight:
        parts["article"] = params.article_weight * _of_maximum(pool.whole)
    if pool.named is not None and params.source_weight:
        parts["source"] = params.source_weight * pool.named.astype(np.float64)
    if params.now is not None and params.recency_weight:
        fresh = _freshness(pool.published, params.now, params.recency_days)
        if fresh.any():
            parts["recency"] = params.recency_weight * fresh
    return parts


def _unit_range(values: Floats) -> Part:
    """Values shifted and stretched to [0, 1]; all 0 when they do not differ."""
    if not len(values):
        return np.zeros(0)
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(len(values))
    return (values.astype(np.float64) - low) / (high - low)


def _of_maximum(values: Floats) -> Part:
    """Values >= 0 as shares of the greatest; 0 stays 0: no word in common is no evidence."""
    greatest = float(values.max(initial=0.0))
    return values.astype(np.float64) / greatest if greatest > 0 else np.zeros(len(values))


# News of tomorrow's date is today's in another time zone; what is dated later is a mistake.
_DAYS_AHEAD = 2
# Below this a share of recency is nothing to show.
_STALE = 0.01


def _freshness(published: Ints, now: int, days: float) -> Part:
    """1 for news of today, falling by a factor e in `days`; 0 for the undated and the future."""
    age = (now - published).astype(np.float64)
    fresh = np.exp(-np.maximum(age, 0) / days)
    return np.where((published > 0) & (age >= -_DAYS_AHEAD) & (fresh >= _STALE), fresh, 0.0)


TEMPORAL_ARTICLES = 20  # whose dates are looked at
_TEMPORAL_SHARPNESS = 3.0  # how much more a better candidate's date counts, by e per point of score


def _temporal_prior(pool: Pool, scores: Part, days: float) -> Part:
    """How many of the best articles were published around each candidate's day, in [0, 1].

    A question seldom says when, but the articles about the event that it asks for come out within
    days of each other, while those that share its words by chance are strewn over the years. The
    dates of the best articles, weighed by score and smoothed with exp(-|days between| / days),
    give each day a density (temporal feedback: Dakka, Gravano and Ipeirotis, "Answering General
    Time-Sensitive Queries", 2012; Efron, Lin, He and de Vries, "Temporal Feedback for Tweet
    Search with Non-Parametric Density Estimation", 2014). Candidates without a date get the mean
    of those that have one, for nothing is known against them; best articles without a date say
    that the dates of the others tell less.
    """
    dated = pool.published > 0
    order = np.lexsort((pool.rows, -scores))
    _, first = np.unique(pool.articles[order], return_index=True)
    best = order[np.sort(first)[:TEMPORAL_ARTICLES]]
    telling = dated[best]
    if np.count_nonzero(telling) < 2:
        return np.zeros(len(scores))
    weights = np.exp(_TEMPORAL_SHARPNESS * (scores[best] - scores[best[0]]))
    apart = np.abs(pool.published[:, None] - pool.published[None, best[telling]])
    density: Part = np.exp(-apart / days) @ weights[telling] / weights.sum()
    return np.where(dated, density, density[dated].mean())


# --- the head of the ranking -----------------------------------------------------------------

NEAR_WORDS = 40  # about two sentences
RERANKER_WEIGHT = 4.0  # more than the other parts can add up to
PAIR_WORDS = 4  # how far apart two neighbours of the question may stand: room for "of the"


@dataclass(frozen=True, slots=True)
class WeightedTerms:
    """The question's content stems in order, and how telling each distinct one is (idf, > 0)."""

    stems: tuple[str, ...]
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class HeadText:
    """A passage near the top. `candidate` indexes the pool; `occurrences` are the question's stems
    in it, each with the number of its word, ascending; `title` those in its article's title;
    `number` is its position in the article, from 0."""

    candidate: int
    occurrences: Sequence[tuple[int, str]]
    title: Set[str]
    number: int


@dataclass(frozen=True, slots=True)
class Proximity:
    """What reading one text told; all shares are of the question, by idf, in [0, 1].

    `near` stands within NEAR_WORDS words, `paired` is the share of the question's neighbours
    that are neighbours here, `held` is in the passage or its title at all.
    """

    near: float
    paired: float
    held: float


def proximity_of(terms: WeightedTerms, text: HeadText) -> Proximity:
    """How closely a text holds the question (term proximity, after Metzler and Croft, "A Markov
    Random Field Model for Term Dependencies", 2005); all 0 for a question without content."""
    whole = sum(terms.weights.values())
    if not whole:
        return Proximity(0.0, 0.0, 0.0)
    pairs = _pairs(terms)
    present = {stem for _, stem in text.occurrences} | text.title
    return Proximity(
        near=min(1.0, _within(text.occurrences, terms.weights) / whole),
        paired=_paired(text.occurrences, pairs) / sum(pairs.values()) if pairs else 0.0,
        held=min(1.0, sum(terms.weights[stem] for stem in sorted(present)) / whole),
    )


def add_proximity(
    pool: Pool,
    ranked: Ranked,
    head: Sequence[tuple[HeadText, Proximity]],
    params: RankingParams,
) -> Ranked:
    """Rank again with what the texts of the head tell: parts "proximity" and "opening"."""
    proximity = np.zeros(len(pool.rows))
    opening = np.zeros(len(pool.rows))
    for text, found in head:
        proximity[text.candidate] = (
            params.proximity_weight * found.near + params.order_weight * found.paired
        )
        opening[text.candidate] = params.opening_weight / (1 + text.number)
    return _ranked(pool, {**ranked.parts, "proximity": proximity, "opening": opening})


def add_reranker(pool: Pool, ranked: Ranked, candidates: Ints, scores: Part) -> Ranked:
    """Rank again with a cross-encoder's word on some `candidates` of the pool: the part "reranker".

    `scores` are in [0, 1]. The model has read question and passage together, so its word weighs
    as much as all other parts together; the rest of the pool stays below, in its order.
    """
    reranked = np.zeros(len(pool.rows))
    reranked[candidates] = RERANKER_WEIGHT * (1 + scores)
    return _ranked(pool, {**ranked.parts, "reranker": reranked})


def _pairs(terms: WeightedTerms) -> dict[tuple[str, str], float]:
    """Neighbours in the question, with the idf of both."""
    following = zip(terms.stems, terms.stems[1:], strict=False)
    return {(a, b): terms.weights[a] + terms.weights[b] for a, b in following if a != b}


def _within(held: Sequence[tuple[int, str]], weights: Mapping[str, float]) -> float:
    """The greatest idf of distinct stems within any NEAR_WORDS + 1 words in a row."""
    inside: Counter[str] = Counter()
    total = best = 0.0
    first = 0
    for position, stem in held:
        total += 0.0 if inside[stem] else weights[stem]
        inside[stem] += 1
        while position - held[first][0] > NEAR_WORDS:
            gone = held[first][1]
            inside[gone] -= 1
            total -= 0.0 if inside[gone] else weights[gone]
            first += 1
        best = max(best, total)
    return best


def _paired(held: Sequence[tuple[int, str]], pairs: Mapping[tuple[str, str], float]) -> float:
    """The idf of the question's pairs that stand in order, PAIR_WORDS apart at most."""
    found = set()
    for i, (position, stem) in enumerate(held):
        for later, follower in held[i + 1 :]:
            if later - position > PAIR_WORDS:
                break
            if (stem, follower) in pairs:
                found.add((stem, follower))
    return sum(pairs[pair] for pair in sorted(found))
