"""Measures of one ranking, and what is certain about their means.

The standard ones come from ir_measures; those of passages are counted here. All are in [0, 1],
higher is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from numpy.typing import NDArray

from semsearch.corpus import Passage
from semsearch.evaluation.collection import Topic

__all__ = [
    "ARTICLE_MEASURES",
    "PASSAGE_MEASURES",
    "Values",
    "area_under_roc",
    "article_values",
    "by_measure",
    "interval",
    "passage_values",
    "randomisation",
]

Values = NDArray[np.float64]

_STANDARD = {"nDCG@10": nDCG @ 10, "Recall@100": R @ 100, "MRR@10": RR @ 10}
ARTICLE_MEASURES = tuple(_STANDARD)
PASSAGE_MEASURES = ("success@1", "success@5", "success@20", "passage MRR@10")


def article_values(topics: Sequence[Topic], rankings: Sequence[Sequence[str]]) -> dict[str, Values]:
    """Each standard measure for each topic; `rankings` hold distinct article ids, best first."""
    qrels = [
        ir_measures.Qrel(topic.id, article, grade)
        for topic in topics
        for article, grade in topic.relevant.items()
    ]
    # Scores that fall with the rank: our own order of ties stays.
    run = [
        ir_measures.ScoredDoc(topic.id, article, -float(rank))
        for topic, ranking in zip(topics, rankings, strict=True)
        for rank, article in enumerate(ranking)
    ]
    places = {topic.id: i for i, topic in enumerate(topics)}
    values = {name: np.zeros(len(topics)) for name in _STANDARD}
    names = {measure: name for name, measure in _STANDARD.items()}
    for metric in ir_measures.iter_calc(list(_STANDARD.values()), qrels, run):
        values[names[metric.measure]][places[metric.query_id]] = metric.value
    return values


def passage_values(topic: Topic, passages: Sequence[Passage]) -> dict[str, float]:
    """A passage counts when its article is relevant and it holds an answer, case aside."""
    answers = [answer.casefold().strip("\"“”'") for answer in topic.answers]
    first = next(
        (
            rank
            for rank, passage in enumerate(passages, 1)
            if passage.article_id in topic.relevant
            and any(answer in passage.text.casefold() for answer in answers)
        ),
        None,
    )
    if first is None:
        return dict.fromkeys(PASSAGE_MEASURES, 0.0)
    success = [float(first <= k) for k in (1, 5, 20)]
    return dict(zip(PASSAGE_MEASURES, [*success, 1 / first if first <= 10 else 0.0], strict=True))


def interval(values: Values, rounds: int = 2000, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of the mean by bootstrap over questions; always the same for a seed."""
    if not len(values):
        return 0.0, 0.0
    draws = np.random.default_rng(seed).integers(0, len(values), (rounds, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def randomisation(ours: Values, theirs: Values, rounds: int = 10_000, seed: int = 0) -> float:
    """Two-sided p of the paired randomisation test: how often random signs of the differences
    give a mean as far from 0 as the one seen (Smucker, Allan and Carterette, 2007)."""
    differences = ours - theirs
    seen = abs(float(differences.mean())) if len(differences) else 0.0
    if seen == 0:
        return 1.0
    signs = np.random.default_rng(seed).integers(0, 2, (rounds, len(differences)), dtype=np.int8)
    means = np.abs((2 * signs - 1) @ differences) / len(differences)
    return float((1 + np.sum(means >= seen - 1e-12)) / (rounds + 1))


def area_under_roc(positive: Values, negative: Values) -> float:
    """How likely a positive has the higher score, ties counting half."""
    if not len(positive) or not len(negative):
        return 0.0
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    ties = np.searchsorted(ordered, positive, "right") - below
    return float((below + ties / 2).mean() / len(negative))


def by_measure(rows: Sequence[Mapping[str, float]]) -> dict[str, Values]:
    """Columns of rows that have the same names."""
    return {name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {}
