"""From a plan to one ranked result set, which serves hits, totals, facets, pages and exports.

The words of the question are looked up on a thread of their own (`start_lexical`) while its
vector is compared with those of the passages: neither needs the other before their candidates meet,
and both are native code that lets other threads run. Encoding comes before both, with all cores to
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from semsearch.encoder.reranker import Reranker
from semsearch.hits import Filters
from semsearch.index.opened import OpenIndex
from semsearch.question.intent import SpeakerIntent, speaker_boost
from semsearch.question.plan import Plan, with_speakers
from semsearch.ranking.duplicates import collapse
from semsearch.ranking.fusion import (
    HEADLINE,
    QUESTION,
    Pool,
    RankingParams,
    WeightedTerms,
    rank,
    total,
)
from semsearch.ranking.verdict import Support
from semsearch.searcher.head import read_head, rerank, weigh_terms

__all__ = [
    "LexicalWork",
    "RankedRow",
    "ResultSet",
    "gather_candidates",
    "params_for",
    "retrieve",
    "start_lexical",
]

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
Vector = NDArray[np.float32]
# Places in the pool, best first.
Order = NDArray[np.intp]
# A hybrid score is about two: somebody's own words about the topic outrank others' words
# about them. 0.5, 1, 2 and 3 measured lower; see docs/background/quotes.md.
SPEAKER_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One hit to be: a row, its score and parts, and the rows that say nearly the same."""

    row: int
    score: float
    parts: tuple[tuple[str, float], ...]
    duplicates: tuple[tuple[int, float], ...] = ()


# Rows and scores that a retriever proposes.
Candidates = tuple[Rows, Vector]


@dataclass(frozen=True)
class LexicalWork:
    """The half of a search that needs no vector, done or still at work on a thread of its own."""

    executor: Executor
    matches: Future[LexicalMatches]


@dataclass(frozen=True, slots=True)
class LexicalMatches:
    """What the words find under each restriction of the plan, how well the articles of that match
    as a whole, and how the question's words are weighed."""

    found: list[Candidates]
    whole: Candidates
    terms: WeightedTerms


@dataclass(frozen=True)
class ResultSet:
    """All hits of a search, best first, and what the verdict is read from.

    `rows`, `scores` and each of `evidence` have one value per hit; `duplicates` are those of a
    row. Ranked rows are made for the pages that are looked at only. `support` is None when there is
    no hit.
    """

    rows: Rows
    scores: Scores
    evidence: dict[str, Scores]
    duplicates: dict[int, tuple[tuple[int, float], ...]]
    support: Support | None

    def __len__(self) -> int:
        return len(self.rows)

    def page(self, start: int, stop: int) -> tuple[RankedRow, ...]:
        """The hits from `start` to before `stop`, counted from 0; fewer at the end."""
        rows = self.rows[start:stop]
        evidence = {name: values[start:stop] for name, values in self.evidence.items()}
        hanging = [self.duplicates.get(row, ()) for row in rows.tolist()]
        values = zip(*(column.tolist() for column in evidence.values()), strict=True)
        parts = [tuple(zip(evidence, one, strict=True)) for one in values]
        return tuple(
            map(RankedRow, rows.tolist(), self.scores[start:stop].tolist(), parts, hanging)
        )


def start_lexical(index: OpenIndex, plan: Plan, depth: int, executor: Executor) -> LexicalWork:
    """Start looking the words up, `depth` candidates at most, to be waited for by `retrieve`."""
    return LexicalWork(executor, executor.submit(_look_up, index, plan, depth))


def _look_up(index: OpenIndex, plan: Plan, depth: int) -> LexicalMatches:
    found = _find_words(index, plan, depth)
    whole = np.empty(0, np.int64), np.empty(0, np.float32)
    if plan.query.mode == "hybrid":
        rows = np.concatenate([rows for rows, _ in found])
        articles = np.unique(index.column("article", rows)).astype(np.int64)
        whole = articles, index.lexical.article_scores(plan.lexical, articles)
    return LexicalMatches(found, whole, weigh_terms(index, plan.words))


def retrieve(
    index: OpenIndex,
    plan: Plan,
    vector: Vector,
    words: LexicalWork,
    depth: int,
    similarity: float,
    reranker: Reranker | None = None,
) -> ResultSet:
    """Filter, take `depth` candidates from each retriever, rank, collapse.

    `words` are begun for the same plan and depth. Deterministic: equal scores go to the lower row.
    Duplicates collapse from `similarity` up. `reranker` reads the head again where the query asks
    for it.
    """
    pool = gather_candidates(index, plan, vector, words, depth)
    params = params_for(plan)
    ranked, support = read_head(
        index, pool, rank(pool, params), words.matches.result().terms, params
    )
    if reranker is not None and plan.query.rerank:
        ranked = rerank(index, pool, ranked, plan.text, reranker)
    evidence = dict(ranked.parts)
    if plan.intent is not None:
        evidence["speaker"] = _speaker_part(index, plan.intent, pool.rows)
    scores = total(evidence, len(pool.rows))
    order = np.lexsort((pool.rows, -scores))
    kept, duplicates = order, dict[int, tuple[tuple[int, float], ...]]()
    if plan.query.collapse_duplicates:
        kept, duplicates = _collapse(index, pool.rows, order, similarity)
    if plan.query.per_article:
        kept = _limit_per_article(pool.articles, kept, plan.query.per_article)
    return ResultSet(
        rows=pool.rows[kept],
        scores=scores[kept],
        evidence={name: values[kept] for name, values in evidence.items()},
        duplicates=duplicates,
        support=support,
    )


def params_for(plan: Plan) -> RankingParams:
    """How to weigh the evidence for what was asked."""
    weights = HEADLINE if plan.headline else QUESTION
    return replace(weights, mode=plan.query.mode, now=plan.now.toordinal())


def gather_candidates(
    index: OpenIndex, plan: Plan, vector: Vector, words: LexicalWork, depth: int
) -> Pool:
    """What the retrievers propose, each candidate with all that its mode's ranking goes by.

    That is everything but texts in the mode "hybrid"; without the articles as a whole in the
    others, and with no words (0) in the mode "dense".
    """
    mode = plan.query.mode
    near = _find_near(index, plan, vector, depth)
    worded = words.matches.result()
    rows = np.unique(np.concatenate([some for some, _ in (*near, *worded.found)]))
    articles = index.column("article", rows).astype(np.int64)
    distinct, places = np.unique(articles, return_inverse=True)
    dense = _scores(rows, near, partial(index.vectors.scores, vector))
    whole: Future[Vector] | None = None
    if mode == "hybrid":
        score_whole = partial(index.lexical.article_scores, plan.lexical)
        whole = words.executor.submit(_scores, distinct, [worded.whole], score_whole)
    lexical = np.zeros(len(rows), np.float32)
    if mode != "dense":
        lexical = _scores(rows, worded.found, partial(index.lexical.scores, plan.lexical))
    return Pool(
        rows=rows,
        dense=dense,
        lexical=lexical,
        articles=articles,
        published=index.column("published", rows).astype(np.int64),
        named=index.come_from(articles, plan.sources) if plan.sources else None,
        whole=None if whole is None else whole.result()[places],
    )


def _restrictions(plan: Plan) -> Iterator[Filters]:
    """Each set of filters to be searched under."""
    yield plan.filters
    if plan.intent is not None:
        # The asked speaker's own passages always have a place in the pool.
        yield with_speakers(plan.filters, plan.intent.speakers)


def _find_near(index: OpenIndex, plan: Plan, vector: Vector, depth: int) -> list[Candidates]:
    """What is nearest in meaning, under each restriction."""
    if plan.query.mode == "lexical":
        return []
    question = plan.question
    return [
        index.vectors.search(
            vector, depth, index.allowed(filters, question.phrases, question.excluded)
        )
        for filters in _restrictions(plan)
    ]


def _find_words(index: OpenIndex, plan: Plan, depth: int) -> list[Candidates]:
    """What matches the words best, under the same restrictions."""
    if plan.query.mode == "dense":
        return []
    return [index.lexical.search(plan.lexical, filters, depth) for filters in _restrictions(plan)]


def _scores(rows: Rows, found: Sequence[Candidates], score: Callable[[Rows], Vector]) -> Vector:
    """One retriever's score of each of `rows`, which ascend: what it found, and the rest asked."""
    scores, known = np.empty(len(rows), np.float32), np.zeros(len(rows), np.bool_)
    for some, values in found:
        places = np.searchsorted(rows, some)
        scores[places], known[places] = values, True
    scores[~known] = score(rows[~known])
    return scores


def _speaker_part(index: OpenIndex, intent: SpeakerIntent, rows: Rows) -> Scores:
    """What each passage gains by holding the asked speaker's own words about the topic."""
    said = index.store.words_of(intent.speakers, rows.tolist())
    boosts = speaker_boost([said.get(row, ()) for row in rows.tolist()], intent.topic)
    return SPEAKER_WEIGHT * np.array(boosts, dtype=np.float64)


def _collapse(
    index: OpenIndex, rows: Rows, order: Order, similarity: float
) -> tuple[Order, dict[int, tuple[tuple[int, float], ...]]]:
    """What stays of an order of `rows`, and the rows that hang on a row that stays."""
    ranked = rows[order]
    kept = collapse(index.signatures_of(ranked), similarity)
    duplicates = {
        int(ranked[k.position]): tuple((int(ranked[d]), float(s)) for d, s in k.duplicates)
        for k in kept
        if k.duplicates
    }
    return order[[k.position for k in kept]], duplicates


def _limit_per_article(articles: Rows, order: Order, most: int) -> Order:
    """The order without what comes after the best `most` of each article."""
    grouped = np.argsort(articles[order], kind="stable")
    sorted_articles = articles[order][grouped]
    firsts = np.searchsorted(sorted_articles, sorted_articles)
    within = np.arange(len(grouped)) - firsts  # how many of the article come before
    return order[np.sort(grouped[within < most])]
